"""Random bytes for every parser: any exception but a reported problem is a bug.

usage: python tests/scripts/fuzz.py [SECONDS [PARSER]]      default: 60 seconds for each parser
Half of the time Hypothesis makes texts out of pieces that mean something there; the other half atheris, where it is
installed, follows the branches of our own code. An input may take 2 seconds of the processor (a busy machine adds none) and
500 MB. What atheris has found worth keeping lies in build/fuzz/<parser>/, for the next time, and beside it what a
parser failed on, as crash-<digest>.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path[:0] = [
    str(folder)
    for folder in (Path(__file__).parents[1] / "helpers", Path(__file__).parents[1], Path(__file__).parents[2])
]

from hostile import HEAVY, LINKS, PO, SCRIPTS, SVG, YAML

from sitegen.cli import run
from sitegen.content.markdown import parse_body
from sitegen.content.markdown_lint import find_unmarked
from sitegen.hosting import caddy, nginx
from sitegen.i18n.bidi import isolate_ltr
from sitegen.i18n.catalog_checks import message_problems
from sitegen.i18n.po_files import parse_po
from sitegen.i18n.transliteration import writer
from sitegen.importers.html_to_markdown import Dialect
from sitegen.importers.hugo.markdown import adapt
from sitegen.importers.hugo.shortcode_blocks import Declared
from sitegen.importers.hugo.shortcode_conversions import Ways
from sitegen.importers.hugo.shortcode_uses import PageUses
from sitegen.importers.hugo.site import Family
from sitegen.media.css import read_style
from sitegen.media.svg import find_unsafe
from sitegen.media.svg_fix import cleaned
from sitegen.model.aliases import alias_parts, fault_of_alias
from sitegen.model.base_url import site_url
from sitegen.model.fields import TYPES, Checker, Field
from sitegen.problems.problem import SiteError
from sitegen.problems.safe_output import one_line
from sitegen.publish.manifest import read_manifest
from sitegen.source.edits import Traced
from sitegen.source.mark import Mark
from sitegen.source.paths import fault_of
from sitegen.source.text import CONTROL, Source, decode
from sitegen.source.yaml import Node, parse
from sitegen.translation.exchange_formats import FORMATS

MOST_SECONDS = 2
MOST_MEGABYTES = 500
CORPUS = Path(__file__).parents[2] / "build/fuzz"


def _yaml(data: bytes) -> None:
    text = decode("a.yaml", data)
    parse(Source.of("a.yaml", text), text)


def _front_matter(data: bytes) -> None:
    from sitegen.content.reader import read_draft
    from sitegen.model.page import Key

    read_draft(lambda path: decode(path, b"---\n" + data), "index.en.md", Key("/"), "en")


def _markdown(data: bytes) -> None:
    """A text, what is meant by it, and its HTML in another script and from right to left."""
    source = Source.of("a.md", decode("a.md", data))
    html, *_ = parse_body(source, 1)
    list(find_unmarked(source, 1))
    assert not CONTROL.search(re.sub("[\x01-\x03]", "", html)), "a control character in HTML"
    writer("uz-Cyrl", {})(html)
    isolate_ltr(html)


def _catalog(data: bytes) -> None:
    """A catalog; a message that has no problem has no markup but its source's."""
    for message in parse_po("a.po", decode("a.po", data), "ru"):
        if message.id and message.string and not [*message_problems("a.po", message)]:
            ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
            forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
            bare = not any(re.search("<[A-Za-z/!?]", text) for text in ids)
            assert not bare or not any(re.search("<[A-Za-z/!?]", text) for text in forms), message


def _drawing(data: bytes) -> None:
    """A drawing; a cleaned one is valid and cleaning it again changes nothing."""
    Path("a.svg").write_bytes(data)
    list(find_unsafe(Path(), "a.svg"))
    plain = cleaned(data.decode("utf-8", "replace"))
    assert plain is None or cleaned(plain) is None


def _style(data: bytes) -> None:
    """CSS; a style sheet that loads nothing by our parser names no host."""
    text = data.decode("utf-8", "replace")
    if not read_style(text)[0] and "\\" not in text:
        assert not re.search(
            r"(?<![\w\x80-\U0010ffff-])url\(\s*[\"']?(?:https?:)?//",
            re.sub(r"(?s)/\*.*?(?:\*/|\Z)|([\"']).*?(?:\1|\n|\Z)", "", text),
        )


def _fields(data: bytes) -> None:
    """A text as the value of a field of each type."""
    text = data.decode("utf-8", "replace")
    for kind in sorted(TYPES):
        if kind not in ("list", "group"):
            check = Checker(Source.of("a.md", text), [])
            check.value(Field(name="a", type=kind, choices={"a": "A"}), Node(text, text, Mark(1, 1)))


