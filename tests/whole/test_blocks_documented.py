"""The examples of docs/blocks.md are built as written there, and every block of the package has one."""

from __future__ import annotations

import re

import pytest
from conftest import REPOSITORY, MakeSite, TinySite
from lxml import html

from sitegen.model.blocks import shipped_blocks

TEXT = (REPOSITORY / "docs/blocks.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```markdown\n(.*?)```", TEXT, re.DOTALL)
YAML = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
SVG = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>"
SITE = """\
title: {en: Site, zh: 网站, ur: سائٹ, ru: Сайт}
base_url: https://site.example/
languages: [{tag: en}, {tag: zh-Hans, path: zh}, {tag: ru}, {tag: ur}]
theme: default
checks: {untranslated: off, untracked: off}
"""
KINDS = """\
page: {template: page.html}
news: {template: page.html}
newsroom: {template: page.html, children: {kind: news, sort: -date}}
person: {template: page.html}
"""
BODY = "\n".join(EXAMPLES)


def without_facts(text: str) -> str:
    """The examples as a translator would have them: words alone."""
    facts = "src|captions|url|page|phone|email|kind|limit|to|date|until|open"
    return re.sub(rf'(?<=[{{ ])(?:{facts})(?:=(?:"[^"]*"|[^\s}}]*))? ?(?=[^}}]*\}})', "", text)


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    translated = f"---\ntitle: T\n---\n{without_facts(BODY)}"
    made = make_site(
        {
            "content/index.en.md": f"---\ntitle: Home\n---\n{BODY}",
            **{f"content/index.{path}.md": translated for path in ("zh", "ru", "ur")},
            "content/tables.yaml": YAML[0],
            "content/blocks.yaml": YAML[1],
            "templates/blocks/speaker.html": re.findall(r"```jinja\n(.*?)```", TEXT, re.DOTALL)[0],
            "content/hall.svg": SVG,
            "content/garden.svg": SVG,
            "content/opening.mp4": b"film",
            "content/opening.vtt": "WEBVTT\n",
            "content/speech.mp3": b"sound",
            "content/programme.pdf": b"%PDF-1.4",
            "content/fees.csv": "program.en,program.ru,fee\nLaw,Право,1500 CNY\n",
            "content/apply/index.en.md": "---\ntitle: Apply\n---\n",
            "content/news/index.en.md": "---\ntitle: News\nkind: newsroom\n---\n",
            "content/news/one/index.en.md": "---\ntitle: The first\ndate: 2025-05-12\n---\n",
        },
        site=SITE,
        kinds=KINDS,
    )
    (made.root / "templates/page.html").unlink()  # the theme's takes its place
    return made


def test_every_block_of_the_package_has_an_example() -> None:
    shown = set(re.findall(r"^ *:{1,}([a-z]+)[\[{\s]|(?<= ):([a-z]+)\[", BODY, re.MULTILINE))

    assert {first or second for first, second in shown} == set(shipped_blocks())


@pytest.mark.parametrize("language", ["en", "zh", "ru", "ur"])
def test_examples_are_rendered_in_every_language_and_direction(site: TinySite, language: str) -> None:
    report = site.report()

    assert [problem for problem in report.warnings if problem.path.endswith(f".{language}.md")] == []
    text = site.pages()[f"{language}/index.html"]
    page = html.fromstring(text)
    assert not re.search(r"<x-|:::|::[a-z]+\[", text)
    assert len(page.findall(".//div[@role='note']")) == 5
    cells = [cell.text_content() for cell in page.findall(".//tbody/tr/td")]
    assert cells[0] == ("Право" if language == "ru" else "Law")
    assert any("blocks." in (link.get("href") or "") for link in page.findall(".//link[@rel='stylesheet']"))
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(image.get("alt") for image in page.findall(".//figure/img"))


def test_nothing_is_loaded_from_elsewhere(site: TinySite) -> None:
    site.report()

    page = html.fromstring(site.pages()["en/index.html"])
    loaded = [element.get("src") or "" for element in page.iter("img", "video", "audio", "source", "track", "script")]
    assert [address for address in loaded if address and not address.startswith("/")] == []
    assert list(page.iter("iframe", "object", "embed")) == []
