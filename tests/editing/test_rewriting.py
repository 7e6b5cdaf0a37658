"""A page is renamed in all places that the build reads as links to it, or in none; whatever else looks like one stays."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from conftest import HOME, MakeSite, TinySite
from hugosite import PNG

from sitegen.build.options import Options
from sitegen.build.pipeline import check
from sitegen.content import reader
from sitegen.content.markdown import parse_body
from sitegen.editing import address_places
from sitegen.editing.rename_remove import remove, rename
from sitegen.problems.problem import Problem, SiteError

ENGINES = {
    "commonmark": "",
    "python-markdown": "markdown: {engine: python-markdown, extensions: [extra, admonition]}\n",
}
SITE = """\
title: {en: Site, fr: Site}
base_url: https://example.org/
languages: [{tag: en}, {tag: fr}]
checks: {untracked: off}
"""
KINDS = """\
page:
  template: page.html
  facts:
    one: {type: page}
    go: {type: link}
    all: {type: list, of: {type: page}}
    groups: {type: list, of: {type: group, fields: {page: {type: page}}}}
  words:
    title: {type: text, required: true}
    note: {type: markdown}
"""
COLUMNS = "units:\n  facts:\n    page: {type: page}\n    more: {type: link}\n  words:\n    name: {type: text}\n"
TABLES = {
    "content/a/units.csv": "name,page,more\n/a/b/,/a/b/,/a/b/#how\n",
    "content/a/units.yaml": "rows:\n  - {name: /a/b/, page: /a/b/}\n  - name: Two\n    more: '/a/b/'\n",
    "content/a/units.json": '[{"name": "/a/b/", "page": "/a/b/"}]\n',
}
#: Places of links, with a number for their labels in place of 0. OLD is an address of the page, and KEPT its words.
PLACES = {
    "inline": "See [a](OLD).",
    "twice in a line": "See [a](OLD), [b](OLD#how).",
    "escaped bracket": "\\[a](KEPT) [b](OLD)",
    "angled": "See [a](<OLD> 'the page KEPT').",
    "picture": "[![a](OLDp.png)](OLD)",
    "quoted": "> [a](OLD)",
    "in a list": "- one\n- [a](OLD)\n\n    [b](OLD)",
    "in a table": "| a | b |\n| --- | --- |\n| [a](OLD) | c |",
    "in a footnote": "A[^0].\n\n[^0]: see [a](OLD)",
    "begins a footnote": "A[^0] [^0b].\n\n[^0]: [a](OLD)\n[^0b]: **[a](OLD)** b",
    "defined": "[a][r0]\n\n[r0]: OLD",
    "defined with a title": "[a][r0] [r0]\n\n[r0]: <OLD#how> 'KEPT'",
    "defined, folded": "[a][r0]\n\n[r0]:\n  OLD",
    "defined twice": "[a][r0]\n\n[r0]: OLD\n\n[r0]: OLD",
    "defined in a quotation": "[a][r0]\n\n> [r0]: OLD",
    "defined in a quotation, folded": "[a][r0]\n\n> [r0]:\n> OLD",
    "defined in a list": "[a][r0]\n\n- b\n\n    [r0]: OLD",
    "defined in a quotation in a list": "[a][r0]\n\n- b\n\n    > [r0]: OLD",
    "defined in a footnote": "[a][r0] b[^0]\n\n[^0]: c\n\n    [r0]: OLD",
    "picture that is defined": "![a][r0]\n\n> [r0]: OLDp.png",
}
OF_ENGINE = {
    "commonmark": {
        "defined in a block": "[a][r0]\n\n:::note[T]\n[r0]: OLD\n:::",
        "fenced in a list": "- a\n\n    ```\n    [r0]: KEPT\n    ```",
        "words in a paragraph": "Text\n[r0]: KEPT",
    },
    "python-markdown": {
        "defined in an admonition": "[a][r0]\n\n!!! note\n\n    b\n\n    [r0]: OLD",
        "in an admonition": "!!! note\n\n    [a](OLD)",
        "defined within a paragraph": "Text [a][r0]\n[r0]: OLD",
    },
}
#: Words and code.
NO_LINKS = {
    "code": "`[a](KEPT)`",
    "fenced": "```\n[a](KEPT)\n[r0]: KEPT\n```",
    "indented": "Text.\n\n    [r0]: KEPT",
    "comment": "<!-- [a](KEPT) [r0]: KEPT -->",
    "comment of lines": "<!--\n[r0]: KEPT\n-->",
    "words": "It was KEPT, once.",
    "title": '[a](/a/ "as [w](KEPT)")',
    "words of a footnote": "A[^0].\n\n[^0]: KEPT",
}
#: Links that may be refused.
UNSURE = {
    "escaped": "[a](/a/&#98;/)",
    "escaped definition": "[a][r0]\n\n[r0]: /a/&#98;/",
}
#: What only a source version has: fields, and a block whose attribute is a link.
FRONT = (
    "one: KEY",
    "go: OLD#how",
    "all: [KEY, /]",
    "all:\n  - /\n  - 'KEY'",
    "groups:\n  - page: KEY",
    "note: it was KEPT",
)
BLOCKS = {"commonmark": "::button[Go]{to=OLD}\n\n::button[Go]{to='OLD'}\n", "python-markdown": ""}


def make(make_site: MakeSite, engine: str, pages: dict[str, str]) -> TinySite:
    """A site in which tables name the page too."""
    plan = "---\ntitle: B\n---\n## How\n"
    others = {"content/index.en.md": HOME, "content/a/index.en.md": HOME, "content/a/b/index.en.md": plan}
    files = {**others, **pages, **TABLES, "content/tables.yaml": COLUMNS, "content/a/b/p.png": PNG}
    return make_site(files, site=SITE + ENGINES[engine], kinds=KINDS)


def text_of(chance: random.Random, engine: str, unsure: dict[str, str]) -> str:
    """A text with random places of links."""
    known = [*(PLACES | OF_ENGINE[engine] | NO_LINKS | unsure).values()]
    texts = chance.choices(known, k=chance.randint(1, 6))
    return "\n\n".join(text.replace("0", str(number)) for number, text in enumerate(texts)) + "\n"


def pages_of(chance: random.Random, engine: str, unsure: dict[str, str]) -> dict[str, str]:
    """A page, in one language or two."""
    front = "\n".join(["title: T", *chance.sample(FRONT, k=chance.randint(0, 1))])
    source = text_of(chance, engine, unsure) + chance.choice(["", f"\n{BLOCKS[engine]}"])
    pages = {"content/c/index.en.md": f"---\n{front}\n---\n{source}"}
    if chance.random() < 0.5:
        pages["content/c/index.fr.md"] = f"---\ntitle: T\n---\n{text_of(chance, engine, unsure)}"
    return pages


def filled(pages: dict[str, str], now: str, style: str) -> dict[str, str]:
    """Pages whose links lead to the address that the page has now, by its path or from the page beside it."""
    return {
        path: text.replace("OLD", style + now).replace("KEY", now).replace("KEPT", "/a/b/")
        for path, text in pages.items()
    }


def errors(site: TinySite) -> list[str]:
    try:
        check(Options(root=site.root, output=site.public))
    except SiteError as error:
        return [str(problem) for problem in error.problems if problem.severity == "error"]
    return []


def texts(site: TinySite, pages: dict[str, str]) -> dict[str, str]:
    return {path: (site.root / path).read_bytes().decode() for path in pages}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(24))
def test_all_places_follow_and_all_else_stays_there_and_back(make_site: MakeSite, engine: str, seed: int) -> None:
    chance = random.Random(seed)
    pages, style = pages_of(chance, engine, {}), chance.choice(["", ".."])
    before = filled(pages, "/a/b/", style)
    site = make(make_site, engine, before)
    assert errors(site) == []

    changed = rename(site.root, "/a/b/", "/x/")

    assert errors(site) == []
    after = filled(pages, "/x/", style)
    assert texts(site, pages) == after
    assert {path for path in changed if path in pages} == {path for path in pages if after[path] != before[path]}
    rename(site.root, "/x/", "/a/b/")
    assert errors(site) == []
    assert texts(site, {**pages, **TABLES}) == {**before, **TABLES}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(16))
def test_all_places_follow_or_none_where_some_are_written_with_escapes(
    make_site: MakeSite, engine: str, seed: int
) -> None:
    chance = random.Random(seed)
    pages = pages_of(chance, engine, UNSURE)
    site = make(make_site, engine, filled(pages, "/a/b/", ""))
    assert errors(site) == []
    before = site.inputs()

    if told := refused(site):
        assert {problem.path for problem in told} <= pages.keys()
        assert all(problem.line for problem in told)
        assert site.inputs() == before
    else:
        assert errors(site) == []
        assert texts(site, pages) == filled(pages, "/x/", "")


def refused(site: TinySite) -> tuple[Problem, ...]:
    try:
        rename(site.root, "/a/b/", "/x/")
    except SiteError as error:
        return error.problems
    return ()


def test_every_link_that_is_left_is_named_with_its_line(make_site: MakeSite) -> None:
    text = f"{HOME}[a](/a/b/)\n\n> [b][r]\n\n[c](/a/&#98;/)\n\n[r]: /a/&#98;/\n"
    site = make(make_site, "commonmark", {"content/c/index.en.md": text})

    told = refused(site)

    page = "content/c/index.en.md"
    assert [(problem.path, problem.line) for problem in told] == [(page, 6), (page, 8)]
    assert texts(site, {page: ""}) == {page: text}


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        ("commonmark", '[x](/a/ "as [w](/a/b/)")\n\n::button[Go]{to=OLD}\n'),
        ("commonmark", '![x](OLDp.png "as [w](/a/b/)")\n\n> ::button[Go]{to="OLD"}\n'),
        ("commonmark", '[x][r]\n\n[r]: /a/ "as [w](/a/b/)"\n\n::button[Go]{to=OLD}\n'),
        ("python-markdown", "*[HTML]: [w](/a/b/)\n\nHTML x [y](OLD)\n\n[v][z]\n\n[z]: OLD\n"),
        ("python-markdown", '[x](/a/ "as [w](/a/b/)") [y](OLD)\n'),
    ],
)
def test_what_looks_like_a_link_in_a_title_or_an_abbreviation_stays(
    make_site: MakeSite, engine: str, text: str
) -> None:
    page = {"content/c/index.en.md": HOME + text}
    site = make(make_site, engine, filled(page, "/a/b/", ""))

    rename(site.root, "/a/b/", "/x/")

    assert texts(site, page) == filled(page, "/x/", "")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_with_links_alone_is_read_once_more(
    make_site: MakeSite, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """400 pages with a hundred links each were read six times, which took 11 s."""
    site = make(make_site, engine, {f"content/c{n}/index.en.md": f"{HOME}[a](/a/b/) [b](/a/b/)\n" for n in range(5)})
    read = Counter[str]()
    for module in (reader, address_places):
        monkeypatch.setattr(module, "parse_body", lambda *given: read.update([given[0].path]) or parse_body(*given))

    rename(site.root, "/a/b/", "/x/")

    assert [read[f"content/c{n}/index.en.md"] for n in range(5)] == [2] * 5


@pytest.mark.parametrize("engine", ENGINES)
def test_a_definition_may_be_in_what_looks_like_a_comment(make_site: MakeSite, engine: str) -> None:
    text = f"{HOME}`<!--` [a][r]\n\n> [r]: {{0}}\n\n`-->`\n\n<!--\n[r]: /a/b/\n-->\n"
    site = make(make_site, engine, {"content/c/index.en.md": text.format("/a/b/")})

    rename(site.root, "/a/b/", "/x/")

    assert texts(site, {"content/c/index.en.md": ""}) == {"content/c/index.en.md": text.format("/x/")}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_removed_page_is_replaced_in_all_definitions(make_site: MakeSite, engine: str) -> None:
    text = f"{HOME}[a][r] [b][s]\n\n[r]: {{0}}\n\n> [s]: {{0}}\n"
    site = make(make_site, engine, {"content/c/index.en.md": text.format("/a/b/")})

    remove(site.root, "/a/b/", "/a/", force=True)

    assert texts(site, {"content/c/index.en.md": ""}) == {"content/c/index.en.md": text.format("/a/")}
    assert errors(site) == []
