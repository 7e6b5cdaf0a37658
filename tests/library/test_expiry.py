"""A passing day never stops publication: references to an expiring page are reported before, redirected after."""

from __future__ import annotations

import datetime as dt

import pytest
from conftest import KINDS, SITE, MakeSite, TinySite

BEFORE, AFTER = dt.date(2026, 11, 30), dt.date(2026, 12, 1)
KINDS_WITH_HOST = KINDS + "  facts:\n    host: {type: page}\n    hosts: {type: list, of: {type: page}}\n"
TEMPLATE = (
    "{{ page.content }}[{{ page.facts.host.title if page.facts.host else 'none' }}]"
    "[{% for host in page.facts.hosts or [] %}{{ host.title }}{% endfor %}]"
    "[{% for entry in site.menus.main %}{{ entry.title }} {% endfor %}][{{ site.page('/news/call/').url }}]"
    "[{{ site.organisation.title if site.organisation else 'none' }}]"
)
FILES = {
    "content/index.en.md": "---\ntitle: Home\nhost: /news/call/\nhosts: [/news/, /news/call/]\n---\n[the call](/news/call/#how) [again](news/call/)\n",
    "content/news/index.en.md": "---\ntitle: News\n---\n",
    "content/news/call/index.en.md": "---\nexpires: 2026-12-01\ntitle: Call\n---\n## How\n",
    "templates/page.html": TEMPLATE,
}


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    settings = SITE + "menus: {main: [/news/, /news/call/]}\norganisation: /news/call/\n"
    return make_site(FILES, site=settings, kinds=KINDS_WITH_HOST)


def test_page_is_reachable_on_its_last_day(site: TinySite) -> None:
    pages = site.build(as_of=BEFORE)

    assert '<a href="/en/news/call/#how">the call</a>' in pages["en/index.html"]
    assert pages["en/index.html"].endswith("[Call][NewsCall][News Call ][/en/news/call/][Call]")


def test_links_lead_to_the_parent_page_after_the_last_day(site: TinySite) -> None:
    pages = site.build(as_of=AFTER)

    assert "en/news/call/index.html" not in pages
    assert '<a href="/en/news/">the call</a> <a href="/en/news/">again</a>' in pages["en/index.html"]
    assert pages["en/index.html"].endswith("[none][News][News ][/en/news/][none]")


@pytest.mark.parametrize(("day", "what"), [(BEFORE, "expires on 2026-12-01"), (AFTER, "expired on 2026-12-01")])
def test_links_references_and_menus_are_reported_before_and_after(site: TinySite, day: dt.date, what: str) -> None:
    warnings = [problem for problem in site.report(as_of=day).warnings if problem.code == "expires"]

    assert [(problem.path, problem.line) for problem in warnings] == [
        ("content/index.en.md", 3),
        ("content/index.en.md", 4),
        ("content/index.en.md", 6),
        ("content/index.en.md", 6),
        ("content/site.yaml", 7),
        ("content/site.yaml", 8),
    ]
    assert all(what in problem.message for problem in warnings)


def test_warm_build_on_the_day_equals_the_cold_one(site: TinySite) -> None:
    site.report(as_of=BEFORE)
    warm = site.build(as_of=AFTER)

    assert warm == site.build(as_of=AFTER, clean=True)


def test_expiring_page_without_references_is_not_a_warning(make_site: MakeSite) -> None:
    made = make_site({"content/call/index.en.md": "---\nexpires: 2026-12-01\ntitle: Call\n---\n"})

    assert made.report(as_of=BEFORE).warnings == ()
    assert made.report(as_of=AFTER).warnings == ()
