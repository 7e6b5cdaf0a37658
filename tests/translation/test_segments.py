"""Files as segments: every word is in one, and only replaced segments change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyromark
import pytest
import yaml
from conftest import MakeSite, TinySite
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.content.blocks import OPTIONS
from sitegen.content.reader import read_version
from sitegen.problems.problem import SiteError
from sitegen.source.scalars import scalar
from sitegen.translation.front_words import front_words
from sitegen.translation.pairs import pair
from sitegen.translation.segments import body_segments, with_texts
from sitegen.translation.source_records import whole_library

KINDS = """\
page:
  template: page.html
  words:
    motto: {type: text}
    terms: {type: list, of: {type: group, fields: {key: {type: id}, term: {type: text}, avoid: {type: list, of: {type: text}}}}}
"""
FRONT = (
    "---\n# a note\nkind: page\ntitle: A title  # of mine\nsummary: 'It''s \"quoted\"'\nmotto: >\n  Folded\n  text\n"
    'terms:\n  - {key: a, term: First term, avoid: [Bad, Worse]}\n  - key: b\n    term: "Second: term"\n---\n'
)
BODY = (
    "Before.\n\n## One {#one}\n\nText\nof two lines.\n\n- item\n\n  more of it\n\n```py\n# code\n\nprint()\n```\n\n---\n\n"
    "## Two\nRight below.\n\n| a | b |\n|---|---|\n| c | d |\n\nEnd[^1].\n\n[^1]: A note.\n"
)


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    return make_site({"content/a/index.en.md": FRONT + BODY}, kinds=KINDS)


def texts(site: TinySite) -> dict[str, str]:
    with whole_library(site.root) as (library, _):
        return {segment.name: segment.text for segment, _ in pair(site.root, library, library.pages["/a/"], "fr").texts}  # type: ignore[index]


def test_fields_and_blocks_are_named_segments(site: TinySite) -> None:
    assert texts(site) == {
        "title": "A title",
        "summary": 'It\'s "quoted"',
        "motto": "Folded text\n",
        "terms[a].term": "First term",
        "terms[a].avoid[0]": "Bad",
        "terms[a].avoid[1]": "Worse",
        "terms[b].term": "Second: term",
        "#.1": "Before.",
        "#one.0": "## One {#one}",
        "#one.1": "Text\nof two lines.",
        "#one.2": "- item",
        "#one.3": "  more of it",
        "#two.0": "## Two",
        "#two.1": "Right below.",
        "#two.2": "| a | b |\n|---|---|\n| c | d |",
        "#two.3": "End[^1].",
        "#notes.0": "[^1]: A note.",
    }


def test_replacing_a_segment_changes_nothing_else(site: TinySite) -> None:
    path = site.root / "content/a/index.en.md"
    with whole_library(site.root) as (library, _):
        page = library.pages["/a/"]  # type: ignore[index]
        by_name = {segment.name: segment for segment, _ in pair(site.root, library, page, "fr").texts}

    changed = with_texts(
        path.read_text(),
        {
            by_name["title"]: "Un: titre",
            by_name["motto"]: "Une ligne",
            by_name["terms[a].term"]: "a, b",
            by_name["#one.1"]: "Texte.",
        },
    )

    assert changed == (FRONT + BODY).replace("A title", '"Un: titre"').replace(
        ">\n  Folded\n  text", '"Une ligne"'
    ).replace("First term", '"a, b"').replace("Text\nof two lines.", "Texte.")


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1))
def test_any_text_survives_writing_as_yaml(text: str) -> None:
    for style in ("", "'", '"'):
        written = scalar(text, style)
        assert yaml.safe_load(f"key: {{a: {written}, b: [{written}]}}") == {"key": {"a": text, "b": [text]}}, written


BLOCKS = st.sampled_from(
    [
        "Plain text.", "Two\nlines", "- a\n- b\n  - c", "1. one\n2. two", "> quoted\n> more", "```\ncode\n\n## no heading\n```", "~~~\n```\n~~~",
        "| a | b |\n|---|:-:|\n| ج | د |", "Note[^n].", "[^n]: The note.", "متن فارسی (XJTU)", "हिन्दी **पाठ**", "中文，没有空格。",
        "    indented code", "---", "***", "<!-- comment -->", "Term\n: Definition", "![alt](a.png)", "Setext\n======", "\\# not a heading", "* * *",
        "## One", "## Two {#two}", "### Three", "## One", "#### Four", "text\n## Heading right below\nmore", "- ## in a list", "> ## quoted",
        ":::note[A title]\nHeld\n\ntwice\n:::", '::button[Now]{to=/ text="x"}', "::::tabs\n:::tab[One]\na\n:::\n::::", "- :::tip\n  held\n  :::",
        ':abbr[SCO]{title="words"} more', "> [!NOTE]\n> Called out", ":::\nlost", '::download{src=a.pdf title="It\'s" note=\'a "b"\'}',
    ]
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(blocks=st.lists(BLOCKS, max_size=8), gaps=st.lists(st.integers(1, 3), min_size=9, max_size=9), data=st.data())
def test_any_page_can_be_split_and_joined(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[str], gaps: list[int], data: st.DataObject
) -> None:
    """Only marks are outside the segments; the same texts put back change nothing, another one changes only itself."""
    body = "".join(block + "\n" * gap for block, gap in zip(blocks, gaps, strict=False))
    text = f"---\ntitle: T\n---\n{body}"
    site = _one(tmp_path_factory)
    with whole_library(site) as (library, _):
        home = library.pages["/"].versions["en"]  # type: ignore[index]
        try:
            document, _ = read_version(text, home, library.config, library.shelf)
        except SiteError:
            return
        kind = library.kind(home.key)
    anchors = [heading.anchor for heading in document.body.headings]
    found = [
        *(segment for words in front_words(text, kind).values() for segment in words.texts),
        *(s for part in body_segments(text, document, anchors) for s in part.segments),
    ]

    assert with_texts(text, {segment: segment.text for segment in found}) == text
    assert len({segment.name for segment in found}) == len(found)
    covered = {offset for segment in found for offset in range(segment.start, segment.end)}
    start = text.index("---", 3) + 4
    marks = {offset for line in re.finditer(r"^[ >-]*::.*$", text, re.MULTILINE) for offset in range(*line.span())}
    marks |= set(code(text, start))
    left = [c for n, c in enumerate(text) if n >= start and n not in covered and n not in marks and c.isalpha()]
    assert left == []
    segment = data.draw(st.sampled_from(found))
    changed = with_texts(text, {segment: "Other words"})
    quote = '"' * (segment.style == "{}")
    assert changed == text[: segment.start] + f"{quote}Other words{quote}" + text[segment.end :]


def code(text: str, start: int) -> Iterator[int]:
    """Offsets of what a parser of Markdown takes for code, fences and all."""
    encoded = text[start:].encode()
    for event, place in pyromark.events_with_range(text[start:], options=OPTIONS):
        if isinstance(event, dict) and "CodeBlock" in str(event):
            begin, end = (start + len(encoded[: place[side]].decode()) for side in ("start", "end"))
            yield from range(begin, end)


_SITE: list[Path] = []


def _one(factory: pytest.TempPathFactory) -> Path:
    """One tiny site for all examples."""
    if not _SITE:
        root = factory.mktemp("segments")
        (root / "content").mkdir()
        (root / "content/site.yaml").write_text(
            "title: {en: T}\nbase_url: https://example.org/\nlanguages: [{tag: en}]\n"
        )
        (root / "content/kinds.yaml").write_text("page: {template: page.html}\n")
        (root / "content/index.en.md").write_text("---\ntitle: T\n---\n")
        _SITE.append(root)
    return _SITE[0]


def test_block_directly_below_a_footnote_is_not_part_of_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = '---\ntitle: T\n---\n[^n]: The note.\n::button[Now]{to=/ text="x"}\n'
    with whole_library(_one(tmp_path_factory)) as (library, _):
        home = library.pages["/"].versions["en"]  # type: ignore[index]
        document, _ = read_version(text, home, library.config, library.shelf)

    found = [segment for part in body_segments(text, document, []) for segment in part.segments]

    assert [segment.text for segment in found] == ["Now", "[^n]: The note."]
    assert with_texts(text, {segment: segment.text for segment in found}) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("\tAfter a tab", "After a tab"),
        (" A\ttab within", "A\ttab within"),
        (" 'quoted'\t# a note", "quoted"),
        (" |\n  A\tliteral text", "A\tliteral text\n"),
    ],
)
def test_what_the_site_reads_is_found_as_a_segment(site: TinySite, value: str, text: str) -> None:
    """Both read with libyaml: PyYAML's own scanner refuses tabs that YAML allows."""
    front = FRONT.replace(": A title  # of mine", ":" + value)
    (site.root / "content/a/index.en.md").write_text(front + BODY)
    assert texts(site)["title"] == text
