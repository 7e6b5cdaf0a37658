"""Extensions: a site adds a field type, a filter, a check, an output and a host to the engine's registries."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from commands import run
from conftest import REPOSITORY, MakeSite, TinySite

from sitegen.extensions import Registry
from sitegen.hosting.hosts import HOSTS
from sitegen.model.fields import TYPES
from sitegen.render.filters import FILTERS

PAGE_OF_DOCUMENTATION = REPOSITORY / "docs/content/extensions/index.en.md"
#: The worked examples of the documentation, each a whole extensions.py.
EXAMPLES = dict(
    re.findall(r"^## ([^\n]+)\n.*?```python\n(.*?)```", PAGE_OF_DOCUMENTATION.read_text(encoding="utf-8"), re.S | re.M)
)


def extended(make_site: MakeSite, name: str, files: dict[str, str] | None = None, **options: str) -> TinySite:
    (text,) = (text for title, text in EXAMPLES.items() if name in title.lower())
    return make_site({"extensions.py": text, **(files or {})}, **options)


def test_documentation_has_a_worked_example_of_each_kind() -> None:
    assert [title.split()[1].strip(":") for title in EXAMPLES] == [
        "field",
        "filter",
        "check",
        "output",
        "host",
        "importer",
    ]


def test_field_of_an_extension_is_checked_and_shown(make_site: MakeSite) -> None:
    kinds = "page:\n  template: page.html\n  facts:\n    orcid: {type: orcid}\n"
    page = "---\ntitle: A\norcid: 0000-0002-1825-009{}\n---\n"
    site = extended(
        make_site,
        "field",
        {"content/a/index.en.md": page.format(7), "templates/page.html": "{{ page.facts.orcid }}"},
        kinds=kinds,
    )

    assert run(site.root).returncode == 0
    assert site.pages()["en/a/index.html"] == "0000-0002-1825-0097"

    site.write("content/a/index.en.md", page.format(8))
    told = run(site.root, "check").stderr
    assert "content/a/index.en.md:3:8: error[choice]: orcid: '0000-0002-1825-0098' is not an ORCID iD" in told


def test_filter_of_an_extension_is_available_in_templates(make_site: MakeSite) -> None:
    site = extended(make_site, "filter", {"templates/page.html": "{{ page.title|initials }}"})

    assert run(site.root).returncode == 0
    assert site.pages()["en/index.html"] == "H"


def test_check_of_an_extension_warns_at_the_position(make_site: MakeSite) -> None:
    site = extended(make_site, "check", {"content/a/index.en.md": "---\ntitle: ALL NEWS\n---\n"})

    assert (
        "content/a/index.en.md:2:8: warning[markdown]: title: 'ALL NEWS' is in capitals"
        in run(site.root, "check").stderr
    )


def test_output_of_an_extension_is_rebuilt_when_its_inputs_change(make_site: MakeSite) -> None:
    site = extended(make_site, "output", {"content/a/index.en.md": "---\ntitle: One\nsummary: S.\n---\n"})
    assert run(site.root).returncode == 0
    feed = site.public / "en/feed.json"
    assert [item["title"] for item in json.loads(feed.read_text())["items"]] == ["Home", "One"]

    site.write("content/a/index.en.md", "---\ntitle: Two\nsummary: S.\n---\n")
    assert run(site.root).returncode == 0

    assert [item["title"] for item in json.loads(feed.read_text())["items"]] == ["Home", "Two"]


def test_host_of_an_extension_is_printed(make_site: MakeSite) -> None:
    site = extended(make_site, "host")

    done = run(site.root, "hosts", "apache")

    assert 'Header always set X-Content-Type-Options "nosniff"' in done.stdout
    assert run(site.root, "hosts", "iis").returncode == 2


def test_change_to_an_extension_is_noticed_by_the_next_build(make_site: MakeSite) -> None:
    text = "def extend(registry):\n    registry.filter('loud', lambda locale, text: text + '!')\n"
    site = make_site({"extensions.py": text, "templates/page.html": "{{ page.title|loud }}"})
    run(site.root)

    site.write("extensions.py", text.replace("!", "?"))
    run(site.root)

    assert site.pages()["en/index.html"] == "Home?"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def extend(registry):\n    registry.filter('date', str)\n", "extensions.py:2: error[extension]: ValueError"),
        ("def extend(registry:\n", "extensions.py:1: error[extension]: SyntaxError"),
        ("import nowhere\n", "extensions.py:1: error[extension]: ModuleNotFoundError"),
        ("", "extensions.py: error[extension]: AttributeError"),
        ("def extend(): pass\n", "extensions.py:1: error[extension]: TypeError: extend() takes 0"),
    ],
    ids=["taken name", "syntax", "missing module", "without extend", "without a parameter"],
)
def test_mistake_in_an_extension_is_one_problem(make_site: MakeSite, text: str, told: str) -> None:
    site = make_site({"extensions.py": text})

    done = run(site.root)

    assert done.returncode == 1
    assert told in done.stderr


FAILING = """
from sitegen.render.jobs import Job, Output

