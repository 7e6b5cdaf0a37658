"""Tables beside pages are shown in the reader's language, and checked against what tables.yaml declares."""

from __future__ import annotations

import contextlib
import time

import pytest
from conftest import MakeSite, TinySite
from lxml import html

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


def test_column_without_a_language_is_the_source_s_text_where_another_has_one(site: TinySite) -> None:
    site.write("content/fees.csv", CSV.replace("program.en", "program"))

    pages = site.build()

    assert [row[0] for row in rows(pages["en/index.html"])[1:]] == ["Law", "Art, music"]
    assert [row[0] for row in rows(pages["fr/index.html"])[1:]] == ["Droit", "Art, music"]


@pytest.mark.parametrize("comma", [",", "،", "，", "、"])
def test_heads_stand_between_commas_of_any_script(site: TinySite, comma: str) -> None:
    site.write("content/index.en.md", HOME.replace("Programme,", f"Programme{comma}"))

    assert rows(site.build()["en/index.html"])[0][:2] == ["Programme", "Fee"]


def test_page_is_made_anew_when_its_table_changes(site: TinySite) -> None:
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
        ("program.fr", "program.en", "content/fees.csv:1:1: error[yaml-duplicate]: the column 'program.en' appears twice"),
        ('"Art, music"', '"Art, music', "error[expected]: the table can't be read"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_reported_at_its_row(site: TinySite, old: str, new: str, told: str) -> None:
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
def test_json_holds_nothing_that_no_text_may_hold(site: TinySite, value: str, code: str) -> None:
    site.write("content/fees.json", f'[\n {{"program.en": "Law", "fee": {value}}}]')
    site.write("content/index.en.md", HOME.replace("fees.csv", "fees.json"))

    found = {problem.code: problem for problem in site.problems() if problem.path == "content/fees.json"}

    assert code in found
    assert code != "control-character" or found[code].line == 2


@pytest.mark.parametrize("row", [",".join(f"c{n}" for n in range(9_000)), "c," * 40_000 + "c"], ids=["many", "same"])
def test_columns_beyond_all_measure_are_read_in_time(site: TinySite, row: str) -> None:
    def seconds(part: str) -> float:
        start = time.process_time()
        with contextlib.suppress(SiteError):
            list(rows_of(Source.of("a.csv", text := f"{part}\n" + f"{part}\n" * 3), text))
        return time.process_time() - start

    assert seconds(row) < max(0.5, 3 * seconds(row[: len(row) // 2].rstrip(",")))


def test_rows_with_a_column_of_their_own_each_are_more_than_a_page_can_show(site: TinySite) -> None:
    site.write("content/fees.json", "[" + ",".join(f'{{"c{n}": "x"}}' for n in range(1_000)) + "]")
    site.write("content/index.en.md", HOME.replace("fees.csv", "fees.json"))

    (problem,) = (problem for problem in site.problems() if problem.path == "content/fees.json")

    assert (problem.code, problem.message) == (
        "too-costly",
        "1,000 rows of 1,000 columns are more than 200,000 cells",
    )
