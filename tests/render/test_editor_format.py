"""What the editor in the browser writes back: an edit changes its own lines and nothing else, byte for byte."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from commented_yaml import CommentedYaml
from conftest import REPOSITORY
from editor_scripts import ran_by_node, script_of

from sitegen.source.front_matter import parse_front_matter
from sitegen.source.text import Source
from sitegen.source.yaml_nodes import Node

ROUND = """
import { readFileSync } from 'node:fs';
import { read, write } from '%s';
const cases = JSON.parse(readFileSync(0, 'utf8'));
const trimmed = (own) => JSON.parse(JSON.stringify(own), (key, value) => (typeof value === 'string' && key !== 'body' ? value.trim() : value));
const saved = ([text, changes]) => {
  try {
    return write({ ...trimmed(text === null ? {} : read(text)), ...changes });
  } catch ({ message, cause }) {
    return [message, cause?.message];
  }
};
console.log(JSON.stringify(cases.map(saved)));
"""


def written(cases: list[tuple[str | None, dict[str, Any]]]) -> list[str | list[str]]:
    """Each text as the editor, which trims all values but the body, leaves it after changing some; or why it was not saved."""
    return ran_by_node(ROUND % script_of("format.js"), cases)  # type: ignore[no-any-return]


@pytest.mark.slow
def test_every_page_of_the_center_survives_opening_and_saving_byte_for_byte() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "content").rglob("index.*.md"))]

    assert len(texts) > 400
    assert written([(text, {}) for text in texts]) == texts


PAGE = """\
---
# who made it
status: open  # or closed
title: 'It''s new'
by: [/ada/, /eva/]
tags:
  - one
  - two
