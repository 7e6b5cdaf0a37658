"""Underscores of words in the editor's rich text are written so that readers see them."""

from __future__ import annotations

import pytest
from editor_scripts import ran_by_node, script_of

UNSHIELDED = """
import { readFileSync } from 'node:fs';
import { unshielded } from '%s';
console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(unshielded)));
"""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("_b_", r"\_b\_"),
        ("so (_b c_), __d__", r"so (\_b c\_), \_\_d\_\_"),
        ("snake_case and снег_идёт", "snake_case and снег_идёт"),
        ("a _ b", "a _ b"),
        ("x_{1}, y_{2}", "x_{1}, y_{2}"),
        ("x_ _y", "x_ _y"),
        ("_a\n\nb_", "_a\n\nb_"),
        ("> _a\n>\n> b_", "> _a\n>\n> b_"),
        ("_a\nb_", "\\_a\nb\\_"),
        (r"\_b\_", r"\_b\_"),
        (r"\\_b_", r"\\\_b\_"),
        (r"C:\temp\x", r"C:\temp\x"),
        ("<https://a.example/_b_/>", "<https://a.example/_b_/>"),
        ('<a href="/_b_/">_c_</a>', r'<a href="/_b_/">\_c\_</a>'),
    ],
)
def test_underscores_get_a_backslash_only_where_they_would_be_emphasis(text: str, written: str) -> None:
    shielded = text.replace("\\", "\\\\").replace("_", r"\_")  # as the editor's own exporter writes words

    assert ran_by_node(UNSHIELDED % script_of("underscores.js"), [shielded]) == [written]
