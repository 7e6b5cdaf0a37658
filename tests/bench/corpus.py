"""One multilingual corpus, laid out for each generator: the same words, the same kind of pages, the same frame."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

WORDS = {
    "en": "the centre links universities across member states through joint programmes research exchange and teaching "
    "digital education industry training summer school internship curriculum forum publishing alliance students teachers "
    "laboratories policy governance talent innovation culture",
    "ru": "центр объединяет университеты государств членов совместные программы исследования обмен преподавание цифровое "
    "образование промышленность обучение летняя школа стажировка учебный план форум издательский альянс студенты "
    "преподаватели лаборатории политика управление таланты инновации культура",
    "zh": "中心 连接 成员国 大学 联合 项目 研究 交流 教学 数字 教育 产业 培训 暑期 学校 实习 课程 论坛 出版 联盟 学生 教师 实验室 政策 治理 "
    "人才 创新 文化",
    "fa": "مرکز دانشگاه ها کشورهای عضو برنامه های مشترک پژوهش تبادل آموزش دیجیتال صنعت مدرسه تابستانی کارآموزی "
    "برنامه درسی انجمن نشر اتحاد دانشجویان استادان",
}
LANGUAGES = tuple(WORDS)
TAGS = ("research", "students", "teachers", "policy", "industry", "culture", "digital", "summer")
#: What a page with a block has at its end.
BLOCK = "\n:::note[Note]\nWords in a block.\n:::\n"
MENU = ("about", "plan", "programmes", "news", "partners", "contact")


def lay_out_own(pages: int, root: Path, end: str = "") -> None:
    """Write this generator's part alone into a folder; each page has `end` at its end."""
    for language in LANGUAGES:
        for number in range(pages):
            _our_page(root, language, number, end)
    _ours(root)


def lay_out(pages: int, folder: Path) -> None:
    """Write `ours/`, `hugo/`, `pelican/` and `eleventy/` below a folder, with `pages` pages in each of four languages."""
    lay_out_own(pages, folder / "ours")
    for language in LANGUAGES:
        for number in range(pages):
            _page_of_others(folder, language, number)
    _hugo(folder / "hugo")
    _pelican(folder / "pelican")
    _eleventy(folder / "eleventy")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _text(chance: random.Random, language: str, length: int) -> str:
    words = WORDS[language].split()
    return " ".join(chance.choice(words) for _ in range(length))


def _body(chance: random.Random, language: str, number: int) -> str:
    def text(length: int) -> str:
        return _text(chance, language, length)

    parts = [text(60) + ".\n"]
    for section in range(3):
        parts.append(f"## {text(4).capitalize()}\n")
        link = f"[{text(3)}](https://elsewhere.example/{number}/{section})"
        parts.append(f"{text(40)} **{text(3)}** {text(20)} {link} {text(20)}.\n")
        if section == 0:
            parts.append("\n".join(f"- {text(8)}" for _ in range(5)) + "\n")
        if section == 1:
            parts.append("| a | b |\n|---|---|\n" + "\n".join(f"| {text(2)} | {text(3)} |" for _ in range(4)) + "\n")
        if section == 2:
            parts.append(f"1. {text(10)}\n2. {text(10)}\n\n> {text(15)}\n")
    return "\n".join(parts)


class _Page(NamedTuple):
    """What is written in one language of a page."""

    title: str
    day: str
    tags: list[str]
    body: str
    summary: str


def _words(language: str, number: int) -> _Page:
    chance = random.Random(f"{language}-{number}")
    title = _text(chance, language, 5).capitalize()
    day = f"20{10 + number % 15:02d}-{1 + number % 12:02d}-{1 + number % 28:02d}"
    tags = list(dict.fromkeys((TAGS[number % 8], TAGS[(number * 3 + 1) % 8])))
    body = _body(chance, language, number)
    return _Page(title, day, tags, body, _text(chance, language, 20))


def _our_page(root: Path, language: str, number: int, end: str) -> None:
    page = _words(language, number)
    topics = ", ".join(f"/topics/{tag}/" for tag in page.tags)
    facts = f"date: {page.day}\ntopics: [{topics}]\n" if language == LANGUAGES[0] else ""
    text = f"---\n{facts}title: {page.title}\nsummary: {page.summary}\n---\n{page.body}{end}"
    _write(root / "content/news" / f"p{number:05d}" / f"index.{language}.md", text)


def _page_of_others(folder: Path, language: str, number: int) -> None:
    title, day, tags, body, summary = _words(language, number)
    name, listed = f"p{number:05d}", ", ".join(tags)
    front = f"title: {title}\ndate: {day}\ntags: [{listed}]\nsummary: {summary}\n"
    _write(folder / "hugo/content" / language / "news" / f"{name}.md", f"---\n{front}---\n{body}")
    pelican = (
        f"Title: {title}\nDate: {day}\nLang: {language}\nSlug: {name}\nTags: {listed}\nSummary: {summary}\n\n{body}"
    )
    _write(folder / "pelican/content" / language / f"{name}.md", pelican)
    eleventy = f'---\ntitle: "{title}"\ndate: {day}\nsummary: "{summary}"\nlayout: page.njk\n---\n{body}'
    _write(folder / "eleventy/content" / language / "news" / f"{name}.md", eleventy)