class Own(Exception):
    def __init__(self, place, what): pass

def files(name, library, renderer):
    return [Job(f"raw{key}x.txt", name, "en", key) for key in library.pages]

def fail(*_):
    raise ERROR

def extend(registry):
    registry.output("raw", Output(files=files, make=fail))
"""


@pytest.mark.parametrize("pages", [1, 120], ids=["here", "forked"])
@pytest.mark.parametrize(
    ("error", "told"),
    [("KeyError('mine')", "KeyError: 'mine'"), ("Own(1, 2)", "Own: (1, 2)")],
)
def test_an_error_that_an_extension_raises_is_a_problem_at_its_line(
    make_site: MakeSite, error: str, told: str, pages: int
) -> None:
    files = {f"content/{number}/index.en.md": "---\ntitle: A\n---\n" for number in range(pages)}
    site = make_site({**files, "extensions.py": FAILING.replace("ERROR", error)})

    done = run(site.root, "--jobs", "2")

    assert done.returncode == 1
    assert re.search(rf"extensions\.py:11: error\[extension\]: .*{re.escape(told)}", done.stderr)


#: An extension of each kind, whose function is in line 4; `import --from old` and `hosts own` use the last two.
KINDS = {
    "check": "registry.check(own)",
    "field": "registry.field_type('own', FieldType(read=own, schema=dict, form=dict))",
    "filter": "registry.filter('own', own)",
    "output": "registry.output('own', Output(files=lambda *_: [Job('own.txt', 'own', 'en')], make=own))",
    "files": "registry.output('own', Output(files=own, make=bytes))",
    "host": "registry.host('own', Host(write=own))",
    "importer": "registry.importer('old', Importer(recognises=bool, read=own))",
}
USES = """
from sitegen.hosting.hosts import Host; from sitegen.importers.registry import Importer
from sitegen.model.fields import FieldType; from sitegen.problems.problem import Problem, SiteError; from sitegen.render.jobs import Job, Output
def own(*_):
    RESULT

class Bad(Exception):
    def __str__(self): raise ValueError

def extend(registry):
    REGISTERED
