"""What a wrong word may have meant."""

from __future__ import annotations

import difflib

import pytest

from sitegen.problems.problem import certain, nearest

MANY = tuple(f"field-{number:04}" for number in range(3_000))


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