_FRAME = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>\
<meta name="description" content="{summary}"><link rel="canonical" href="{canonical}">{alternates}</head>\
<body><header><nav><ul>{menu}</ul></nav>{switcher}</header><main>{main}</main><footer><p>Centre</p></footer></body></html>"""


def _ours(root: Path) -> None:
    titles = ", ".join(f"{language}: Centre {language}" for language in LANGUAGES)
    listed = "".join(f"  - {{tag: {language}}}\n" for language in LANGUAGES)
    # The corpus records no sources of its translations; a real site does, and is told where it does not.
    site = f"title: {{{titles}}}\nbase_url: https://example.org/\nlanguages:\n{listed}checks: {{untracked: off}}\n"
    _write(root / "content/site.yaml", site)
    _write(root / "content/kinds.yaml", _KINDS)
    kinds = {"news": "kind: newsroom\n", "topics": "kind: topics\n"}
    pages = [("", "Centre"), ("news", "News"), ("topics", "Topics"), *((f"topics/{t}", t.capitalize()) for t in TAGS)]
    for language in LANGUAGES:
        for key, title in pages:
            kind = kinds.get(key, "") if language == LANGUAGES[0] else ""
            _write(root / "content" / key / f"index.{language}.md", f"---\n{kind}title: {title} {language}\n---\n")
    frame = _FRAME.format(
        lang="{{ locale.tag }}",
        title="{{ page.title }} | {{ site.title }}",
        summary="{{ page.summary or '' }}",
        canonical="{{ page.canonical_url }}",
        alternates='{% for a in page.alternates %}<link rel="alternate" hreflang="{{ a.tag }}" href="{{ a.url }}">{% endfor %}'
        '{% if page.feed_url %}<link rel="alternate" type="application/atom+xml" href="{{ page.feed_url }}">{% endif %}',
        menu=f'{{% for name in {MENU} %}}<li><a href="/{{{{ locale.path }}}}/{{{{ name }}}}/">{{{{ name }}}}</a></li>{{% endfor %}}',
        switcher='<ul class="langs">{% for v in page.translations %}<li><a href="{{ v.url }}" hreflang="{{ v.locale.tag }}">'
        "{{ v.locale.name }}</a></li>{% endfor %}</ul>",
        main="{% block main %}{% endblock %}",
    )
    _write(root / "templates/base.html", frame)
    for name, main in _OUR_PAGES.items():
        _write(root / "templates" / name, f'{{% extends "base.html" %}}{{% block main %}}{main}{{% endblock %}}')


_KINDS = """\
news:
  template: single.html
  facts: {topics: {type: list, of: {type: page, kind: topic}}}
