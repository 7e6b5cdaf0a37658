"""The lists of pages in texts are bounded together, since each may show every page."""

from __future__ import annotations

import pytest
from conftest import MakeSite


@pytest.mark.parametrize(("limit", "is_told"), [("", True), (" limit=2", False)])
def test_lists_of_a_site_are_bounded_together(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, limit: str, is_told: bool
) -> None:
    monkeypatch.setattr("sitegen.checks.page_lists.MOST_LISTED", 20)
    monkeypatch.setattr("sitegen.checks.page_lists.MOST_LISTED_EACH", 1)
    pages = {f"content/p{number}/index.en.md": "---\ntitle: P\n---\n\n::pages{kind=page}\n" for number in range(4)}
    site = make_site({"content/index.en.md": "---\ntitle: H\n---\n"} | pages)
    site.build()
    changed = pages["content/p2/index.en.md"] + f"\n::pages{{kind=page{limit}}}\n" * 2

    site.write("content/p2/index.en.md", changed)

    if is_told:  # also by a build that reads one page again
        told = (
            "content/p0/index.en.md:5:1: error[too-costly]: 6 lists show 30 pages together, over 25; this one shows 5"
        )
        assert told in site.told()
    else:
        assert site.build()["en/p2/index.html"].count("<li>") == 4 + 2 + 2
