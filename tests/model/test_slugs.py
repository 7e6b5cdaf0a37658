"""Words become parts of addresses and ids of headings."""

from __future__ import annotations

import pytest

from sitegen.model.slugs import slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("What it is", "what-it-is"),
        ("  Who can apply? ", "who-can-apply"),
        ("R&D: 2026/27", "r-d-2026-27"),
        ("Үшінші бөлім", "үшінші-бөлім"),
        ("三、项目", "三-项目"),
        ("हिन्दी भाषा", "हिन्दी-भाषा"),
        ("???", "section"),
        ("", "section"),
    ],
    ids=["words", "question", "signs", "Kazakh", "Chinese", "Hindi", "no letters", "empty"],
)
def test_text_becomes_part_of_an_address_in_its_own_script(text: str, slug: str) -> None:
    assert slugify(text) == slug
