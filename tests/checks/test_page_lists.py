"""Lists are bounded together: those in texts may each show every page, and those narrowed by facts link to all values."""

from __future__ import annotations

import pytest
from conftest import MakeSite


@pytest.mark.parametrize(("limit", "is_told"), [("", True), (" limit=2", False)])
def test_lists_of_a_site_are_bounded_together(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, limit: str, is_told: bool
) -> None:
    monkeypatch.setattr("sitegen.checks.page_lists.MOST_LISTED", 40)
    monkeypatch.setattr("sitegen.checks.page_lists.MOST_LISTED_EACH", 1)
    pages = {f"content/p{number}/index.en.md": "---\ntitle: P\n---\n\n::pages{kind=page}\n" for number in range(4)}
    site = make_site({"content/index.en.md": "---\ntitle: H\n---\n"} | pages)
    site.build()
    changed = pages["content/p2/index.en.md"] + f"\n::pages{{kind=page{limit}}}\n" * 2

    site.write("content/p2/index.en.md", changed)

    if is_told:  # also by a build that reads one page again
        told = (
            "content/p0/index.en.md:5:1: error[too-costly]: 6 lists show 60 pages together, in all languages, over 50; "
            "this one shows 10"
        )
        assert told in site.told()
    else:
        assert site.build()["en/p2/index.html"].count("<li>") == 4 + 2 + 2


@pytest.mark.parametrize(("characters", "is_told"), [(1_000, False), (1_001, True)])
def test_pages_with_long_summaries_count_as_several_in_lists(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, characters: int, is_told: bool
) -> None:
    """250 pages with summaries of 5 KB in lists of 80 each made 421 MB of HTML."""
    monkeypatch.setattr("sitegen.checks.page_lists.MOST_LISTED", 8)
    monkeypatch.setattr("sitegen.checks.page_lists.MOST_LISTED_EACH", 0)
    page = f"---\ntitle: P\nsummary: {'a' * characters}\n---\n\n::pages{{kind=page}}\n"
    site = make_site(
        {
            "content/index.en.md": "---\nkind: home\ntitle: H\n---\n",
            "content/a/index.en.md": page,
            "content/b/index.en.md": page,
        },
        kinds="page: {template: page.html, words: {summary: {type: text}}}\nhome: {template: page.html}\n",
    )

    message = "2 lists show 16 pages together, in all languages, over 8; this one shows 8 (a page counts once for each 1,000 characters of its summary)"
    if is_told:
        assert message in site.told()
    else:
        assert site.build()["en/a/index.html"].count("aaa") >= 2


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"NARROWED": 3, "CHOICES": 12}, "4 pages that narrow them, over 3; this one has 4"),
        ({"NARROWED": 4, "CHOICES": 11}, "12 links to values, over 11; this one has 12"),
        ({"NARROWED": 4, "CHOICES": 12}, ""),
    ],
)
def test_lists_narrowed_by_facts_are_bounded_together(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], told: str
) -> None:
    for name, most in limits.items():
        monkeypatch.setattr(f"sitegen.checks.page_lists.MOST_{name}", most)
        monkeypatch.setattr(f"sitegen.checks.page_lists.MOST_{name}_EACH", 0)
    kinds = (
        "page: {template: page.html, facts: {topics: {type: list, of: {type: choice, of: [a, b, c]}}}}\n"
        "narrowed: {extends: page, children: {kind: page, by: [topics]}}\n"
    )
    site = make_site(
        {
            "content/list/index.en.md": "---\nkind: narrowed\ntitle: L\n---\n",
            "content/list/p/index.en.md": "---\ntitle: P\ntopics: [a, b]\n---\n",
        },
        kinds=kinds,
    )

    if told:
        assert f"content/list/index.en.md:1:1: error[too-costly]: lists with `by:` have {told}" in site.told()
    else:
        assert "en/list/topics/b/index.html" in site.build()