def _exchange(style: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        FORMATS[style].read(Path(f"a.{style}"), decode("a", data))

    return read


def _old_page(data: bytes) -> None:
    """A page of Hugo's, its front matter and its text."""
    from sitegen.importers.hugo.reader import read_page
    from sitegen.model.page import Key

    Path("page.md").write_bytes(data)
    page = read_page(Path(), "page.md", "en", Key("/"), Key("/"), [], is_section=False)
    uses = PageUses(page, Traced(page.body))
    uses.look_up(Ways(find={"a.md": "/a/"}.get, param={"a": "b"}.get, target={"a": "/a/"}.get))
    blocks = Declared(lambda page, written: None, lambda name: "")
    blocks.gather([(Family(Key("/"), "en", "page", {"en": page}), {"en": uses})])
    text = uses.replaced(lambda use: blocks.write(use, is_source=True), lambda use: True, lambda *told: None)
    blocks.texts()
    for dialect in (Dialect(has_html=True, has_attributes=True), Dialect()):
        adapt(text, page.text("title"), dialect, lambda target: f"/x{target}", lambda *told: None, has_ids=True)


def _addresses(data: bytes) -> None:
    """An old address, the address of a site, and words of configurations: what is let through is one line of itself."""
    text = data.decode("utf-8", "surrogateescape")
    if not fault_of_alias(text):
        words = [caddy.literal("/".join(alias_parts(text))), nginx.literal("/".join(alias_parts(text)))]
        assert all(len(word.splitlines()) <= 1 for word in words), words
    with contextlib.suppress(ValueError):
        assert site_url(site_url(text)) == site_url(text)
    if not fault_of(text):
        assert os.path.normpath(f"/site/{text}") == f"/site/{text}"
    assert one_line(text).isprintable() or "\u200c" in text or "\u200d" in text or not text.isprintable()


#: Commands of which any argument may be wrong, and which never leave the site's folder.
COMMANDS = ["new", "rename", "remove", "explain", "hosts", "check", "translate status", "translate diff", "translate accept",
            "translate export", "translate import", "schema", "archive", "verify", "compare", "merge", "build"]  # fmt: skip


def _arguments(data: bytes) -> None:
    """A command line on a tiny site: words apart by line ends, the first a number of a command."""
    words = [word for word in data.decode("utf-8", "ignore").replace("\0", "").split("\n") if word]
    if not words or any("/" in word and not word.startswith(("/a/", "a/")) for word in words):
        return  # what is named on a command line may lie anywhere, and is not for a test to try
    command = COMMANDS[ord(words[0][0]) % len(COMMANDS)].split()
    if not Path("content").exists():
        for path, text in TINY.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(text, encoding="utf-8")
    silent = io.StringIO()
    with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent), contextlib.suppress(SystemExit):
        run([*command, *words[1:8]])


TINY = {
    "content/site.yaml": "title: {en: T}\nbase_url: https://example.org/\nsource_language: en\nlanguages: [{tag: en}, {tag: fr}]\n",
    "content/kinds.yaml": "page: {template: page.html}\n",
    "content/index.en.md": "---\ntitle: Home\n---\n",
    "content/a/index.en.md": "---\ntitle: A\n---\n",
    "templates/page.html": "{{ page.title|words }}{{ page.content }}",
}


#: Name → what reads bytes and tells every mistake in them as a `SiteError`.
PARSERS: dict[str, Callable[[bytes], None]] = {
    "yaml": _yaml,
    "front-matter": _front_matter,
    "markdown": _markdown,
    "catalog": _catalog,
    "drawing": _drawing,
    "style": _style,
    "fields": _fields,
    "po": _exchange("po"),
    "xliff": _exchange("xliff"),
    "manifest": lambda data: void(read_manifest(data, "release.json")),
    "old-page": _old_page,
    "addresses": _addresses,
    "arguments": _arguments,
}
XLIFF = '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="ru"><file id="f"><unit id="u">'
#: Pieces that mean something to each parser.
SEEDS: dict[str, list[str]] = {
    "yaml": [*YAML.values(), "a: [1, {b: c}]\n", "- ", "? ", "|\n", "'", '"', "&x ", "*x", "!!python/object ", "\t"],
    "front-matter": ["title: A\n", "---\n", "...\n", "a:\n  - b\n", "## ", "\ufeff", "\r\n"],
    "markdown": [
        *SCRIPTS,
        *LINKS,
        *(text[:200] for text in HEAVY.values()),
        "| a |\n|---|\n",
        "[^1]: ",
        "> ",
        "- ",
        "```\n",
    ],
    "catalog": [*PO, 'msgid "a"\nmsgstr "b"\n', 'msgid_plural "', "msgctxt ", "#~ ", "msgstr[9]"],
    "style": [
        "url(",
        "url('",
        "//a.org",
        "@import ",
        "/*",
        "*/",
        "'",
        '"',
        "{",
        "}",
        ";",
        "a:",
        "\\72 ",
        "image-set(",
        "#a",
        ")",
    ],
    "fields": [
        "2026-01-31",
        "۱۴۰۴/",
        "T09:30",
        "+08:00",
        "9999-12-31",
        "a@",
        "b.org",
        "https://",
        "/a/",
        "1e999",
        "-",
        "1.5",
        "KZT",
        "+7",
        "zh-Hans",
        "[",
        "file.pdf",
    ],
    "drawing": [*SVG, "<svg xmlns='http://www.w3.org/2000/svg'>", "<!DOCTYPE svg [", "<?xml ", "&a;", "<style>", "</"],
    "po": ['msgctxt "/a/|title|0"\nmsgid "a"\nmsgstr "b"\n', *PO],
    "xliff": [
        XLIFF,
        "<segment><source>a</source><target>b</target></segment>",
        "</unit></file></xliff>",
        "<!ENTITY a '",
    ],
    "old-page": [
        *("---\ntitle: A\n---\n", "+++\ntitle = 'A'\n+++\n", '{"title": "A"}\n', "# A\n", "A\n===\n", "#### B {.c}\n"),
        *('{{< ref "a.md" >}}', "{{% note %}}", "{{% /note %}}", '{{< figure src="a" caption="b" >}}', "{{</* x */>}}"),
        *("<b>", "</b>", "<a href='x'>", "</a>", "<br>", "<div>\n", "</div>\n", "<!-- c -->", "<!--more-->", "{.c}\n"),
        *("[a](b)", "[a][b]", "\n[b]: c\n", "![a](b.png)", "https://a.org/b_c", "www.a.org", "a@b.org", "- [ ] a\n"),
    ],
    "addresses": [
        "/old/",
        "%0a",
        "%2e%2e/",
        "https://",
        "центр.рф",
        ":99999",
        "{$HOME}",
        '\\"',
        "`",
        "\u202e",
        "//",
        "?a",
        "#b",
        "e\u0301",
    ],
    "arguments": [
        "a\n",
        "/a/\n",
        "/a/b/\n",
        "fr\n",
        "page\n",
        "--set\ntitle=x\n",
        "--to\n",
        "--languages\n",
        "--base-url\n",
        "all\n",
        "--force\n",
        "--as-of\n",
    ],
    "manifest": ['{"version": 1, "digest": "', '"files": {"a": "1 ', "0" * 64, '", "kept": {}}', "[" * 200, "1e999"],
}


