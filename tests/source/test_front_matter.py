"""Front matter is found, searched and edited as it is read, whatever its line ends, blanks and quotes."""

from __future__ import annotations

import ast
import random

import pytest
import slipped
from drawing import ENGINE

from sitegen.problems.problem import SiteError
from sitegen.source.edits import Edit, Text
from sitegen.source.front_matter import (
    end_of_front_matter,
    entries,
    find_entry,
    front_matter_span,
    only_entries,
    page_text,
    parse_front_matter,
    with_items,
    with_values,
)
from sitegen.source.text import Source

#: How a line of three hyphens may end, seen or unseen.
FENCES = ("---", "--- ", "---\t", "---\N{NO-BREAK SPACE}", "---\u3000")


@pytest.mark.parametrize("fence", FENCES, ids=ascii)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=ascii)
def test_front_matter_is_found_where_it_is_read(fence: str, line_end: str) -> None:
    text = line_end.join(("---", "title: A", fence, "Text", "---", ""))
    source = Source.of("a.md", text.replace("\r\n", "\n").replace("\r", "\n"))

    node, end = parse_front_matter(source)
    first, last = front_matter_span(text)

    assert node.value["title"].text == "A"
    assert end == end_of_front_matter(source.lines) == 2
    assert text[first:last] == f"title: A{line_end}"


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("title: A\n", (1, 1), "begin with a line ---, then `title: …`, then ---"),
        ("\n\n---\ntitle: A\n---\n", (3, 1), "delete the empty lines above"),
        ("----\ntitle: A\n---\n", (1, 1), "write --- here"),
        ("---\ntitle: A\n\nA text.\n", (3, 1), "put a line --- above this one"),
        ("---\ntitle: A\n", (2, 1), "put a line --- below this one"),
    ],
)
def test_missing_front_matter_is_reported_with_what_to_do(text: str, place: tuple[int, int], hint: str) -> None:
    with pytest.raises(SiteError) as caught:
        parse_front_matter(Source.of("a.md", text))

    assert [(own.line, own.column, own.hint) for own in caught.value.problems] == [(*place, hint)]


ENTRIES = {
    "of a line": "note: one\n",
    "with a comment": "note: one  # two\n",
    "in quotes": '"note": one\n',
    "of items indented": "note:\n  - one\n  - two\n",
    "of items not indented": "note:\n- one\n-\n  two: 2\n",
    "of several paragraphs": "note: |\n  one\n\n  two\n",
    "of a list whose end is not indented": "note: [\n  one,\n]\n",
    "of a table with an empty line": "note:\n  one: 1\n \n  two: 2\n",
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES.keys())
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=ascii)
@pytest.mark.parametrize("after", ["", "\n", "# of the title\n", "slug: a\n"], ids=ascii)
def test_entry_is_found_with_all_its_lines(entry: str, line_end: str, after: str) -> None:
    entry, after = (part.replace("\n", line_end) for part in (entry, after))
    text = f"---{line_end}title: A{line_end}{entry}{after}---{line_end}note: of the text{line_end}"

    found = find_entry(text, "note")

    assert found is not None
    assert text[slice(*found.span)] == entry


def test_key_in_the_text_or_a_nested_table_is_not_an_entry() -> None:
    text = "---\ntitle: A\nof:\n  note: 1\nnotes: 2\n---\nnote: 3\n"

    assert find_entry(text, "note") is None
    found = find_entry(text, "slug", "title")
    assert found is not None
    assert found.span == (4, 13)


def test_entries_of_other_names_are_removed_completely() -> None:
    text = "---\ntitle: A\nhost:\n- b\n\n- c\n'summary': |\n  One\n\n  Two\n---\nText\n"

    assert only_entries(text, {"title", "summary"}) == "---\ntitle: A\n'summary': |\n  One\n\n  Two\n---\nText\n"


@pytest.mark.parametrize(
    ("written", "now"),
    [
        ("title: A\n", "title: A\naliases: [/b/]\n"),
        ("aliases: []\n", "aliases: [/b/]\n"),
        ("aliases: [/a/, /c/]  # old\n", "aliases: [/a/, /b/]  # old\n"),
        ("aliases:\n  - /a/\n  - /c/\ntitle: A\n", "aliases:\n  - /a/\n  - /b/\ntitle: A\n"),
        ("aliases:\n- /c/\n", "aliases:\n- /b/\n"),
        ("aliases: [\"/a,1/\", '/c/', /d/]\n", 'aliases: ["/a,1/", /d/, /b/]\n'),
        (
            "aliases: [\n  /c/,\n  /é/, # first, one\n  /a/ # last\n  ]\n",
            "aliases: [\n  /é/, # first, one\n  /a/, /b/ # last\n  ]\n",
        ),
        (
            "aliases:\r\n  # é\r\n  - >-\r\n    /a/\r\n  - |-\r\n    /c/\r\ntitle: A\r\n",
            "aliases:\r\n  # é\r\n  - >-\r\n    /a/\r\n  - /b/\r\ntitle: A\r\n",
        ),
        (
            "aliases:\n\n  -\n    /a/\n\n  - /c/ # old\n  # after\n",
            "aliases:\n\n  -\n    /a/\n\n  # old\n  - /b/\n  # after\n",
        ),
        (
            "aliases: [ /c/, # old\n  /a/,\n  # last\n  /c/]\ntitle: A\n",
            "aliases: [  # old\n/a/, /b/ # last\n]\ntitle: A\n",
        ),
        ("aliases: # none\ntitle: A\n", "aliases: [/b/] # none\ntitle: A\n"),
        ("aliases:\n  # none\n  ~\ntitle: A\n", "aliases: [/b/]\n  # none\ntitle: A\n"),
        ("aliases: ~\ntitle: A\n", "aliases: [/b/]\ntitle: A\n"),
        ("aliases:\r- /c/\r- /a/\rtitle: A\r", "aliases:\r- /a/\r- /b/\rtitle: A\r"),
        ("aliases:\n  [/a/]\n", "aliases:\n  [/a/, /b/]\n"),
    ],
)
def test_item_is_added_in_the_notation_of_the_list(written: str, now: str) -> None:
    fence = "---" + written[len(written.rstrip()) :]
    text = Text(f"{fence}{written}{fence}".encode())

    assert text.edited(with_items(text, "aliases", ["/b/"], gone=["/c/"])).decode() == f"{fence}{now}{fence}"


