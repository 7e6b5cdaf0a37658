"""What a command costs grows no faster than the site: function calls at N, 2N and 4N pages, whatever the pages hold.

Calls are counted, Python's and C's, and no seconds: the figure is the same on any machine. The growth is the second
step over the first, (c(4N) - c(2N)) / (c(2N) - c(N)): 2 is linear, 4 quadratic.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from browsing import served
from published import sampled
from work import calls

from sitegen.cli import main
from sitegen.library.library import Library

#: Pages at the first of the three sizes; a cost of one call for each pair of pages shows.
PAGES = 20
MOST = 2.03

SITE = """\
title: {{en: Site, ru: Сайт}}
base_url: https://own.example/
languages:
  - {{tag: en}}
  - {{tag: ru, fallback: [en]}}
{more}checks: {{{checks}}}
"""
WARNED = "alt budget date dead-anchor dead-file dead-page glossary heading html own-address picture reference reference-kind required slug structure too-long unsorted untranslated url"
KINDS = """\
page:
  template: page.html
  facts:
    tags: {type: list, of: {type: page, kind: tag}}
    date: {type: date}
    level: {type: choice, of: [low, high]}
    orders: {type: list, of: {type: text}, sorted: true}
    photo: {type: image}
  words:
    note: {type: text, max: 20}
tag: {extends: page}
list: {extends: page, template: list.html, children: {kind: page, sort: -date, per_page: 5}}
narrowed: {extends: list, children: {kind: page, sort: -date, per_page: 5, by: [tags, level, date]}}
event: {extends: page, calendar: {start: date}}
glossary:
  extends: page
  words:
    terms: {type: list, of: {type: group, fields: {key: {type: id}, term: {type: text}, avoid: {type: list, of: {type: text}}}}}
"""
PAGE = (
    "<title>{{ page.title }}</title>{% for v in page.translations %}<a href='{{ v.url }}'>{{ v.locale.name }}</a>{% endfor %}"
    "{% for a in page.alternates %}{{ a.url }}{% endfor %}{% for a in page.ancestors %}{{ a.title }}{% endfor %}{{ page.content }}"
    "{% for t in page.facts.tags %}{{ t.title }}{% endfor %}{{ page.jsonld }}"
)
LIST = "{{ page.title }}{% for p in page.items %}<a href='{{ p.url }}'>{{ p.title }}</a>{% endfor %}{{ page.selection.label if page.selection }}"

TABLES = """\
fees:
  facts: {fee: {type: money}, from: {type: date}, page: {type: page}}
  words: {program: {type: text, required: true}}
"""
CSV = "program,fee,from,page\n"
BLOCKS = """\
:::note[Note {n}]
Text with :abbr[SCO]{{title="Shanghai {n}"}}.
:::

::::tabs
:::tab[One]
Text.
:::
:::tab[Two]
Text.
:::
::::

:::quote[Somebody {n}]
Words.
:::

