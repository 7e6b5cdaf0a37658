"""Paths that can't be written, published or cloned everywhere are known, and so are those that clash on some disks."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from work import calls

from sitegen.source.paths import fault_of, fault_of_clone, find_twins


@pytest.mark.parametrize(
    "path",
    [
        "en/a/index.html",
        "assets/site.1a2b3c4d.css",
        "fa/می‌خواهم/index.html",
        "x/a b (1).pdf",
        "_headers",
        "zh/学习/index.html",
        "a~/b..c",
        "..a",
        "console/aux2/lpt/nul-1.pdf",
        "com/a.con",
        "می\u200cخواهم.pdf",
        "❤\ufe0f.png",
        "葛\U000e0100.png",
        "ᠠ\u180b.pdf",
    ],
)
def test_common_file_names_are_valid(path: str) -> None:
    assert fault_of(path) == ""


@pytest.mark.parametrize(
    "path",
    ["", "/", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", "a/", "./a", "a/...", "a\\b", "a\nb", "a\0b", "a\x1b[0m", "a\x7fb", "a\x85b",
     "a\u2028b", "a\u200bb", "a\ufeffb", "a\u00adb", "a\u2060b", "a\u202eb", "\u034fx", "x\u034f", "x\u17b4", "x\u180b", "x\ufe0f", "\ufe0f", "\u2800", "x\u115f", "x\U000e0041", "国\ufe0f\ufe0f", "a\u200fb", "e\u0301", "\udcff", "x" * 241, "я" * 121, "a/" * 600 + "b"],
)  # fmt: skip
def test_traversing_invisible_or_unstorable_names_are_invalid(path: str) -> None:
    assert fault_of(path)


@pytest.mark.parametrize(
    "path", ["con", "en/aux/index.html", "a/NUL.pdf", "com1.tar.gz", "lpt9", "prn.", "a./b", "a ", "a /b", "a.txt."]
)
def test_names_that_windows_takes_for_devices_or_cuts_off_are_in_no_clone_there(path: str) -> None:
    assert fault_of(path) == ""  # as an old address
    assert "Windows" in fault_of_clone(path)


PART = st.text(max_size=4) | st.sampled_from(["..", ".", "", "a", "\\", "\0", "/"])


@given(st.lists(PART, max_size=5).map("/".join))
def test_a_valid_path_stays_in_its_folder_and_is_one_line(path: str) -> None:
    if not fault_of(path):
        assert os.path.normpath(f"/site/{path}") == f"/site/{path}"
        assert len(path.splitlines()) == 1
        assert path.encode().decode() == path


def test_clashes_are_found_by_case_and_between_folder_and_file() -> None:
    paths = ["en/Ada/x", "en/ada/x", "en/a", "en/a/b/c", "STRASSE", "straße", "other"]

    assert sorted(map(sorted, find_twins(paths))) == [
        ["STRASSE", "straße"],
        ["en/Ada/x", "en/ada/x"],
        ["en/a", "en/a/b/c"],
    ]


def test_paths_of_a_large_site_are_compared_in_linear_time() -> None:
    def cost(count: int) -> int:
        paths = [f"en/{number // 100}/{number}/index.html" for number in range(count)]
        return calls(lambda: list(find_twins(paths)))

    small, middle, large = cost(2_500), cost(5_000), cost(10_000)

    assert large - middle < 2.2 * (middle - small)