newsroom: {template: list.html, children: {kind: news, sort: -date, per_page: 20}}
topics: {template: list.html, children: {kind: topic, sort: title}}
topic: {template: list.html}
page: {template: index.html}
"""
_OUR_PAGES = {
    "single.html": '<article><h1>{{ page.title }}</h1><time datetime="{{ page.date.isoformat() }}">{{ page.date|date }}</time>'
    '{{ page.content }}<ul>{% for topic in page.facts.topics %}<li><a href="{{ topic.url }}">{{ topic.title }}</a></li>'
    "{% endfor %}</ul></article>",
    "list.html": '<h1>{{ page.title }}</h1>{% for item in page.items %}<article><h2><a href="{{ item.url }}">{{ item.title }}</a>'
    "</h2>{% if item.date %}<time>{{ item.date|date }}</time>{% endif %}<p>{{ item.summary or '' }}</p></article>{% endfor %}"
    '{% if page.pager and page.pager.previous_url %}<a href="{{ page.pager.previous_url }}">prev</a>{% endif %}'
    '{% if page.pager and page.pager.next_url %}<a href="{{ page.pager.next_url }}">next</a>{% endif %}',
    "index.html": "<h1>{{ site.title }}</h1>{% for item in site.page('/news/').children[:10] %}<article><h2>"
    '<a href="{{ item.url }}">{{ item.title }}</a></h2></article>{% endfor %}',
}


def _hugo(root: Path) -> None:
    languages = "".join(
        f'[languages.{language}]\nlanguageName="{language}"\nweight={n}\ncontentDir="content/{language}"\ntitle="Centre {language}"\n'
        for n, language in enumerate(LANGUAGES, 1)
    )
    _write(
        root / "hugo.toml",
        'baseURL="https://example.org/"\ndefaultContentLanguage="en"\ndefaultContentLanguageInSubdir=true\n'
        f'[taxonomies]\ntag="tags"\n[pagination]\npagerSize=20\n{languages}',
    )
    frame = _FRAME.format(
        lang="{{ .Site.Language.Lang }}",
        title="{{ .Title }} | {{ .Site.Title }}",
        summary="{{ .Params.summary }}",
        canonical="{{ .Permalink }}",
        alternates='{{ range .AllTranslations }}<link rel="alternate" hreflang="{{ .Language.Lang }}" href="{{ .Permalink }}">'
        '{{ end }}{{ with .OutputFormats.Get "rss" }}<link rel="alternate" type="application/rss+xml" href="{{ .Permalink }}">'
        "{{ end }}",
        menu="{{ range (slice " + " ".join(f'"{name}"' for name in MENU) + ") }}"
        '<li><a href="/{{ $.Site.Language.Lang }}/{{ . }}/">{{ . }}</a></li>{{ end }}',
        switcher='<ul class="langs">{{ range .AllTranslations }}<li><a href="{{ .RelPermalink }}" hreflang="{{ .Language.Lang }}">'
        "{{ .Language.LanguageName }}</a></li>{{ end }}</ul>",
        main='{{ block "main" . }}{{ end }}',
    )
    _write(root / "layouts/_default/baseof.html", frame)
    for name, main in _HUGO_PAGES.items():
        _write(root / "layouts" / name, f'{{{{ define "main" }}}}{main}{{{{ end }}}}')


_HUGO_PAGES = {
    "_default/single.html": '<article><h1>{{ .Title }}</h1><time datetime="{{ .Date.Format "2006-01-02" }}">'
    '{{ .Date.Format "2 January 2006" }}</time>{{ .Content }}<ul>{{ range .Params.tags }}<li>'
    '<a href="/{{ $.Site.Language.Lang }}/tags/{{ . }}/">{{ . }}</a></li>{{ end }}</ul></article>',
    "_default/list.html": "<h1>{{ .Title }}</h1>{{ range (.Paginate .RegularPages).Pages }}<article><h2>"
    '<a href="{{ .RelPermalink }}">{{ .Title }}</a></h2><time>{{ .Date.Format "2 January 2006" }}</time>'
    "<p>{{ .Params.summary }}</p></article>{{ end }}{{ with .Paginator }}{{ if .HasPrev }}"
    '<a href="{{ .Prev.URL }}">prev</a>{{ end }}{{ if .HasNext }}<a href="{{ .Next.URL }}">next</a>{{ end }}{{ end }}',
    "index.html": "<h1>{{ .Site.Title }}</h1>{{ range first 10 .Site.RegularPages }}<article><h2>"
    '<a href="{{ .RelPermalink }}">{{ .Title }}</a></h2></article>{{ end }}',
}


def _pelican(root: Path) -> None:
    _write(
        root / "conf.py",
        "AUTHOR='c'\nSITENAME='Centre'\nSITEURL='https://example.org'\nPATH='content'\nOUTPUT_PATH='public'\nTIMEZONE='UTC'\n"
        "DEFAULT_LANG='en'\nARTICLE_URL='{lang}/news/{slug}/'\nARTICLE_SAVE_AS='{lang}/news/{slug}/index.html'\n"
        "ARTICLE_LANG_URL='{lang}/news/{slug}/'\nARTICLE_LANG_SAVE_AS='{lang}/news/{slug}/index.html'\n"
        "DEFAULT_PAGINATION=20\nFEED_ALL_ATOM='feed.xml'\nTHEME='simple'\nLOAD_CONTENT_CACHE=False\n",
    )


def _eleventy(root: Path) -> None:
    _write(root / "package.json", '{"type": "module"}')
    _write(
        root / "eleventy.config.mjs",
        'import { EleventyI18nPlugin } from "@11ty/eleventy";\nexport default function (c) {\n'
        '  c.addPlugin(EleventyI18nPlugin, { defaultLanguage: "en", errorMode: "allow-fallback" });\n'
        '  return { dir: { input: "content", includes: "../_includes", output: "public" } };\n}\n',
    )
    frame = _FRAME.format(
        lang="{{ page.lang }}",
        title="{{ title }}",
        summary="{{ summary }}",
        canonical="{{ page.url }}",
        alternates='<link rel="alternate" hreflang="{{ page.lang }}" href="{{ page.url }}">{% for l in page.url | locale_links %}'
        '<link rel="alternate" hreflang="{{ l.lang }}" href="{{ l.url }}">{% endfor %}',
        menu=f'{{% for n in {list(MENU)} %}}<li><a href="/{{{{ page.lang }}}}/{{{{ n }}}}/">{{{{ n }}}}</a></li>{{% endfor %}}',
        switcher="",
        main="<article><h1>{{ title }}</h1><time>{{ page.date }}</time>{{ content | safe }}</article>",
    )
    _write(root / "_includes/page.njk", frame)
