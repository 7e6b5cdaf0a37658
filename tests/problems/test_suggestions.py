"""What a wrong word may have meant."""

from __future__ import annotations

import difflib

import pytest

from sitegen.problems.problem import listing
from sitegen.problems.suggestions import begin_suggestions, certain, nearest, nearest_or_all, same_but_for_case

MANY = tuple(f"field-{number:04}" for number in range(3_000))


@pytest.fixture(autouse=True)
def _suggestions() -> None:
    begin_suggestions()


def test_suggestion_among_many_words_is_the_one_among_few() -> None:
    known = (*MANY, "registration", "Deadline")

    assert (
        nearest("registraton", known)
        == nearest("registraton", ("registration", "title"))
        == "did you mean 'registration'?"
    )
    assert nearest("deadlin", known) == "did you mean 'Deadline'?"
    assert nearest("xyzzy", known) == ""
    assert certain("registraton", known) == "registration"
    assert certain("field-00001", known) is None


def test_suggestions_for_many_wrong_words_compare_few_letter_by_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    """1,000 wrong words among 1,400 kinds took 10 s."""
    compared = []
    compare = difflib.SequenceMatcher.set_seq1

    def counted(self: difflib.SequenceMatcher[str], word: str) -> None:
        compared.append(word)
        compare(self, word)

    monkeypatch.setattr(difflib.SequenceMatcher, "set_seq1", counted)
    for number in range(50):
        nearest(f"wrong-{number}", MANY)
        certain(f"feild-{number:04}", MANY)

    assert 0 < len(compared) <= 50 * 2 * 50


def test_after_many_wrong_words_of_a_build_no_more_are_compared_until_the_next() -> None:
    """Pages of 115 KB with 9,000 wrong choices took 15 s, and 1.5 MB of them minutes."""
    for number in range(1_000):
        nearest(f"wrong-{number}", MANY)

    known = ("title",)
    assert [own("titel", known) for own in (nearest, certain)] == ["", None]
    assert same_but_for_case("Title", known) is None
    assert nearest_or_all("titel", known, "known are") == "known are title", "those that are few are named"

    begin_suggestions()
    assert nearest("titel", known) == "did you mean 'title'?"


def test_only_the_first_of_many_words_are_listed() -> None:
    assert listing(MANY).endswith(", field-0038, field-0039 and 2,960 more")
    assert nearest_or_all("xyzzy", MANY, "known are") == ""