def void(value: object) -> None:
    """Read for its problems alone."""


def attempt(name: str, data: bytes) -> None:
    """Read bytes by a parser.

    Raises:
        Exception: anything but a problem told, or a read that took too long.
    """
    start = time.process_time()
    with contextlib.suppress(SiteError):
        PARSERS[name](data)
    if (taken := time.process_time() - start) > MOST_SECONDS:
        raise TimeoutError(f"{name}: {len(data)} bytes took {taken:.1f} s of the processor")


def by_hypothesis(name: str, seconds: float, examples: int = 500) -> int:
    """Random texts of pieces and random bytes, so many and for so long; return how many."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    pieces = st.one_of(st.sampled_from(SEEDS[name]), st.text(max_size=20), st.sampled_from("\n \t:-#[]{}<>&'\"|\\"))
    texts = st.lists(pieces, max_size=40).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
    end, count = time.monotonic() + seconds, 0

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(texts, st.binary(max_size=2000)))
    def read(data: bytes) -> None:
        nonlocal count
        count += 1
        attempt(name, data)

    read()
    while time.monotonic() < end:
        read()
    return count


def by_atheris(name: str, seconds: float) -> int | None:
    """Bytes that reach new branches, in a separate process; return how many, None without atheris."""
    if importlib.util.find_spec("atheris") is None:
        return None
    corpus, failures = CORPUS / name / "corpus", CORPUS / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]):
        (corpus / str(number)).write_bytes(seed.encode("utf-8", "surrogatepass")[:4096])
    limits = [
        f"-max_total_time={max(1, int(seconds))}",
        f"-timeout={10 * MOST_SECONDS}",
        f"-rss_limit_mb={MOST_MEGABYTES}",
    ]
    limits += [f"-artifact_prefix={failures}/crash-", "-max_len=4096", "-print_final_stats=1"]
    command = [sys.executable, str(Path(__file__).resolve()), "--follow", name, str(corpus), *limits]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-3000:]}")
    counts = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
    return int(counts[0])


def follow(name: str, arguments: list[str]) -> None:
    """Run as the process of atheris."""
    import atheris

    for module in [module for name, module in sys.modules.items() if name.startswith("sitegen.")]:
        for key, value in list(vars(module).items()):
            if getattr(value, "__module__", "") == module.__name__ and hasattr(value, "__code__"):
                setattr(module, key, atheris.instrument_func(value))
    atheris.Setup([sys.argv[0], *arguments], lambda data: attempt(name, data))
    atheris.Fuzz()


def main(seconds: float, names: list[str]) -> None:
    """Run each parser for so long and print how much was read."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        os.chdir(folder)
        for name in names or PARSERS:
            with ProcessPoolExecutor(1) as aside:  # a process counts the memory of the one that starts it
                made = aside.submit(by_hypothesis, name, seconds / 2).result()
            followed = by_atheris(name, seconds / 2)
            also = "atheris is not installed" if followed is None else f"{followed:,} by atheris"
            print(f"{name}: {made:,} inputs by Hypothesis, {also}: each read, or told as a problem", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--follow"]:
        follow(sys.argv[2], sys.argv[3:])
    else:
        main(float(sys.argv[1]) if sys.argv[1:] else 60, sys.argv[2:])
