"""What one text asks too much of, or can't mean, is reported at its place; the problems of other texts are reported too."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite, TinySite
from msgspec.structs import replace

from sitegen.content import reader
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
        (r"\text", "can't be read"),
        (r"x \left", "can't be read"),
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


#: Markdown → the column of the address there, if CommonMark tells it.
ADDRESSES = {
    "[a](//evil.example/x)": 5,
    "[a][b]\n\n[b]: //evil.example/x": 0,
    "![a](//evil.example/x)": 6,
    "| a |\n|---|\n| [a](//evil.example/x) |": 0,
}
#: Which Python-Markdown does not have.
BLOCK = "::button[Go]{to=//evil.example/x}"


@pytest.mark.parametrize(
    ("body", "column", "engine"),
    [
        *((*row, engine) for engine in ("commonmark", "python-markdown") for row in ADDRESSES.items()),
        (BLOCK, 17, "commonmark"),
    ],
)
def test_an_address_names_its_scheme(make_site: MakeSite, body: str, column: int, engine: str) -> None:
    markdown = f"markdown: {{engine: {engine}, extensions: [tables]}}\n" if engine != "commonmark" else ""
    site = make_site({"content/index.en.md": _page(body)}, site=SITE + markdown)

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


def _many(text: str, count: int) -> dict[str, str]:
    return {"content/index.en.md": _page(text * count), "content/b/index.en.md": _page("[x](/nowhere/)")}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<b>\n\n", "html"),
        ("[a](/none/)\n\n", "dead-page"),
        ("![a](none.png)\n\n", "dead-file"),
        ("![](a.png)\n\n", "alt"),
        ("##x\n\n", "markdown"),
        ("{{< a >}}\n\n", "markdown"),
        ("[^a]\n\n", "markdown"),
    ],
)
def test_of_problems_of_one_sort_in_a_text_the_first_are_listed(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, text: str, code: str
) -> None:
    monkeypatch.setattr("sitegen.problems.problem.MOST_OF_A_SORT", 5)
    site = make_site(_many(text, 12))

    found = site.problems()

    own = [problem for problem in found if (problem.path, problem.code) == ("content/index.en.md", code)]
    assert [problem.line for problem in own] == [4, 6, 8, 10, 12]
    assert own[-1].message == "8 more problems of this sort in this file are not listed; the first of them is here"
    assert not any("not listed" in problem.message for problem in own[:-1])
    assert [problem.code for problem in found if problem.path == "content/b/index.en.md"] == ["dead-page"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (":::a\n\n", ["block", "unknown-block", "unknown-block"]),
        ("::video{a=b}\n\n", ["unknown-key"]),
        (":::\n\n", ["block"]),
    ],
)
def test_a_text_with_too_many_faults_in_blocks_is_left_there(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, text: str, codes: list[str]
) -> None:
    monkeypatch.setattr("sitegen.model.fields.MOST_PROBLEMS", 3)
    site = make_site(_many(text, 12))

    found = site.problems()

    own = [problem for problem in found if problem.path == "content/index.en.md"]
    assert {problem.code for problem in own} == {*codes, "too-costly"}
    assert sum(problem.code != "too-costly" for problem in own) == 3
    assert [problem.message for problem in own if problem.code == "too-costly"] == [
        "there are too many problems to check the rest of the file"
    ]
    assert [problem.code for problem in found if problem.path == "content/b/index.en.md"] == ["dead-page"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("content/site.yaml", SITE + "".join(f"{name}: 1\n" for name in "abcdefgh")),
        ("content/kinds.yaml", "page:\n  template: page.html\n" + "".join(f"  {name}: 1\n" for name in "abcdefgh")),
        ("content/blocks.yaml", "block:\n  words: {a: {type: text, x: 1, y: 1, z: 1, u: 1}}\n"),
        ("content/tables.yaml", "t:\n" + "".join(f"  {name}: 1\n" for name in "abcdefgh")),
    ],
)
def test_settings_with_too_many_faults_are_left_there(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, path: str, text: str
) -> None:
    monkeypatch.setattr("sitegen.model.fields.MOST_PROBLEMS", 3)

    found = sorted((problem.path, problem.code) for problem in make_site({path: text}).problems())

    assert found == [(path, "too-costly"), *[(path, "unknown-key")] * 3]


def test_a_data_table_with_too_many_faults_is_left_there(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.model.fields.MOST_PROBLEMS", 3)
    site = make_site(
        {
            "content/index.en.md": _page("::table{src=t.csv}"),
            "content/t.csv": "a\n" + "x\n" * 12,
            "content/tables.yaml": "t:\n  facts:\n    a: {type: number}\n",
        }
    )

    found = [(problem.code, problem.line) for problem in site.problems() if problem.path == "content/t.csv"]

    assert sorted(found) == [("number", 2), ("number", 3), ("number", 4), ("too-costly", 4)]


def test_of_very_many_problems_fewer_of_each_file_are_listed(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """980 pages of 2 KB that consist of marks of unknown blocks had 980,980 problems, and took 700 MB."""
    monkeypatch.setattr("sitegen.problems.problem._VERY_MANY", 40)
    monkeypatch.setattr("sitegen.problems.problem._FEW_OF_A_SORT", 3)
    site = make_site({f"content/p{page}/index.en.md": _page("##x\n\n" * 9) for page in range(5)})

    found = [problem for problem in site.report().warnings if problem.code == "markdown"]

    assert [problem.line for problem in found] == [4, 6, 8] * 5
    assert found[-1].message.startswith("7 more problems of this sort in this file")


def test_of_faults_of_one_sort_in_a_catalog_the_first_are_listed(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.problems.problem.MOST_OF_A_SORT", 3)
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    messages = "".join(f'msgid "a{number} %(b)s"\nmsgstr "c"\n\n' for number in range(9))
    site = make_site({"translations/fr/LC_MESSAGES/messages.po": head + messages})

    found = [problem for problem in site.problems() if problem.code == "catalog-placeholder"]

    assert [problem.line for problem in found] == [5, 8, 11]
    assert found[-1].message.startswith("7 more problems of this sort in this file")


@pytest.mark.parametrize("rest", ["", "\n::video[x]{src=a.mp4}\n"], ids=["plain", "events"])
def test_a_text_may_not_become_many_times_as_much_html(make_site: MakeSite, rest: str) -> None:
    table = "|a" * 160 + "|\n" + "|-" * 160 + "|\n"
    site = make_site(
        {"content/index.en.md": _page(table + "|a|\n" * 160 + rest), "content/b/index.en.md": _page("[x](/y/)")}
    )

    found = site.problems()

    assert {("content/index.en.md", "too-costly"), ("content/b/index.en.md", "dead-page")} <= {
        (p.path, p.code) for p in found
    }
    (problem,) = [problem for problem in found if problem.code == "too-costly"]
    assert problem.message.startswith(f"{len(table) + 4 * 160 + len(rest) + 1:,} characters of text become ")
    site.write("content/index.en.md", _page(table + ("|a" * 160 + "|\n") * 160 + rest))
    assert "too-costly" not in {problem.code for problem in site.problems()}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts for Python-Markdown may take half a second together beyond what their length explains."""
    reading = reader._READING["python-markdown"]
    monkeypatch.setitem(reader._READING, "python-markdown", replace(reading, spare=0.5, first=0.2))


def nine_pages(make_site: MakeSite, text: str) -> TinySite:
    pages = {f"content/a{number}/index.en.md": _page(text) for number in range(9)}
    return make_site(pages, site=SITE + "markdown: {engine: python-markdown, extensions: [extra]}\n")


@pytest.mark.usefixtures("impatient")
def test_texts_that_python_markdown_reads_slowly_are_bounded_for_a_site(make_site: MakeSite) -> None:
    """400 pages of 4 KB, each of which may take 0.6 seconds, took four minutes."""
    found = nine_pages(make_site, "[a" * 2_000).problems()

    assert [problem for problem in found if problem.message.startswith("it is not read: this site")]


@pytest.mark.usefixtures("impatient")
def test_dense_texts_for_python_markdown_may_take_as_long_as_they_are_long(make_site: MakeSite) -> None:
    assert nine_pages(make_site, "- a *b* c\n" * 400).report().pages == 20
