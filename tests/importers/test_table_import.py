"""Rows of a table become pages, and the next import of the table applies its changes and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from conftest import MakeSite, TinySite

from sitegen.cli import main
from sitegen.importers.table_import import Rows, import_rows, report
from sitegen.problems.problem import SiteError

KINDS = """\
page: {template: page.html}
partners: {template: page.html, children: {kind: partner, sort: title}}
partner:
  template: page.html
  facts:
    country: {type: country, required: true}
    founded: {type: number}
    topics: {type: list, of: {type: id}}
"""
CSV = (
    "key,title.en,title.fr,country,founded,topics\n"
    'law,Law School,École de droit,FR,1998,law; policy\nart,"Art: a school",,KZ,,\n'
)


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    return make_site({"content/partners/index.en.md": "---\ntitle: Partners\nkind: partners\n---\n"}, kinds=KINDS)


def take(site: TinySite, text: str, name: str = "partners.csv") -> Rows:
    table = site.root.parent / name
    table.write_text(text, encoding="utf-8")
    return import_rows(site.root, table, "partner", "/partners/")


def files(site: TinySite) -> dict[str, str]:
    return {p.relative_to(site.root).as_posix(): p.read_text() for p in sorted((site.root / "content").rglob("*.md"))}


def test_rows_become_pages_in_their_languages(site: TinySite) -> None:
    done = take(site, CSV)

    found = files(site)
    assert done.new == ["/partners/law/", "/partners/art/"]
    assert found["content/partners/law/index.en.md"] == (
        "---\ncountry: FR\nfounded: 1998\ntopics: [law, policy]\ntitle: Law School\n---\n"
    )
    assert found["content/partners/law/index.fr.md"] == "---\ntitle: École de droit\n---\n"
    assert found["content/partners/art/index.en.md"] == '---\ncountry: KZ\ntitle: "Art: a school"\n---\n'
    assert site.report().pages == 8


def test_second_import_changes_nothing(site: TinySite) -> None:
    take(site, CSV)
    before = files(site)

    done = take(site, CSV)

    assert (done.new, done.changed, done.gone) == ([], [], [])
    assert files(site) == before


def test_manual_additions_stay_and_changes_of_the_table_arrive(site: TinySite) -> None:
    take(site, CSV)
    path = "content/partners/law/index.en.md"
    site.write(
        path,
        "---\nupdated: 2026-01-31 # checked\ncountry: 'FR'\ntopics:\n  - law\n'founded': 1998\ntitle: Law School\n---\n"
        "Our text.\n",
    )

    done = take(site, CSV.replace("1998", "1999"))

    assert done.changed == [path]
    assert files(site)[path] == (
        "---\nupdated: 2026-01-31 # checked\ncountry: 'FR'\ntopics:\n  - law\n'founded': 1999\ntitle: Law School\n---\n"
        "Our text.\n"
    )


def test_line_ends_blanks_and_paragraphs_do_not_count_as_changes(site: TinySite) -> None:
    take(site, CSV)
    path = "content/partners/law/index.en.md"
    written = (
        "\ufeff---\ncountry: FR\ntopics:\n  - law\n\n  - policy\ntitle: |\n  Law\n\n  School\n--- \nOur\n---\ntext.\n"
    )
    site.write(path, written.replace("\n", "\r\n"))
    site.write("content/partners/index.en.md", "---\ntitle: Partners\nkind: partners\n--- \n")

    done = take(site, CSV.replace("1998,law; policy", "1998,law"))

    assert done.changed == [path]
    now = "\ufeff---\ncountry: FR\ntopics: [law]\ntitle: |\n  Law\n\n  School\n--- \nOur\n---\ntext.\n"
    assert (site.root / path).read_bytes().decode() == now.replace("\n", "\r\n")


def test_page_without_a_row_is_reported_and_kept(site: TinySite) -> None:
    take(site, CSV)

    done = take(site, "\n".join(CSV.splitlines()[:2]) + "\n")

    assert done.gone == ["art"]
    assert "content/partners/art/index.en.md" in files(site)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("FR,1998", "France,1998", "partners.csv:2:31: error[country]: country: 'France' is not a country code"),
        ("founded", "fonded", "error[unknown-key]: 'fonded' is not a field of the kind 'partner'"),
        ("art,", "law,", "partners.csv:3:1: error[url-clash]: 'law' is the page of line 2 too"),
        ("Law School", "", "partners.csv:2:1: error[required]: a row without a title in 'en'"),
        ("country,", "kind,", "error[unknown-kind]: all rows of a table are of one kind, here 'partner'"),
        ("country,", "country.fr,", "error[misplaced-fact]: 'country' is a fact, the same in every language"),
    ],
)  # fmt: skip
def test_invalid_row_is_reported_and_nothing_is_written(site: TinySite, old: str, new: str, told: str) -> None:
    before = files(site)

    with pytest.raises(SiteError) as caught:
        take(site, CSV.replace(old, new, 1))

    assert told in "\n".join(str(problem) for problem in caught.value.problems)
    assert files(site) == before


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.soak)])
def test_many_rows_in_five_languages_and_ten_edits_of_them(make_site: MakeSite, count: int) -> None:
    languages = ("en", "fr", "ru", "kk", "zh")
    site = make_site(
        {"content/partners/index.en.md": "---\ntitle: Partners\nkind: partners\n---\n"},
        kinds=KINDS,
        site=f"title: {{en: S}}\nbase_url: https://example.org/\nlanguages: [{', '.join(f'{{tag: {p}}}' for p in languages)}]\n",
    )
    head = "key,country," + ",".join(f"title.{path}" for path in languages)
    rows = [f"p{n},KZ," + ",".join(f"Partner {n} {path}" for path in languages) for n in range(count)]

    first = take(site, "\n".join([head, *rows]))
    again = take(site, "\n".join([head, *rows]))
    edited = take(
        site, "\n".join([head, *(row.replace(" ru", " RU") if n < 10 else row for n, row in enumerate(rows))])
    )

    assert (len(first.new), len(files(site))) == (count, 5 * count + 2)
    assert (again.new, again.changed) == ([], [])
    assert edited.changed == [f"content/partners/p{n}/index.ru.md" for n in range(10)]


def test_command_prints_what_is_new(site: TinySite, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "partners.csv"
    table.write_text(CSV, encoding="utf-8")

    assert main(["import", str(table), "--kind", "partner", "--into", "/partners/", "--root", str(site.root)]) == 0

    told = capsys.readouterr()
    assert told.out == "new: /partners/law/\nnew: /partners/art/\n"
    assert "2 pages: 2 new, 0 files changed, 0 gone" in told.err


@pytest.mark.parametrize(
    "key", ["../x", "..", ".x", "_x", "a/b", "a b", "a?b", "a#b", "a%2e", "{{x}}", "*", "a\u00ad", "\u200b", "x" * 300]
)
def test_key_that_is_not_a_path_segment_is_reported_at_its_cell(site: TinySite, key: str) -> None:
    before = files(site)
    with pytest.raises(SiteError) as caught:
        take(site, f"key,title,country\n{key},A,FR\n")

    assert [(problem.code, problem.line) for problem in caught.value.problems] == [("slug", 2)]
    assert files(site) == before


@pytest.mark.parametrize(
    ("page", "code"),
    [(b"---\ntitle: \xe9\n---\n", "encoding"), ("no front matter\n", "front-matter"), ("---\ntitle: x\n", "front-matter"), ("---\n{country: FR}\n---\n", "front-matter")],
    ids=["another encoding", "no front matter", "never closed", "in braces"],
)  # fmt: skip
def test_existing_page_that_cannot_be_edited_is_left_unchanged(site: TinySite, page: str | bytes, code: str) -> None:
    path = "content/partners/law/index.en.md"
    take(site, CSV)
    site.write(path, page)
    with pytest.raises(SiteError) as caught:
        take(site, CSV.replace("FR,1998", "KZ,1999"))

    assert [(problem.path, problem.code) for problem in caught.value.problems] == [(path, code)]
    assert (site.root / path).read_bytes() == (page if isinstance(page, bytes) else page.encode())


def test_page_that_is_a_symlink_is_a_problem(site: TinySite, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("---\ntitle: x\n---\n")
    (site.root / "content/partners/law").mkdir(parents=True)
    (site.root / "content/partners/law/index.en.md").symlink_to(tmp_path / "other.txt")
    with pytest.raises(SiteError) as caught:
        take(site, CSV)

    assert [problem.code for problem in caught.value.problems] == ["symlink"]
    assert (tmp_path / "other.txt").read_text() == "---\ntitle: x\n---\n"


LAW, LAW_FR = "content/partners/law/index.en.md", "content/partners/law/index.fr.md"


@pytest.mark.parametrize(
    "by_hand",
    [
        {LAW: "---\ntitle: Mine # by hand\ncountry: FR\n---\nText.\n"},
        {LAW: "---\nkind: page\ntitle: Law School\n---\n"},
        {LAW: "---\ntitle: Law School\ncountry: FR\nfounded: 1998\ntopics: [law, policy]\n---\n", LAW_FR: "---\ntitle: À moi\n---\n"},
        {LAW_FR: "---\ntitle: École de droit\n---\n"},
        {"content/partners/law/index.ru.md": "---\ntitle: Моё\n---\n"},
    ],
    ids=["title", "kind", "translation", "translation without a source", "other language"],
)  # fmt: skip
def test_page_written_by_hand_is_not_overwritten(site: TinySite, by_hand: dict[str, str]) -> None:
    for path, text in by_hand.items():
        site.write(path, text)
    before = files(site)
    with pytest.raises(SiteError) as caught:
        take(site, CSV)

    (problem,) = caught.value.problems
    assert (problem.code, problem.line) == ("url-clash", 2)
    assert problem.message == "key: content/partners/law is a page that no import has made"
    assert files(site) == before
    assert not (site.root / "content/partners/_imported.json").exists()


def test_page_that_says_the_same_as_its_row_is_recorded(site: TinySite) -> None:
    """The way back if the record is lost."""
    take(site, CSV)
    before = files(site)
    (site.root / "content/partners/_imported.json").unlink()

    assert take(site, CSV).changed == []
    assert files(site) == before
    assert take(site, CSV.replace("1998", "1999")).changed == [LAW]


def edited_by_hand(site: TinySite, old: str, new: str, path: str = LAW) -> str:
    text = (site.root / path).read_text()
    assert old in text
    site.write(path, text.replace(old, new))
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (LAW, "title: Law School", "title: HAND"),
        (LAW, "founded: 1998", "founded: 2001"),
        (LAW, "founded: 1998\n", ""),
        (LAW, "topics: [law, policy]", "topics: # ours\n  - art"),
        (LAW_FR, "École de droit", "Faculté"),
    ],
)
def test_edit_by_hand_stays_where_the_table_has_not_changed(site: TinySite, path: str, old: str, new: str) -> None:
    take(site, CSV)
    text = edited_by_hand(site, old, new, path)

    assert take(site, CSV).changed == []
    assert files(site)[path] == text
    assert take(site, CSV.replace("KZ", "KG")).changed == ["content/partners/art/index.en.md"]
    assert files(site)[path] == text


def test_change_of_the_table_arrives_beside_an_edit_by_hand(site: TinySite) -> None:
    take(site, CSV)
    text = edited_by_hand(site, "title: Law School", "title: HAND # ours")
    text = edited_by_hand(site, "founded: 1998", "founded: 1998 # to check")

    assert take(site, CSV.replace("1998", "1999")).changed == [LAW]
    assert files(site)[LAW] == text.replace("1998", "1999")


@pytest.mark.parametrize(
    "written",
    [
        "topics: # ours\n  - law\n  - policy",
        "topics:\n  - law # new\n  - policy",
        'topics:\n  - "law"  # "#new"\n  - policy',
        "topics: [law, # new\n  policy]",
        "topics:\n- law\n# new\n- policy",
    ],
)
def test_comment_inside_a_value_is_not_lost(site: TinySite, written: str) -> None:
    take(site, CSV)
    text = edited_by_hand(site, "topics: [law, policy]", written)
    with pytest.raises(SiteError) as caught:
        take(site, CSV.replace("law; policy", "law"))

    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.code) == (LAW, 4, "exchange")
    assert problem.message == "a comment inside 'topics' would be lost"
    assert files(site)[LAW] == text


@pytest.mark.parametrize(
    ("title", "written"),
    [("Room #5 # x", "|-\n  Room #5 # x"), ("# 5", "|-\n  # 5"), ("Room # 5", '"Room\n  # 5"'), ("A #b", "'A #b'")],
)
def test_number_sign_of_a_value_is_no_comment(site: TinySite, title: str, written: str) -> None:
    table = "key,title,country\na,{},FR\n"
    take(site, table.format(title))
    path = "content/partners/a/index.en.md"
    site.write(path, f"---\ncountry: FR\ntitle: {written}\n---\n")

    assert take(site, table.format("New")).changed == [path]
    assert files(site)[path] == "---\ncountry: FR\ntitle: New\n---\n"


def test_line_break_in_a_title_is_a_hyphen_in_its_address(site: TinySite) -> None:
    take(site, 'title,country\n"Law\nand more",FR\n')

    assert "content/partners/law-and-more/index.en.md" in files(site)


def test_comment_behind_or_below_a_value_stays(site: TinySite) -> None:
    take(site, CSV)
    edited_by_hand(site, "topics: [law, policy]", 'topics: [\n  "law",\n  "policy"\n] # "new" #1\n  # below')
    take(site, CSV.replace("law; policy", "law"))

    assert 'topics: [law] # "new" #1\n  # below\n' in files(site)[LAW]


def test_value_that_was_removed_does_not_come_back(site: TinySite) -> None:
    take(site, CSV)
    text = edited_by_hand(site, "founded: 1998\n", "")
    with pytest.raises(SiteError) as caught:
        take(site, CSV.replace("1998", "1999"))

    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.column) == ("exchange", 2, 34)
    assert problem.message == f"founded: {LAW} has lost its value since the last import"
    assert take(site, CSV.replace("1998", "")).changed == []
    assert files(site)[LAW] == text


def test_emptied_cell_takes_its_field_away(site: TinySite) -> None:
    row = "key,title.en,title.fr,country,summary.fr,founded,topics\nlaw,Law School,École de droit,FR,{}\n"
    take(site, row.format("Du droit,1998,law"))
    edited_by_hand(site, "topics: [law]", "topics:\n  - law")

    done = take(site, row.format(",,"))

    assert done.changed == [LAW, LAW_FR]
    assert files(site)[LAW] == "---\ncountry: FR\ntitle: Law School\n---\n"
    assert files(site)[LAW_FR] == "---\ntitle: École de droit\n---\n"
    assert take(site, row.format(",,")).changed == []
    assert take(site, row.format(",2001,")).changed == [LAW]
    assert "founded: 2001\n" in files(site)[LAW]


@pytest.mark.parametrize("founded", ["", ', "founded": ""', ', "founded": null'])
@pytest.mark.parametrize("name", ["t.json", "t.yaml"])
def test_key_that_one_row_leaves_out_is_an_emptied_cell(site: TinySite, name: str, founded: str) -> None:
    """JSON and YAML need not name what a row lacks; a column that no row has is another matter."""
    rows = '[{"key": "law", "title": "Law"%s}, {"key": "art", "title": "Art", "founded": 1950}]'
    text = rows if name.endswith("json") else f"rows: {rows}"
    take(site, text % ', "founded": 1998', name)
    assert "founded: 1998" in files(site)[LAW]

    assert take(site, text % founded, name).changed == [LAW]
    assert files(site)[LAW] == "---\ntitle: Law\n---\n"


def test_two_columns_for_one_text_must_agree(site: TinySite) -> None:
    with pytest.raises(SiteError) as caught:
        take(site, "key,title,title.en\nlaw,School of Law,Law School\n")

    (problem,) = caught.value.problems
    assert (problem.line, problem.message) == (2, "another column holds 'title' in 'en', with other words")
    take(site, "key,title,title.en\nlaw,Law School,Law School\n")
    assert files(site)[LAW] == "---\ntitle: Law School\n---\n"


def test_column_that_is_gone_takes_nothing_away(site: TinySite) -> None:
    take(site, CSV)

    assert take(site, "key,title.en,country\nlaw,Law School,FR\n").changed == []


def test_emptied_cell_is_reported_where_the_page_was_edited(site: TinySite) -> None:
    take(site, CSV)
    text = edited_by_hand(site, "founded: 1998", "founded: 1997")
    with pytest.raises(SiteError) as caught:
        take(site, CSV.replace("1998", ""))

    assert [(p.line, p.column, p.message) for p in caught.value.problems] == [
        (2, 34, f"founded: {LAW} says '1997', which no import has written")
    ]
    assert files(site)[LAW] == text

    edited_by_hand(site, "founded: 1997\n", "")
    assert take(site, CSV.replace("1998", "")).changed == []
    assert take(site, CSV).changed == [LAW]


def test_comment_beside_a_field_of_an_emptied_cell_is_not_lost(site: TinySite) -> None:
    take(site, CSV)
    text = edited_by_hand(site, "founded: 1998", "founded: 1998 # to check")
    with pytest.raises(SiteError) as caught:
        take(site, CSV.replace("1998", ""))

    assert [problem.message for problem in caught.value.problems] == ["a comment beside 'founded' would be lost"]
    assert files(site)[LAW] == text


def test_field_that_each_page_needs_is_kept_and_named_when_its_cell_is_emptied(site: TinySite) -> None:
    take(site, CSV)
    before = files(site)

    done = take(site, CSV.replace("École de droit,FR", ","))

    assert list(report(done)) == [
        f"empty in the table, and kept, as each page needs it: country of {LAW}",
        f"empty in the table, and kept, as each page needs it: title of {LAW_FR}",
    ]
    assert files(site) == before


def test_emptied_cell_leaves_what_another_table_has_written_too(site: TinySite) -> None:
    take(site, CSV)
    other = site.root.parent / "other.csv"
    other.write_text("key,title.en,founded\nlaw,Law School,1998\n")
    import_rows(site.root, other, "partner", "/partners/")

    assert take(site, CSV.replace("1998", "")).changed == []
    assert "founded: 1998\n" in files(site)[LAW]


def test_two_tables_over_one_field_do_not_win_in_turns(site: TinySite) -> None:
    take(site, CSV)
    other = site.root.parent / "other.csv"

    def take_other(founded: int) -> Rows:
        other.write_text(f"key,title,founded\nlaw,Law School,{founded}\n")
        return import_rows(site.root, other, "partner", "/partners/")

    assert list(report(take_other(2001))) == [f"changed: {LAW}", "now written by this table: founded of partners.csv"]
    assert [*report(take_other(2002)), *report(take(site, CSV))] == [f"changed: {LAW}"]
    with pytest.raises(SiteError) as caught:
        take(site, CSV.replace("1998", "1999"))

    (problem,) = caught.value.problems
    assert problem.message == f"founded: {LAW} says '2002', which other.csv has written"
    assert "founded: 2002\n" in files(site)[LAW]


def test_word_that_yaml_takes_for_nothing_is_imported_as_a_word(site: TinySite) -> None:
    take(site, "key,title.en,title.fr,country,topics\nnull-island,Null,~,KZ,null\n")

    found = files(site)
    assert 'topics: ["null"]\ntitle: "Null"\n' in found["content/partners/null-island/index.en.md"]
    assert 'title: "~"\n' in found["content/partners/null-island/index.fr.md"]
    assert site.build()["fr/partners/null-island/index.html"].startswith("<h1>~</h1>")


def test_list_of_numbers_is_imported(make_site: MakeSite) -> None:
    kinds = (
        "page: {template: page.html}\nsum: {template: page.html, facts: {years: {type: list, of: {type: number}}}}\n"
    )
    site = make_site({}, kinds=kinds)
    table = site.root.parent / "sums.csv"
    table.write_text("key,title,years\na,A,1998; 2.50\n")
    import_rows(site.root, table, "sum", "/")

    assert "years: [1998, 2.50]\n" in files(site)["content/a/index.en.md"]
    assert import_rows(site.root, table, "sum", "/").changed == []


def test_lists_of_a_table_in_yaml_are_imported(site: TinySite) -> None:
    table = site.root.parent / "t.yaml"
    table.write_text("rows:\n- {key: a, title: A, country: FR, topics: [law, policy]}\n")
    import_rows(site.root, table, "partner", "/partners/")

    assert "topics: [law, policy]\n" in files(site)["content/partners/a/index.en.md"]


def test_cell_with_an_invisible_character_is_reported_at_the_cell(site: TinySite) -> None:
    before = files(site)
    with pytest.raises(SiteError) as caught:
        take(site, CSV.replace("Law School", "Law\N{ZERO WIDTH SPACE}School"))

    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.column) == ("control-character", 2, 5)
    assert problem.message == "title: an invisible character"
    assert files(site) == before


def test_cell_that_changed_where_the_page_was_edited_is_a_problem(site: TinySite) -> None:
    take(site, CSV)
    edited_by_hand(site, "title: Law School", "title: HAND")
    edited_by_hand(site, "[law, policy]", "[law, art]")
    edited_by_hand(site, "École de droit", "Faculté", LAW_FR)
    before = files(site)
    newer = (
        CSV.replace("law; policy", "policy")
        .replace("Law School", "Law")
        .replace("École de droit", "École")
        .replace("KZ", "KG")
    )
    with pytest.raises(SiteError) as caught:
        take(site, newer)

    assert [(p.line, p.column, p.code, p.message) for p in caught.value.problems] == [
        (2, 5, "exchange", f"title: {LAW} says 'HAND', which no import has written"),
        (2, 9, "exchange", f"title: {LAW_FR} says 'Faculté', which no import has written"),
        (2, 23, "exchange", f"topics: {LAW} says 'law; art', which no import has written"),
    ]
    assert files(site) == before

    edited_by_hand(site, "title: HAND", "title: Law")
    edited_by_hand(site, "[law, art]", "[policy]")
    edited_by_hand(site, "Faculté", "École", LAW_FR)
    assert take(site, newer).changed == ["content/partners/art/index.en.md"]
    assert take(site, newer.replace("law,Law,", "law,Law 2,")).changed == [LAW]


def test_new_column_does_not_replace_what_a_page_says(site: TinySite) -> None:
    take(site, "key,title,country\nlaw,Law School,FR\n")
    edited_by_hand(site, "country: FR", "country: FR\nfounded: 2001")
    with pytest.raises(SiteError) as caught:
        take(site, CSV)

    assert [problem.message for problem in caught.value.problems] == [
        f"founded: {LAW} says '2001', which no import has written"
    ]
    take(site, CSV.replace("1998", "2001"))
    assert "topics: [law, policy]" in files(site)[LAW]


def test_cell_that_was_empty_for_a_time_is_compared_with_what_was_imported(site: TinySite) -> None:
    take(site, CSV)
    take(site, CSV.replace("1998", ""))

    assert take(site, CSV.replace("1998", "1999")).changed == [LAW]
    assert "founded: 1999\n" in files(site)[LAW]


def test_deleted_page_is_created_again_and_a_deleted_translation_is_not(site: TinySite) -> None:
    take(site, CSV)
    (site.root / LAW_FR).unlink()
    (site.root / "content/partners/art/index.en.md").unlink()

    assert take(site, CSV).new == ["/partners/art/"]
    assert LAW_FR not in files(site)
    assert take(site, CSV.replace("École", "Ecole")).changed == [LAW_FR]
    assert files(site)[LAW_FR] == "---\ntitle: Ecole de droit\n---\n"


def test_page_that_was_renamed_stays_the_page_of_its_row(site: TinySite) -> None:
    take(site, CSV)
    assert main(["rename", "/partners/law/", "/partners/law-school/", "--root", str(site.root)]) == 0

    done = take(site, CSV.replace("École", "Ecole"))

    assert (done.new, done.gone) == ([], [])
    assert done.changed == ["content/partners/law-school/index.fr.md"]
    assert LAW not in files(site)
    assert take(site, CSV.replace("École", "Ecole").replace("law,Law", "law-school,Law")).changed == []


def test_row_of_a_page_that_was_moved_elsewhere_is_a_problem(site: TinySite) -> None:
    take(site, CSV)
    site.write("content/former/index.en.md", "---\ntitle: Former\nkind: partners\n---\n")
    assert main(["rename", "/partners/law/", "/former/law/", "--root", str(site.root)]) == 0
    before = files(site)

    with pytest.raises(SiteError) as caught:
        take(site, CSV)

    assert [(problem.line, problem.message) for problem in caught.value.problems] == [
        (2, "the page 'law' is content/former/law now")
    ]
    assert files(site) == before


def test_page_whose_row_is_gone_for_a_time_keeps_its_edits(site: TinySite) -> None:
    take(site, CSV)
    text = edited_by_hand(site, "Law School", "HAND")
    assert take(site, CSV.splitlines()[0] + "\n" + CSV.splitlines()[2] + "\n").gone == ["law"]
    assert files(site)[LAW] == text

    assert take(site, CSV).changed == []
    assert files(site)[LAW] == text


def test_record_of_an_earlier_release_is_of_pages_without_their_cells(site: TinySite) -> None:
    """What the import before wrote is not known, so that all a page says counts as written by hand."""
    take(site, CSV)
    site.write("content/partners/_imported.json", '{"partners.csv": ["art", "gone", "law"]}')
    before = files(site)
    with pytest.raises(SiteError) as caught:
        take(site, CSV.replace("1998", "1999"))

    assert [(problem.code, problem.line) for problem in caught.value.problems] == [("exchange", 2)]
    assert files(site) == before
    assert take(site, CSV).gone == ["gone"]
    assert take(site, CSV.replace("1998", "1999")).changed == [LAW]


def test_name_of_a_table_need_not_be_valid_unicode(site: TinySite) -> None:
    table = site.root.parent / os.fsdecode(b"p\xff.csv")
    try:
        table.write_text(CSV, encoding="utf-8")
    except (OSError, UnicodeError):
        pytest.skip("this file system has only Unicode names")

    assert import_rows(site.root, table, "partner", "/partners/").pages == 2
    assert import_rows(site.root, table, "partner", "/partners/").changed == []
    assert json.loads((site.root / "content/partners/_imported.json").read_text()).keys() == {"p?.csv"}


def test_record_may_be_larger_than_a_text(site: TinySite) -> None:
    fields = {f"field{number}": "0123456789ab" * 100 for number in range(2_000)}
    site.write("content/partners/_imported.json", json.dumps({"large.csv": {"x": {"en": fields}}}))
    take(site, CSV)
    edited_by_hand(site, "Law School", "HAND")

    assert take(site, CSV.replace("KZ", "KG")).changed == ["content/partners/art/index.en.md"]
    assert "title: HAND" in files(site)[LAW]
    assert (site.root / "content/partners/_imported.json").stat().st_size > 2_000_000


def test_table_under_another_name_continues_the_pages_of_the_first(site: TinySite) -> None:
    take(site, CSV)
    newer = site.root.parent / "newer.csv"
    newer.write_text(CSV.replace("1998", "1999"), encoding="utf-8")

    assert import_rows(site.root, newer, "partner", "/partners/").changed == [LAW]
    assert json.loads((site.root / "content/partners/_imported.json").read_text()).keys() == {
        "partners.csv",
        "newer.csv",
    }


@pytest.mark.parametrize(
    "record",
    [
        "[]",
        '{"partners.csv": 5}',
        '{"partners.csv": [1, "a", null]}',
        "[" * 99_999,
        b"\xff",
        '{"partners.csv": {"law": {"en": {"title": 1e999}}}}',
        '<<<<<<< HEAD\n{"partners.csv": {}}\n',
        "",
    ],
)
def test_record_that_cannot_be_read_is_named_and_left(site: TinySite, record: str | bytes) -> None:
    """After a merge, say: without it, each page was one that no import has made."""
    site.write("content/partners/_imported.json", record)
    before = site.inputs()

    with pytest.raises(SiteError) as caught:
        take(site, CSV)

    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == ("content/partners/_imported.json", "unreadable")
    assert site.inputs() == before


def test_record_that_names_no_page_of_the_table_is_added_to(site: TinySite) -> None:
    site.write("content/partners/_imported.json", '{"../../x": {"..": {}}}')

    assert take(site, CSV).pages == 2
    assert json.loads((site.root / "content/partners/_imported.json").read_text())["partners.csv"]


def test_row_without_cells_is_a_problem(site: TinySite) -> None:
    table = site.root.parent / "t.json"
    table.write_text("[{}]")
    with pytest.raises(SiteError) as caught:
        import_rows(site.root, table, "partner", "/partners/")

    assert [problem.code for problem in caught.value.problems] == ["required"]


@pytest.mark.parametrize(("one", "other"), [("A", "a"), ("straße", "STRASSE")])
def test_keys_that_differ_only_in_case_are_reported(site: TinySite, one: str, other: str) -> None:
    """Their folders would be one on a disk that ignores case, and one would get the other's text."""
    before = files(site)
    with pytest.raises(SiteError) as caught:
        take(site, f"key,title,country\n{one},One,FR\n{other},Other,FR\n")

    assert [(p.line, p.code) for p in caught.value.problems] == [(3, "url-clash")]
    assert caught.value.problems[0].message == f"'{other}' and '{one}' of line 2 differ only in case"
    assert files(site) == before


def test_key_that_differs_only_in_case_from_a_page_is_reported(site: TinySite) -> None:
    take(site, CSV)
    with pytest.raises(SiteError) as caught:
        take(site, "key,title,country\nLaw,One,FR\n")

    assert caught.value.problems[0].message == "'Law' and 'law', which is there already, differ only in case"