> [!TIP]
> A tip.
"""
#: Languages of which each is read by those of the others before it, where a text is not translated.
CHAIN = ("en", "ru", "be", "uk", "bg", "kk", "ky", "tg", "uz", "tt")
MANY = "".join(f"  - {{tag: {tag}}}\n" for tag in CHAIN[2:])
CHAINED = "".join(
    f"  - {{tag: {tag}, fallback: [{', '.join(reversed(CHAIN[:place]))}]}}\n"
    for place, tag in enumerate(CHAIN)
    if place > 1
)

#: What stands on page `n` of `count` in a language: (lines of front matter, body).
Write = Callable[[int, int, str], tuple[str, str]]
Act = Callable[[Path], None]


def plain(n: int, count: int, language: str) -> tuple[str, str]:
    return "", f"Text {n}.\n"


def body(text: Callable[[int, int], str]) -> Write:
    return lambda n, count, language: ("", text(n, count) + "\n")


def fact(text: Callable[[int, int], str]) -> Write:
    return lambda n, count, language: (text(n, count) + "\n" if language == "en" else "", "Text.\n")


def source_block(name: str, facts: Callable[[int], str]) -> Write:
    """A block whose facts stand in the source version only."""
    return lambda n, count, language: (
        "",
        f"::{name}[Words]" + (f"{{{facts(n)}}}" if language == "en" else "") + "\n",
    )


def run(*words: str, expected: int = 0) -> Act:
    def act(root: Path) -> None:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
            status = main([*words, "--root", str(root)])
        assert status == expected, told.getvalue()

    return act


BUILD = run("build", "--jobs", "1", "--clean")
FAILING = run("build", "--jobs", "1", "--clean", expected=1)
WARM = run("build", "--jobs", "1")
CHECK = run("check", "--jobs", "1", "--clean")


def nothing(root: Path) -> None: ...


@dataclass(frozen=True)
class Feature:
    """What a site is full of, and the command whose cost is counted.

    Attributes:
        write: the pages of the list.
        lay: what lies beside them, for so many pages.
        before: what is done first, and is not counted.
        most: the growth that is meant, where it is that of n log n or of more languages.
        pages: at the first of the three sizes; fewer where each is made in many languages.
    """

    write: Write = plain
    lay: Callable[[Path, int], None] = lambda root, count: None
    before: Act = nothing
    act: Act = BUILD
    more: str = ""
    kind: str = "list"
    where: Callable[[int], str] = field(default=lambda n: f"list/p{n}")
    languages: tuple[str, ...] = ("en", "ru")
    most: float = MOST
    pages: int = PAGES


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def site(root: Path, count: int, feature: Feature) -> None:
    checks = ", ".join(f"{code}: warning" for code in WARNED.split()) + ", untracked: off"
    put(root, "content/site.yaml", SITE.format(more=feature.more, checks=checks))
    put(root, "content/kinds.yaml", KINDS)
    put(root, "templates/page.html", PAGE)
    put(root, "templates/list.html", LIST)
    for language in ("en", "ru"):
        put(root, f"content/index.{language}.md", "---\ntitle: Home\n---\n")
        kind = f"kind: {feature.kind}\n" if language == "en" else ""
        put(root, f"content/list/index.{language}.md", f"---\n{kind}title: List\n---\n")
        for tag in range(4):
            kind = "kind: tag\n" if language == "en" else ""
            put(root, f"content/t{tag}/index.{language}.md", f"---\n{kind}title: Tag {tag}\n---\n## Head\n")
    for n in range(count):
        for language in feature.languages:
            front, text = feature.write(n, count, language)
            put(root, f"content/{feature.where(n)}/index.{language}.md", f"---\ntitle: Page {n}\n{front}---\n{text}")
    feature.lay(root, count)


def glossary(root: Path, count: int) -> None:
    for language in ("en", "ru"):
        terms = "".join(f"  - {{key: k{n}, term: word{n}, avoid: [bad{n}]}}\n" for n in range(30))
        kind = "kind: glossary\n" if language == "en" else ""
        put(root, f"content/glossary/index.{language}.md", f"---\n{kind}title: Glossary\nterms:\n{terms}---\n")


def search(root: Path, count: int) -> None:
    put(root, "templates/search.html", "{{ site.search_url }}")


def tables(root: Path, count: int) -> None:
    for n in range(count):
        put(root, f"content/list/p{n}/fees.csv", CSV + f"Law {n},{n} CNY,2024-05-04,/t0/\n" * 2)
    put(root, "content/tables.yaml", TABLES)


def one_table(root: Path, count: int) -> None:
    put(root, "content/t0/fees.csv", CSV + "".join(f"Law {n},{n} CNY,2024-05-04,/list/p{n}/\n" for n in range(count)))
    put(root, "content/tables.yaml", TABLES)
    for language, front, facts in (("en", "kind: tag\n", "{src=fees.csv}"), ("ru", "", "")):
        text = f"---\n{front}title: Tag\n---\n## Head\n\n::table[Fees]{facts}\n"
        put(root, f"content/t0/index.{language}.md", text)


def deep(n: int) -> str:
    return "/".join(("list", *(f"d{digit}" for digit in f"{n:03d}"), f"p{n}"))


def files(root: Path, paths: Iterable[str]) -> None:
    for path in paths:
        put(root, path, "x")


def in_one_folder(root: Path, count: int) -> None:
    files(root, (f"content/t0/f{n}.pdf" for n in range(count)))


def statics(root: Path, count: int) -> None:
    files(root, (f"static/s{n}.txt" for n in range(count)))


def hugo(root: Path, count: int) -> None:
    settings = "baseURL = 'https://old.example/'\n[languages.en]\nweight = 1\n[languages.ru]\nweight = 2\n"
    put(root / "hugo", "hugo.toml", settings)
    for n in range(count):
        for ending in ("", ".ru"):
            front = f"title: Page {n}\ndate: 2024-01-0{1 + n % 9}\ntags: [t{n % 4}, u{n}]\naliases: [/old/{n}/]\n"
            text = f"[next](../p{(n + 1) % count}/) ![p](p{n}.png)\n\n{{{{< youtube id{n} >}}}}\n"
            put(root / "hugo", f"content/posts/p{n}{ending}.md", f"---\n{front}---\n{text}")


def import_hugo(root: Path) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        main(["import", str(root / "hugo"), "--root", str(root / "new")])


def edited(path: str, old: str, new: str) -> Act:
    def act(root: Path) -> None:
        WARM(root)
        text = (root / path).read_text(encoding="utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new), encoding="utf-8")

    return act


def exported(root: Path) -> None:
    run("translate", "export", "ru", "--output", str(root / "ru.po"))(root)
    text = (root / "ru.po").read_text(encoding="utf-8")
    (root / "ru.po").write_text(text.replace('msgstr ""\n\n', 'msgstr "Слова"\n\n'), encoding="utf-8")


def changed_everywhere(root: Path) -> None:
    BUILD(root)
    shutil.copytree(root / "public", root / "before")
    path = root / "templates/page.html"
    path.write_text(path.read_text(encoding="utf-8").replace("</title>", "</title>New"), encoding="utf-8")


def live(root: Path) -> None:
    with served(root / "public") as address:
        run_failing("check", "--live", address)(root)


def run_failing(*words: str) -> Act:
    def act(root: Path) -> None:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            main([*words, "--root", str(root)])

    return act


def with_root(*words: str) -> Act:
    return lambda root: run(*(word.replace("ROOT", str(root)) for word in words))(root)


def stale(n: int, count: int, language: str) -> tuple[str, str]:
    record = (
        f'source:\n- "s{"0" * 12} t{"0" * 12} title"\n- "s{"0" * 12} t{"0" * 12} #head"\n' if language == "ru" else ""
    )
    return record, "## Head\n\nText.\n"


def untranslated(n: int, count: int, language: str) -> tuple[str, str]:
    return "", f"This very paragraph number {n} stands in both of the languages, word for word.\n"


LINKS = body(lambda n, count: "".join(f"[x](/list/p{(n + k) % count}/)\n" for k in range(10)))

FEATURES: dict[str, Feature] = {
    "plain": Feature(),
    "checked": Feature(act=CHECK),
    "links": Feature(LINKS),
    "relative links": Feature(body(lambda n, count: f"[x](../p{(n + 1) % count}/) [y](../../t0/)")),
    "anchors": Feature(body(lambda n, count: f"## Head {n}\n\n[x](/list/p{(n + 1) % count}/#head-{(n + 1) % count})")),
    "anchors on one page": Feature(body(lambda n, count: "[x](/t0/#head)")),
    "dead pages": Feature(body(lambda n, count: f"[x](/list/q{n}x/)")),
    "pages by another alphabet's case": Feature(body(lambda n, count: f"[x](/List/P{n}/)")),
    "pages by their old addresses": Feature(
        lambda n, count, language: (
            f"aliases: [/old/{n}/]\n" if language == "en" else "",
            f"[x](/old/{(n + 1) % count}/)\n",
        )
    ),
    "links with a language": Feature(body(lambda n, count: f"[x](/en/list/p{n}/)")),
    "turned slashes": Feature(body(lambda n, count: f"[x](\\list\\p{n}\\)")),
    "dead files": Feature(body(lambda n, count: f"[x](none{n}.pdf)")),
    "dead anchors": Feature(body(lambda n, count: f"[x](/list/p{(n + 1) % count}/#none)")),
    "dead anchors on one page": Feature(body(lambda n, count: f"[x](/t0/#none{n})")),
    "own addresses": Feature(
        body(lambda n, count: f"[x](https://own.example/ru/list/p{n}/)\n[y](https://own.example/nowhere/{n}/)")
    ),
    "references": Feature(fact(lambda n, count: "tags: [/t0/, /t1/, /t2/]")),
    "references to missing pages": Feature(fact(lambda n, count: f"tags: [/no/{n}/, /t0/]")),
    "references to another kind": Feature(fact(lambda n, count: f"tags: [/list/p{(n + 1) % count}/]")),
    "aliases": Feature(fact(lambda n, count: f"aliases: [/old/{n}/, /older/{n}/, /ru/oldest/{n}/]")),
    "clashing aliases": Feature(fact(lambda n, count: "aliases: [/old/]"), act=FAILING),
    "files beside pages": Feature(
        body(lambda n, count: f"[x](f{n}.pdf)"),
        lambda root, count: files(root, (f"content/list/p{n}/f{n}.pdf" for n in range(count))),
    ),
    "files in one folder": Feature(body(lambda n, count: f"[x](/t0/f{n}.pdf)"), in_one_folder),
    "dead files beside many": Feature(body(lambda n, count: f"[x](/t0/g{n}.pdf)"), in_one_folder),
    "static files": Feature(lay=statics),
    "deep folders": Feature(where=deep),
    "missing translations": Feature(languages=("en",)),
    "a long list": Feature(fact(lambda n, count: f"date: 2024-0{1 + n % 9}-11")),
    "a list narrowed": Feature(
        fact(lambda n, count: f"date: 20{10 + n % 2}-01-11\nlevel: low\ntags: [/t{n % 4}/]"), kind="narrowed"
    ),
    "a calendar": Feature(
        lambda n, count, language: (f"kind: event\ndate: 2024-0{1 + n % 9}-11\n" if language == "en" else "", "")
    ),
    "many headings": Feature(body(lambda n, count: "## Head\n\nText.\n\n" * 12)),
    "one page of many headings": Feature(
        lay=lambda root, count: put(root, "content/t0/index.en.md", "---\nkind: tag\ntitle: T\n---\n" + "## Head\n\n" * count)
    ),
    "a glossary": Feature(body(lambda n, count: f"word{n % 30} bad{n % 30}"), glossary, more="glossary: /glossary/\n"),
    "search": Feature(body(lambda n, count: f"Word{n} word{n % 7}"), search),
    "stale sections": Feature(stale),
    "untranslated paragraphs": Feature(untranslated),
    "long titles": Feature(lambda n, count, language: (f"note: {'x' * 30}{n}\n", "Text.\n")),
    "unsorted lists": Feature(fact(lambda n, count: "orders: [b, a, c]")),
    "raw HTML": Feature(body(lambda n, count: f"<b>x{n}</b>")),
    "pictures without words": Feature(fact(lambda n, count: f"photo: none{n}.png")),
    "slugs": Feature(lambda n, count, language: (f"slug: {language}-{n}\n", "Text.\n")),
    "a table beside each page": Feature(source_block("table", lambda n: "src=fees.csv"), tables),
    "a table of many rows": Feature(lay=one_table),
    "blocks": Feature(body(lambda n, count: BLOCKS.format(n=n))),
    "blocks that list pages": Feature(source_block("pages", lambda n: f"kind=page limit=3 sort={'title' if n % 2 else '-date'}")),
    "many languages": Feature(more=MANY, languages=CHAIN, pages=5),
    "long chains of languages": Feature(more=CHAINED, languages=("en",), pages=5),
    "one text edited": Feature(before=edited("content/list/p1/index.en.md", "Text", "Texts"), act=WARM),
    "one title edited": Feature(before=edited("content/list/p1/index.en.md", "Page", "Pages"), act=WARM),
    "a template edited": Feature(before=edited("templates/page.html", "</title>", "</title>x"), act=WARM),
    "rename": Feature(body(lambda n, count: "[x](/t0/) [y](../../t0/)"), act=run("rename", "/t0/", "/u0/")),
    "status": Feature(stale, act=run("translate", "status")),
    "export": Feature(stale, act=with_root("translate", "export", "ru", "--output", "ROOT/ru.po")),
    "export with marks": Feature(
        body(lambda n, count: f":::note[T]\n**One** [x](/t0/), `c` and :abbr[S]{{title=\"T{n}\"}}.\n:::"),
        act=with_root("translate", "export", "ru", "--output", "ROOT/ru.xliff", "--to", "xliff"),
    ),
    "import of a translation": Feature(stale, before=exported, act=with_root("translate", "import", "ROOT/ru.po")),
    "accept": Feature(act=run("translate", "accept", "all", "all")),
    "compare": Feature(
        before=changed_everywhere, act=with_root("compare", "ROOT/before", "--jobs", "1", "--clean")
    ),
    "publish": Feature(before=BUILD, act=with_root("publish", "ROOT/target")),
    "check of a live site": Feature(before=BUILD, act=live),
    "fix": Feature(body(lambda n, count: f"[x](\\list\\p{n}\\)"), act=run("check", "--fix", "--jobs", "1")),
    "import from Hugo": Feature(lay=hugo, act=import_hugo),
}  # fmt: skip


def cost(root: Path, count: int, feature: Feature) -> int:
    """Function calls of the command on a site of so many pages."""
    shutil.rmtree(root, ignore_errors=True)
    site(root, count, feature)
    feature.before(root)
    elsewhere = Counter[str]()
    threading.setprofile(lambda frame, event, argument: elsewhere.update((event,)))
    try:
        own = calls(lambda: feature.act(root))
    finally:
        threading.setprofile(None)
    return own + elsewhere["call"] + elsewhere["c_call"]


def growth(root: Path, feature: Feature) -> Iterator[int]:
    cost(root, 4, feature)  # what is read and remembered once for all
    yield from (cost(root, times * feature.pages, feature) for times in (1, 2, 4))


@pytest.fixture(autouse=True)
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls in forked processes would not be counted."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0})


#: What every change may make slow; `make soak` counts for each feature.
ALWAYS = ("plain", "links", "many headings", "references to another kind")


@pytest.mark.slow
@pytest.mark.parametrize("name", sampled(FEATURES, ALWAYS))
def test_cost_grows_no_faster_than_the_site(tmp_path: Path, name: str) -> None:
    first, second, third = growth(tmp_path / "site", FEATURES[name])
    steps = (third - second) / max(second - first, FEATURES[name].pages)

    assert steps <= FEATURES[name].most, f"{first:,} {second:,} {third:,} calls: {steps:.2f}"


@pytest.mark.slow
def test_one_call_for_each_pair_of_pages_is_detected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def compare_with_each(library: Library, code: str, word: str, known: Any) -> str:
        return next((f"did you mean '{key}'?" for key in library.pages if key.startswith(word)), "")

    monkeypatch.setattr(Library, "guess", compare_with_each)
    first, second, third = growth(tmp_path / "site", FEATURES["dead pages"])

    assert (third - second) / (second - first) > MOST
