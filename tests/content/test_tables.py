"""Tables beside pages are shown in the reader's language, and checked against what tables.yaml declares."""

from __future__ import annotations

import contextlib
from unittest import mock

import pytest
from conftest import PAGE, MakeSite, TinySite
from lxml import html
from work import calls

from sitegen.checks import file_checks
from sitegen.content import tables
from sitegen.content.tables import rows_of
from sitegen.problems.problem import SiteError
from sitegen.source.text import Source

TABLES = """\
fees:
  facts:
    fee: {type: money, required: true}
    from: {type: date}
    page: {type: page}
  words:
    program: {type: text, required: true}
"""
CSV = 'program.en,program.fr,fee,from,page\nLaw,Droit,1500 CNY,2026-05-04,/law/\n"Art, music",,20.50 USD,,\n'
HOME = '---\ntitle: Home\n---\n::table[Fees]{src=fees.csv columns="Programme, Fee"}\n'


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    return make_site(
        {
            "content/tables.yaml": TABLES,
            "content/fees.csv": CSV,
            "content/index.en.md": HOME,
            "content/index.fr.md": '---\ntitle: Accueil\n---\n::table[Frais]{columns="Programme, Frais"}\n',
            "content/law/index.en.md": "---\ntitle: Law\n---\n",
        }
    )


def rows(page: str) -> list[list[str]]:
    return [[" ".join(c.text_content().split()) for c in row] for row in html.fromstring(page).findall(".//tr")]


def test_table_is_shown_in_the_readers_language(site: TinySite) -> None:
    pages = site.build()

    assert rows(pages["en/index.html"]) == [
        ["Programme", "Fee", "from", "page"],
        ["Law", "CN¥1,500", "May 4, 2026", "Law"],
        ["Art, music", "$20.50", "", ""],
    ]
    assert rows(pages["fr/index.html"])[1:] == [
        ["Droit", "1 500 CNY", "4 mai 2026", "Law"],
        ["Art, music", "20,50 $US", "", ""],
    ]


def test_column_without_a_language_is_source_text_if_another_column_has_one(site: TinySite) -> None:
    site.write("content/fees.csv", CSV.replace("program.en", "program"))

    pages = site.build()

    assert [row[0] for row in rows(pages["en/index.html"])[1:]] == ["Law", "Art, music"]
    assert [row[0] for row in rows(pages["fr/index.html"])[1:]] == ["Droit", "Art, music"]


def test_two_columns_for_one_language_must_agree(site: TinySite) -> None:
    head, _, lines = CSV.partition("\n")
    doubled = "\n".join(f"{line},{word}" for line, word in zip(lines.splitlines(), ("Law", "Arts"), strict=True))
    site.write("content/fees.csv", f"{head},program\n{doubled}\n")

    (problem,) = (own for own in site.problems() if own.code == "yaml-duplicate")

    assert (problem.line, problem.message) == (3, "another column holds 'program' in 'en', with other words")


@pytest.mark.parametrize("word", ["null", "NULL", "~", "true", "1.0", "=1+1"])
def test_word_that_other_programs_take_for_a_value_is_shown_as_it_is(site: TinySite, word: str) -> None:
    site.write("content/fees.csv", CSV.replace("Law", word))

    assert rows(site.build()["en/index.html"])[1][0] == word


@pytest.mark.parametrize(
    "csv",
    [
        CSV.replace("\n", ",,\n"),
        "sep=,\n" + CSV,
        '"sep=;"\r\n' + CSV.replace(",", ";").replace("Art;", "Art,"),
        "sep=\t\n" + CSV.replace(",", "\t").replace("Art\t", "Art,"),
        "\n" + CSV,
        "\r\n \r\n" + CSV.replace(",", ";").replace("Art;", "Art,").replace("\n", "\r\n"),
        "sep=,\n\n,,\n" + CSV,
    ],
    ids=["empty columns at the end", "comma", "semicolon", "tab", "empty line", "empty lines", "empty rows"],
)
def test_table_is_read_as_spreadsheets_write_it(site: TinySite, csv: str) -> None:
    wanted = rows(site.build()["en/index.html"])

    site.write("content/fees.csv", csv)

    assert rows(site.build()["en/index.html"]) == wanted


@pytest.mark.parametrize("csv", ["\n", "\r\n\r\n", ",,\n", "sep=;\n", "sep=;\n\n"])
def test_table_of_empty_lines_is_an_empty_one(site: TinySite, csv: str) -> None:
    site.write("content/fees.csv", csv)

    assert len(rows(site.build()["en/index.html"])) == 1


