"""A site in English, Russian, Kazakh and Chinese, whose pages print what they show."""

from __future__ import annotations

from typing import Any

from conftest import MakeSite, TinySite

LANGUAGES = """\
title: {en: Site, ru: Сайт}
base_url: https://example.org/
languages:
  - {tag: en}
  - {tag: ru}
  - {tag: kk, fallback: [ru, en]}
  - {tag: zh-Hans, path: zh}
checks: {untracked: off}
"""
SHOWN = "{{ page.title }}|{{ page.summary }}|{{ page.shown.path }}|{{ page.state }}|{{ page.content }}"
KINDS = """\
page:
  template: page.html
  facts:
    tasks: {type: list, of: {type: page}}
    place: {type: group, fields: {host: {type: page}}}
    rank: {type: number}
    level: {type: choice, of: [low, high]}
list:
  template: list.html
  children: {kind: item, sort: -date, per_page: 2}
item:
  extends: page
  template: page.html
by-title:
  template: list.html
  children: {sort: title}
by-rank:
  template: list.html
  children: {sort: rank}
"""
LIST = "{% for child in page.items %}{{ child.title }};{% endfor %}"


def page(title: str, body: str = "", **fields: object) -> str:
    """A page's file."""
    lines = [f"{name}: {value}\n" for name, value in {**fields, "title": title}.items()]
    return f"---\n{''.join(lines)}---\n{body}"


def make(make_site: MakeSite, files: dict[str, str]) -> TinySite:
    """A site in English, Russian, Kazakh and Chinese, whose pages print what they show."""
    return make_site(
        {"templates/page.html": SHOWN, "templates/list.html": LIST, **files}, site=LANGUAGES, kinds=KINDS
    )  # fmt: skip


def shown(site: TinySite, path: str, **options: Any) -> tuple[str, ...]:
    """Title, summary, language and state that a page shows."""
    return tuple(site.build(**options)[f"{path}index.html"].split("|")[:4])


THREE = "Start.\n\n## One\n\nText one.\n\n## Two\n\nText two.\n"
DREI = "Начало.\n\n## Раз\n\nТекст раз.\n\n## Два\n\nТекст два.\n"
NEWS = {
    "content/news/index.en.md": page("News", kind="list"),
    **{f"content/news/n{day}/index.en.md": page(f"N{day}", date=f"2026-01-0{day}") for day in (1, 2, 3)},
    "content/news/none/index.en.md": page("None"),
    "content/news/old/index.en.md": page("Old", date="2020-01-01"),
}