"""


def using(make_site: MakeSite, kind: str, result: str) -> tuple[TinySite, list[str]]:
    """A site with an extension that does something, and the command that meets it."""
    text = USES.replace("RESULT", result).replace("REGISTERED", KINDS[kind])
    files = {"extensions.py": text, "templates/page.html": "{{ page.title|own }}" if kind == "filter" else "-"}
    kinds = "page: {template: page.html, facts: {own: {type: own}}}\n" if kind == "field" else None
    page = {"content/a/index.en.md": "---\ntitle: A\nown: 1\n---\n"} if kind == "field" else {}
    site = make_site({**files, **page}, **({"kinds": kinds} if kinds else {}))
    if kind == "importer":
        (site.root / "new").mkdir()
        (site.root / "extensions.py").rename(site.root / "new/extensions.py")
        return TinySite(site.root / "new"), ["import", str(site.root), "--from", "old"]
    return site, ["hosts", "own"] if kind == "host" else ["build"]


WRONG = {
    "check": [
        "5",
        "None",
        "'text'",
        "[5]",
        "[Problem(path=None, code='x', message='x')]",
        r"[Problem(path='x', code='a\nb', message='x')]",
    ],
    "field": [r"'\ud800'", r"('a', {'b': '\ud800'})"],
    "filter": [r"'\ud800'"],
    "output": ["None", "'text'", "5"],
    "files": ["5", "['own.txt']", "[Job('../own.txt', 'own', 'en')]", "[Job(None, 'own', 'en')]"],
    "host": ["None", "b'x'", r"'\ud800'"],
    "importer": ["None", "{}"],
}


@pytest.mark.parametrize(("kind", "result"), [(kind, result) for kind in WRONG for result in WRONG[kind]])
def test_a_result_that_cannot_be_used_is_a_problem_where_the_function_is_defined(
    make_site: MakeSite, kind: str, result: str
) -> None:
    site, command = using(make_site, kind, f"return {result}")

    done = run(site.root, *command)

    assert done.returncode == 1
    assert re.match(r"\S*extensions\.py:4: error\[extension\]: ", done.stderr)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        *((kind, "SystemExit(0)") for kind in KINDS),
        *(("check", error) for error in ("Bad()", "KeyboardInterrupt", "ExceptionGroup('x', [Bad()])")),
        *((kind, "SiteError([])") for kind in KINDS),
    ],
)
def test_whatever_an_extension_raises_is_a_problem_at_its_line(make_site: MakeSite, kind: str, error: str) -> None:
    site, command = using(make_site, kind, f"raise {error}")

    done = run(site.root, *command)

    assert done.returncode == 1
    assert re.match(rf"\S*extensions\.py:5: error\[extension\]: {error.partition('(')[0]}: ", done.stderr)


def test_interruption_by_the_user_is_no_error_of_the_extension(make_site: MakeSite) -> None:
    site, command = using(make_site, "output", "import os, signal; os.kill(os.getpid(), signal.SIGINT); return b''")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a process in the background ignores it

    try:
        with pytest.raises(KeyboardInterrupt):
            run(site.root, *command)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    "call",
    ["check(5)", "filter(None, str)", "filter('x', 5)", "host('x', None)", "importer('x', None)", "output(5, None)"],
)
def test_what_is_registered_is_of_its_type(make_site: MakeSite, call: str) -> None:
    site = make_site({"extensions.py": f"def extend(registry):\n    registry.{call}\n"})

    assert run(site.root, "build").stderr.startswith("extensions.py:2: error[extension]: TypeError: ")


def test_texts_of_a_type_of_their_own_are_texts(make_site: MakeSite) -> None:
    result = (
        "from markupsafe import Markup; return [Problem(path=Markup('content/a'), code='html', message=Markup('so'))]"
    )
    site, command = using(make_site, "check", result)

    assert "content/a: error[html]: so" in run(site.root, *command).stderr


def test_an_extension_that_exits_while_it_is_loaded_ends_no_build(make_site: MakeSite) -> None:
    done = run(make_site({"extensions.py": "import sys\nsys.exit(0)\n"}).root, "build")

    assert (done.returncode, done.stderr[:41]) == (1, "extensions.py:2: error[extension]: System")


@pytest.mark.parametrize("text", ["raise MemoryError", "def extend(registry):\n    raise MemoryError\n"])
def test_an_extension_that_finds_no_memory_is_a_problem_at_its_line(make_site: MakeSite, text: str) -> None:
    site = make_site({"extensions.py": text})

    assert re.match(r"extensions\.py:\d: error\[extension\]: MemoryError", run(site.root, "build").stderr)


def test_an_extension_takes_from_the_engine_no_depth_that_it_needs(make_site: MakeSite) -> None:
    depth = sys.getrecursionlimit()
    site = make_site({"extensions.py": "import sys\ndef extend(registry):\n    sys.setrecursionlimit(90)\n"})

    assert run(site.root, "build").returncode == 0
    assert sys.getrecursionlimit() == depth


def test_additions_of_an_extension_end_with_its_site(make_site: MakeSite, tmp_path: Path) -> None:
    before = (set(TYPES), set(FILTERS), set(HOSTS))
    site = extended(make_site, "filter")

    run(site.root)

    assert (set(TYPES), set(FILTERS), set(HOSTS)) == before
    with pytest.raises(ValueError, match="taken"):
        Registry().filter("date", str)


def test_host_of_an_extension_may_write_a_file_of_the_site(make_site: MakeSite) -> None:
    text = next(text for title, text in EXAMPLES.items() if "host" in title.lower())
    site = make_site({"extensions.py": text.replace("Host(write=htaccess)", "Host(write=htaccess, file='_apache')")})

    assert run(site.root).returncode == 0
    assert "ErrorDocument 404 /404.html" in (site.public / "_apache").read_text()


def test_output_of_an_extension_lists_its_files_as_the_engines_do(make_site: MakeSite) -> None:
    text = """
from sitegen.render.jobs import Job, Output