@pytest.mark.parametrize("empty", ["", ",,\n", "\n\n"])
def test_names_of_the_columns_of_a_table_without_rows_are_shown(make_site: MakeSite, empty: str) -> None:
    files = {
        "content/index.en.md": "---\ntitle: Home\n---\n::table[Places]{src=a.csv}\n",
        "content/a.csv": f"{empty}City,Places,\n",
    }

    assert rows(make_site(files).build()["en/index.html"]) == [["City", "Places"]]


def test_what_stands_beside_the_rows_of_a_table_in_yaml_is_reported(make_site: MakeSite) -> None:
    table = "note: Without tax\nrows:\n  - {city: Xi'an}\ntitle: Fees\n"
    site = make_site(
        {"content/index.en.md": "---\ntitle: Home\n---\n::table[F]{src=a.yaml}\n", "content/a.yaml": table}
    )

    assert [(problem.place, problem.message) for problem in site.problems()] == [
        ("content/a.yaml:1:1", "'note' is not shown, as a table in YAML is `rows:` alone"),
        ("content/a.yaml:4:1", "'title' is not shown, as a table in YAML is `rows:` alone"),
    ]


@pytest.mark.parametrize("comma", [",", "،", "，", "、"])
def test_headers_are_separated_by_commas_of_any_script(site: TinySite, comma: str) -> None:
    site.write("content/index.en.md", HOME.replace("Programme,", f"Programme{comma}"))

    assert rows(site.build()["en/index.html"])[0][:2] == ["Programme", "Fee"]


def test_page_is_rendered_again_when_its_table_changes(site: TinySite) -> None:
    site.build()

    site.write("content/fees.csv", CSV.replace("1500", "1600"))

    assert rows(site.build()["en/index.html"])[1][1] == "CN¥1,600"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1500 CNY", "1500", "content/fees.csv:2:11: error[money]: fee: '1500' is not an amount with its currency"),
        ("20.50 USD", "", "content/fees.csv:3:2: error[required]: 'fee' is missing in this row"),
        ("fee,from", "feee,from", "error[unknown-key]: 'feee' is not a field of the table"),
        ("/law/\n", "/law/,x\n", "content/fees.csv:2:1: error[expected]: 6 cells in this row, 5 in the first"),
        ("program.fr", "progam.fr", "content/fees.csv:1:12: error[unknown-key]: 'progam' is not a field of the table"),
        ("page\n", "page,\n", "content/fees.csv:2:1: error[expected]: 5 cells in this row, 6 in the first"),
        (CSV, "sep=;\nfee;\n1 CNY;x\n", "content/fees.csv:3:1: error[yaml-duplicate]: a column has no name"),
        ("program.fr", "program.en", "content/fees.csv:1:1: error[yaml-duplicate]: the column 'program.en' appears twice"),
        ('"Art, music"', '"Art, music', "error[expected]: the table can't be read"),
    ],
)  # fmt: skip
def test_invalid_row_is_reported_at_its_row(site: TinySite, old: str, new: str, told: str) -> None:
    site.write("content/fees.csv", CSV.replace(old, new))

    assert told in site.told()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fees.json", '[{"program.en": "Law", "fee": "1500 CNY"}]'),
        ("fees.yaml", "rows:\n  - {program.en: Law, fee: 1500 CNY}\n"),
    ],
)
def test_table_may_be_json_or_yaml(site: TinySite, name: str, text: str) -> None:
    site.write(f"content/{name}", text)
    site.write("content/index.en.md", HOME.replace("fees.csv", name))

    assert rows(site.build()["en/index.html"])[1:] == [["Law", "CN¥1,500"]]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ('"\\ud800"', "control-character"), ('"a\\u0000"', "control-character"), ('"\\u202e"', "control-character"),
        ('"\\u001b[31m"', "control-character"), ('"\\u0001/law/\\u0003x\\u0002\\u0003"', "control-character"),
        ("[" * 90_000, "expected"), ("[" * 900 + "]" * 900, "money"),
    ],
    ids=["half a character", "NUL", "turned around", "escape", "our own marks", "deep", "deep value"],
)  # fmt: skip
def test_json_with_forbidden_characters_is_refused(site: TinySite, value: str, code: str) -> None:
    site.write("content/fees.json", f'[\n {{"program.en": "Law", "fee": {value}}}]')
    site.write("content/index.en.md", HOME.replace("fees.csv", "fees.json"))

    found = {problem.code: problem for problem in site.problems() if problem.path == "content/fees.json"}

    assert code in found
    assert code != "control-character" or found[code].line == 2


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('{"program.en": "Art", "program.en": "Music", "fee": "1 USD"}', "yaml-duplicate"),
        ('{"program.en": NaN, "fee": "1 USD"}', "expected"),
        ('{"program.en": -Infinity, "fee": "1 USD"}', "expected"),
        ('{"program.en": "Art", "fee": "much"}', "money"),
        ('{"program.en": "Art"}', "required"),
    ],
)
def test_row_of_json_is_reported_at_its_line(site: TinySite, row: str, code: str) -> None:
    site.write("content/fees.json", '[{"program.en": "Law", "fee": "1500 CNY"},\n\n ' + row + "]")
    site.write("content/index.en.md", HOME.replace("fees.csv", "fees.json"))

    found = [problem for problem in site.problems() if problem.path == "content/fees.json"]

    assert code in {problem.code for problem in found}
    assert {problem.line for problem in found} == {3}


