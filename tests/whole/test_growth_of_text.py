"""No text that people write takes long: every reader of ours is given each token of its grammar again and again.

A pattern that tries again from every place takes the square of the text. Patterns do that inside C, unseen by any count of
calls, so the processor's time is taken, in one process and against plain words of the same length: a reader that is slower
than `MOST` of it must at least be linear.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import MakeSite
from processor_time import seconds

from sitegen.build.options import Options
from sitegen.build.pipeline import check as find_all
from sitegen.content.blocks import OPTIONS, parse_around
from sitegen.content.markdown import parse_body
from sitegen.content.markdown_lint import find_unmarked
from sitegen.content.section_shape import Shape
from sitegen.i18n.bidi import isolate_ltr
from sitegen.i18n.catalog_checks import message_problems
from sitegen.i18n.po_files import parse_po
from sitegen.i18n.transliteration import writer
from sitegen.importers.hugo.conversion import read_hugo
from sitegen.importers.mkdocs.front_matter import split_title
from sitegen.importers.unsafe_links import without_unsafe_links
from sitegen.media.camera_traces import without_traces
from sitegen.media.css import read_style
from sitegen.media.svg import find_unsafe_in
from sitegen.media.svg_fix import cleaned
from sitegen.model.blocks import shipped_blocks
from sitegen.model.fields import TYPES, Checker, Field
from sitegen.problems.problem import Problem
from sitegen.source import limits
from sitegen.source.mark import Mark
from sitegen.source.text import Source, decode
from sitegen.source.time_budgets import begin_budgets
from sitegen.source.yaml import Node, parse
from sitegen.translation.exchange_formats import FORMATS
from sitegen.translation.inline_marks import pieces_of

#: Characters of each text, and of the one twice as long; the longest line that files may have bounds the first.
LENGTH = 20_000
#: Headings, links, numbers and the like of a page.
SIZE = 500
#: So much slower than plain words is a reader of a text that only looks bad.
MOST = 20
#: Twice the text may take so much longer, caches and the like considered.
GROWTH = 3.0
#: Shorter times, in seconds, say nothing.
NOTHING = 0.04


#: Settings of a site of Hugo with all that its Markdown may have.
HUGO = (
    "baseURL = 'https://o.example/'\n[markup.goldmark.parser.attribute]\nblock = true\ntitle = true\n"
    "[markup.goldmark.renderer]\nunsafe = true\n"
)


@pytest.fixture(autouse=True)
def _without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cut off would look linear, and what has been cut off once is not read again."""
    monkeypatch.setattr(limits, "MOST_SECONDS", 600.0)
    begin_budgets()


def _body(text: str) -> object:
    source = Source.of("a.md", text)
    html, *_ = parse_body(source, 1)
    return html, list(find_unmarked(source, 1))


def _front_matter(text: str) -> object:
    return parse(Source.of("a.yaml", text[:60_000]), text[:60_000])


def _file(text: str) -> object:
    return decode("a.md", text.encode("utf-8", "surrogatepass"))


def _catalog(text: str) -> object:
    catalog = parse_po("a.po", text)
    return [list(message_problems("a.po", message)) for message in catalog if message.id]


def _message(text: str) -> object:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return _catalog(f'msgid "{quoted}"\nmsgstr "{quoted}x"\n')


def _answers(name: str) -> Callable[[str], object]:
    return lambda text: FORMATS[name].read(Path(f"a.{name}"), text)


