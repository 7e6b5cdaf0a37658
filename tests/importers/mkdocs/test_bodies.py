"""Texts of an MkDocs site are published as there, with their links rewritten."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import TinySite
from lxml import html
from work import calls

from sitegen.importers.importer import import_site
from sitegen.importers.mkdocs.bodies import find_fences


def brought(tmp_path: Path, extensions: str, page: str) -> str:
    """A page of a site of MkDocs, as it is published here."""
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", f"site_name: Guide\nmarkdown_extensions: [{extensions}]\n")
    old.write("docs/index.md", "# Home\n\n## Use\n\nText\n")
    old.write("docs/a/b.md", page)
    import_site(old.root, tmp_path / "new")
    new = TinySite(tmp_path / "new")
    new.report()
    return new.pages()["en/a/b/index.html"]


@pytest.mark.parametrize(
    "text",
    ["[home][h]\n\n[h]: ../index.md#use", "[home](../index.md?h=use#use)", "[home][]\n\n   [home]: <../index.md#use>"],
    ids=["reference", "query", "brackets"],
)
def test_links_by_reference_and_with_a_query_lead_to_the_page(tmp_path: Path, text: str) -> None:
    assert '<a href="/en/#use">home</a>' in brought(tmp_path, "", f"# B\n\n{text}\n")


def test_a_link_without_a_scheme_gets_one(tmp_path: Path) -> None:
    assert '<a href="https://example.org/x">out</a>' in brought(tmp_path, "", "# B\n\n[out](//example.org/x)\n")


@pytest.mark.skipif(find_spec("pymdownx") is None, reason="needs pymdown-extensions")
def test_extensions_of_pymdownx_are_used_where_they_are_installed(tmp_path: Path) -> None:
    text = '# B\n\n??? note "More"\n\n    ``` python\n    # x\n    ```\n\n=== "One"\n\n    first\n'

    page = brought(tmp_path, "pymdownx.superfences, pymdownx.details, pymdownx.tabbed", text)

    assert "???" not in page
    assert "===" not in page
    body = html.document_fromstring(page).find(".//main")
    assert body is not None
    words = " ".join(body.text_content().split())
    assert [words.count(own) for own in ("More", "# x", "One", "first")] == [1, 1, 1, 1]
    assert body.find(".//h1[2]") is None


def test_heading_of_level_1_in_a_text_is_published_where_that_is_only_a_warning(tmp_path: Path) -> None:
    assert ">Again</h1>" in brought(tmp_path, "", "# B\n\nText\n\n# Again\n\nText\n")


@pytest.mark.parametrize(
    ("unit", "blocks"),
    [("```a\n", 0), ("```\n", 1_500), ("~~~~ x\n", 0), ("~~~~ x\n````\n", 1_500), ("```a\nb\n```\n", 3_000)],
)
def test_fences_of_a_page_are_paired_in_proportion_to_their_number(unit: str, blocks: int) -> None:
    def fences(count: int) -> int:
        return len([*find_fences((unit * count).splitlines(keepends=True))])

    small, middle, large = (calls(partial(fences, count)) for count in (750, 1_500, 3_000))

    assert large - middle < 2.2 * (middle - small)
    assert fences(3_000) == blocks


UNSAFE = {
    "see [the *plan*](javascript:alert(1)) now": (
        "see the *plan* now",
        "3:5: a link may not begin with 'javascript:'",
    ),
    "a ![map](JavaScript:x 'T')": ("a map", "3:3: a link may not begin with 'JavaScript:'"),
    "[d](data:text/html,x) b": ("d b", "3:1: a link may not begin with 'data:'"),
    "[v](<vbscript:x>) b": ("v b", "3:1: a link may not begin with 'vbscript:'"),
    "[e](&#106;avascript:x)": ("e", "3:1: a link may not begin with 'javascript:'"),
    "[![p](https://e.org/a.png)](javascript:x)": (
        "![p](https://e.org/a.png)",
        "3:1: a link may not begin with 'javascript:'",
    ),
    "[w][1]\n\n[1]: javascript:x": ("[w][1]\n\n[1]: #", "5:6: a link may not begin with 'javascript:'"),
    "go <javascript:x>": ("go javascript:x", "3:4: a link may not begin with 'javascript:'"),
    '<a href="javascript:x">w</a>': ('<a href="#">w</a>', "3:9: a link may not begin with 'javascript:'"),
    "[w](https:x)": ("w", "3:1: 'https:x' is not an address"),
    "`[c](javascript:x)` and [m](mailto:a@b.org)": ("`[c](javascript:x)` and [m](mailto:a@b.org)", ""),
    "```\n[c](javascript:x)\n```": ("```\n[c](javascript:x)\n```", ""),
}


@pytest.mark.parametrize("text", UNSAFE)
def test_links_that_run_programs_keep_their_words_and_are_reported_in_the_old_file(tmp_path: Path, text: str) -> None:
    old = TinySite(tmp_path / "old")
    old.write("mkdocs.yml", "site_name: X\n")
    old.write("docs/index.md", f"# T\n\n{text}\n")

    problems = import_site(old.root, tmp_path / "new").problems

    found = [problem for problem in problems if problem.code == "not-imported"]
    told = [f"{problem.line}:{problem.column}: {problem.message.partition(';')[0]}" for problem in found]
    assert (tmp_path / "new/content/index.en.md").read_text().partition("---\n\n")[2].strip() == UNSAFE[text][0]
    assert told == [UNSAFE[text][1]] * bool(UNSAFE[text][1])
    assert {problem.path for problem in found} <= {f"{old.root}/docs/index.md"}
