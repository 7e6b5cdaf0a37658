"""A page as schema.org data, from the mapping of its kind."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import lxml.html
import pytest
from conftest import MakeSite, TinySite
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.model.fields import TYPES, is_empty
from sitegen.problems.problem import SiteError
from sitegen.source.mark import Mark
from sitegen.source.yaml import Node

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


def test_no_text_can_end_the_script_element_around_it(make_site: MakeSite) -> None:
    assert "<" not in make(make_site).build()["en/event/index.html"]


def test_page_has_one_id_in_all_languages_and_a_name_in_each(make_site: MakeSite) -> None:
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


VALUES = {
    "text": ("Words", "Words"),
    "markdown": ("'*Words*'", "*Words*"),
    "id": ("abc", "abc"),
    "number": (1.5, 1.5),
    "boolean": ("true", True),
    "date": ("2026-01-31", "2026-01-31"),
    "datetime": ("2026-01-31T09:30", "2026-01-31T09:30:00+00:00"),
    "moment": ("2026-01-31", "2026-01-31"),
    "time_zone": ("Asia/Almaty", "Asia/Almaty"),
    "time": ("'09:30'", "09:30:00"),
    "url": ("https://o.example/", "https://o.example/"),
    "email": ("a@o.example", "a@o.example"),
    "phone": ("+86 29 1234 5678", "+86 29 1234 5678"),
    "money": ("1500.50 CNY", {"@type": "MonetaryAmount", "value": "1500.50", "currency": "CNY"}),
    "country": ("CN", "CN"),
    "language": ("zh-Hans", "zh-Hans"),
    "choice, of: [a]": ("a", "A"),
    "image": ("a.png", "https://example.org/repo/en/own/a.png"),
    "file": ("a.txt", "https://example.org/repo/en/own/a.txt"),
    "captions": ("a.vtt", "https://example.org/repo/en/own/a.vtt"),
    "link": ("/us/", "https://example.org/repo/en/us/"),
    "list, of: {type: link}": ("[a.txt, 'https://o.example/']", ["https://example.org/repo/en/own/a.txt", "https://o.example/"]),
}  # fmt: skip


def test_value_of_each_type_is_said_as_json_has_it(make_site: MakeSite) -> None:
    fields = "".join(f"    f{n}: {{type: {declared}}}\n" for n, declared in enumerate(VALUES))
    schema = "".join(f"    p{n}: f{n}\n" for n in range(len(VALUES)))
    site = make(make_site)
    site.write("content/kinds.yaml", f"{KINDS}own:\n  template: page.html\n  facts:\n{fields}  schema:\n{schema}")
    own = "".join(f"f{n}: {written}\n" for n, (written, _) in enumerate(VALUES.values()))
    site.write("content/own/index.en.md", f"---\nkind: own\ntitle: Own\n{own}---\n")
    site.write("content/own/a.txt", "a")
    site.write("content/own/a.vtt", "WEBVTT\n")
    (site.root / "content/own/a.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    (described, _) = graph(site.build()["en/own/index.html"])

    assert [described[f"p{n}"] for n in range(len(VALUES))] == [said for _, said in VALUES.values()]
    assert {declared.partition(",")[0] for declared in VALUES} | {"page", "map", "table", "group"} == set(TYPES)


@pytest.mark.parametrize(
    "declared",
    ["{type: map}", "{type: table}", "{type: list, of: {type: group, fields: {a: {type: text}}}}"],
    ids=["map", "table", "groups"],
)
def test_value_of_several_parts_is_refused_in_kinds(make_site: MakeSite, declared: str) -> None:
    site = make(make_site)
    site.write(
        "content/kinds.yaml", f"{KINDS}own: {{template: page.html, facts: {{a: {declared}}}, schema: {{about: a}}}}\n"
    )

    assert "content/kinds.yaml:12:" in site.told()
    assert "a property of schema.org says one thing" in site.told()


def test_home_has_no_breadcrumbs(make_site: MakeSite) -> None:
    assert [thing["@type"] for thing in graph(make(make_site).build()["en/index.html"])] == ["WebPage"]


def test_article_has_its_language(make_site: MakeSite) -> None:
    assert graph(make(make_site).build()["en/article/index.html"])[0]["inLanguage"] == "en"


def test_fallback_page_is_not_described(make_site: MakeSite) -> None:
    assert make(make_site).build()["ru/article/index.html"] == ""


#: Words with what a script, a comment and JSON take for their own.
WORDS = st.lists(
    st.one_of(
        st.sampled_from(["</script>", "</SCRIPT\t", "<script>", "<!--", "-->", "<![CDATA[", "]]>", "&lt;", "&quot;", "\\", '"', "'", "\\u003c", "\u2028", "\u2029", "\u200c", "😀", "/", "{{", "%}"]),
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=6,
).map("".join).map(lambda text: " ".join(text.split())).map(lambda text: "x" if is_empty(Node(text, text, Mark(1, 1))) else text)  # fmt: skip


class Scripts(HTMLParser):
    """The scripts and elements of a page, as an independent parser finds them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.scripts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        if self.elements[-1] == "script":
            self.scripts.append(data)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=WORDS, place=WORDS, summary=WORDS, host=WORDS)
def test_any_words_survive_the_script_element_unchanged(
    make_site: MakeSite, title: str, place: str, summary: str, host: str
) -> None:
    site = make(make_site)
    site.write("templates/page.html", '<p>a</p><script type="application/ld+json">{{ page.jsonld }}</script><i>b</i>')
    words = {"title": title, "summary": summary, "place": place}
    own = "".join(f"{name}: {json.dumps(text, ensure_ascii=False)}\n" for name, text in words.items())
    site.write("content/event/index.en.md", f"---\nkind: event\ndate: 2026-01-31\nhost: /us/\nstate: held\n{own}---\n")
    site.write(
        "content/us/index.en.md", f"---\nkind: organisation\ntitle: {json.dumps(host, ensure_ascii=False)}\n---\n"
    )
    try:
        page = site.build()["en/event/index.html"]
    except SiteError as error:
        assert {problem.code for problem in error.problems} == {"control-character"}  # noqa: PT017
        return

    found, (script,) = Scripts(page), lxml.html.document_fromstring(page).xpath("//script")
    event, trail = graph(script.text)

    assert found.elements == ["p", "script", "i"]
    assert json.loads("".join(found.scripts)) == json.loads(script.text)
    assert (event["name"], event["description"], event["location"]["name"]) == (title, summary, place)
    assert (event["organizer"]["name"], event["publisher"]["name"]) == (host, host)
    assert trail["itemListElement"][-1]["name"] == title