def _field(kind: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        problems: list[Problem] = []
        check = Checker(Source.of("a.md", text), problems)
        declared = Field(name="a", type=kind, choices={"a": "A"}, fields={}, item=Field(name="b", type="text"))
        return check.value(declared, Node(text, text, Mark(1, 1))), [str(problem) for problem in problems]

    return read


def _import(name: str, begin: str = "", end: str = "") -> Callable[[str], object]:
    """A file of a Hugo site, as `import` reads and rewrites it."""

    def bring(text: str) -> object:
        with TemporaryDirectory() as folder:
            site = Path(folder)
            (site / "content").mkdir()
            (site / "hugo.toml").write_text(HUGO, encoding="utf-8")
            (site / name).write_text(f"{begin}{text}{end}", encoding="utf-8")
            return read_hugo(site).texts

    return bring


def _many_keys(read: Callable[[str], object]) -> Callable[[str], object]:
    """Lines, each with a unique name."""
    return lambda text: read("".join(f"k{number}{line}" for number, line in enumerate(text.splitlines(keepends=True))))


def _mkdocs_title(text: str) -> object:
    return split_title(f"{text}# T{text}x\n")


def _references(text: str) -> object:
    """Lines, each the address of a link by reference."""
    links = "".join(
        f"[x][{number}]\n\n[{number}]: {line}" for number, line in enumerate(text.splitlines(keepends=True))
    )
    return _import("content/a.md", "---\ntitle: A\n---\n")(links)


def _json_keys(text: str) -> object:
    pairs = "".join(f'"k{number}": {value}, ' for number, value in enumerate(text.split("\n")) if value)
    return _import("content/a.md")(f'{{{pairs}"title": "A"}}\n')


READERS: dict[str, Callable[[str], object]] = {
    "body": _body,
    "front matter": _front_matter,
    "file": _file,
    "catalog": _catalog,
    "message": _message,
    "po": _answers("po"),
    "xliff": _answers("xliff"),
    "marks": lambda text: pieces_of(text, shipped_blocks()),
    "svg": lambda text: find_unsafe_in("a.svg", text.encode()),
    "svg fix": cleaned,
    "camera traces": lambda text: without_traces("a.svg", text.encode()),
    "css": lambda text: read_style(text),
    "uzbek": writer("uz-Cyrl", {}),
    "pseudo": writer("en-XA", {}),
    "bidi": isolate_ltr,
    "blocks": lambda text: parse_around(text, OPTIONS),
    "lists": lambda text: list(find_unmarked(Source.of("a.md", text), 1)),
    "mkdocs title": _mkdocs_title,
    "unsafe links": without_unsafe_links,
    "shape": lambda html: (Shape(html).digest, Shape(html).sentences, Shape(html).counts, Shape(html).targets),
    **{f"{kind} field": _field(kind) for kind in sorted(TYPES) if kind not in ("list", "group")},
    "import body": _import("content/a.md", "---\ntitle: A\n---\n"),
    "import html": _import("content/a.html", "---\ntitle: A\n---\n"),
    "import toml": _import("content/a.md", "+++\ntitle = 'A'\n", "\n+++\n"),
    "import yaml": _import("content/a.md", "---\ntitle: A\n", "\n---\n"),
    "import json": _import("content/a.md", '{"title": "A", "a": ', "}\n"),
    "import toml keys": _many_keys(_import("content/a.md", "+++\ntitle = 'A'\n", "\n+++\n")),
    "import yaml keys": _many_keys(_import("content/a.md", "---\ntitle: A\n", "\n---\n")),
    "import json keys": _json_keys,
    "import references": _references,
    "import settings": _many_keys(_import("hugo.toml", HUGO)),
    "terminal": lambda text: str(
        Problem(path=text, code="html", message=text, line=1, column=9, excerpt=text, hint=text)
    ),
}

MARKDOWN = (
    *("## x{#a", "## x {#a}\n\n", "{#a", "# ", "##", "##x\n", "a@a", "a@", "1 ", "1.1", "1,000 ", "[a](/b/) ", "[a](/b/", "[", "![", "]", "](", "[["),
    *("[a][b", "[a]: /b\n", "[^", "^[", "[^a", "[^a] ", "[^a]: b\n", "<", "<b>", "<b>\n\n", "<!--", "<!-- a --> ", "-->", "<!-- a -->\n\n", "</b>", "<a href=\"", "<https://a", "<a@b.c> "),
    *("https://a.b ", "https://", "https://a.b/(", "&#1;", "&#x202E;", "&amp;", "&", "`", "``", "`a", "```\n", "~~~ ", "~~", "*", "**", "**a", "*a**b*", "_", "__", "__a", "_a_"),
    *("- a\n", "-a\n", "* * ", "+ ", "1. a\n", "1.a\n", "1)", "> ", "> a\n", ">\n", "| a | b |\n", "|a", "|", "| --- ", "|-", ": a\n", ":::", "::: a\n", ":::a{b=c}\n", "{a=", "{a}", "$", "\\", "\\\\", "\\[", "\n", " ", "  \n", "\t", "    a\n", "---\n", "===\n", "a\n---\n"),
    *("•a\n", "•", "·  ", "（1）\n", "］（", "＃a\n", "##\u00a0a\n", "「*", "١. ", "10.", "10,", "\u00a0", "\u3000", "é", "e\u0301", "\u200d", "'", '"', "“", "（", "1)a\n", "][", ")[/", "] (", "](/a\n"),
)  # fmt: skip
DIRECTED = (
    *("a ", "</em>a", "a(", "a)", "1 ", "+1(", "1-", "1.", "1,", "- ", "a<em>", "a.b.", "1 a", "ب a", "https://", "“a", "<code>", "<pre>", "<math>"),
    *("<pre><math>", "0 1-", " \n", "a<em>b</em> ", "$1,", "a (<em>", "@", "\x04"),
)  # fmt: skip
BLOCKS = (":abbr[a ", ":abbr[a]{title=b} ", ":::note\n", "]{a=\"", "`:abbr[`` ", ":::note[\n\n", "::video{a=b ", "- :::tip\n", "> :::tip\n", ":tada:\n", ":abbr{a ", "\\:abbr[x] ")  # fmt: skip
LISTS = ("1、一\n", "-\u00a0a\n", "*「", "字*「a", "字_", "字_a", "~~「", "##\u00a0\n", "۱. ", "（1）\n", "1.\u00a0")
YAML = (
    *("? ", "- ", "[", "{", "{a: ", "[a, ", "? - ", "# [\n[", "!!x ", "&a ", "*a ", "|\n ", ": ", "--- ", "a: [b, c]\n", "a:b\n", "a：b\n", "\"", "'", "a: '", "a: \"b\n", "a = b\n", "a b\n", "\\", "a: b #c\n"),
    *(" ", "\t", "\n", "a\n", "%", "@", "- - ", "{}", "[],", "\u3000", "a: b: c\n", "a: >\n  b\n", "<<", "=", "…", "- a\n- b\n", "  a:\n"),
)  # fmt: skip
FILE = (
    "\x07",
    "<<<<<<< a\n",
    ">>>>>>> a\n",
    "=======\n",
    "\r",
    "\r\n",
    "\u202e",
    "\ufffe",
    "\ud800",
    "\x00a",
    "\ufeff",
    "a" * 99 + "\n",
)
CATALOG = (
    *(" ", "\t", '"', '"a"\n', '"a" ', "msgid ", 'msgid "a"\n', 'msgstr "a"\n', "#", "#~ ", "#, fuzzy\n", "#: a\n", "#| ", "\\", '"\\', '\\"', "msgctxt ", "msgstr[0] ", "\n", "x\n"),
    *('msgid "a"\nmsgstr "b"\n\n', 'msgid "\\"\n'),
)  # fmt: skip
MESSAGE = (
    "%",
    "%(",
    "%(a)s",
    "%(a)",
    "%%",
    "<",
    "<b>",
    "</b>",
    "<b",
    "<!--",
    "<a b=",
    '<a b="',
    "&",
    "&#",
    "<b/>",
    "<script>",
    "<?",
    "<![CDATA[",
    "'",
    '"',
)
XML = (
    *("<a>", "<source/>", "<a/>", "</a>", "<", "<!--", "<!-- a -->", "<![CDATA[", "<?a ", "<?a ?>", "&", "&amp;", "&#65;", "&#x2;", "<!DOCTYPE a>", "<!ENTITY a 'b'>", '<a b="', "<a b='c' ", " ", "]]>", "<g>", "<text>a</text>"),
    *("<style>", "<style>a{b:url(", "<a:b>", 'x="', "<svg ", "<trans-unit id='a'>"),
)  # fmt: skip
CSS = (
    "url(",
    "url('",
    "(",
    "{",
    "[",
    "@",
    "@media ",
    "\\",
    "\\72 ",
    "/*",
    "/* */(",
    "'",
    '"(',
    "a{b:c(}",
    "image-set(",
    ";(",
    ":(",
    "<!--(",
    "-->(",
    "#(",
    "u+(",
    "!(",
    "1e9(",
)
HTML = (
    "<code>",
    "<math>",
    "<math><",
    "<pre><",
    "<pre>",
    "</code>",
    "<kbd>",
    "<",
    "<a ",
    "<p>",
    "<p>a b c d e f</p>",
    "<li>",
    '<img src="',
    'href="',
    "\x01",
    "\x02",
    "\x03",
    "\x01a\x03",
    "&a;",
    "&#",
    "&",
    "%(a)s",
    "%(",
    "https://",
    "http://a",
    "a@",
    "a@a",
    "a.",
    "@",
    ' alt="',
    ' title="a" ',
    "o'",
    "'",
    "‘",
    "Sh",
    "ts",
    "c",
    "1.1",
    "1 ",
    "1-",
    "1,",
    "(1",
    "+1 ",
    "+",
    "a.b",
    "A.",
    "$",
    "%",
    "°",
    "/",
    "«",
    "(",
    ")(",
    "ا",
    "ا a ",
    "1 ا",
    "a-",
    "a_",
    "’",
    "#",
    "₽1",
)
FIELD = (
    ".",
    "@",
    "a@",
    "a.",
    "a@a.",
    "1",
    "1-",
    "1.",
    "/",
    "//",
    "https://",
    "https://a/",
    " ",
    "\n",
    "-",
    "a",
    "“",
    "«a",
    "2026-",
    "۱۴۰۴/",
    "%",
    ":",
    "[",
    "\\",
    "ä",
    "年",
    ",",
    "+",
)

SHORTCODES = (
    *("{{<", "{{< a", '{{<""', '{{<"', "{{< a >}}", "{{% a %}}", "{{< /a >}}", "{{< a b=", '{{< a b="c" ', "{{< a `", "{{</* a */>}}", "{{< ref ", "{{<figure ", '{{< figure src="/a.png" >}}\n', "{{", "}}", ">}}", "{{< a />}}", "{{< note >}}\n"),
    *("<!--", "<!-- a --> ", "-->", "<?", "<b>", "<b>\n\n", "</b>", "<sup>", "<sup>1</sup>", "<a href=b>", "[a](/b/) ", "`", "```\n", "|a", "> a\n", "- a\n"),
    *("{a=b\n", "{a=b}", "{#a .b c=d}\n", "## a {#a\n", "{{% ", "<div>\n", "<div markdown=1>\n", "</div>\n", "<br>", "<img src=a>", "<table><tr><td>", "<p>a</p>\n", "<!--more-->\n", "<details><summary>a</summary>\n", "[a]({{< ref", "![a](b.png)\n"),
)  # fmt: skip
DATA = (
    *("[", "[[", "{", "{a=", "[a]\n", "[[a]]\n", '"', "'", '"' * 3, "'" * 3, "\n", " ", "\\", "a.", "a = 1\n", "= ", "# a\n", ",", "1", "1,", "[1],", '{"a":1},', '"a",', "true ", "2026-01-01 ", "a: b\n", "- a\n", "&a ", "*a ", "!!a ", "- - ", "a:\n  ", "{}", "[] ", "\t"),
)  # fmt: skip
KEYS = (" = 1\n", " = [1, 2]\n", " = 'a'\n", ": a\n", ": [a, b]\n", " = {a = 1}\n", ".a = 1\n", " = 2026-01-01\n")

TOKENS: dict[str, tuple[str, ...]] = {
    "body": MARKDOWN,
    "marks": MARKDOWN,
    "front matter": YAML,
    "file": FILE,
    "catalog": CATALOG,
    "message": MESSAGE,
    "po": CATALOG,
    "xliff": XML,
    "svg": XML,
    "svg fix": XML,
    "camera traces": ("A", " ", "\n", "&#10;", "=", "\n=", "&#", "data:image/png;base64,", "data:image/png;base64,A='"),
    "css": CSS,
    "uzbek": HTML,
    "pseudo": HTML[:30],
    "bidi": (*HTML, *DIRECTED),
    "blocks": BLOCKS,
    "lists": LISTS,
    "unsafe links": ("[a](javascript:x) ", "[", "![", "](javascript:x", " href=", "`[a](javascript:x)` ", "<a:"),
    "mkdocs title": ("\n", " \t", "\n \n", "{", " {a}"),
    "shape": HTML,
    "terminal": ("\x1b", "\x1b[31m", "a", "\u202e", "漢", "e\u0301", "\n", "\\"),
    "import body": SHORTCODES,
    "import references": ("/b\n", "javascript:x\n"),
    "import html": (
        *HTML[: HTML.index("\x01")],
        "<!--",
        "<!-- a -->",
        "<?",
        "<? a ?>",
        "<a ",
        "<a b='",
        "<sup>1",
        "<script>",
        "<table><tr><td>",
    ),
    **{f"import {form}": DATA for form in ("toml", "yaml", "json")},
    **{f"import {form}": KEYS for form in ("toml keys", "yaml keys", "settings")},
    "import json keys": ("1\n", '"a"\n', "[1, 2]\n", '{"a": 1}\n', "null\n"),
    **{name: FIELD for name in READERS if name.endswith(" field")},
}
#: Texts that are begun and end otherwise than their middle.
AROUND = {
    "email field": ("a@", "@"),
    "url field": ("https://a", "<"),
    "xliff": ("<xliff>", "</xliff>"),
    "svg": ('<svg xmlns="http://www.w3.org/2000/svg">', "</svg>"),
    "camera traces": ("<svg><!-- data:image/png;base64,A", "! --></svg>"),
    "svg fix": ('<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">', "</svg>"),
}


def text_of(reader: str, token: str, length: int) -> str:
    begin, end = AROUND.get(reader, ("", ""))
    return begin + (token * (length // len(token) + 1))[:length] + end


def read(reader: str, token: str, length: int) -> Callable[[], object]:
    return partial(READERS[reader], text_of(reader, token, length))


def is_bounded(reader: str, token: str, enough: float, length: int) -> bool:
    """Whether a text is read in a time that needs no question, or else in twice of it when there is twice as much."""
    once, twice = seconds(read(reader, token, length), 1), math.inf
    for _ in range(5):  # again only where it looks bad, since other processes can only add to a time
        if once <= enough or twice <= GROWTH * once:
            return True
        once = min(once, seconds(read(reader, token, length), 1))
        twice = min(twice, seconds(read(reader, token, 2 * length), 1))
    return once <= enough or twice <= GROWTH * once


def unbounded(reader: str, tokens: Sequence[str], length: int, nothing: float = NOTHING) -> list[str]:
    plain = seconds(read(reader, "word and word, ", length), 3)
    return [token for token in tokens if not is_bounded(reader, token, max(nothing, MOST * plain), length)]


#: Readers that take seconds for all tokens are given each third one or the like; `make soak` gives them every one, twice as long.
SHARES = {"body": 3, "import body": 14, "import html": 3, "import yaml keys": 3, "css": 2, "marks": 6}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reader", "share", "length"),
    [
        *((own, SHARES.get(own, 1), LENGTH // 2) for own in READERS),
        *(pytest.param(own, 1, LENGTH, marks=pytest.mark.soak) for own in READERS),
    ],
)
def test_no_token_takes_quadratic_time(reader: str, share: int, length: int) -> None:
    assert unbounded(reader, TOKENS[reader][::share], length) == []


def test_there_are_enough_inputs() -> None:
    assert sum(map(len, TOKENS.values())) >= 500


@pytest.mark.slow
def test_reader_that_is_not_linear_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READERS, "body", lambda text: re.search("#+#+x", text))

    # A fast machine needs less than `NOTHING` for so short a text.
    assert unbounded("body", ["#"], 500, NOTHING / 20) == ["#"]


#: Readers for which all pairs of tokens take an hour are given a part of them each night, and all of them in a week.
NIGHTS = {"body": 7, "marks": 7}


@pytest.mark.soak
@pytest.mark.parametrize("reader", READERS)
def test_no_two_tokens_take_quadratic_time(reader: str) -> None:
    """Each token before each other one, on one line and on many: some 40,000 texts."""
    tokens, nights = TOKENS[reader], NIGHTS.get(reader, 1)
    night = dt.date.today().toordinal() % nights
    both = [one + other for one in tokens for other in tokens][night::nights]

    assert unbounded(reader, [*both, *(token + "\n" for token in tokens)], 2 * LENGTH) == []


#: A page and its translation, as texts of a size.
PAGES: dict[str, Callable[[int], tuple[str, str]]] = {
    "dead anchors": lambda size: ("".join(f"[a](#a{n})\n" for n in range(size)), "x\n"),
    "dead links": lambda size: ("".join(f"[a](/a{n}/)\n" for n in range(size)), "x\n"),
    "headings of one name": lambda size: ("## A\n\n" * size, "## B\n\n" * size),
    "more headings": lambda size: ("## A\n\n" * size, "## B\n\n### C\n\n" * size),
    "numbers that are missing": lambda size: (" ".join(f"{n}1.5" for n in range(size)), "x\n"),
    "numbers that are more": lambda size: ("x\n", "\n\n".join(f"{n}1.5" for n in range(size))),
    "links that are missing": lambda size: ("\n\n".join(f"[a](/?{n})" for n in range(size)), "x\n"),
    "sentences of the source": lambda size: ("This is a sentence of some words {n}.\n\n" * size,) * 2,
    "paragraphs of the source": lambda size: (
        ("\n\n".join(f"Sentence number {n} with many words." for n in range(size)),) * 2
    ),
    "notes": lambda size: ("".join(f"a[^{n}]\n\n[^{n}]: b\n\n" for n in range(size)), "x\n"),
    "names of the glossary": lambda size: ("Center " * size, "Centre " * size),
    "words": lambda size: ("word and word " * size, "mot et mot " * size),
}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_takes_quadratic_time(make_site: MakeSite, name: str) -> None:
    site = make_site(
        {
            "content/terms/index.en.md": "---\nkind: terms\ntitle: Terms\nterms: [{key: c, term: Center}]\n---\n",
            "content/terms/index.fr.md": "---\ntitle: Termes\nterms: [{key: c, term: Centre, avoid: [Center]}]\n---\n",
        },
        site="title: {en: A, fr: A}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: fr}]\nglossary: /terms/\n"
        "checks: {untracked: off}\n",
        kinds="page: {template: page.html}\nterms:\n  template: page.html\n  words:\n    terms: {type: list, of: {type: group, "
        "fields: {key: {type: id, required: true}, term: {type: text}, avoid: {type: list, of: {type: text}}}}}\n",
    )

    def check(size: int) -> float:
        for language, text in zip(("en", "fr"), PAGES[name](size), strict=True):
            site.write(f"content/a/index.{language}.md", f"---\ntitle: A {language}\n---\n{text}")
        return seconds(lambda: find_all(Options(root=site.root, output=site.public)), 2)

    once = check(SIZE)

    assert once < 0.25 or check(2 * SIZE) < GROWTH * once
