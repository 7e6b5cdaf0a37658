"""Every code has a page, and every example on it, built, has the result it claims."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from commands import run
from conftest import REPOSITORY
from msgspec.structs import replace

from sitegen.problems.explain import Example, as_markdown, explain, list_codes, load_pages
from sitegen.problems.problem import CODES, SiteError

#: Codes that no files and commands alone can show, and why.
WITHOUT = {
    "failed": "only a mistake of the generator makes it",
    "glyph": "an example needs a font file; see test_cards.py",
    "external-link": "an example needs a host; see test_external.py",
    "hosting": "an example needs a host; see test_live.py",
    "too-costly": "an example would take all memory; see test_processes.py",
}


def codes_of(root: Path, example: Example) -> set[str]:
    """The codes reported when an example is added to the small site and run."""
    return {code for _, code in re.findall(REPORTED, outcome(root, example))}


#: Place and code of a problem, in the text of all.
REPORTED = r"(?m)^(\S.*?: (?:error|warning))\[([a-z-]+)\]"


def outcome(root: Path, example: Example) -> str:
    """What is printed when an example is added to the small site and run."""
    for path, text in {**load_pages()[0], **example.files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        own = path in example.files
        (root / path).write_bytes((text * (example.times if own else 1)).encode(example.encode if own else "utf-8"))
    for path in example.absent:
        (root / path).unlink()
    for path, target in example.links.items():
        (root / path).symlink_to(target)
    told = ""
    for words in example.run:
        told += run(root, *shlex.split(words)).stderr
    assert "Traceback" not in told
    return told


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    pages = load_pages()[1]

    assert pages.keys() == CODES.keys()
    assert {code for code, page in pages.items() if page.wrong is None} == WITHOUT.keys()


def test_no_sentence_of_a_page_is_truncated() -> None:
    assert [
        (page.code, text)
        for page in load_pages()[1].values()
        for text in (page.why, page.do)
        if not text.endswith((".", ".)"))
    ] == []


@pytest.mark.parametrize("code", [code for code in CODES if code not in WITHOUT])
def test_wrong_example_has_the_problem_and_the_right_one_does_not(code: str, tmp_path: Path) -> None:
    page = load_pages()[1][code]  # not when the tests are collected, which each process does
    assert page.wrong is not None
    assert page.right is not None

    told = outcome(tmp_path / "wrong", page.wrong)
    assert code in {own for _, own in re.findall(REPORTED, told)}
    if page.wrong.run == ("build",):
        assert_check_reports_as_build(tmp_path, page.wrong, told)
    assert codes_of(tmp_path / "right", page.right) == set()


def assert_check_reports_as_build(folder: Path, example: Example, told: str) -> None:
    """`check` finds what `build` refuses, after it and before it; it also compares messages with messages.pot."""
    built = set(re.findall(REPORTED, told))
    (folder / "anew").mkdir()
    for found in (run(folder / "wrong", "check").stderr, outcome(folder / "anew", replace(example, run=("check",)))):
        checked = set(re.findall(REPORTED, found))
        more = {code for place, code in checked - built if place.endswith("warning")}

        assert built <= checked
        assert {place for place, _ in checked - built if place.endswith("error")} == set()
        assert more <= {"missing-message"}


def test_page_says_the_rule_its_reason_and_the_fix() -> None:
    text = explain("choice")

    assert text.startswith(
        "error[choice]: a choice is one of the values that its field lists\n\nLists and labels are built from"
    )
    assert "\nWhat to do: Use one of the values that the message lists.\n" in text
    assert "\n    status: opened\n" in text
    assert "\n    status: open\n" in text
    assert explain("glossary").startswith("warning[glossary]: ")


def test_invisible_characters_are_made_visible() -> None:
    assert "    title: The open<U+0007>ing\n" in explain("control-character")
    assert "    →- /launch/\n" in explain("yaml-tab")


def test_unknown_code_is_reported_with_the_nearest() -> None:
    with pytest.raises(SiteError) as caught:
        explain("choise")

    assert caught.value.problems[0].hint == "did you mean 'choice'?"


def test_list_has_each_code_with_its_rule() -> None:
    assert [line.split()[0] for line in list_codes().splitlines()] == list(CODES)


def test_document_is_up_to_date() -> None:
    assert (REPOSITORY / "docs/problems.md").read_text(encoding="utf-8") == as_markdown()