@pytest.mark.parametrize(
    ("written", "now"),
    [
        ('tags:\n  - "#ai" # one\n  - b # two\nslug: a\n', "tags: x # two\n  # one\nslug: a\n"),
        ("tags: | # one\n  # no comment\n\n# two\nslug: a\n", "tags: x\n  # one\n\n# two\nslug: a\n"),
        ("tags:\n- a\n# one\n- {b: c}\nslug: a\n", "tags: x\n  # one\nslug: a\n"),
        ("'tags' : 'a #b' # 'one'\n\n  # two\nslug: a\n", "'tags' : x # 'one'\n\n  # two\nslug: a\n"),
        ("tags: a\n  #b\nslug: a\n", "tags: x\n  #b\nslug: a\n"),
        ("tags:\r\nslug: a\r\n", "tags: x\r\nslug: a\r\n"),
        ("slug: a\n", "slug: a\ntags: x\n"),
    ],
)
def test_value_is_set_and_every_comment_stays(written: str, now: str) -> None:
    fence = "---" + written[len(written.rstrip()) :]
    text = Text(f"{fence}{written}{fence}tags: of the text".encode())

    assert text.edited(with_values(text, {"tags": "x"})).decode() == f"{fence}{now}{fence}tags: of the text"


def test_no_other_value_and_no_comment_changes_where_one_is_set() -> None:
    """Of random pages, with texts and comments that look like anything else."""
    set_ones = 0
    for seed in range(60):
        text = slipped.Slipped(random.Random(seed)).texts["en"]
        before = slipped.values(text)
        for name in before:
            edited = Text(text.encode())
            now = edited.edited(with_values(edited, {name: "[a, b]", "new": "c"})).decode()
            assert slipped.values(now) == {**before, name: ["a", "b"], "new": "c"}, (seed, name)
            assert [own.text for entry in entries(text) for own in entry.comments if own.text not in now] == []
            set_ones += 1
    assert set_ones > 100


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("{title: A, slug: a}\n", 2),
        ("  title: A\n  slug: a\n", 2),
        ("title: A\n...\n", 3),
        ("? title\n: A\n", 2),
        ('title: "A\nsource: b"\n', 3),
        ("title: A\nkeywords: [a,\nreview: b]\n", 4),
        ("title: 'A\nb'\n", 3),
    ],
)
def test_front_matter_to_which_no_line_can_be_added_is_refused(written: str, line: int) -> None:
    """`translate accept` would have made a page of it that can't be read, or have cut a value."""
    with pytest.raises(SiteError) as refused:
        parse_front_matter(Source.of("a.md", f"---\n{written}---\n"))

    assert (refused.value.problems[0].code, refused.value.problems[0].line) == ("front-matter", line)


def test_page_is_written_as_it_is_read() -> None:
    text = page_text(["title: A", "slug: a"], "Text")

    assert text == "---\ntitle: A\nslug: a\n---\n\nText\n"
    assert text[slice(*front_matter_span(text))] == "title: A\nslug: a\n"
    assert page_text(["title: A"]) == "---\ntitle: A\n---\n"


def test_thousand_empty_lines_below_an_entry_are_scanned_once() -> None:
    text = Text(("---\r\nnote: a\r\n" + "\r\n" * 1_000 + "---\r\n").encode())

    found = find_entry(text.whole, "note")
    assert found is not None
    assert found.span == (5, 14)
    assert text.edited([Edit(5, 14, "")]).startswith(b"---\r\n\r\n")


def test_no_other_module_parses_the_fence() -> None:
    """Except Hugo's typographer, for which three hyphens are a dash."""
    knowing = {
        path.relative_to(ENGINE).as_posix()
        for path in ENGINE.rglob("*.py")
        if "---" in (text := path.read_text(encoding="utf-8"))  # to parse all of the engine takes seconds
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value == "---" or node.value.startswith("---\n") or "\n---\n" in node.value
    }

    assert knowing == {"source/front_matter.py", "importers/hugo/markdown.py"}
