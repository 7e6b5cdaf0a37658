"""Structured data of a page: schema.org in JSON-LD, as its kind declares in kinds.yaml."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import urljoin

from markupsafe import Markup

from sitegen.model.page import Money
from sitegen.render.page_views import PageView
from sitegen.render.site_view import SiteView
from sitegen.render.value_views import FileView, Label, LinkView, Picture

#: Properties whose text is the name of a thing → type of the thing.
_THINGS = {"location": "Place"}

Thing = dict[str, Any]


def describe(page: PageView) -> Markup:
    """Return the JSON-LD of a page for a `<script>`: its thing and its breadcrumbs; empty for a fallback."""
    if page.is_fallback:
        return Markup("")
    about = narrowed_list(page) if page.selection else thing(page)
    graph = [about, breadcrumbs(page)] if page.ancestors else [about]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - no tag can end the script early


def thing(page: PageView) -> Thing:
    """Return the thing that a page describes, in the page's language; its `@id` is the same in all languages."""
    schema = page.scope.library.kind(page.key).schema
    described: Thing = {
        "@type": schema.get("type", "WebPage"),
        "@id": identity(page),
        "name": str(page.title),
        "url": page.absolute_url,
    }
    if page.summary:
        described["description"] = str(page.summary)
    if "type" not in schema or schema["type"].endswith("Article"):
        described["inLanguage"] = page.shown.tag
    if page.updated and "inLanguage" in described:
        described["dateModified"] = page.updated.isoformat()
    for name, field in schema.items():
        value = None if name == "type" else _value(page, name, field)
        if value not in (None, [], ""):
            described[name] = value
    return described | _event(page, described.get("location")) if described["@type"].endswith("Event") else described


def _event(page: PageView, place: Any) -> Thing:
    """Return what a kind's `calendar` says beyond time and place: attendance from elsewhere, and registration."""
    about: Thing = {}
    calendar = page.scope.library.kind(page.key).calendar
    if online := _fact(page, calendar.get("online")):
        about["location"] = [*filter(None, [place]), {"@type": "VirtualLocation", "url": online}]
        about["eventAttendanceMode"] = f"https://schema.org/{'Mixed' if place else 'Online'}EventAttendanceMode"
    if not page.is_closed and (registration := _fact(page, calendar.get("registration"))):
        about["offers"] = {"@type": "Offer", "url": urljoin(page.absolute_url, str(registration))}
        if deadline := _fact(page, calendar.get("deadline")):
            about["offers"]["validThrough"] = deadline.isoformat()
    return about


def _fact(page: PageView, name: str | None) -> Any:
    return getattr(page.facts, name) if name else None


def narrowed_list(page: PageView) -> Thing:
    """Return a list filtered by a value of a fact, as a part of the whole list."""
    assert page.selection is not None
    return {
        "@type": "CollectionPage",
        "@id": identity(page).replace("#it", page.part + "#it"),
        "name": str(page.selection.label),
        "url": page.absolute_url,
        "inLanguage": page.shown.tag,
        "isPartOf": {"@id": identity(page)},
    }


def identity(page: PageView) -> str:
    """Return the `@id` of a page, the same in every language: the site's address, the page's key, `#it`."""
    return page.scope.library.config.base_url + page.key.lstrip("/") + "#it"


def breadcrumbs(page: PageView) -> Thing:
    """Return the path from the home page to this page."""
    trail = (*page.ancestors, page)
    items = [
        {"@type": "ListItem", "position": n, "name": str(p.title), "item": p.absolute_url}
        for n, p in enumerate(trail, 1)
    ]
    if page.selection:
        items[-1]["item"] = page.list_absolute_url
        last = {"@type": "ListItem", "position": len(items) + 1, "name": str(page.selection.label)}
        items.append({**last, "item": page.absolute_url})
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _value(page: PageView, name: str, field: str) -> Any:
    if field == "organisation":
        organisation = SiteView(page.scope).organisation
        return _json(page, name, organisation) if organisation else None
    declared = page.scope.library.kind(page.key).fields[field]
    return _json(page, name, getattr(page.facts if declared.side == "facts" else page.words, field))


def _json(page: PageView, name: str, value: Any) -> Any:
    match value:
        case PageView():
            kind = value.scope.library.kind(value.key)
            return {
                "@type": kind.schema.get("type", "Thing"),
                "@id": identity(value),
                "name": str(value.title),
                "url": value.absolute_url,
            }
        case tuple():
            return [_json(page, name, item) for item in value]
        case dt.date() | dt.time():
            return value.isoformat()
        case Label():
            return value.label
        case Money():
            return {"@type": "MonetaryAmount", "value": str(value.amount), "currency": value.currency}
        case Picture():
            return _json(page, name, page.scope.file(value.page.key, value))
        case LinkView() | FileView():
            return urljoin(page.absolute_url, value.url)
        case str():
            return {"@type": _THINGS[name], "name": str(value)} if name in _THINGS else str(value)
    return value