@pytest.mark.parametrize("number", ["1.10", "1500.00", "123456789012345678.5"])
def test_number_of_json_is_shown_as_it_is_written(site: TinySite, number: str) -> None:
    site.write("content/tables.yaml", "{}\n")
    site.write("content/fees.json", f'[{{"fee": {number}}}]')
    site.write("content/index.en.md", HOME.replace("fees.csv", "fees.json").replace("Programme, ", ""))

    assert rows(site.build()["en/index.html"])[1:] == [[number]]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["c{}", "c"], ids=["many", "same"])
def test_thousands_of_columns_are_read_in_linear_time(name: str) -> None:
    def read(count: int) -> None:
        row = ",".join(name.format(number) for number in range(count))
        with contextlib.suppress(SiteError):
            list(rows_of(Source.of("a.csv", text := f"{row}\n" * 4), text))

    assert calls(lambda: read(9_000)) < 2.1 * calls(lambda: read(4_500))


def test_table_with_too_many_cells_is_reported(site: TinySite) -> None:
    site.write("content/fees.json", "[" + ",".join(f'{{"c{n}": "x"}}' for n in range(1_000)) + "]")
    site.write("content/index.en.md", HOME.replace("fees.csv", "fees.json"))

    (problem,) = (problem for problem in site.problems() if problem.path == "content/fees.json")

    assert (problem.code, problem.message) == (
        "too-costly",
        "1,000 rows of 1,000 columns are more than 200,000 cells",
    )


KINDS = """\
page:
  template: page.html
  facts:
    fees: {type: table}
    photos: {type: list, of: {type: image}}
    plan: {type: group, fields: {sheet: {type: file}}}
  words:
    poster: {type: image}
"""
ROWS = "{% from 'blocks/rows.html' import rows %}{% if page.facts.fees %}{{ rows(page.facts.fees, 'Fees') }}{% endif %}"


def test_table_of_a_field_is_rendered_as_that_of_a_block(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": "---\ntitle: Home\nfees: fees.csv\n---\n::table[Fees]{src=fees.csv}\n",
            "content/fees.csv": CSV,
            "content/law/index.en.md": "---\ntitle: Law\n---\n",
            "content/tables.yaml": TABLES,
            "templates/page.html": ROWS + PAGE,
        },
        kinds=KINDS,
    )

    found = rows(site.build()["fr/index.html"])

    assert found[:3] == found[3:]
    assert found[1] == ["Droit", "1 500 CNY", "4 mai 2026", "Law"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("/laws/,,", "content/t.csv:2:1: error[dead-page]: the page '/laws/' does not exist"),
        (",plan.pdf,", "content/t.csv:2:2: error[dead-file]: there is no file 'plan.pdf'"),
        (",,none/", "content/t.csv:2:3: error[dead-page]: the page '/none/' does not exist"),
    ],
)
def test_what_a_cell_names_exists(make_site: MakeSite, cells: str, told: str) -> None:
    site = make_site(
        {
            "content/index.en.md": "---\ntitle: Home\n---\n::table[T]{src=t.csv}\n",
            "content/law/index.en.md": "---\ntitle: Law\n---\n",
            "content/tables.yaml": "t:\n  facts:\n    page: {type: page}\n    file: {type: file}\n    more: {type: link}\n",
            "content/t.csv": f"page,file,more\n{cells}\n",
        }
    )

    assert told in site.told()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ("fees: fees.txt", "3:7: error[dead-file]: fees: 'fees.txt' is not the name of a table (.csv, .json or .yaml) beside the page"),
        ("fees: none.csv", "3:7: error[dead-file]: fees: there is no 'none.csv' beside the page"),
        ("photos: [hall.svg, none.jpg]", "3:9: error[dead-file]: photos: there is no 'none.jpg' beside the page"),
        ("photos: [hall.pdf]", "3:9: error[picture]: photos: not every browser shows 'hall.pdf'"),
        ("plan: {sheet: none.pdf}", "3:7: error[dead-file]: plan: there is no 'none.pdf' beside the page"),
        ("poster: none.png", "3:9: error[dead-file]: poster: there is no 'none.png' beside the page"),
    ],
)  # fmt: skip
def test_files_of_lists_groups_and_words_exist(make_site: MakeSite, facts: str, told: str) -> None:
    hall = "<svg xmlns='http://www.w3.org/2000/svg'/>"
    site = make_site(
        {"content/index.en.md": f"---\ntitle: Home\n{facts}\n---\n", "content/hall.svg": hall}, kinds=KINDS
    )

    assert f"content/index.en.md:{told}" in site.told()


