"""Hostile names and texts are shown escaped and never control the terminal."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys

import pytest
from commands import run
from conftest import REPOSITORY, MakeSite
from hypothesis import given
from hypothesis import strategies as st

from sitegen.cli import main
from sitegen.problems.problem import Problem
from sitegen.problems.reporters import code_span, colour, format_github, format_json, format_summary, format_text
from sitegen.problems.safe_output import Commands, Log, Terminal, escaped, one_line

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
NAME = "content/a\x1b]0;owned\x07\x1b[2J\u202etxt\r\n\x9b1m\udcff\x7f.md"


@given(st.text(st.characters(), max_size=30))
def test_control_characters_are_escaped_and_plain_text_stays(text: str) -> None:
    assert not STEERING.search(escaped(text))
    assert not STEERING.search(one_line(text))
    assert len(one_line(text).splitlines()) <= 1
    if not STEERING.search(text):
        assert escaped(text) == text


def test_each_escape_names_the_character() -> None:
    assert one_line(NAME) == ("content/a\\x1b]0;owned\\x07\\x1b[2J\\u202etxt\\r\\n\\x9b1m\\xff\\x7f.md")
    assert escaped("می‌خواهم\tस्त्री\n") == "می‌خواهم\tस्त्री\n"


PROBLEM = Problem(path=NAME, code="unreadable", message=NAME, hint=NAME, line=1, column=1, excerpt=NAME)


@pytest.mark.parametrize(
    "form", [format_text, lambda problems: colour(format_text(problems)), format_github, format_summary, str]
)
def test_no_format_of_a_problem_lets_control_characters_through(form: object) -> None:
    assert callable(form)

    text = form([PROBLEM, PROBLEM]) if form is not str else str(PROBLEM)

    assert not STEERING.search(re.sub("\x1b\\[(?:0|1;31|1;33|36)m", "", text))
    assert "]0;owned" in text


def test_json_restores_each_character_and_prints_none() -> None:
    text = format_json([PROBLEM])

    assert not STEERING.search(text)
    assert json.loads(text)[0]["path"] == NAME


@pytest.mark.parametrize(
    "text",
    [
        "</details><script>",
        "| a | b |",
        "![x](https://evil.example)",
        "[x](y)",
        "`a` b",
        "@everyone",
        "https://evil.example",
        "**b**",
        "a\nb",
    ],
)
def test_a_markdown_summary_holds_plain_words(text: str) -> None:
    from pyromark import Markdown, Options  # as independent as Markdown's readers get here

    problem = Problem(path=text, code="unreadable", message=text)
    rows = format_summary([problem]).split("\n")
    html = Markdown(options=Options.ENABLE_TABLES).html("\n".join(rows))

    assert not re.search(r"<(?:script|/details|img|a|strong)\b", html)
    assert html.count("<tr>") + html.count("<tr ") == 2 or html.count("<td>") == 3
    assert code_span(text).count("`") == 2
    assert "\n" not in code_span(text)


def test_a_stream_only_lets_our_own_colours_through() -> None:
    stream = io.StringIO()

    print("\r\x1b[K1 of 2, \x1b[1;31merror\x1b[0m \x1b[2J\x1b]0;x\x07\u202e", end="", file=Terminal(stream))

    assert stream.getvalue() == "\r\x1b[K1 of 2, \x1b[1;31merror\x1b[0m \\x1b[2J\\x1b]0;x\\x07\\u202e"


@pytest.mark.parametrize(
    "words", [["check"], ["check", "--format", "json"], ["check", "--format", "github"], ["build"]]
)
def test_no_command_prints_commands_of_a_page_into_the_log_of_a_runner(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n[x](/gone/) ##[add-mask]e\n"})

    main([*words, "--root", str(site.root)])

    told = capsys.readouterr()
    assert "/gone/" in told.out + told.err
    assert "##[" not in told.out + told.err
    if "json" in words:
        assert "##[add-mask]e" in json.loads(told.out)[0]["excerpt"]


@pytest.mark.parametrize("words", [["check", "--fix"], ["check", "--fix", "--format", "github"]])
def test_lines_of_a_page_in_a_difference_are_no_commands_to_a_runner(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    text = "::add-mask::x\n\u2003 ::error::y\n\n##Head\n\n[x](/gone/)\n"
    site = make_site({"content/a/index.en.md": f"---\ntitle: A\n---\nText.\n\n{text}"})

    main([*words, "--root", str(site.root)])

    lines = capsys.readouterr().out.replace("\r", "\n").split("\n")
    assert [line for line in lines if line.lstrip().startswith("::") and "file=" not in line] == []
    assert " \\x3a:add-mask::x" in lines


def test_only_annotations_are_commands_whatever_is_printed_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    stream = io.StringIO()
    log = Log(stream)

    for text in (
        "a ::b\n",
        Commands("::error file=x::y"),
        "\n",
        " ::error::z\r::stop-commands::t\n",
        "c",
        "::d\n",
        "::warning file=x",
    ):
        log.write(text)

    assert stream.getvalue() == (
        "a ::b\n::error file=x::y\n \\x3a:error::z\r\\x3a:stop-commands::t\nc::d\n\\x3a:warning file=x"
    )


@pytest.mark.parametrize(
    "words", [["check"], ["build"], ["check", "--format", "json"], ["check", "--format", "github"], ["hosts", "nginx"]]
)
def test_no_command_prints_control_characters_of_a_name(make_site: MakeSite, words: list[str]) -> None:
    name = "\x1b]0;owned\x07\x1b[31m.txt"
    site = make_site(
        {
            f"content/a/{name}": "x",
            "content/a/index.en.md": f"---\ntitle: A\n---\n[x](gone{name})\n",
            f"static/{name}": "",
        }
    )

    done = run(site.root, *words)

    assert not STEERING.search(done.stdout + done.stderr)
    assert "owned" in done.stdout + done.stderr


def test_arguments_are_shown_verbatim() -> None:
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "build.py"), "\x1b[2Jx", "--\x1b[31m"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )

    assert done.returncode == 2
    assert not STEERING.search(done.stderr)
