"""A page as schema.org data, from the mapping of its kind."""

from __future__ import annotations

import json
from typing import Any

from conftest import MakeSite, TinySite

SITE = """\
title: {en: Site}
base_url: https://example.org/repo/
languages: [{tag: en}, {tag: ru}]
organisation: /us/
checks: {untracked: off}
"""
KINDS = """\
page: {template: page.html}
organisation: {template: page.html, schema: {type: Organization}}
event:
  template: page.html
  schema: {type: Event, startDate: date, location: place, organizer: host, performer: people, publisher: organisation, eventStatus: state}
  facts:
    host: {type: page}
    people: {type: list, of: {type: page}}
    state: {type: choice, of: {planned: Is planned, held: Was held}}
  words: {place: {type: text}}
article: {template: page.html, schema: {type: NewsArticle}}
"""
EVENT = (
    "---\nkind: event\ndate: 2026-01-31\nhost: /us/\npeople: [/us/]\nstate: held\ntitle: 'A </script><b>'\n"
    "summary: Sum\nplace: Hall\n---\n"
)


def make(make_site: MakeSite) -> TinySite:
    return make_site(
        {
            "templates/page.html": "{{ page.jsonld }}",
            "content/us/index.en.md": "---\nkind: organisation\ntitle: Us\n---\n",
            "content/event/index.en.md": EVENT,
            "content/event/index.ru.md": "---\ntitle: Событие\nslug: событие\n---\n",
            "content/article/index.en.md": "---\nkind: article\ntitle: Article\n---\n",
        },
        site=SITE,
        kinds=KINDS,
    )


def graph(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["@graph"]
    return found


def test_page_is_described_by_the_fields_that_its_kind_maps(make_site: MakeSite) -> None:
    event = graph(make(make_site).build()["en/event/index.html"])[0]

    us = {"@type": "Organization", "@id": "https://example.org/repo/us/#it", "name": "Us"}
    assert event["@type"] == "Event"
    assert event["name"] == "A </script><b>"
    assert (event["description"], event["startDate"], event["eventStatus"]) == ("Sum", "2026-01-31", "Was held")
    assert event["location"] == {"@type": "Place", "name": "Hall"}
    assert us.items() <= event["organizer"].items()
    assert us.items() <= event["publisher"].items()
    assert [us.items() <= person.items() for person in event["performer"]] == [True]


def test_no_text_can_end_the_script_it_stands_in(make_site: MakeSite) -> None:
    assert "<" not in make(make_site).build()["en/event/index.html"]


def test_page_is_one_thing_in_all_languages_and_named_in_each(make_site: MakeSite) -> None:
    pages = make(make_site).build()

    english, russian = graph(pages["en/event/index.html"])[0], graph(pages["ru/событие/index.html"])[0]
    assert english["@id"] == russian["@id"] == "https://example.org/repo/event/#it"
    assert russian["name"] == "Событие"
    assert russian["url"].startswith("https://example.org/repo/ru/%")


def test_breadcrumbs_lead_from_home_to_the_page(make_site: MakeSite) -> None:
    crumbs = graph(make(make_site).build()["en/event/index.html"])[1]

    assert [(item["position"], item["name"], item["item"]) for item in crumbs["itemListElement"]] == [
        (1, "Home", "https://example.org/repo/en/"),
        (2, "A </script><b>", "https://example.org/repo/en/event/"),
    ]


def test_home_has_no_breadcrumbs(make_site: MakeSite) -> None:
    assert [thing["@type"] for thing in graph(make(make_site).build()["en/index.html"])] == ["WebPage"]


def test_article_tells_its_language(make_site: MakeSite) -> None:
    assert graph(make(make_site).build()["en/article/index.html"])[0]["inLanguage"] == "en"


def test_fallback_page_is_not_described(make_site: MakeSite) -> None:
    assert make(make_site).build()["ru/article/index.html"] == ""
