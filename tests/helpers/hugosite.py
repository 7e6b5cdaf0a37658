"""A Hugo site with about three hundred pages in four languages and all common features, in two layouts.

usage: python tests/helpers/hugosite.py FOLDER [names|folders]
"""

from __future__ import annotations

import io
import json
import random
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from corpus import WORDS

LANGUAGES = tuple(WORDS)
TERMS = {
    "en": ("Research", "Students", "C++", "Rock 'n Roll", "Summer school"),
    "ru": ("Наука", "Студенты", "Си++", "Рок-н-ролл", "Летняя школа"),
    "zh": ("研究", "学生", "编程", "摇滚", "暑期学校"),
    "fa": ("پژوهش", "دانشجویان", "برنامه نویسی", "راک", "مدرسه تابستانی"),
}
TITLES = {"en": "Old site", "ru": "Старый сайт", "zh": "旧网站", "fa": "سایت قدیمی"}
#: A picture of one pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def _png(width: int) -> bytes:
    made = io.BytesIO()
    Image.new("L", (width, 1)).save(made, "PNG")
    return made.getvalue()


#: The picture of a language of its own.
RUSSIAN_PNG = _png(2)
POSTS, NOTES, BUNDLES, CHAPTERS = 40, 12, 8, 5

#: layouts/: nothing but what is compared.
LAYOUTS = {
    "layouts/_default/single.html": "<meta charset=utf-8><title>{{ .Title }}</title><h1>{{ .Title }}</h1><main>{{ .Content }}</main>",
    "layouts/_default/list.html": "<meta charset=utf-8><title>{{ .Title }}</title><h1>{{ .Title }}</h1><main>{{ .Content }}</main>",
    "layouts/index.html": "<meta charset=utf-8><title>{{ .Title }}</title><h1>{{ .Title }}</h1><main>{{ .Content }}</main>",
    "layouts/shortcodes/note.html": "<aside>{{ .Inner }}</aside>",
    "layouts/shortcodes/icon.html": "<i class='icon'></i>",
}


def lay_out(folder: Path, layout: str, posts: int = POSTS) -> None:
    """Write the site.

    Args:
        layout: "names" (`one.ru.md`, YAML front matter, the first language without a prefix, raw HTML published) or
            "folders" (`content/ru/one.md`, TOML and JSON, every language with a prefix, raw HTML left out).
        posts: how many in each language; twelve have every feature.
    """
    for path, content in {**LAYOUTS, **dict(_settings(layout)), **dict(_content(layout, posts))}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())


def _settings(layout: str) -> Iterator[tuple[str, str]]:
    by_name = layout == "names"
    lines = [
        'baseURL = "https://old.example/"',
        'defaultContentLanguage = "en"',
        f"defaultContentLanguageInSubdir = {'false' if by_name else 'true'}",
        'timeZone = "Asia/Almaty"',
        'refLinksErrorLevel = "warning"',
        "[permalinks]",
        'notes = "/:year/:month/:slug/"',
        "[markup.goldmark.renderer]",
        f"unsafe = {'true' if by_name else 'false'}",
        "[[menus.main]]",
        'name = "Posts"',
        'pageRef = "/posts"',
        "weight = 10",
        "[[menus.main]]",
        'name = "Elsewhere"',
        'url = "https://example.org/"',
    ]
    yield "hugo.toml", "\n".join(lines) + "\n"
    languages = []
    for number, language in enumerate(LANGUAGES, 1):
        languages += [f"[{language}]", f'title = "{TITLES[language]}"', f"weight = {number}"]
        languages += [] if by_name else [f'contentDir = "content/{language}"']
    yield "config/_default/languages.toml", "\n".join(languages) + "\n"


def _place(layout: str, language: str, stem: str) -> str:
    """`content/posts/one.ru.md` or `content/ru/posts/one.md`."""
    if layout == "folders":
        return f"content/{language}/{stem}.md"
    return f"content/{stem}.md" if language == "en" else f"content/{stem}.{language}.md"


