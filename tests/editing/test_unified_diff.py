"""The diff that `check --fix` shows is one that `patch` understands, and costs no more than the file is long."""

from __future__ import annotations

import difflib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import require
from work import calls

from sitegen.editing.unified_diff import unified_diff

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "d"]), max_size=12).map("".join)


def applied(was: str, diff: str) -> str:
    """A text with a diff applied, by the line numbers of its hunks alone."""
    lines, made, at = was.splitlines(keepends=True), [], 0
    for line in diff.splitlines(keepends=True)[2:]:
        if line.startswith("@@"):
            begin, _, length = line.split()[1].removeprefix("-").partition(",")
            start = int(begin) - (length != "0")
            made += lines[at:start]
            at = start
        elif line[0] == "+":
            made.append(line[1:])
        else:
            made += lines[at : at + 1] if line[0] == " " else []
            assert lines[at].rstrip("\n") == line[1:].rstrip("\n")
            at += 1
    return "".join([*made, *lines[at:]])


@given(LINES, LINES)
def test_a_diff_leads_from_one_text_to_the_other(was: str, now: str) -> None:
    diff = "".join(unified_diff("a.md", was, now))

    assert (diff == "") == (was == now)
    assert applied(was, diff).rstrip("\n") == now.rstrip("\n")


@pytest.mark.parametrize(
    "now", ["1\n2\nx\n4\n5\n6\n7\n8\n9\ny\n", "1\n2\n4\n5\n6\n7\n8\n9\n10\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"]
)
def test_few_changes_are_shown_as_by_difflib(now: str) -> None:
    was = "".join(f"{number}\n" for number in range(1, 11))
    one, other = (text.splitlines(keepends=True) for text in (was, now))

    assert "".join(unified_diff("a.md", was, now)) == "".join(difflib.unified_diff(one, other, "a/a.md", "b/a.md"))


def test_patch_applies_it(tmp_path: Path) -> None:
    require("patch", shutil.which("patch") is not None)
    was = "".join(f"{number}\n" for number in range(40))
    now = was.replace("7\n", "seven\n").replace("21\n", "").replace("30\n", "30\nmore\n")
    (tmp_path / "a.md").write_text(was)

    subprocess.run(
        ["patch", "-p1", "--silent"], cwd=tmp_path, input="".join(unified_diff("a.md", was, now)), text=True, check=True
    )

    assert (tmp_path / "a.md").read_text() == now


@pytest.mark.parametrize("more", ["", "x\n"], ids=["as many lines", "one line more"])
def test_cost_grows_with_the_text_however_often_lines_repeat(more: str) -> None:
    def cost(count: int) -> int:
        was = "".join(f"a{number % 10}\n\n" for number in range(count))
        return calls(lambda: [*unified_diff("a.md", was, more + was.replace("a3", "b3") + more.upper())])

    assert cost(8_000) / cost(4_000) < 2.2
