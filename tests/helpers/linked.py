"""Sites whose pages link to one another in three languages, one of which falls back to the others."""

from __future__ import annotations

from conftest import MakeSite, TinySite

SITE = """\
title: {en: Site}
base_url: https://example.org/
languages:
  - {tag: en}
  - {tag: ru}
  - {tag: kk, fallback: [ru, en]}
checks: {untracked: off}
"""
CONTENT = "{{ page.content }}"


def page(title: str, body: str = "", **words: str) -> str:
    fields = "".join(f"{name}: {value}\n" for name, value in words.items())
    return f"---\ntitle: {title}\n{fields}---\n{body}"


def make(make_site: MakeSite, files: dict[str, str | bytes], **options: str) -> TinySite:
    return make_site({"templates/page.html": CONTENT, **files}, **{"site": SITE, **options})