def _content(layout: str, posts: int) -> Iterator[tuple[str, str | bytes]]:
    yield "static/images/map.png", PNG
    yield "static/files/rules 2024.pdf", b"%PDF-1.4\n"
    yield "static/robots.txt", "User-agent: *\n"
    for language in LANGUAGES:
        yield from _sections(layout, language)
        for number in range(posts):
            if language == "en" or number % 7 != 3:
                yield _place(layout, language, f"posts/post-{number:02d}"), _post(layout, language, number, posts)
        for number in range(NOTES):
            front = {"title": f"{_text(language, f'note{number}', 3)} {number}", "date": f"2024-0{1 + number % 9}-11"}
            front |= {"translationKey": f"note-{number}"}
            stem = f"notes/Note {number}" if language == "en" else f"notes/{language}-{number}"
            yield _place(layout, language, stem), _page(layout, front, _text(language, f"n{number}", 30))
        for number in range(BUNDLES):
            yield from _bundle(layout, language, number)
    for number in range(3):
        yield _place(layout, "zh", f"posts/only-{number}"), _page(layout, {"title": f"只有中文 {number}"}, "正文。")


def _sections(layout: str, language: str) -> Iterator[tuple[str, str]]:
    yield _place(layout, language, "_index"), _page(layout, {"title": TITLES[language]}, _text(language, "home", 20))
    about = {"title": _text(language, "about", 2), "menus": "main", "weight": 30, "type": "about"}
    yield _place(layout, language, "about"), _page(layout, about, _text(language, "about", 40))
    for chapter in range(CHAPTERS):
        front = {"title": f"{_text(language, f'c{chapter}', 2)} {chapter}", "weight": chapter + 1}
        yield _place(layout, language, f"docs/chapter-{chapter}/_index"), _page(layout, front, _text(language, "c", 9))
        for part in range(4):
            front = {"title": f"{_text(language, f'p{part}', 2)} {part}", "weight": part + 1, "level": part}
            body = (
                f"{_text(language, f'{chapter}{part}', 20)} [x](../chapter-{(chapter + 1) % CHAPTERS}/part-{part}.md)\n"
            )
            yield _place(layout, language, f"docs/chapter-{chapter}/part-{part}"), _page(layout, front, body)


def _post(layout: str, language: str, number: int, posts: int) -> str:
    chance = random.Random(number)
    terms = [TERMS[language][index] for index in sorted(chance.sample(range(5), 2))]
    front = {
        "title": f"{_text(language, f't{number}', 4)} {number}",
        "date": f"2023-{1 + number % 12:02d}-{1 + number % 28:02d}T08:30:00Z",
        "description": _text(language, f"d{number}", 12),
        "tags": terms,
        "author": {"name": f"Author {number % 5}", "e_mail": f"a{number % 5}@example.org"},
        "featured": number % 3 == 0,
        "subtitle": _text(language, f"s{number}", 3),
    }
    if number % 5 == 0:
        front["aliases"] = [f"/archive/{number}/", f"old-{number}"]
    if number % 6 == 1 and language != "en":
        front["slug"] = f"{language}-slug-{number}"
    if number % 10 == 9:
        front |= {"layout": "wide", "sitemap": {"priority": 0.3}}
    return _page(layout, front, _post_body(layout, language, number, posts))


