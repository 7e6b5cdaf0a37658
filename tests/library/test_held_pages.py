"""Pages that wait for languages, and what leads to them."""

from __future__ import annotations

import datetime as dt

import pytest
from conftest import MakeSite, TinySite
from four_languages import LANGUAGES, THREE, make, page

from sitegen.translation.review import accept


def test_page_is_held_until_the_languages_it_waits_for_are_current(tracked: TinySite) -> None:
    source = page("It's A", THREE, summary="A sum", slug="aa", hold_until="[ru]")
    tracked.write("content/a/index.en.md", source)
    assert "en/aa/index.html" in tracked.build()

    tracked.write("content/a/index.en.md", source.replace("Text one", "New text"))
    assert [path for path in tracked.build() if "/aa/" in path] == []

    list(accept(tracked.root, "/a/", "ru"))
    assert "en/aa/index.html" in tracked.build()


def test_page_is_held_even_if_this_build_leaves_out_the_language_it_waits_for(tracked: TinySite) -> None:
    tracked.write("content/a/index.en.md", page("New", THREE, summary="A sum", slug="aa", hold_until="[ru]"))

    assert [path for path in tracked.build(languages=("en",)) if "/aa/" in path] == []


def test_language_that_a_page_waits_for_and_is_not_offered_in_is_reported(make_site: MakeSite) -> None:
    files = {"content/a/index.en.md": page("A", languages="[en, zh]", hold_until="[zh, ru]")}

    (problem,) = make(make_site, files).problems()

    assert problem.message == "hold_until: the page is not offered in 'ru', so nothing waits for it"
    assert problem.path == "content/a/index.en.md"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"draft": "true"}, "is a draft"),
        ({"publish": "2026-12-01"}, "is due on 2026-12-01"),
        ({"hold_until": "[zh]"}, "is held until 'zh' is current (it is missing)"),
    ],
    ids=["draft", "not due", "held"],
)
def test_link_and_reference_to_a_held_page_are_problems_with_the_reason(
    make_site: MakeSite, fields: dict[str, str], reason: str
) -> None:
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", **fields),
            "content/b/index.en.md": page("B", "[a](/a/)", tasks="[/a/]"),
            "content/site.yaml": LANGUAGES + "menus: {main: [/a/]}\n",
        },
    )

    problems = site.problems(as_of=dt.date(2026, 1, 1))

    assert {(problem.code, problem.path.split("/")[1]) for problem in problems} == {
        ("dead-page", "b"),
        ("reference", "b"),
        ("reference", "site.yaml"),
    }
    assert all(reason in problem.message for problem in problems)