def test_table_within_a_table_is_an_error(site: TinySite) -> None:
    site.write("content/tables.yaml", "fees:\n  facts:\n    more: {type: list, of: {type: table}}\n")

    assert "error[choice]: more: a table has no tables in its cells" in site.told()


def test_picture_of_a_field_is_rendered_by_a_filter_on_every_page(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": "---\ntitle: Home\nkind: list\n---\n",
            "content/a/index.en.md": '---\ntitle: "A & B"\nphotos: [hall.svg]\n---\n',
            "content/a/hall.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "templates/page.html": "",
            "templates/list.html": "{% for child in page.children %}{{ child.facts.photos[0]|picture(child.title) }}{% endfor %}",
        },
        kinds=KINDS + "list: {extends: page, template: list.html}\n",
    )

    assert site.build()["en/index.html"] == '<img src="/en/a/hall.svg" alt="A &amp; B">'


def test_number_and_address_in_a_cell_can_be_called_and_opened(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": "---\ntitle: Home\n---\n::table[People]{src=people.csv}\n",
            "content/people.csv": "name,phone,mail,web\nLi,+86 (10) 1234-5678,li@example.org,https://example.org/?a=1&b=2\n",
        }
    )

    links = html.fromstring(site.build()["en/index.html"]).findall(".//td/a")

    assert [link.get("href") for link in links] == [
        "tel:+861012345678",
        "mailto:li@example.org",
        "https://example.org/?a=1&b=2",
    ]
    assert [link.text_content() for link in links] == [
        "+86 (10) 1234-5678",
        "li@example.org",
        "https://example.org/?a=1&b=2",
    ]


def test_cell_of_each_type_is_written_as_its_reader_writes_it(make_site: MakeSite) -> None:
    table = """\
a:
  facts:
    time: {type: time}
    at: {type: datetime}
    number: {type: number}
    extra: {type: boolean}
    file: {type: file}
    languages: {type: list, of: {type: text}}
"""
    row = "{time: '14:30', at: 2026-05-04T14:30, number: 1234.5, file: plan.pdf, languages: [a, b], extra: true}"
    site = make_site(
        {
            "content/tables.yaml": table,
            "content/a.yaml": f"rows:\n  - {row}\n",
            "content/plan.pdf": "%PDF-1.4\n%%EOF\n",
            "content/index.en.md": "---\ntitle: Home\n---\n::table[A]{src=a.yaml}\n",
            "content/index.fr.md": "---\ntitle: Accueil\n---\n::table[A]\n",
        }
    )
    pages = site.build()

    written = ["2:30 PM", "May 4, 2026, 2:30 PM GMT+00:00", "1,234.5", "plan.pdf", "a, b", "✓"]
    assert rows(pages["en/index.html"])[1] == written
    assert rows(pages["fr/index.html"])[1] == ["14:30", "4 mai 2026, 14:30 UTC+00:00", "1 234,5", *written[3:]]