def _post_body(layout: str, language: str, number: int, posts: int) -> str:
    def text(name: str, length: int = 12) -> str:
        return _text(language, f"{name}{number}", length)

    prefix = "" if layout == "names" and language == "en" else f"/{language}"
    other = f"post-{(number * 7 + 1) % posts:02d}"
    english = {"en": "What's new?", "ru": "Что нового?", "zh": "有什么新闻？", "fa": "چه خبر؟"}[language]
    anchor = {"en": "whats-new", "ru": "что-нового", "zh": "有什么新闻", "fa": "چه-خبر"}[language]
    parts = [
        text("intro"),
        "<!--more-->" if number % 2 else "",
        f"## {english}",
        f"{text('a')} [{text('l', 2)}](/posts/{other}/), [{text('m', 2)}]({other}.md) and [self](#{anchor}).",
        f'See [{text("r", 2)}]({{{{< ref "{other}" >}}}}), [rel]({{{{% relref "/docs/chapter-1" %}}}}).',
        f"A bare address https://example.org/a_b/{number} and mail@example.org here.",
        f"[By reference][one], [home]({prefix}/), [absolute](https://old.example{prefix}/about/), ![Map](/images/map.png)",
        '[one]: ../../bundles/bundle-1/ "A title"\n' if number % 2 else "[one]: /bundles/bundle-1/\n",
        f"### {english}",
        f"- [ ] {text('todo', 3)}\n- [x] {text('done', 3)}\n  - {text('deep', 3)}",
        f"{text('h', 3)}\n---\n\n{text('setext')}",
        f"| {text('x', 1)} | {text('y', 1)} |\n|---|---|\n| 1 | {text('z', 2)} |",
        '```go\nfunc main() { // {{</* ref "x" */>}}\n}\n```',
        f"> {text('quote')}\n\n{text('foot')}[^1]\n\n[^1]: {text('note', 4)}",
    ]
    if number % 4 == 0:
        parts.append(
            f'{{{{% note %}}}}\n{text("inner")}\n{{{{% /note %}}}}\n\n{text("tail", 3)} {{{{< icon "star" >}}}}'
        )
    if number % 8 == 2:
        parts.append(f"{{{{< youtube abc{number} >}}}}")
    if number % 6 == 5:
        parts.append(f"{text('x', 2)} <b>{text('bold', 2)}</b> <span>{text('span', 2)}</span>")
        parts.append(f'<div class="box">\n<p>{text("boxed")} <a href="/docs/chapter-2/">link</a></p>\n</div>')
    if number == posts - 9:
        parts.append("[Nowhere](/posts/nowhere/)")
    return "\n\n".join(filter(None, parts)) + "\n"


def _bundle(layout: str, language: str, number: int) -> Iterator[tuple[str, str | bytes]]:
    folder = f"bundles/bundle-{number}"
    body = f"{_text(language, f'b{number}', 15)}\n\n![Hall](hall.png)\n\n[Rules](</files/rules 2024.pdf>)\n"
    body += f'{{{{< figure src="hall.png" alt="The hall" caption="{_text(language, f"f{number}", 3)}" >}}}}\n'
    yield (
        _place(layout, language, f"{folder}/index"),
        _page(layout, {"title": f"{_text(language, f'B{number}', 2)} {number}"}, body),
    )
    if layout == "folders":
        yield f"content/{language}/{folder}/hall.png", PNG if language != "ru" else RUSSIAN_PNG
    elif language == "en":
        yield f"content/{folder}/hall.png", PNG
        yield f"content/{folder}/hall.ru.png", RUSSIAN_PNG


def _text(language: str, seed: str, length: int) -> str:
    chance = random.Random(f"{language}-{seed}")
    return " ".join(chance.choice(WORDS[language].split()) for _ in range(length))


def _page(layout: str, front: Mapping[str, object], body: str) -> str:
    """A page with its front matter in YAML, or in turn in TOML and JSON."""
    if layout == "names":
        return (
            "---\n"
            + "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in front.items())
            + f"---\n{body}"
        )
    if len(body) % 2:
        return json.dumps(front, ensure_ascii=False, indent=2) + f"\n\n{body}"
    plain = {name: value for name, value in front.items() if not isinstance(value, dict)}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in plain.items()]
    for name, value in front.items():
        if isinstance(value, dict):
            lines += [f"[{name}]", *(f"{key} = {json.dumps(own, ensure_ascii=False)}" for key, own in value.items())]
    return "+++\n" + "\n".join(lines) + f"\n+++\n{body}"


if __name__ == "__main__":
    lay_out(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "names")
