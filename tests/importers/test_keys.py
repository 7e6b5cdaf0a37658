"""Paths and texts of an old site become keys and parts of addresses."""

from __future__ import annotations

import pytest

from sitegen.importers.keys import urlize


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Rock 'n Roll", "rock-n-roll"),
        ("C++", "c++"),
        ("Nó Té  X!", "nó-té-x"),
        ("a - b", "a-b"),
        ("你好 世界", "你好-世界"),
    ],
)
def test_text_becomes_part_of_an_address_as_in_hugo(text: str, url: str) -> None:
    assert urlize(text) == url