def files(name, library, renderer):
    for page in library.pages.values():
        yield from (Job(f"raw{page.key}{language}.txt", name, language, page.key) for language in page.versions)

def make(renderer, job):
    return str(renderer.scopes[job.language].page(job.key).title).encode()

def extend(registry):
    registry.output("raw", Output(files=files, make=make))
"""
    site = make_site({"extensions.py": text, "content/a/index.fr.md": "---\ntitle: Un\n---\n"})

    assert run(site.root, "--languages", "fr").returncode == 0
    assert {path.read_text() for path in (site.public / "raw").rglob("*.txt")} == {"Un"}
    assert run(site.root).returncode == 0
    assert {path.read_text() for path in (site.public / "raw").rglob("*.txt")} == {"Home", "Un"}


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ("registry.host('own', Host(write=str, file='_headers'))", "_headers"),
        ("registry.output('own', Output(files=lambda *_: [Job('en/index.html', 'own', 'en')], make=bytes))", "en/"),
        ("registry.output('own', Output(files=lambda *_: [Job('.sitegen', 'own', 'en')], make=bytes))", ".sitegen"),
    ],
)
def test_a_file_that_the_site_has_already_is_reported_where_it_is_registered(
    make_site: MakeSite, entry: str, path: str
) -> None:
    text = USES.replace("RESULT", "pass").replace("REGISTERED", f"pass\n    {entry}")
    site = make_site({"extensions.py": text})

    told = run(site.root, "build").stderr
    assert told.startswith(f"extensions.py:12:1: error[url-clash]: /{path} is ")
    (site.root / "extensions.py").unlink()
    assert run(site.root, "build").returncode == 0


def test_importer_of_an_extension_reads_what_it_recognizes(tmp_path: Path) -> None:
    (tmp_path / "old/notes").mkdir(parents=True)
    (tmp_path / "old/notes/first.txt").write_text('The "first" note\nIts text.\n', encoding="utf-8")
    new = tmp_path / "new"
    new.mkdir()
    (new / "extensions.py").write_text(EXAMPLES["An importer: a folder of notes"], encoding="utf-8")

    done = run(new, "import", str(tmp_path / "old"))

    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "2 pages, 2 texts and 0 files in .")
    assert run(new).returncode == 0
    assert "<p>Its text.</p>" in (new / "public/en/first/index.html").read_text(encoding="utf-8")
    assert "not an importer" in run(tmp_path, "import", str(tmp_path / "old"), "--from", "notes").stderr


def test_importer_of_the_documentation_reads_nothing_outside_its_folder_and_reports_what_it_leaves_out(
    tmp_path: Path,
) -> None:
    notes = tmp_path / "old/notes"
    (notes / "below").mkdir(parents=True)
    (notes / "below/smile.txt").write_text("😀: {x} #1\n\n---\n\nText\r\n", encoding="utf-8")
    (notes / "latin.txt").write_bytes(b"Caf\xe9\n")
    (notes / "out.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "secret.txt").write_text("Secret", encoding="utf-8")
    os.mkfifo(notes / "pipe.txt")
    new = tmp_path / "new"
    new.mkdir()
    (new / "extensions.py").write_text(EXAMPLES["An importer: a folder of notes"], encoding="utf-8")

    done = run(new, "import", str(tmp_path / "old"))

    assert done.stderr.endswith("2 pages, 2 texts and 0 files in .; all that is left to do is in import.txt\n")
    assert re.findall(r"(\w+\.txt)(?::\d+)*: \w+\[([\w-]+)\]", (new / "import.txt").read_text(encoding="utf-8")) == [
        ("latin.txt", "encoding"),
        ("out.txt", "symlink"),
        ("pipe.txt", "unreadable"),
    ]
    pages = {path.parent.relative_to(new).as_posix() for path in new.rglob("content/**/*.md")}
    assert pages == {"content", "content/below/smile"}
    assert run(new).returncode == 0
    assert "<title>😀: {x} #1" in (new / "public/en/below/smile/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("call", ['output("page", file_of_language("a", str))', 'host("nginx", None)'])
def test_name_used_by_the_engine_is_taken(make_site: MakeSite, call: str) -> None:
    text = f"from sitegen.render.jobs import file_of_language\n\ndef extend(registry):\n    registry.{call}\n"

    done = run(make_site({"extensions.py": text}).root)

    assert "extensions.py:4: error[extension]: ValueError: the name" in done.stderr
