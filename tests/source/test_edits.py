"""An edited text knows where each part of it came from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sitegen.source.edits import Edit, Traced


def edits_of(text: str, places: list[int], words: list[str]) -> list[Edit]:
    """Changes that do not overlap: each pair of places is a span."""
    ends = sorted(min(place, len(text)) for place in places)
    return [Edit(start, end, word) for start, end, word in zip(ends[::2], ends[1::2], words, strict=False)]


def test_kept_and_inserted_text_is_mapped_to_its_origin() -> None:
    once = Traced("one two three").edited([Edit(4, 7, "2222")])

    assert once.text == "one 2222 three"
    assert once.origin(once.text.index("three")) == 8
    assert once.origin(once.text.index("2222") + 3) == 4


def test_edits_of_edits_map_back_to_the_first_text() -> None:
    twice = Traced("one two three").edited([Edit(0, 4, "")]).edited([Edit(0, 0, "zero "), Edit(3, 4, "-")])

    assert twice.text == "zero two-three"
    assert twice.origin(twice.text.index("two")) == 4
    assert twice.origin(twice.text.index("three")) == 8
    assert twice.origin(0) == 4


@given(
    text=st.text("abcdefghij", max_size=12),
    first=st.lists(st.integers(0, 12), max_size=6),
    second=st.lists(st.integers(0, 30), max_size=6),
    words=st.lists(st.text("XYZ", max_size=4), min_size=3, max_size=3),
)
def test_every_kept_character_is_mapped_back(text: str, first: list[int], second: list[int], words: list[str]) -> None:
    once = Traced(text).edited(edits_of(text, first, words))
    twice = once.edited(edits_of(once.text, second, words))

    for offset, letter in enumerate(twice.text):
        if letter.islower():
            assert text[twice.origin(offset)] == letter