@pytest.mark.parametrize("variant", ["list.csv", "list.fr.csv"])
@pytest.mark.parametrize(
    ("rows", "names", "times", "told"),
    [
        (100, 1, 12, "12 tables of this page have 4,800 cells together, over 4,000 of them repeated"),
        (1_000, 6, 1, "6 tables of this page have 24,000 cells together, over 20,000"),
        (100, 1, 11, ""),
    ],
)
def test_tables_of_a_page_have_bounded_cells_together(
    site: TinySite, monkeypatch: pytest.MonkeyPatch, variant: str, rows: int, names: int, times: int, told: str
) -> None:
    monkeypatch.setattr(file_checks, "MOST_CELLS", 20_000)
    monkeypatch.setattr(file_checks, "MOST_REPEATED", 4_000)
    text = "---\ntitle: T\nsummary: S\n---\n\nText.\n\n"
    for number in range(names):
        site.write(f"content/t/l{number}ist.csv", "a,b\n1,2\n")
        site.write(f"content/t/l{number}{variant[1:]}", "a,b,c,d\n" * (rows + 1))
        text += f"::table[Fees]{{src=l{number}ist.csv}}\n\n" * times
    site.write("content/t/index.en.md", text)

    if told:
        assert f"content/t/index.en.md:8:1: error[too-costly]: {told}\n" in site.told() + "\n"
    else:
        assert "too-costly" not in str(site.report().warnings)


def test_tables_that_are_shown_again_have_bounded_cells_on_all_pages_together(
    site: TinySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """60 pages that showed a table of 2 KB 38 times each took 15 s, each of them less than a page may."""
    monkeypatch.setattr(file_checks, "MOST_REPEATED_IN_ALL", 0)
    monkeypatch.setattr(file_checks, "MOST_REPEATED_EACH", 8)
    for name, times in (("t", 1), ("u", 2), ("v", 4)):
        site.write(f"content/{name}/t.csv", "a,b\n" * 4)
        site.write(
            f"content/{name}/index.en.md", "---\ntitle: T\nsummary: S\n---\n" + "::table[T]{src=t.csv}\n\n" * times
        )

    message = "tables that are shown again have 48 cells on all pages together, over 40; this page has most"
    assert f"content/v/index.en.md:1:1: error[too-costly]: {message}\n" in site.told()


def test_long_cells_of_tables_that_are_shown_again_count_as_several(
    site: TinySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """160 pages that showed a cell of 9,000 characters 100 times each took 28 s."""
    monkeypatch.setattr(file_checks, "MOST_REPEATED_IN_ALL", 39)
    monkeypatch.setattr(file_checks, "MOST_REPEATED_EACH", 0)
    site.write("content/t/t.csv", f"a\n{'w ' * 499}\n")
    site.write("content/t/index.en.md", "---\ntitle: T\nsummary: S\n---\n" + "::table[T]{src=t.csv}\n\n" * 3)

    assert "tables that are shown again have 40 cells on all pages together, over 39" in site.told()


def test_tables_of_a_page_have_bounded_cells_in_its_languages_together(
    site: TinySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_checks, "MOST_SHOWN", 399)
    site.write("content/t/index.en.md", "---\ntitle: T\nsummary: S\n---\n::table[T]{src=t.csv}\n")
    site.write("content/t/t.csv", "a,b\n" * 101)

    message = "the table of this page has 400 cells in its 2 languages together, over 399"
    assert f"content/t/index.en.md:5:1: error[too-costly]: {message}\n" in site.told()
    site.write("content/t/t.csv", "a,b\n" * 100)
    assert "too-costly" not in str(site.report().warnings)


def test_table_beyond_its_bound_is_not_parsed(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_CELLS", 100)
    site = make_site(
        {"content/index.en.md": "---\ntitle: Home\n---\n::table[T]{src=t.csv}\n", "content/t.csv": "a,b\n" * 52}
    )

    with mock.patch("sitegen.content.tables.rows_of", wraps=rows_of) as parse:
        assert "content/t.csv:1:1: error[too-costly]: 51 rows of 2 columns are more than 100 cells\n" in site.told()
    assert parse.call_count == 0


def test_table_of_one_language_is_checked_as_the_others(site: TinySite) -> None:
    site.write("content/fees.fr.csv", "a,b\n1,2,3\n")

    assert "content/fees.fr.csv:2:1: error[expected]: 3 cells in this row, 2 in the first" in site.told()


def test_a_table_is_parsed_once_for_all_languages_until_it_changes(make_site: MakeSite) -> None:
    """Each of the languages of a page shows it."""
    rows = "".join(f"k{number},Title {number}\n" for number in range(40))
    site = make_site(
        {"content/index.en.md": "---\ntitle: Home\n---\n::table[T]{src=t.csv}\n", "content/t.csv": f"key,title\n{rows}"}
    )

    with mock.patch("sitegen.content.tables._parse", wraps=tables._parse) as parse:
        site.report()
        assert parse.call_count == 1
        site.write("content/t.csv", f"key,title\n{rows}last,The last\n")
        site.report()
    assert parse.call_count == 2
    assert all(b"The last" in site.files()[f"{language}/index.html"] for language in ("en", "fr"))
