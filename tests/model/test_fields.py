"""Values become facts and words, or problems that say what to write instead."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from conftest import MakeSite
from hypothesis import given
from hypothesis import strategies as st
from work import calls

from sitegen.build.options import Options
from sitegen.editing.fix import apply_fixes
from sitegen.model.fields import TYPES, Checker, Field, Group
from sitegen.model.page import Choice, Destination, FileName, Key, Money, Reference
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml import Node, parse


def read(declared: Field, written: str) -> tuple[Any, list[Problem]]:
    """The value of a field written as `name: …`, and its problems."""
    text = f"name: {written}"
    source = Source.of("a.yaml", text)
    check = Checker(source, [])
    return check.value(declared, parse(source, text).value["name"]), check.problems


LINK = "write a page as /plan/, a file beside this one, or https://…"


def field(type_: str, **options: Any) -> Field:
    return Field(name="name", type=type_, **options)


def test_two_items_of_a_list_with_one_id_are_reported_at_the_second() -> None:
    item = field(
        "group", fields={name: Field(name=name, type=kind) for name, kind in (("text", "text"), ("key", "id"))}
    )
    terms = "[{key: a, text: b}, {text: a}, {key: b}, {text: b, key: 'a'}, {text: b}, {key: }, {key: }]"

    _, problems = read(field("list", item=item, side="words"), terms)

    assert [(p.code, p.message, p.column) for p in problems] == [
        ("yaml-duplicate", "name: the key 'a' appears twice", 63)
    ]
    assert read(field("list", item=item), terms)[1] == []  # facts are not translated: no translation looks for its item


STATE = field("choice", choices={"open": "Open", "closed": "Closed"})


@pytest.mark.parametrize(
    ("declared", "written", "value"),
    [
        (field("text"), "no", "no"),
        (field("text"), "12:30", "12:30"),
        (field("text"), "007", "007"),
        (field("text"), "'  spaced '", "spaced"),
        (field("markdown"), "|\n  *a*\n  b", "*a*\nb"),
        (field("number"), "12", 12),
        (field("number"), "0.5", 0.5),
        (field("boolean"), "true", True),
        (field("date"), "2026-01-31", dt.date(2026, 1, 31)),
        (field("date"), "'2026-01-31'", dt.date(2026, 1, 31)),
        (field("datetime"), "2026-01-31 09:30:05Z", dt.datetime(2026, 1, 31, 9, 30, 5, tzinfo=dt.UTC)),
        (field("url"), "https://例え.jp/x?y=1", "https://例え.jp/x?y=1"),
        (field("email"), "ada@example.org", "ada@example.org"),
        (field("email"), "o'brien&co+x/1=2@почта.example.рф", "o'brien&co+x/1=2@почта.example.рф"),
        (field("country"), "KZ", "KZ"),
        (field("country"), "NO", "NO"),
        (field("language"), "zh-Hans", "zh-Hans"),
        (STATE, "open", Choice("open", "Open")),
        (field("page"), "/", Reference(Key("/"), Mark(1, 7, 1))),
        (field("page"), "/люди/ада/", Reference(Key("/люди/ада/"), Mark(1, 7, 10))),
        (field("image"), "campus.jpg", "campus.jpg"),
        (field("file"), "form.pdf", FileName("form.pdf")),
        (field("link"), "/apply/#how", Destination("/apply/#how", Mark(1, 7, 11))),
        (field("link"), "mailto:a@b.cd", Destination("mailto:a@b.cd", Mark(1, 7, 13))),
        (field("time"), "09:30", dt.time(9, 30)),
        (field("money"), "1500.50 CNY", Money(Decimal("1500.50"), "CNY")),
        (field("moment"), "2027-03-12", dt.date(2027, 3, 12)),
        (field("money"), "USD 20", Money(Decimal(20), "USD")),
        (field("money"), "1.235 KWD", Money(Decimal("1.235"), "KWD")),
        (field("money"), "0.004 EUR", Money(Decimal("0.004"), "EUR")),
        (field("money"), "1.0000 EUR", Money(Decimal("1.0000"), "EUR")),
        (field("map"), "{red: Rot, blue: Blau}", {"red": "Rot", "blue": "Blau"}),
        (field("phone"), "+86 (10) 1234-5678", "+86 (10) 1234-5678"),
        (field("phone"), "+861012345678", "+861012345678"),
        (field("number"), "34.265", 34.265),
        (field("list", item=field("text")), "[a, 1, no]", ("a", "1", "no")),
        (field("list", item=field("text")), "[]", ()),
        (
            field("group", fields={"a": field("text"), "b": field("number")}),
            "{a: x}",
            Group({"a": "x"}, ("a", "b")),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_value_of_each_type_is_read(declared: Field, written: str, value: Any) -> None:
    read_value, problems = read(declared, written)

    assert problems == []
    assert read_value == value


@pytest.mark.parametrize(
    ("declared", "written", "code", "hint"),
    [
        (field("text"), "{a: 1}", "expected", "put the value in double quotes"),
        (field("text", max=3), "four", "too-long", "shorten it"),
        (Field(name="short_title", type="text"), "w" * 1001, "too-long", "shorten it"),
        (field("number"), "1_000", "number", "write digits, such as 12 or 0.5"),
        (field("number"), "true", "number", "write digits, such as 12 or 0.5"),
        (field("boolean"), "no", "expected", "write false"),
        (field("boolean"), "1", "expected", ""),
        (field("date"), "31.1.2026", "date", "write it as 2026-01-31"),
        (field("date"), "11/24/2026", "date", "write it as 2026-11-24"),
        (field("date"), "24/11/2026", "date", "write it as 2026-11-24"),
        (field("date"), "11/12/2026", "date", "write it as 2026-01-31"),
        (field("date"), "24th Nov. 2026", "date", "write it as 2026-11-24"),
        (field("date"), "november 24, 2026", "date", "write it as 2026-11-24"),
        (field("date"), "Sept 3, 2025", "date", "write it as 2025-09-03"),
        (field("date"), "31 November 2026", "date", "write it as 2026-01-31"),
        (field("page"), "https://example.org/en/plan/", "reference", "write the page's path alone, such as /plan/"),
        (field("date"), "2026-1-31", "date", "write it as 2026-01-31"),
        (field("date"), "2026-01-31T09:30", "date", "write it as 2026-01-31"),
        (field("date"), "2025-02-29", "date", ""),
        (field("date"), "[2026-01-31]", "date", "write it as 2026-01-31"),
        (field("datetime"), "2026-01-31", "date", "write it as 2026-01-31T09:30"),
        (field("datetime"), "2026-01-31T25:00", "date", ""),
        (field("moment"), "12.3.2027 18:30", "date", "write it as 2027-03-12T18:30"),
        (field("moment"), "March 12, 2027, 6:30 pm", "date", "write it as 2027-03-12T18:30"),
        (field("moment"), "2027/3/12 9.30+05:00", "date", "write it as 2027-03-12T09:30+05:00"),
        (field("moment"), "2027-03-12T9:30", "date", "write it as 2027-03-12T09:30"),
        (field("moment"), "12.3.2027", "date", "write it as 2027-03-12"),
        (field("moment"), "12.3.2027 25:00", "date", "write it as 2026-01-31"),
        (field("datetime"), "31.1.2026 at 9:30", "date", "write it as 2026-01-31T09:30"),
        (field("time_zone"), "localtime", "expected", "write an IANA name such as Asia/Shanghai"),
        (field("time_zone"), "Europe/Belgrad", "expected", "did you mean 'Europe/Belgrade'?"),
        (field("url"), "javascript:alert(1)", "url", "begin it with https://"),
        (field("email"), "ada@example", "email", ""),
        (field("email"), "a(b)@example.org", "email", ""),
        (field("email"), "a@[1.2.3.4]", "email", ""),
        (field("country"), "ZZ", "country", "write an ISO 3166-1 code such as KZ"),
        (field("country"), "EU", "country", "write an ISO 3166-1 code such as KZ"),
        (field("url"), "https://example.org:99999/", "url", "begin it with https://"),
        (field("url"), "https://example.org:0/", "url", "begin it with https://"),
        (field("email"), "ada@example.org?bcc=eve%40example.net", "email", ""),
        (field("email"), "ada@example.org&bcc=eve", "email", ""),
        (field("email"), "ada?bcc=eve@example.org", "email", ""),
        (field("email"), "ada,eve@example.org", "email", ""),
        (field("email"), "ada%0D%0ABcc%3Aeve@example.org", "email", ""),
        (field("country"), "kz", "country", "write KZ"),
        (field("country"), "Tajikistan", "country", "write TJ"),
        (field("country"), "CHN", "country", "write CN"),
        (field("country"), "156", "country", "write CN"),
        (field("country"), "004", "country", "write AF"),
        (field("country"), "uk", "country", "write GB"),
        (field("country"), "SUN", "country", "write an ISO 3166-1 code such as KZ"),
        (field("country"), "ZQ", "country", "write an ISO 3166-1 code such as KZ"),
        (field("language"), "Chinese", "language", "write a BCP 47 tag such as ru or zh-Hans"),
        (STATE, "opne", "choice", "did you mean 'open'?"),
        (field("page"), "people/ada", "reference", "write it as /people/ada/"),
        (field("page"), "/people/ada", "reference", "write it as /people/ada/"),
        (field("page"), "//ada/", "reference", "write it as /ada/"),
        (field("image"), "../campus.jpg", "dead-file", ""),
        (field("file"), "form", "dead-file", ""),
        (field("file"), "mailto:form.pdf", "dead-file", ""),
        (field("table"), "x:form.csv", "dead-file", ""),
        (field("captions"), "form.srt", "dead-file", ""),
        (field("link"), "apply", "url", LINK),
        (field("link"), "javascript:x()", "url", LINK),
        (field("link"), "//a.org/b", "url", "write https://a.org/b"),
        (field("link"), "https:/a.org/b", "url", "write https://a.org/b"),
        (field("link"), "https://a.org:0/", "url", LINK),
        (field("link"), "'mailto:'", "url", LINK),
        (field("url"), "https:a.org", "url", "write https://a.org"),
        (field("url"), "http://", "url", "begin it with https://"),
        (field("time"), "9.30 pm", "date", "write it as 21:30"),
        (field("time"), "25:00", "date", "write it as 09:30"),
        (field("money"), "$20", "money", "write an amount and an ISO 4217 code, such as 1500 CNY"),
        (field("money"), "1.500 EUR", "money", "write 1500 EUR; or, for the fraction, 1.5000 EUR"),
        (field("money"), "JPY 12.000", "money", "write 12000 JPY; or, for the fraction, 12.0000 JPY"),
        (field("money"), "20 XYZ", "money", "write an amount and an ISO 4217 code, such as 1500 CNY"),
        (field("map"), "[a]", "expected", ""),
        (field("money"), "١٥٠٠ CNY", "money", "write an amount and an ISO 4217 code, such as 1500 CNY"),
        (
            field("phone"),
            "+86 1٠ 1234 5678",
            "phone",
            "begin it with + and the country's code, such as +86 10 1234 5678",
        ),
        (field("time"), "1٢:30", "date", "write it as 12:30"),
        (field("time"), "१२.३०", "date", "write it as 12:30"),
        (field("date"), "2026-01-3١", "date", "write it as 2026-01-31"),
        (field("language"), "en-٤١٩", "language", "write a BCP 47 tag such as ru or zh-Hans"),
        (field("phone"), "010-12345", "phone", "begin it with + and the country's code, such as +86 10 1234 5678"),
        (field("image"), "/etc/passwd", "dead-file", ""),
        (field("list", item=field("text")), "a", "expected", "write it as [a]"),
        (field("number"), "1.000", "number", "write the one that is meant"),
        (field("number"), '"2.500"', "number", "write the one that is meant"),
        (field("list", item=field("number")), "[1, x]", "number", "write digits, such as 12 or 0.5"),
        (field("group", fields={"a": field("text")}), "a", "expected", ""),
        (field("group", fields={"street": field("text")}), "{stret: x}", "unknown-key", "did you mean 'street'?"),
        (field("group", fields={"a": field("text", required=True)}), "{}", "required", "add a line `a: …`"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_invalid_value_is_reported_with_what_to_write(declared: Field, written: str, code: str, hint: str) -> None:
    _, problems = read(declared, written)

    assert [(problem.code, problem.hint, problem.line) for problem in problems] == [(code, hint, 1)]


def test_countries_are_listed_once_for_all_values() -> None:
    def work(count: int) -> int:
        return calls(lambda: read(field("list", item=field("country")), f"[{', '.join(['KZ'] * count)}]"))

    work(1)

    assert work(400) - work(200) < 200 * 150


def test_list_keeps_valid_items_and_reports_each_invalid_one_at_its_column() -> None:
    value, problems = read(field("list", item=field("country")), "[KZ, XX1, RU, Q]")

    assert value == ("KZ", "RU")
    assert [problem.column for problem in problems] == [12, 21]


def in_order(item: Field) -> Field:
    return field("list", item=item, is_sorted=True)


@pytest.mark.parametrize(
    ("item", "written"),
    [
        (field("text"), "[A, B, a, é, я, 中]"),
        (field("text"), "[a, a]"),
        (field("number"), "[-1, 0.5, 2, 10]"),
        (field("date"), "[2025-12-31, 2026-01-01]"),
        (field("datetime"), "[2026-01-01T10:00+08:00, 2026-01-01T09:00+05:00]"),
        (field("page"), "[/, /a/, /b/]"),
        (STATE, "[open, closed]"),
        (field("text"), "[]"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_sorted_list_in_ascending_order_is_valid(item: Field, written: str) -> None:
    assert read(in_order(item), written)[1] == []


@pytest.mark.parametrize(
    ("item", "written", "column", "late", "before"),
    [
        (field("country"), "[BY, KZ, AM, IN]", 16, "AM", "BY"),
        (field("country"), "[BY, KZ, IN]", 16, "IN", "KZ"),
        (field("text"), "[a, B]", 11, "B", "a"),
        (field("number"), "[2, 10, 9]", 15, "9", "10"),
        (field("date"), "[2026-01-01, 2025-12-31]", 20, "2025-12-31", "2026-01-01"),
        (field("page"), "[/b/, /a/]", 13, "/a/", "/b/"),
        (STATE, "[closed, open]", 16, "open", "closed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_first_item_out_of_order_is_reported_with_the_item_it_belongs_before(
    item: Field, written: str, column: int, late: str, before: str
) -> None:
    (problem,) = read(in_order(item), written)[1]

    assert (problem.code, problem.column) == ("unsorted", column)
    assert problem.message == f"name: '{late}' must come before '{before}', as the list is sorted"


def test_list_with_an_invalid_item_is_not_also_reported_as_unsorted() -> None:
    _, problems = read(in_order(field("country")), "[KZ, Q, BY]")

    assert [problem.code for problem in problems] == ["country"]


def test_text_of_exactly_the_maximum_length_is_valid() -> None:
    assert read(field("text", max=3), "три") == ("три", [])


def test_group_has_empty_fields_and_no_unknown_ones() -> None:
    group = Group({"a": 1}, ("a", "b"))

    assert (group.a, group.b) == (1, None)
    with pytest.raises(AttributeError):
        _ = group.c


def test_groups_of_a_file_share_the_names_of_their_fields() -> None:
    """500 pages, each with 100 groups of a declaration with 1,500 fields, took 680 MB."""
    names = {name: Field(name=name, type="text") for name in ("a", "b")}
    groups, _ = read(field("list", item=field("group", fields=names)), "[{a: x}, {a: y}]")

    assert groups[0].declared is groups[1].declared


def test_message_names_the_first_of_many_choices() -> None:
    declared = field("choice", choices={f"c{number}": "" for number in range(3_900)})
    _, (problem,) = read(declared, "x")

    assert problem.message.endswith("c38, c39 and 3,860 more")


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en", "en"),
        ("zh-Hans", "zh-Hans"),
        ("pt-br", "pt-BR"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("EN", "en"),
        ("dng", "dng"),
        ("zho-Hant", "zh-Hant"),
    ],
)
def test_language_is_accepted_in_any_case(written: str, tag: str) -> None:
    assert read(field("language"), written) == (tag, [])


@pytest.mark.parametrize(
    ("written", "fix"), [("1500 cny", "1500 CNY"), ("cny 1500", "CNY 1500"), ("١٥٠٠ Cny", "1500 CNY"), ("20 xyz", None)]
)
def test_currency_in_small_letters_is_fixed_if_there_is_one(written: str, fix: str | None) -> None:
    _, (problem,) = read(field("money"), written)

    assert (problem.code, problem.fix) == ("money", fix)


def test_language_with_an_underscore_is_fixed() -> None:
    _, (problem,) = read(field("language"), "zh_cn")

    assert (problem.code, problem.hint, problem.fix) == ("language", "write zh-CN", "zh-CN")


@pytest.mark.parametrize("text", ["english", "xx", "e", "en-", "'en-US-'"])
def test_other_text_is_not_a_language(text: str) -> None:
    _, (problem,) = read(field("language"), text)

    assert problem.code == "language"


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)


def node_of(value: Any) -> Node:
    return Node(value, "" if isinstance(value, tuple | dict) or value is None else str(value), Mark(1, 1), Mark(1, 1))


NODES: st.SearchStrategy[Node] = st.recursive(
    SCALARS.map(node_of),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: node_of(tuple(items)))
        | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2).map(node_of)
    ),
    max_leaves=5,
)


@given(st.sampled_from(sorted(TYPES)), NODES)
def test_any_value_of_any_type_is_read_or_reported(type_: str, node: Node) -> None:
    inner = {"a": field("text", max=3), "b": field("date")}
    declared = field(type_, item=field("number"), fields=inner, choices={"a": "A"}, max=5)
    check = Checker(Source.of("a.yaml", ""), [])

    value = check.value(declared, node)

    assert value is not None or check.problems


def test_nonexistent_date_is_not_rewritten_into_another_format() -> None:
    text = "day: 31.11.2026"
    source, problems = Source.of("a", text), list[Problem]()

    Checker(source, problems).value(Field(name="day", type="date"), parse(source, text).value["day"])

    assert [(problem.code, problem.fix) for problem in problems] == [("date", None)]


@pytest.mark.parametrize("blank", ['"  "', "\u00a0", "\u3164", '"\u2060\u200d"', "\u2800"])
def test_a_required_text_of_which_nothing_is_seen_is_empty(blank: str, make_site: MakeSite) -> None:
    told = make_site({"content/a/index.en.md": f"---\ntitle: {blank}\n---\n"}).told()

    assert "content/a/index.en.md:2:1: error[required]: 'title' is empty" in told


def test_a_required_text_of_one_sign_is_not_empty(make_site: MakeSite) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: \U0001f468\u200d\U0001f469\n---\n"})

    site.report()


@pytest.mark.parametrize(
    ("written", "is_strict", "told"),
    [
        ("titel: A", True, ["unknown-key"]),
        ("titel: A", False, ["unknown-key", "required"]),
        ("heading: A", True, ["unknown-key", "required"]),
        ("titel: A\ntitle:", True, ["unknown-key", "required"]),
    ],
    ids=["misspelt", "where unknown keys are warnings", "another word", "misspelt and left empty"],
)
def test_required_field_is_not_reported_as_missing_if_a_reported_key_misspells_it(
    written: str, is_strict: bool, told: list[str]
) -> None:
    source = Source.of("a.yaml", written)
    check = Checker(source, [], is_strict=is_strict)
    check.table({"title": Field(name="title", type="text", required=True)}, parse(source, written), "a page")

    assert [problem.code for problem in check.problems] == told


ODD = "page:\n  template: page.html\n  facts:\n    topics: {type: list, of: {type: text}}\n    places: {type: list, of: {type: country}}\n    at: {type: datetime}\n"


@pytest.mark.parametrize(
    ("line", "severity", "code", "message", "hint", "fixed"),
    [
        ("date: ۱۴۰۴/۱۱/۱۱", "error", "date", "date: '۱۴۰۴/۱۱/۱۱' is not a date", "1404-11-11 of the Persian calendar is 2026-01-31; write that day", None),
        ("date: 1404-11-11", "warning", "date", "date: is the year 1404 meant?", "1404-11-11 of the Persian calendar is 2026-01-31; write that day", None),
        ("date: 1026-01-31", "warning", "date", "date: is the year 1026 meant?", "dates are of the Gregorian calendar, such as 2026-01-31", None),
        ("date: ۲۰۲۶-۰۱-۳۱", "error", "date", "date: '۲۰۲۶-۰۱-۳۱' is not a date", "write it as 2026-01-31", "date: 2026-01-31"),
        ("date: २०२६/१/३१", "error", "date", "date: '२०२६/१/३१' is not a date", "write it as 2026-01-31", "date: 2026-01-31"),
        ("at: 2027-02-01T10:00+05:99", "error", "date", "at: '2027-02-01T10:00+05:99' is not a date with time", "write it as 2026-01-31T09:30", None),
        ("at: ۲۰۲۶-۰۱-۳۱T۰۹:۳۰", "error", "date", "at: '۲۰۲۶-۰۱-۳۱T۰۹:۳۰' is not a date with time", "write it as 2026-01-31T09:30", "at: 2026-01-31T09:30"),
        ("at: 1447-08-12T09:30", "warning", "date", "at: is the year 1447 meant?", "1447-08-12 of the Islamic calendar is 2026-01-31; write that day", None),
        (
            "order: 12345678901234567",
            "error",
            "number",
            "order: '12345678901234567' has more digits than a number can hold, and would be rounded",
            "round it to 15 digits, or make the field a text",
            None,
        ),
        (
            "order: 1.602e-19",
            "error",
            "number",
            "order: '1.602e-19' has digits that pages don't show: more than 15 behind the point, or 28 before it",
            "make the field a text, and write it with its unit",
            None,
        ),
        (
            "order: 0.1234567890123456",
            "error",
            "number",
            "order: '0.1234567890123456' has digits that pages don't show: more than 15 behind the point, or 28 before it",
            "make the field a text, and write it with its unit",
            None,
        ),
        (
            "order: 1e300",
            "error",
            "number",
            "order: '1e300' has digits that pages don't show: more than 15 behind the point, or 28 before it",
            "make the field a text, and write it with its unit",
            None,
        ),
        ("order: ۱۲", "error", "number", "order: '۱۲' is not a number", "write 12", "order: 12"),
        ("topics: [a، b，c]", "error", "expected", "topics: ،, ， does not separate the items of a list", "write [a, b, c], or put an item with this character in double quotes", None),
        ("places: [KZ، BY，CN]", "error", "expected", "places: ،, ， does not separate the items of a list", "write [KZ, BY, CN], or put an item with this character in double quotes", "places: [KZ, BY, CN]"),
        ("topics: [x, b；c]", "error", "expected", "topics: ； does not separate the items of a list", "write [b, c], or put an item with this character in double quotes", None),
        ("summary: - dash", "error", "yaml-syntax", "a value may not begin with - and a space", "put the whole value in double quotes", None),
        ("summary: ? q", "error", "yaml-syntax", "a value may not begin with ? and a space", "put the whole value in double quotes", None),
        ("summary: ,x", "error", "yaml-syntax", "a value may not begin with this character", "put the whole value in double quotes", None),
        ('summary: "\\ud83d\\ude00 x"', "error", "yaml-syntax", "this character is written as two surrogates, as in JSON", "write 😀", 'summary: "😀 x"'),
        ('summary: "\\ud83d x"', "error", "yaml-syntax", "this \\u is not a character", "write the character itself", None),
        ('summary: "\\xg"', "error", "yaml-syntax", "a backslash in a double-quoted value", "write \\\\ or use single quotes", None),
    ],
)  # fmt: skip
def test_slip_is_reported_in_plain_words_and_fixed_if_certain(
    make_site: MakeSite, line: str, severity: str, code: str, message: str, hint: str, fixed: str | None
) -> None:
    site = make_site({"content/index.en.md": f"---\ntitle: Home\n{line}\n---\n"}, kinds=ODD)

    (problem,) = site.report().warnings if severity == "warning" else site.problems()

    assert (problem.code, problem.message, problem.hint) == (code, message, hint)
    assert (problem.severity, problem.line) == (severity, 3)
    apply_fixes(Options(root=site.root, output=site.public))
    assert (site.root / "content/index.en.md").read_text().split("\n")[2] == (fixed or line)


@pytest.mark.parametrize(
    "line",
    [
        "date: 1896-04-08",
        "date: 9999-12-31",
        'topics: ["a，b", c]',
        "topics:\n  - 中心，学院",
        "summary: 中心，学院；好",
    ],
)
def test_intended_values_are_not_questioned(make_site: MakeSite, line: str) -> None:
    site = make_site({"content/index.en.md": f"---\ntitle: Home\n{line}\n---\n"}, kinds=ODD)

    assert site.report(strict=True).warnings == ()


@pytest.mark.parametrize("word", ["Null", "null", "~", "NULL"])
def test_word_that_yaml_reads_as_null_is_reported(make_site: MakeSite, word: str) -> None:
    site = make_site({"content/index.en.md": f"---\ntitle: {word}\n---\n"})

    (problem,) = site.problems()

    assert problem.hint == f'YAML reads {word} as nothing; write "{word}" for the word'


@pytest.mark.parametrize(
    ("front", "code", "others"),
    [
        ("".join(f"k{number}: v\n" for number in range(1_500)), "unknown-key", 200),
        ("keywords:\n" + "-\n" * 1_500, "required", 200),
        ("a: b\n" * 1_500, "yaml-duplicate", 200),
    ],
    ids=["unknown keys", "empty items", "keys given twice"],
)
def test_front_matter_with_hundreds_of_problems_is_left_there(
    make_site: MakeSite, front: str, code: str, others: int
) -> None:
    site = make_site(
        {
            "content/a/index.en.md": f"---\ntitle: A\n{front}---\nText\n",
            "content/b/index.en.md": "---\nx: 1\n---\nText\n",
        }
    )

    problems = site.problems()

    assert sum(problem.path == "content/a/index.en.md" and problem.code == code for problem in problems) == others
    assert [problem.message for problem in problems if problem.code == "too-costly"] == (
        [] if code == "yaml-duplicate" else ["there are too many problems to check the rest of the file"]
    )
    assert {problem.path for problem in problems} == {"content/a/index.en.md", "content/b/index.en.md"}


def test_key_of_a_map_without_a_text_is_told(make_site: MakeSite) -> None:
    kinds = "page:\n  template: page.html\n  facts: {links: {type: map}}\n"
    site = make_site({"content/index.en.md": "---\ntitle: A\nlinks: {one, two: x, three: }\n---\n"}, kinds=kinds)

    (problem,) = site.problems()

    assert (problem.line, problem.column, problem.message) == (3, 9, "links: 'one' has no text")
