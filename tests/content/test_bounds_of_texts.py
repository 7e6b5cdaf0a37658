"""What one text asks too much of, or can't mean, is reported at its place; the problems of other texts are reported too."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite

from sitegen.content.markdown import parse_body

MATH = SITE + "markdown: {math: true}\n"


def _page(body: str) -> str:
    return f"---\ntitle: Home\n---\n{body}\n"


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        (r"\def\a{\a\a}\a", r"defines a command with \def"),
        (r"\newcommand{\a}{\b\b}\a", r"defines a command with \newcommand"),
        (r"\newenvironment{a}{b}{c}x", r"defines a command with \newenvironment"),
        ("x_{" * 400 + "}" * 400, "can't be read"),
        (r"\left(" * 1000, "can't be read"),
        ("^" * 3000, "can't be read"),
        (r"\sqrt" * 1900 + "x", "can't be read"),
        (r"\sqrt" * 5000 + "x", "is longer than 10,000 characters"),
        (r"\begin{matrix}" * 300 + "x" + r"\end{matrix}" * 300, "can't be read"),
    ],
)
def test_a_formula_beyond_bounds_is_reported_at_its_place(make_site: MakeSite, formula: str, told: str) -> None:
    site = make_site(
        {"content/index.en.md": _page(f"So ${formula}$ for all."), "content/b/index.en.md": _page("[x](/nowhere/)")},
        site=MATH,
    )

    found = {(problem.path, problem.line, problem.column, problem.code): problem for problem in site.problems()}

    assert found.keys() == {("content/index.en.md", 4, 4, "markdown"), ("content/b/index.en.md", 4, 5, "dead-page")}
    assert found["content/index.en.md", 4, 4, "markdown"].message.endswith(f"' {told}")


def test_genuine_formulas_have_room(make_site: MakeSite) -> None:
    formula = r"\frac{1}{1+" * 12 + "x" + "}" * 12 + r" + \DeclareMathOperator{\tr}{tr} \tr A" + " + x_1" * 300
    site = make_site({"content/index.en.md": _page(f"$${formula}$$")}, site=MATH)

    assert not site.report().warnings
    assert site.build()["en/index.html"].count("<mfrac>") == 12


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_one_text_too_deep_hides_no_other_problem(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def too_deep(source: object, *rest: object) -> object:
        if "bottomless" in source.lines[-1]:  # type: ignore[attr-defined]
            raise error
        return parse_body(source, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("sitegen.content.reader.parse_body", too_deep)
    site = make_site({"content/index.en.md": _page("bottomless").strip(), "content/b/index.en.md": _page("![](x.png)")})

    found = {(problem.path, problem.code) for problem in site.problems()}

    assert {("content/index.en.md", "too-costly"), ("content/b/index.en.md", "alt")} <= found


@pytest.mark.parametrize("limit", ["-1", "0", "1.5", str(2**63), "1e400"])
def test_the_limit_of_a_list_is_a_count(make_site: MakeSite, limit: str) -> None:
    site = make_site({"content/index.en.md": _page(f"::pages{{kind=page limit={limit}}}")})

    (problem,) = site.problems()

    assert (problem.path, problem.line, problem.column, problem.code) == ("content/index.en.md", 4, 25, "number")


@pytest.mark.parametrize(
    ("body", "column"),
    [
        ("[a](//evil.example/x)", 5),
        ("[a][b]\n\n[b]: //evil.example/x", 0),
        ("![a](//evil.example/x)", 6),
        ("::button[Go]{to=//evil.example/x}", 17),
        ("| a |\n|---|\n| [a](//evil.example/x) |", 0),
    ],
)
@pytest.mark.parametrize("engine", ["commonmark", "python-markdown"])
def test_an_address_names_its_scheme(make_site: MakeSite, body: str, column: int, engine: str) -> None:
    markdown = f"markdown: {{engine: {engine}, extensions: [tables]}}\n" if engine != "commonmark" else ""
    site = make_site({"content/index.en.md": _page(body)}, site=SITE + markdown)

    if body.startswith("::") and engine != "commonmark":
        pytest.skip("python-markdown has no blocks")
    (problem,) = site.problems()

    assert (problem.code, problem.path, problem.hint) == ("url", "content/index.en.md", "write https://evil.example/x")
    line = site.root.joinpath("content/index.en.md").read_text(encoding="utf-8").split("\n")[(problem.line or 0) - 1]
    stands_there = line[(problem.column or 0) - 1 :].startswith("//evil.example/x")
    assert problem.fix == ("https://evil.example/x" if stands_there else None)  # else it would replace other words
    assert stands_there or "[a][b]" in body
    assert not column or engine != "commonmark" or (problem.line, problem.column) == (4, column)


@pytest.mark.parametrize("empty", ["''", "' '", '"\\u200B"', "null"])
def test_an_empty_item_of_a_list_is_reported_where_it_is_written(make_site: MakeSite, empty: str) -> None:
    """An empty rendering to avoid would be found in every page."""
    terms = "{type: group, fields: {key: {type: id}, term: {type: text}, avoid: {type: list, of: {type: text}}}}"
    kinds = f"page:\n  template: page.html\n  words:\n    terms: {{type: list, of: {terms}}}\n"
    front = f"---\ntitle: Home\nterms:\n  - {{key: a, term: A, avoid: [B, {empty}]}}\n---\n"
    site = make_site(
        {"content/index.en.md": front, "content/b/index.en.md": _page("text")}, kinds=kinds, site=SITE + "glossary: /\n"
    )

    (problem,) = site.problems()

    assert (problem.path, problem.line, problem.column) == ("content/index.en.md", 4, 34)
    assert (problem.code, problem.message) == ("required", "avoid: an item is empty")


@pytest.mark.parametrize(
    ("sort", "is_right"), [("nope", False), ("--title", False), ("-", False), ("-title", True), ("order", True)]
)
def test_a_list_is_sorted_by_a_field_of_its_kind(make_site: MakeSite, sort: str, is_right: bool) -> None:
    site = make_site({"content/index.en.md": _page(f"::pages{{kind=page sort={sort}}}")})

    if is_right:
        assert not site.report().warnings
    else:
        (problem,) = site.problems()
        assert (problem.code, problem.line, problem.column) == ("unknown-key", 4, 24)


PYTHON = SITE + "markdown: {engine: python-markdown, extensions: [%s]}\n"
LONG = "x" * 40_000


@pytest.mark.parametrize(
    ("extension", "body", "line", "told"),
    [
        ("tables", "|a" * 500 + "|\n" + "|-" * 500 + "|\n" + "|x|\n" * 200, 5, "501 columns"),
        ("tables", "> " + "|a" * 500 + "|\n> " + "|-" * 500 + "|\n" + "> |x|\n" * 200, 5, "501 columns"),
        ("tables", "|-|\n# a\n" + "|a" * 500 + "|\n" + "|-" * 500 + "|\n" + "|x|\n" * 200, 7, "501 columns"),
        ("abbr", f"*[AB]: {LONG}\n\n" + "AB\n\n" * 200, 4, "definitions that add 8,"),
        ("toc", f"[A  b]: https://e.org/{LONG}\n\n" + "[x][a b]\n\n" * 200, 4, "definitions that add 8,0"),
        ("toc", f"> [a]: /\n> '{LONG}'\n\n" + "[a]\n\n" * 200, 4, "definitions that add 8,0"),
    ],
)
def test_short_texts_for_long_ones_are_reported_where_they_begin(
    make_site: MakeSite, extension: str, body: str, line: int, told: str
) -> None:
    site = make_site({"content/index.en.md": _page(body)}, site=PYTHON % extension)

    (problem,) = site.problems()

    assert (problem.path, problem.line, problem.code) == ("content/index.en.md", line, "too-costly")
    assert told in problem.message


def test_genuine_tables_and_references_have_room(make_site: MakeSite) -> None:
    rows = "|a|b|c|\n|-|-|-|\n" + "|x|\n" * 500
    references = "".join(f"[l{number}]: https://example.org/{number} 'A title'\n" for number in range(200))
    uses = "".join(f"[one][l{number}]\n\n" * 3 for number in range(200))
    site = make_site({"content/index.en.md": _page(f"{rows}\n{references}\n{uses}")}, site=PYTHON % "tables")

    home = site.build()["en/index.html"]

    assert (home.count("<td"), home.count('href="https://example.org/199"')) == (1500, 3)
