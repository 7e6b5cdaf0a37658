"""The command line: what it prints where, and its exit status."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Done, run
from conftest import REPOSITORY, MakeSite, TinySite

from sitegen.cli import COMMANDS

WELL, PROBLEMS, WRONG_USE = 0, 1, 2
BROKEN = {"content/a/index.en.md": "---\ntitle: A\n---\nSee [x, y](/gone/).\n"}
UNTRACKED = {"content/index.fr.md": "---\ntitle: Accueil\n---\n"}


def run_of(site: TinySite, *words: str) -> Done:
    return run(site.root, *words)


# what is done


def test_check_of_a_published_site_without_an_address_is_refused(make_site: MakeSite) -> None:
    done = run_of(make_site(), "check", "--live", "")  # as of a variable that is not set

    assert done.returncode == PROBLEMS
    assert "--live:1:1: error[url]" in done.stderr


def test_build_is_the_default_command(make_site: MakeSite) -> None:
    site = make_site()

    done = run_of(site)

    assert (done.returncode, done.stdout) == (WELL, "")
    assert (site.public / "en/index.html").is_file()
    assert "2 pages in 2 languages" in done.stderr


def test_options_alone_belong_to_build(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()

    done = run(tmp_path, "--root", str(site.root), "--output", "out", "--base-url", "https://b.org/x")

    assert done.returncode == WELL
    assert "https://b.org/x/en/" in (tmp_path / "out/en/sitemap.xml").read_text()


def test_output_defaults_to_the_site_folder(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()

    assert run(tmp_path, "build", "--root", str(site.root)).returncode == WELL
    assert (site.public / "en/index.html").is_file()


def test_build_without_a_change_says_so(make_site: MakeSite) -> None:
    site = make_site()
    run_of(site)

    done = run_of(site)

    assert "0 files written" in done.stderr
    assert "0 removed" in done.stderr


def test_languages_as_of_and_drafts_choose_what_is_built(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/a/index.en.md": "---\npublish: 2026-06-01\ntitle: A\n---\n",
            "content/b/index.en.md": "---\ndraft: true\ntitle: B\n---\n",
        }
    )

    run_of(site, "build", "--languages", "en", "--as-of", "2026-05-31")
    assert {path for path in site.pages() if path.endswith("/index.html")} == {"en/index.html"}

    run_of(site, "build", "--as-of", "2026-06-01")
    assert {path for path in site.pages() if "/a/" in path} == {"en/a/index.html", "fr/a/index.html"}

    run_of(site, "build", "--as-of", "2026-05-31", "--drafts")
    assert {"en/a/index.html", "fr/b/index.html"} < set(site.pages())


def test_check_publishes_nothing(make_site: MakeSite) -> None:
    site = make_site(UNTRACKED)

    done = run_of(site, "check")

    assert (done.returncode, done.stdout) == (WELL, "")
    assert "warning[untracked]" in done.stderr
    assert "\n  1 | ---\n    | ^\n" in done.stderr
    assert "0 errors, 1 warning; " in done.stderr
    assert not site.public.exists()


def test_new_prints_the_path_of_the_page_it_wrote(make_site: MakeSite) -> None:
    site = make_site()

    done = run_of(site, "new", "page", "/a/")

    assert (done.returncode, done.stdout) == (WELL, "content/a/index.en.md\n")
    assert (site.root / "content/a/index.en.md").is_file()


def test_translate_prints_what_it_wrote_or_was_asked_for(make_site: MakeSite) -> None:
    site = make_site(UNTRACKED)

    assert run_of(site, "translate", "status").stdout == (
        "en: 1 of 1 page is current, 100 % of the words, 0 of 0 messages\n"
        "fr: 0 of 1 page is current, 0 % of the words, 0 of 0 messages\n  / untracked\n"
    )
    assert run_of(site, "translate", "accept", "/", "fr").stdout == "content/index.fr.md: title\n"
    assert run_of(site, "translate", "extract").stdout == "translations/messages.pot\n"
    assert run_of(site, "translate", "update").stdout == "translations/fr/LC_MESSAGES/messages.po\n"
    assert run_of(site, "translate", "status").stdout.endswith(
        "fr: 1 of 1 page is current, 100 % of the words, 0 of 0 messages\n"
    )


# problems


def test_problems_are_reported_with_their_lines_and_nothing_is_published(make_site: MakeSite) -> None:
    site = make_site(BROKEN)

    done = run_of(site)

    assert (done.returncode, done.stdout) == (PROBLEMS, "")
    assert done.stderr == (
        "content/a/index.en.md:4:12: error[dead-page]: the page '/gone/' does not exist\n"
        "  4 | See [x, y](/gone/).\n    |            ^^^^^^\n"
        "1 error, 0 warnings; `python build.py explain dead-page` explains more; nothing was published\n"
    )
    assert not site.public.exists()


@pytest.mark.parametrize("command", ["build", "check"])
def test_problems_are_printed_as_json(make_site: MakeSite, command: str) -> None:
    done = run_of(make_site({**BROKEN, **UNTRACKED}), command, "--format", "json")

    problems = json.loads(done.stdout)
    assert done.returncode == PROBLEMS
    assert [(p["path"], p["line"], p["column"], p["code"], p["severity"]) for p in problems] == [
        ("content/a/index.en.md", 4, 12, "dead-page", "error"),
        ("content/index.fr.md", 1, 1, "untracked", "warning"),
    ]


def test_json_of_a_site_without_problems_is_an_empty_list(make_site: MakeSite) -> None:
    done = run_of(make_site(), "check", "--format", "json")

    assert (done.returncode, json.loads(done.stdout)) == (WELL, [])


def own_addresses(count: int) -> dict[str, str]:
    """Pages with a warning each."""
    return {f"content/n{n}/index.en.md": "---\ntitle: N\n---\n[x](https://example.org/en/)\n" for n in range(count)}


def test_build_shows_some_of_many_similar_problems_and_check_shows_all(make_site: MakeSite) -> None:
    site = make_site(own_addresses(30))

    told = run_of(site, "build").stderr

    assert told.count("warning[own-address]") == 10
    assert "and 20 more with [own-address]: `python build.py check` lists all" in told
    assert "0 errors, 30 warnings" in told
    assert run_of(site, "check").stderr.count("warning[own-address]") == 30
    assert len(json.loads(run_of(site, "build", "--format", "json").stdout)) == 30


def test_frequent_warning_is_summarized_with_a_count_and_the_command_that_lists_it(make_site: MakeSite) -> None:
    site = make_site({**own_addresses(60), "content/z/index.en.md": "---\ntitle: Z\n---\n##Heading\n"})

    told = run_of(site, "check").stderr

    assert told.count("warning[own-address]") == 10
    assert told.count("warning[markdown]") == 1
    assert "and 50 more with [own-address]: `python build.py check --all` lists all" in told
    assert run_of(site, "check", "--all").stderr.count("warning[own-address]") == 60


@pytest.mark.parametrize("words", [("rename", "/a/", "/b/"), ("remove", "/a/", "--force", "--to", "/")])
def test_rename_and_remove_print_every_file_they_changed(make_site: MakeSite, words: tuple[str, ...]) -> None:
    linking = "---\ntitle: N\n---\n[x](/a/)\n"
    site = make_site({"content/n/index.en.md": linking, "content/a/index.en.md": "---\ntitle: A\n---\n"})

    done = run_of(site, *words)

    assert done.returncode == WELL, done.stderr
    assert "content/n/index.en.md" in done.stdout.split("\n")
    assert not (site.root / "content/a/index.en.md").exists()
    assert "[x](/a/)" not in (site.root / "content/n/index.en.md").read_text(encoding="utf-8")


def test_field_without_a_value_is_a_usage_error(make_site: MakeSite) -> None:
    site = make_site()

    done = run_of(site, "new", "page", "/a/", "--set", "title")

    assert (done.returncode, done.stdout) == (WRONG_USE, "")
    assert "'title' is not written as FIELD=VALUE" in done.stderr
    assert not (site.root / "content/a").exists()


def test_remove_lists_every_reference(make_site: MakeSite) -> None:
    places = {f"content/n{n}/index.en.md": "---\ntitle: N\n---\n[x](/a/)\n" for n in range(30)}

    told = run_of(make_site({**places, "content/a/index.en.md": "---\ntitle: A\n---\n"}), "remove", "/a/").stderr

    assert told.count("error[in-use]") == 30
    assert "lists all" not in told
    assert "31 errors, 0 warnings (30 in-use, 1 unsaved)" in told


def test_summary_of_a_run_on_github_has_every_problem(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    run(make_site({**BROKEN, **UNTRACKED}).root, "check", "--format", "github")

    rows = [line for line in summary.read_text().splitlines() if line.startswith("| ")]
    assert rows[0] == "| | where | what |"
    assert rows[1].startswith("| error `dead-page` | `content/a/index.en.md:4:12` | the page '/gone/' does not exist")
    assert rows[2].startswith("| warning `untracked` | `content/index.fr.md:1:1` | ")
    assert "1 error, 1 warning (1 dead-page, 1 untracked)" in summary.read_text()


def test_problems_are_printed_as_annotations_on_github(make_site: MakeSite) -> None:
    done = run_of(make_site(BROKEN), "check", "--format", "github")

    assert done.returncode == PROBLEMS
    assert done.stdout == (
        "::error file=content/a/index.en.md,line=4,col=12,title=dead-page::the page '/gone/' does not exist\n"
    )


def test_nonexistent_date_is_a_usage_error(make_site: MakeSite) -> None:
    done = run_of(make_site(), "build", "--as-of", "2026-13-45")

    assert done.returncode == 2
    assert "'2026-13-45' is not a day; write it as 2026-01-31" in done.stderr


def test_preview_listens_to_no_address_that_is_not_named(make_site: MakeSite) -> None:
    """`--host "$HOST"` without a value of the variable; the system would take it for all addresses of the machine."""
    done = run_of(make_site(), "serve", "--host", "")

    assert done.returncode == 2
    assert "argument --host: no address is named" in done.stderr


def test_annotation_escapes_what_would_end_it(make_site: MakeSite) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n[x](/50%25:a,b/)\n"})
    (site.root / "content/a").rename(site.root / "content/50%")

    done = run_of(site, "check", "--format", "github")

    assert done.stdout.startswith("::error file=content/50%25/index.en.md,title=slug::")
    assert done.stdout.count("\n") == 2


def test_warnings_are_errors_when_strict(make_site: MakeSite) -> None:
    site = make_site(UNTRACKED)

    assert run_of(site, "build").returncode == WELL
    done = run_of(site, "build", "--strict")

    assert done.returncode == PROBLEMS
    assert "error[untracked]" in done.stderr


@pytest.mark.parametrize("command", ["build", "check", "check --fix", "serve", "new page /a/", "translate status"])
def test_folder_without_a_site_is_reported_with_how_to_create_one_and_stays_empty(tmp_path: Path, command: str) -> None:
    done = run(tmp_path, *command.split())

    told = f"there is no site in {tmp_path}\n  hint: run it in a site's folder, or with --root DIR; `python build.py init FOLDER` makes a new one\n"
    assert f"content: error[missing-content]: {told}" in done.stderr
    assert done.returncode == PROBLEMS
    assert list(tmp_path.iterdir()) == []


def test_output_that_is_a_file_is_reported(make_site: MakeSite) -> None:
    done = run_of(make_site(), "--output", "content/site.yaml")

    assert done.returncode in (PROBLEMS, WRONG_USE)
    assert "Traceback" not in done.stderr


def test_output_inside_the_content_is_refused(make_site: MakeSite) -> None:
    """Pages would be read as content by the next build, and the last ones be removed."""
    site = make_site()

    done = run_of(site, "--output", "content")

    assert done.returncode in (PROBLEMS, WRONG_USE)
    assert (site.root / "content/site.yaml").is_file()


@pytest.mark.parametrize(
    "files",
    [
        {"content/site.yaml": "- a"},
        {"content/kinds.yaml": b"\xff"},
        {"content/index.en.md": ""},
        {"content/index.en.md": "---\n---\n"},
        {"templates/page.html": "{{ 1 / 0 }}"},
        {"templates/page.html": "{{ page.title.nothing.more }}"},
        {"templates/page.html": "{% extends 'page.html' %}"},
        {"templates/page.html": b"\xff"},
        {"templates/page.html": "{{ _('%(a)s') }}"},
        {"templates/page.html": "{{ '2026'|date }}"},
        {"translations/fr/LC_MESSAGES/messages.po": b"\xff"},
        {"translations/messages.pot": "nonsense"},
    ],
    ids=[
        "settings", "encoding", "empty page", "empty front matter", "division", "undefined", "endless", "template bytes",
        "placeholder", "filter", "catalog bytes", "messages",
    ],
)  # fmt: skip
def test_mistake_in_any_input_is_reported_without_a_traceback(
    make_site: MakeSite, files: dict[str, str | bytes]
) -> None:
    done = run_of(make_site(files), "check")

    assert done.returncode == PROBLEMS
    assert "Traceback" not in done.stderr
    assert "error[" in done.stderr


# wrong use


@pytest.mark.parametrize(
    "words",
    [
        ("bild",),
        ("--formatt", "json"),
        ("--format", "xml"),
        ("--as-of", "tomorrow"),
        ("--languages",),
        ("--jobs", "many"),
        ("--jobs", "-1"),
        ("--jobs", "0"),
        ("--jobs", "1" + "0" * 5000),
        ("check", "--external", "--times", "-1"),
        ("publish", "--keep", "0", "x"),
        ("translate", "status", "--fail-under", "101"),
        ("serve", "--port", "-1"),
        ("serve", "--port", "65536"),
        ("new", "page"),
        ("translate",),
        ("translate", "accept", "/a/"),
        ("serve", "--port", "http"),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_usage_error_prints_the_usage(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words)

    assert (done.returncode, done.stdout) == (WRONG_USE, "")
    assert done.stderr.startswith("usage: build.py")


def test_language_unknown_to_the_site_is_reported(make_site: MakeSite) -> None:
    done = run_of(make_site(), "--languages", "de")

    assert done.returncode in (PROBLEMS, WRONG_USE)
    assert "'de' is not one of en, fr" in done.stderr


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("--help",), ["build", "check", "serve", "new", "translate"]),
        (("build", "--help"), ["--root", "--output", "--base-url", "--languages", "--drafts", "--as-of", "--clean"]),
        (("check", "--help"), ["--format", "--strict"]),
        (("serve", "--help"), ["--port", "--host"]),
        (("translate", "--help"), ["status", "accept", "extract", "update"]),
    ],
    ids=["build.py", "build", "check", "serve", "translate"],
)
def test_help_names_every_command_and_option(tmp_path: Path, words: tuple[str, ...], names: list[str]) -> None:
    done = run(tmp_path, *words)

    assert done.returncode == WELL
    assert [name for name in names if name not in done.stdout] == []


def test_reader_of_the_output_may_stop_early(make_site: MakeSite) -> None:
    """`build.py check --format json | head -1` ends without a traceback."""
    site = make_site({f"content/n{number}/index.en.md": "---\ntitel: x\n---\n" for number in range(400)})
    command = f"'{sys.executable}' '{REPOSITORY / 'build.py'}' check --format json | head -1"

    done = subprocess.run(["bash", "-c", command], cwd=site.root, capture_output=True, text=True, check=True)

    assert done.stdout == "[\n"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_value_that_is_given_twice_is_wrong_use(make_site: MakeSite) -> None:
    site = make_site()

    done = run(site.root, "new", "page", "/n/", "--set", "title=T", "--set", "title=U")

    assert (done.returncode, done.stderr) == (WRONG_USE, "build.py new: --set title is given more than once\n")
    assert not (site.root / "content/n").exists()


@pytest.mark.parametrize("words", ["check", "explain alt", "check --format json"])
@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_command_works_without_standard_streams(make_site: MakeSite, words: str, closed: str) -> None:
    site = make_site()
    command = f"'{sys.executable}' '{REPOSITORY / 'build.py'}' {words} {closed}"

    done = subprocess.run(["bash", "-c", command], cwd=site.root, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (WELL, "")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no folder in which something runs")
@pytest.mark.parametrize("words", ["check", "build", "new page /x/", "init site --languages en", "translate status"])
def test_a_working_folder_that_was_deleted_is_told_in_one_line(tmp_path: Path, words: str) -> None:
    command = f"rmdir '{tmp_path / 'gone'}'; '{sys.executable}' '{REPOSITORY / 'build.py'}' {words}"
    (tmp_path / "gone").mkdir()

    done = subprocess.run(["bash", "-c", command], cwd=tmp_path / "gone", capture_output=True, text=True, check=False)

    assert done.returncode == PROBLEMS
    assert done.stderr.startswith(".: error[unreadable]: the folder in which this runs has been deleted\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk without room")
@pytest.mark.parametrize("words", ["translate status", "explain", "hosts nginx", "check --format json"])
def test_output_that_the_disk_has_no_room_for_is_told_in_one_line(make_site: MakeSite, words: str) -> None:
    site = make_site()
    command = f"'{sys.executable}' '{REPOSITORY / 'build.py'}' {words} >/dev/full"

    done = subprocess.run(["bash", "-c", command], cwd=site.root, capture_output=True, text=True, check=False)

    assert done.returncode == PROBLEMS
    assert done.stderr.splitlines()[-1].endswith(": the output can't be written: No space left on device")
    assert "internal error" not in done.stderr
    assert "Traceback" not in done.stderr


def test_profile_lists_stages_templates_and_the_slowest_files(make_site: MakeSite) -> None:
    site = make_site()

    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "build.py"), "build", "--profile"],
        cwd=site.root,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "read and check" in done.stderr
    assert re.search(r"\d\.\d{3} +2  page\.html", done.stderr)
    assert re.search(r"\d\.\d{3}  en/index\.html", done.stderr)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_in_the_module_listed_in_the_table(command: str, tmp_path: Path) -> None:
    done = run(tmp_path, command, "--help")

    assert (done.returncode, done.stderr) == (WELL, "")
    assert f" {command} [-h]" in done.stdout.partition("\n")[0]


def test_command_only_imports_its_own_module() -> None:
    code = "import sys; from sitegen.cli import run; run(['explain', 'dead-page']); print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    modules = {name for name in done.stdout.split() if name.startswith("sitegen.commands.")}

    assert modules == {"sitegen.commands." + name for name in ("arguments", "checking", "console")}
