"""A home page and what is shown on it."""

from __future__ import annotations

from conftest import TinySite
from lxml import html


def text(body: str, title: str = "Home") -> str:
    return f"---\ntitle: {title}\n---\n{body}"


def made(site: TinySite, path: str = "en/index.html") -> html.HtmlElement:
    return html.fromstring("<main>" + site.build()[path] + "</main>")


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())