where: {town: Xi'an, land: CN}
---

Text with *stars*
and two  spaces.
"""


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"status": "closed"}, "status: open  #", "status: closed  #"),
        ({"title": 'It\'s old: "so"'}, "'It''s new'", "'It''s old: \"so\"'"),
        ({"title": "yes"}, "'It''s new'", "'yes'"),
        ({"by": ["/ada/"]}, "[/ada/, /eva/]", "[/ada/]"),
        ({"tags": ["one", "three"]}, "  - two", "  - three"),
        ({"where": {"town": "Almaty", "land": "KZ"}}, "{town: Xi'an, land: CN}", "{town: Almaty, land: KZ}"),
        ({"by": []}, "by: [/ada/, /eva/]\n", ""),
        ({"draft": False, "slug": "", "aliases": [], "date": None}, "x", "x"),
        ({"seats": 12}, "land: CN}\n", "land: CN}\nseats: 12\n"),
        ({"body": "Another text\n"}, "Text with *stars*\nand two  spaces.", "Another text"),
    ],
)
def test_only_changes_are_written_and_comments_quotes_and_order_stay(
    changes: dict[str, Any], old: str, new: str
) -> None:
    assert written([(PAGE, changes)]) == [PAGE.replace(old, new)]


@pytest.mark.parametrize("name", ["constructor", "toString", "hasOwnProperty", "valueOf"])
def test_key_of_a_map_may_be_named_as_what_every_object_of_javascript_has(name: str) -> None:
    page = f"---\nroles:\n  {name}: Ada\n  other: Eva\ntitle: A\n---\n"
    short = page.replace(f"  {name}: Ada\n", "")

    assert written([(page, {}), (page, {"title": "B"})]) == [page, page.replace("title: A", "title: B")]
    assert written([(page, {"roles": {name: "Bo", "other": "Eva"}})]) == [page.replace("Ada", "Bo")]
    assert written([(page, {"roles": {"other": "Eva"}}), (short, {"title": "B"})]) == [
        short,
        short.replace("title: A", "title: B"),
    ]
    assert written([(short, {"roles": {name: "Ada", "other": "Eva"}})]) == [page]


@pytest.mark.parametrize(
    "number", ["12", "1.10", "007", "1e3", "+12", ".5", "0x10", "0o17", "2.0", "12345678901234567890", ".inf"]
)
@pytest.mark.parametrize("shown", [str, float], ids=["as text", "as number"])
def test_number_that_nobody_has_changed_stays_as_it_is_written(number: str, shown: type) -> None:
    text = f"---\ntitle: One\nsummary: {number}\n---\n\nText\n"
    try:
        own = shown(number)
    except ValueError:  # no form for numbers shows it
        own = number

    assert written([(text, {"title": "Two", "summary": own})]) == [text.replace("One", "Two")]


def test_new_page_is_written_as_a_person_would_write_it() -> None:
    fields = {"date": "2026-01-31", "by": ["/ada/"], "title": "A: new", "summary": "", "draft": False, "body": "Text"}

    assert written([(None, fields)]) == ['---\ndate: 2026-01-31\nby: [/ada/]\ntitle: "A: new"\n---\n\nText\n']


#: What may follow `key:`, to the end of the line or over several: forms of YAML, words that YAML 1.1 reads otherwise.
FORMS = [
    " yes", " no", " on", " Off", " y", " True", " FALSE", " ~", " null", "", " 1:30", " 0o7", " 0x1F", " 0b11", " 1_000",
    " 1e3", " -0", " +1", " .5", " 5.", " 1.10", " 007", " 2026-01-31", " 2026-1-5", " 2026-01-31T10:00:00Z", " .inf",
    " .NaN", " 12345678901234567890", " 22:15:00", ' "a\\tb \\u00e9"', " 'it''s'", ' " around "', " ''", "   wide  ",
    " plain  # with a comment", " http://a.example/#b", " эй 世界 😀", " a, b] c}", " -1", ' "two\n  lines"', " 'two\n\n  lines'",
    "\n  below", " plain\n  folded\n  twice", " [a, 'b', \"c\"]  # list", " [a,  b ,c]", " [a,\n  b,  # one\n  c]", " []", " {}",
    " {a: 1, b: [x]}  # table", " {2024: 10, 2025: 20}", "\n  2024: 10\n  2025: 20", "\n  1: one\n  a: 1.10  # version\n  b: 'x'",
    "\n  - a  # first\n  # above\n  - b", "\n- at the margin\n# above\n- 'quoted'", "\n  -   wide\n  -   'wide too'",
    "\n  - name: A  # who\n    url: /a/\n  - {name: B, url: /b/}", "\n  -\n    name: A", "\n  - - a\n    - b", " >\n  folded\n  text",
    " >-\n  folded\n\n  more", " |  # literal\n  # no comment\n  text", " |-\n  a\n    b", " |+\n  kept\n\n", " |2\n    indented\n  less",
    "\n  a: |  # nested\n    text\n    more", "\n  a:\n    b:\n      - c: |-\n          deep\n          # no comment", "\n  a.b: 1\n  c: 2",
    "  # nothing but a comment", " >2-\n    x\n\n  y",
]  # fmt: skip
ENDS: dict[str, Callable[[str], str]] = {
    "lf": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "cr": lambda text: text.replace("\n", "\r"),
    "mixed": lambda text: text.replace("\n", "\r\n").replace("\r\nlast", "\nlast").replace("\r\nText", "\nText"),
    "mark": lambda text: "\ufeff" + text,
    "mark and crlf": lambda text: "\ufeff" + text.replace("\n", "\r\n"),
    "no end": lambda text: text.rstrip("\n"),
    "empty lines at the end": lambda text: text + "\n\n  \n",
}


def page_with(form: str) -> str:
    return f"---\nfirst: one  # stays\n# above\nkey:{form}\n\n# below\n\nlast: 'x'\n---\n\n    Text\n\nend\n"


@pytest.mark.parametrize("ends", ENDS)
def test_form_that_nobody_has_touched_stays_byte_for_byte(ends: str) -> None:
    pages = [ENDS[ends](page_with(form)) for form in FORMS]

    assert written([(page, {}) for page in pages]) == pages
    found = written([(page, {"first": "two"}) for page in pages])
    assert found == [page.replace("one  # stays", "two  # stays") for page in pages]


@pytest.mark.parametrize("ends", ["crlf", "mark and crlf", "mixed"])
def test_text_that_is_written_anew_ends_its_lines_as_the_file_did(ends: str) -> None:
    """Looking for a line that has stayed takes the square of those that have not."""
    page = ENDS[ends](page_with(" x").replace("end\n", "".join(f"line {number}\n\n" for number in range(3_000))))
    body = "".join(f"other {number}\n\n" for number in range(3_000))

    (text,) = written([(page, {"body": body})])

    assert isinstance(text, str)
    assert text.endswith(body.replace("\n", "\r\n"))


@pytest.mark.parametrize("ends", ["lf", "mark and crlf", "no end"])
def test_changed_value_touches_no_other_line(ends: str) -> None:
    values = ["new", "new: 'value' # \"", "1.10", ["a", "c"], [{"name": "Z"}], {"a": "1"}, ""]
    cases = [(ENDS[ends](page_with(form)), value) for form in FORMS if "a.b" not in form for value in values]

    found = written([(page, {"key": value}) for page, value in cases])
    for (page, value), text in zip(cases, found, strict=True):
        assert isinstance(text, str), (page, value, text)
        assert text.startswith(page[: page.index("key:")]), (page, value)
        assert text.endswith(page[page.rindex("# below") :]), (page, value)


@pytest.mark.parametrize(
    ("form", "value", "made"),
    [
        ("\n  - a  # first\n  # above\n  - b", ["a", "new", "b"], "\n  - a  # first\n  - new\n  # above\n  - b"),
        ("\n  - name: A  # who\n    url: '/a/'", [{"name": "A", "url": "/b/"}], "\n  - name: A  # who\n    url: '/b/'"),
        ("\n  - name: A  # who", [{"name": "A"}, {"name": "B"}], "\n  - name: A  # who\n  - name: B"),
        ("\n  a: 1.10  # version\n  b: 'x'", {"a": "1.10", "b": "y"}, "\n  a: 1.10  # version\n  b: 'y'"),
        ("\n  2024: 10\n  2025: 20", {"2024": "10", "2025": "30"}, "\n  2024: 10\n  2025: \"30\""),
        ("\n  - a  # first\n  # above\n  - b", ["b"], "\n  # above\n  - b"),
        ("\n  - a  # first\n  # above\n  - b", ["b", "a"], "\n  # above\n  - b\n  - a  # first"),
        ("\n  a: 1  # one\n  # two\n  b: 'x'", {"a": 1, "b": "x", "c: d": "y"}, "\n  a: 1  # one\n  # two\n  b: 'x'\n  \"c: d\": y"),
        ("\n  a: 1  # one\n  # two\n  b: 'x'", {"b": "x"}, "\n  # two\n  b: 'x'"),
        (" |\n  a\n  b", "a\nc", " |\n  a\n  c"),
        (" >-  # why\n  folded\n  text", "new", " |-  # why\n  new"),
        ("\n  # top\n  - name: A # who\n    role: x\n  # next\n  - name: B # gone\n    role: y", [{"name": "A", "role": "x"}, {"role": "y"}],
         "\n  # top\n  - name: A # who\n    role: x\n  # next\n  - role: y"),
        ("\n  - name: A  # gone\n    # why\n    role: x", [{"role": "x"}], "\n  -\n    # why\n    role: x"),
        ("\n  - name: A # who\n    role: x\n  - name: B # two", [{"name": "B"}, {"name": "A", "role": "z"}],
         "\n  - name: B # two\n  - name: A # who\n    role: z"),
        ("\n  # one\n  - {name: A} # two", [{"name": "A", "role": "x, y"}], "\n  # one\n  - {name: A, role: \"x, y\"} # two"),
        (" {a: 1,  b: 2}  # two", {"b": 3}, " {b: 3}  # two"),
        (" [  # all\n    a,  # one\n    # above\n    b  # two\n  ]  # end", ["b", "c", "a"],
         " [  # all\n    # above\n    b,  # two\n    c,\n    a  # one\n  ]  # end"),
        ("\n  - - a  # one\n    - b\n  - - c  # three", [["b", "d"], ["c"]], "\n  - - b\n    - d  # one\n  - - c  # three"),
        ("  # none yet", ["a"], " [a]  # none yet"),
        ("  # none yet\n  # at all", [{"name": "A"}], "  # none yet\n  - name: A\n  # at all"),
        (" |  # why\n  x", "a\tb", ' "a\\tb"  # why'),
        (" [1.10, 2, 007]", ["1.10", 3, "007"], " [1.10, 3, 007]"),
        (" true  # why", False, " false  # why"),
        (" 'x'", "---\u2028", ' "---\\u2028"'),
        (' "two\n  # lines"', "new", ' "new"'),
        (" [a]", ["a", "?why", ":)", "a:", "-"], ' [a, "?why", ":)", "a:", "-"]'),
        ("", [":) a"], ' [":) a"]'),
        (" {a: b}", {"a": "?c", ":d": "e"}, ' {a: "?c", ":d": e}'),
        (" b", "?why", " ?why"),
        ("", "new", " new"),
        (" plain\n  folded", "new", " new"),
    ],
)  # fmt: skip
def test_part_of_a_value_is_changed_in_its_style(form: str, value: Any, made: str) -> None:
    assert written([(page_with(form), {"key": value})]) == [page_with(made)]


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """Path → what is filled in, as the editor keeps it: it trims, and has what is empty."""
    if isinstance(value, dict | list | tuple):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return {own: leaf for key, held in items for own, leaf in leaves(held, (*path, str(key))).items()}
    shown = str(value).lower() if isinstance(value, bool) else str(value).strip()
    return {} if value in (None, False) or not shown else {path: f"{value:g}" if isinstance(value, float) else shown}


def read_by_the_engine(text: str) -> Any:
    def plain(node: Node) -> Any:
        if isinstance(node.value, dict):
            return {key: plain(own) for key, own in node.value.items()}
        if isinstance(node.value, tuple):
            return [plain(own) for own in node.value]
        # The editor has a number that is written in a way of its own as text.
        return node.text if isinstance(node.value, int | float) and not isinstance(node.value, bool) else node.value

    return plain(parse_front_matter(Source.of("index.en.md", text))[0])


def assert_edits_keep_what_they_do_not_touch(seeds: range) -> None:
    made = [CommentedYaml(f"comments {seed}") for seed in seeds]
    pages = [f"---\n{own.text}---\n\nText\n" for own in made]
    ends = [ENDS[("lf", "crlf", "mark and crlf")[seed % 3]] for seed in seeds]
    for own in made:
        own.edit()

    found = written([(end(page), own.root.plain()) for end, page, own in zip(ends, pages, made, strict=True)])
    for seed, page, end, own, text in zip(seeds, pages, ends, made, found, strict=True):
        told = f"seed {seed}\n{page}\n{own.root.plain()}\n{text}"
        assert isinstance(text, str), told
        now = text.removeprefix("\ufeff").replace("\r\n", "\n")
        assert end(now) == text, told
        assert leaves(read_by_the_engine(now)) == leaves(own.root.plain()), told
        assert_comments_stay(own, now, told)


def assert_comments_stay(own: CommentedYaml, now: str, told: str) -> None:
    for part in own.root.all():
        for comment in part.comments:
            assert now.count(comment) == 1, f"{comment}\n{told}"
    for key, text in own.texts.items():
        if key in own.root.value and not own.root.value[key].is_changed:
            assert text in now, told


@pytest.mark.slow
def test_edit_of_any_part_keeps_the_comments_of_all_others_and_is_read_as_typed() -> None:
    assert_edits_keep_what_they_do_not_touch(range(100))


@pytest.mark.soak
def test_edits_of_20_000_front_matters_keep_the_comments_of_what_they_do_not_touch() -> None:
    assert_edits_keep_what_they_do_not_touch(range(100, 20_100))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("---\na: &x 1\nb: *x\n---\n", "a value may not begin with & or !"),
        ("---\na: !!str 1\n---\n", "a value may not begin with & or !"),
        ("---\na.b: 1\n---\n", "the editor can't hold the key a.b"),
        ("---\nbody: 1\n---\nText\n", "the editor can't hold the key body"),
        ("---\n? [a, b]\n: c\n---\n", 'the key ["a","b"] has no field'),
        ("---\n- a\n---\n", "its front matter must be lines of `key: value`"),
        ("---\n{a: 1}\n---\n", "its front matter must be lines of `key: value`"),
        ("---\na: 1\na: 2\n---\n", "line 3: Map keys must be unique"),
        ("---\na: 'b\n---\n", "line 3: Missing closing 'quote"),
        ("Text without front matter\n", "it must begin with --- and lines of `key: value`"),
        ("", "it is empty or could not be read"),
        (
            "---\na: 1\n---\n" + ">" * 3_000 + "\n",
            "a line of its text begins with over a hundred signs within one another",
        ),
    ],
)
def test_page_that_the_editor_would_change_elsewhere_is_left_alone(text: str, why: str) -> None:
    refused = ["saving_failed", f"Nothing was saved. This page can't be edited here: {why}"]

    assert written([(text, {}), (text, {"body": "new"})]) == [text, refused]
    assert written([(text, {"title": "new"})]) == [refused]


def test_table_with_a_key_that_the_editor_takes_apart_is_not_changed() -> None:
    page = page_with("\n  a.b: 1\n  c: 2")

    assert written([(page, {"key": {"a": {"b": "1"}, "c": "2"}, "last": "y"})]) == [page.replace("'x'", "'y'")]
    assert written([(page, {"key": {"a": {"b": "2"}, "c": "2"}})]) == [
        [
            "saving_failed",
            "Nothing was saved. This page can't be edited here: the editor can't hold a key with a dot, in key",
        ]
    ]


HELD = """
import { readFileSync } from 'node:fs';
import { formatOf } from '%s';
const { fields, pages } = JSON.parse(readFileSync(0, 'utf8'));
const { fromFile } = formatOf(fields);
console.log(JSON.stringify(pages.map((page) => fromFile(page).title)));
"""
TEXT_FIELD = {"name": "key", "widget": "string"}
#: A field of the form, values that the editor keeps, and values of which it writes another, or nothing, with any other edit.
FIELDS: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({"widget": "boolean"}, ["true", "False", "~", "''"], ["yes", "1", "'false'", "[true]", "{a: true}"]),
    ({"widget": "number"}, ["5", "'5'", "007", "1.50", "0x10", "-0"], ["x", ".inf", "1_000", "true", "[1]", "{a: 1}"]),
    (
        {"widget": "datetime", "type": "date"},
        ["2026-01-31", "'2026-01-31'"],
        ["24.11.2026", "foo", "2026-01-31T10:00", "[2026-01-31]", "true"],
    ),
    (
        {"widget": "datetime", "type": "datetime-local"},
        ["2026-01-31T09:30", "2026-01-31T09:30+05:00", "2026-01-31 09:30Z"],
        ["2026-01-31T09:30:15", "foo"],
    ),
    ({"widget": "datetime", "type": "time"}, ["09:30", "9:30", "09:30:15"], ["25:00", "foo", "930"]),
    ({"widget": "string"}, ["a", "5", "|\n  a\n  b"], ["[a]", "{a: b}", "false"]),
    ({"widget": "select", "options": ["a"]}, ["a", "b"], ["[a]", "{a: b}"]),
    ({"widget": "select", "multiple": True, "options": ["a"]}, ["[a, b]", "[]"], ["a", "{a: b}", "[[a]]"]),
    ({"widget": "list", "field": TEXT_FIELD}, ["[a, 5]", "\n  - a\n  -"], ["a", "true", "[[a]]", "[{a: b}]"]),
    ({"widget": "keyvalue"}, ["{a: 1, 2: b}", "{}"], ["a", "[a]"]),
    (
        {"widget": "object", "fields": [{"name": "n", "widget": "number"}]},
        ["{n: 1, own: [x]}"],
        ["x", "[1]", "{n: x}"],
    ),
    (
        {"widget": "list", "fields": [{"name": "n", "widget": "number"}]},
        ["[{n: 1}, {own: x}]"],
        ["{n: 1}", "[x]", "[{n: x}]"],
    ),
]


@pytest.mark.parametrize(("field", "kept", "lost"), FIELDS)
def test_page_with_a_value_that_its_field_would_lose_can_not_be_edited(
    field: dict[str, Any], kept: list[str], lost: list[str]
) -> None:
    pages = [f"---\ntitle: One\nkey: {value}\n---\n\nText\n" for value in (*kept, *lost)]

    titles = ran_by_node(HELD % script_of("format.js"), {"fields": [{"name": "key", **field}], "pages": pages})
    assert titles[: len(kept)] == ["One"] * len(kept)
    why = "This page can't be edited here: the form can't hold this value of key: "
    assert [value for value, title in zip(lost, titles[len(kept) :], strict=True) if not title.startswith(why)] == []


def test_page_with_bytes_that_are_no_text_is_left_alone() -> None:
    page = "---\ntitle: One\n---\n\nText \ufffd\n"
    why = "it has bytes that are not UTF-8, or the sign \ufffd that stands for them"
    refused = ["saving_failed", f"Nothing was saved. This page can't be edited here: {why}"]

    assert written([(page, {}), (page, {"title": "Two"})]) == [page, refused]


#: Lines of which each means another thing beside others, or is written in another way by the editor's rich text.
LINES = [
    "a", "*a* b", "_a_ b", "say *x*, _y_", "- a", "  - b", "    - b", "        - b", "1. a", "   1. b", "    code", "", "", "", "  ",
    "One  ", "One", "```", "```yaml", "  - test", "~~~", ":::tip", ":::", "> a", ">", "> ", "***", "---", "| *a* |", "a&#32;b", "a b",
    "C:\\\\x", "C:\\x", "\ta", "日期 *五月*", "# *a*", "[x](/a&#38;b)",
]  # fmt: skip


def text_of(chosen: random.Random) -> list[str]:
    return chosen.choices(LINES, k=chosen.randint(0, 12))


def edit(chosen: random.Random, text: list[str]) -> list[str]:
    """A text with one to three lines put in, taken away, changed or indented."""
    made = list(text)
    for _ in range(chosen.randint(1, 3)):
        place = chosen.randint(0, len(made))
        kept = chosen.choice([[], made[place : place + 1]])
        new = chosen.choice([[], [chosen.choice(LINES)], [f"  {made[place]}" if place < len(made) else "end"]])
        made[place : place + 1] = new + kept
    return made


def test_text_that_a_person_has_typed_is_saved_letter_by_letter() -> None:
    chosen = random.Random(17)
    texts = [text_of(chosen) for _ in range(2_000)]
    typed = ["\n".join(edit(chosen, text)) for text in texts]
    start = "---\ntitle: One\n---\n"

    found = written(
        [(f"{start}\n{chr(10).join(text)}\n", {"body": new}) for text, new in zip(texts, typed, strict=True)]
    )
    assert all(isinstance(text, str) and text.startswith(start) for text in found)
    # The empty lines around a text, and spaces at its end, mean nothing.
    assert [text[len(start) :].lstrip("\n").rstrip() for text in found if isinstance(text, str)] == [
        text.lstrip("\n").rstrip() for text in typed
    ]


MERGED = """
import { readFileSync } from 'node:fs';
import { merged } from '%s';
console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map((texts) => merged(...texts))));
"""


def merged(cases: list[tuple[str, str, str]]) -> list[str]:
    """Text, what the rich text makes of it, and that after an edit → the text with the edit."""
    return ran_by_node(MERGED % script_of("merge.js"), cases)  # type: ignore[no-any-return]


def image(text: str) -> str:
    """A text as the rich text writes it: stars, codes of letters, spaces at ends, and empty lines in its own way."""
    plain = re.sub(r"(?<!\*)\*(?!\*)([^*\n]+)\*(?!\*)", r"_\1_", text.replace("&#32;", " ").replace("&#38;", "&"))
    lines = re.sub(r"[ \t]+$", "", plain, flags=re.MULTILINE)
    return re.sub(r"\n+(?=:::|```)|\n{3,}", "\n\n", lines).strip("\n")


def test_text_of_which_nobody_has_edited_a_line_is_as_it_was_in_the_file() -> None:
    chosen = random.Random(18)
    texts = ["\n".join(text_of(chosen)) for _ in range(2_000)]
    images = [image(text) for text in texts]
    edited = ["\n".join(edit(chosen, own.split("\n"))) for own in images]

    assert merged([(text, own, own) for text, own in zip(texts, images, strict=True)]) == texts
    assert merged(list(zip(texts, texts, edited, strict=True))) == edited
    found = merged(list(zip(texts, images, edited, strict=True)))
    filled = [[line for line in image(text).split("\n") if line.strip()] for text in found]
    assert filled == [[line for line in image(text).split("\n") if line.strip()] for text in edited]


def test_edit_in_the_rich_text_changes_its_own_line_and_no_empty_line_beside_it() -> None:
    text = "*One* word\n\n\n\nTwo *words*\n:::tip\n*Three*\n:::\n- *a*\n- *b*\n\n***\nEnd  \n"
    made = image(text)

    assert merged([(text, made, made.replace("_One_ word", "_One_ word more"))]) == [
        text.replace("*One* word", "_One_ word more")
    ]
    assert merged([(text, made, made.replace("_words_", "words"))]) == [text.replace("*words*", "words")]
    assert merged([(text, made, made.replace("- _b_", "- _b_\n- new"))]) == [text.replace("- *b*", "- *b*\n- new")]
    assert merged([(text, made, made.replace("- _a_\n", ""))]) == [text.replace("- *a*\n", "")]
