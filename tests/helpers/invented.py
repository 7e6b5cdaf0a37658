"""Random sites and changes to them: pages, languages, lists, terms, files and templates from a seed.

usage: python tests/helpers/invented.py SEED [STEPS]     tells what is changed at each step, and whether warm is as clean
"""

from __future__ import annotations

import copy
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from waiting import write_later

from sitegen.build.options import Options
from sitegen.build.pipeline import build
from sitegen.build.up_to_date import find_standing
from sitegen.problems.problem import SiteError
from sitegen.publish.build_record import write_record

LANGUAGES = {
    "en": "{tag: en}",
    "ru": "{tag: ru, fallback: [en]}",
    "kk": "{tag: kk, fallback: [ru, en]}",
    "fa": "{tag: fa, fallback: [en]}",
    "uz": "{tag: uz, fallback: [ru, en]}",
}
TITLES = {"en": "Text", "ru": "Слово", "kk": "Сөз", "fa": "واژه", "uz": "Soʻz"}
WARNED = (
    "alt dead-anchor dead-file dead-page glossary own-address reference reference-kind structure"
    " untranslated missing-source"
)
KINDS = """\
page:
  template: page.html
  facts:
    date: {{type: date}}
    updated: {{type: date}}
    level: {{type: choice, of: [low, high]}}
    friend: {{type: page}}
    friends: {{type: list, of: {{type: page}}}}
    places: {{type: list, of: {{type: country}}}}
    photo: {{type: image}}
    rates: {{type: file}}
  words:
    note: {{type: text}}
list: {{extends: page, children: {{kind: page, sort: {sort}, per_page: {per_page}, by: [level, date, friend]}}}}
event: {{extends: page, calendar: {{start: date, label: Starts}}, schema: {{type: Event, startDate: date, location: note, organizer: friend}}}}
glossary:
  extends: page
  words:
    terms: {{type: list, of: {{type: group, fields: {{key: {{type: id}}, term: {{type: text}}}}}}}}
"""
#: Every attribute of a page and of the site that a template can see; a test compares them with the code.
PAGE = """\
{% macro brief(p) %}{% if p %}<{{ p.key }} {{ p.title }} {{ p.title|words }} {{ p.url }} {{ p.summary }} {{ p.state }} {{ p.date }}>{% endif %}{% endmacro %}
{{ page.absolute_url }} {{ page.calendar_url }} {{ page.canonical_url }} {{ page.card_url }} {{ page.changed|join(',') }}
{{ page.date }} {{ page.feed_url }} {{ page.is_fallback }} {{ page.is_listed }} {{ page.jsonld }} {{ page.kind }} {{ page.language }}
{{ page.list_absolute_url }} {{ page.list_url }} {{ page.edit_url }} {{ page.report_url }} {{ page.review }} {{ page.shown.path }} {{ page.source.path }}
{{ page.source_url }} {{ page.state }} {{ page.summary }} {{ page.title }} {{ page.updated }} {{ page.url }} {{ page.words.note }}
{{ brief(page.facts.friend) }} {% for p in page.facts.friends %}{{ brief(p) }}{% endfor %} {{ page.facts.level }}
{% for place in page.facts.places %}{{ place|country }}{% endfor %}{% for p in page.ancestors %}{{ brief(p) }}{% endfor %}
{% for p in page.children %}{{ brief(p) }}{{ p.facts.level }}{% endfor %}{% for p in page.items %}{{ brief(p) }}{% endfor %}
{% for p in page.siblings %}{{ brief(p) }}{% endfor %}{{ brief(page.parent) }}
{% for p in page.referrers('friend') %}{{ brief(p) }}{% endfor %}{% for p in page.referrers('friends') %}{{ brief(p) }}{% endfor %}
{% if page.pager %}{{ page.pager.number }} {{ page.pager.count }} {{ page.pager.previous_url }} {{ page.pager.next_url }}
{% for p in page.pager.items %}{{ brief(p) }}{% endfor %}{% endif %}
{% for v in page.translations %}{{ v.locale.name }} {{ v.url }} {{ v.title }} {{ v.is_translated }} {{ v.is_current }}{% endfor %}
{% for a in page.alternates %}{{ a.tag }} {{ a.url }}{% endfor %}{{ brief(page.version('ru')) if 'ru' in paths() else '' }}
{% for f, all in page.selections.items() %}{{ f }}{% for s in all %}{{ s.label }} {{ s.url }} {{ s.count }} {{ s.is_current }}{% endfor %}{% endfor %}
{{ page.selection.label if page.selection }} {{ page.is_within(site.home) }}
{{ page.picture(page.facts.photo, 'x') if page.facts.photo == 'f0.png' else '' }} {{ page.has_blocks }} {{ page.is_past }} {{ page.is_closed }}
{{ page.file('f0.png').url if page.facts.photo == 'f0.png' else '' }}
{% if page.facts.rates == 't.csv' %}{% for row in page.table('t.csv').rows %}{{ row.rate }}{% endfor %}{% endif %}
{% for s in page.sections %}{{ s.heading }} {{ s.content }} {{ s.is_stale }} {{ s.source_url }}{% endfor %}
{% for h in page.headings %}{{ h.title }} {{ h.anchor }}{% endfor %}{{ page.content }}
{{ site.trail(page) }} {% call once(site.trail(page)) %}{% for entry in site.menus.get('main', ()) %}{{ entry.title }}{% endfor %}{% endcall %}
{% for other in site.beside(page) if other %}{{ other.title }}{% endfor %}
"""
SITE = """\
{{ site.base_url }} {{ site.calendar_url }} {{ site.chooser_absolute_url }} {{ site.chooser_url }} {{ site.feed_url }}
{{ site.search_url }} {{ site.status_url }} {{ site.title }} {{ site.short_title }} {{ site.publisher }} {{ site.title_in(locale) }}
{% for l in site.languages %}{{ l.tag }} {{ site.home_url(l) }} {{ site.locale_of(l.path).name }}{% endfor %}
{{ site.home.title }} {{ site.organisation.title if site.organisation }} {{ site.page('/').title }}
{{ site.find_page('/a/b/').title if site.find_page('/a/b/') }}
{% for name, menu in site.menus.items() %}{{ name }}{% for p in menu %}{{ p.title }} {{ p.url }}{% endfor %}{% endfor %}
"""
COVERAGE = """\
{% for own in site.coverage %}{{ own.language }} {{ own.words }} {{ own.current }} {{ own.percent }} {{ own.reviewed_pages }}{% endfor %}
{% for page, states in site.matrix %}{{ page.title }}{% for state, all in states.items() %}{{ state }} {{ all|length }}{% endfor %}{% endfor %}
"""


@dataclass
class Text:
    """A version of a page."""

    title: str
    body: str
    words: dict[str, str] = field(default_factory=dict)


@dataclass
class InventedPage:
    """A page: its facts, and its versions by language."""

    facts: dict[str, str]
    texts: dict[str, Text]


#: What goes on whatever is undone.
_LASTING = ("root", "chance", "number", "written")


class InventedSite:
    """A site in a folder and the changes to it; the same seed gives the same site and changes."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.chance = random.Random(seed)
        self.number = self.title = 0
        self.languages = ["en", *self.chance.sample(["ru", "kk", "fa", "uz"], self.chance.randint(1, 3))]
        self.per_page, self.sort = self.chance.choice([1, 2, 3]), self.chance.choice(["-date", "title", "order"])
        self.menus = ["/", "/a/"]
        self.files: dict[str, str] = {}
        self.template = ""
        self.pages: dict[str, InventedPage] = {}
        self.pages["/"] = self._page("en", "page")
        self.written: dict[str, str] = {}
        for _ in range(self.chance.randint(5, 9)):
            self._new_page()
        self._new_list()
        self.write()

    def change(self) -> str:
        """Change something, and say what."""
        done = []
        for _ in range(self.chance.choice([1, 1, 1, 2, 3])):
            how = self.chance.choice(CHANGES)
            how(self)
            done.append(how.__name__.strip("_"))
        self.write()
        return ", ".join(done)

    def state(self) -> dict[str, Any]:
        """What it is now."""
        return copy.deepcopy({name: value for name, value in vars(self).items() if name not in _LASTING})

    def restore(self, state: dict[str, Any]) -> None:
        """Restore the previous state."""
        vars(self).update(copy.deepcopy(state))

    def write(self) -> None:
        """Update the folder to the current site without touching unchanged files."""
        now = dict(self._inputs())
        for path, text in now.items():
            if self.written.get(path) != text:
                (self.root / path).parent.mkdir(parents=True, exist_ok=True)
                write_later(self.root / path, text)
        for path in self.written.keys() - now.keys():
            (self.root / path).unlink()
        self.written = now

    def _inputs(self) -> Iterator[tuple[str, str]]:
        yield "content/site.yaml", self._settings()
        yield "content/kinds.yaml", KINDS.format(sort=self.sort, per_page=self.per_page)
        listed = ", ".join(f"'{path}'" for path in self.languages)
        own = "{% macro paths() %}" + listed.replace("'", "") + "{% endmacro %}"
        yield "templates/page.html", own + PAGE + SITE + self.template
        yield "templates/search.html", "{{ site.search_url }}"
        yield "templates/404.html", SITE
        yield "templates/chooser.html", SITE
        yield "templates/translations.html", COVERAGE
        yield from self.files.items()
        for key, page in self.pages.items():
            for language, text in page.texts.items():
                facts = page.facts if language == self._source(page) else {}
                lines = {**facts, "title": text.title, **text.words}
                front = "".join(f"{name}: {value}\n" for name, value in lines.items())
                yield f"content{key}index.{language}.md", f"---\n{front}---\n{text.body}"

    def _settings(self) -> str:
        listed = "".join(f"  - {self._language(path)}\n" for path in self.languages)
        checks = ", ".join(f"{code}: warning" for code in WARNED.split())
        made = "transliterate: {from: uz, to: uz-Cyrl, path: uz-cyrl}\n" if "uz" in self.languages else ""
        titles = ", ".join(f"{path}: {TITLES[path]} {self.title}" for path in self.languages[:2])
        return (
            f"title: {{{titles}}}\nbase_url: https://example.org/\nlanguages:\n{listed}{made}"
            f"report: mail@example.org\norganisation: /a/\nglossary: /terms/\nmenus: {{main: [{', '.join(self.menus)}]}}\n"
            f"checks: {{{checks}, untracked: off}}\n"
        )

    def _language(self, path: str) -> str:
        line = LANGUAGES[path]
        for other in ("ru", "en"):
            if other not in self.languages:
                line = line.replace(f"[{other}, ", "[").replace(f", fallback: [{other}]", "")
        return line

    def _source(self, page: InventedPage) -> str:
        return "en" if "en" in page.texts else next(path for path in self.languages if path in page.texts)

    def _word(self, language: str) -> str:
        self.number += 1
        return f"{TITLES[language]} {self.number}"

    def _page(self, language: str, kind: str) -> InventedPage:
        facts = {} if kind == "page" else {"kind": kind}
        return InventedPage(facts, {language: self._text(language)})

    def _text(self, language: str) -> Text:
        links = "".join(f"[x]({self._key()})\n" for _ in range(self.chance.randint(0, 2)))
        picture = "\n![x](f0.png)\n" if self.chance.random() < 0.3 else ""
        words = {"summary": self._word(language)} if self.chance.random() < 0.4 else {}
        body = f"{self._word(language)}.\n\n## {self._word(language)}\n\nterm1 {links}{picture}\n"
        return Text(self._word(language), body, words)

    def _key(self) -> str:
        return self.chance.choice([*self.pages, "/a/", "/a/b/", "/gone/"])

    def _some_page(self) -> InventedPage:
        return self.pages[self.chance.choice(list(self.pages))]

    def _some_text(self) -> tuple[str, Text]:
        page = self._some_page()
        language = self.chance.choice(list(page.texts))
        return language, page.texts[language]

    # changes

    def _new_page(self) -> None:
        above = self.chance.choice(list(self.pages))
        name = self.chance.choice(["a", "b", "c", "a/b", "d/e/f"])
        kind = self.chance.choice(["page", "page", "page", "list", "event"])
        page = self._page("en" if self.chance.random() < 0.8 else self.chance.choice(self.languages), kind)
        self.pages.setdefault(f"{above}{name}/", page)

    def _new_list(self) -> None:
        self.pages.setdefault("/l/", self._page("en", "list")).facts["kind"] = "list"
        for number in range(self.chance.randint(2, 5)):
            page = self._page("en", "page")
            page.facts |= {
                "date": f"20{self.chance.randint(10, 13)}-01-0{1 + number}",
                "level": self.chance.choice(["low", "high"]),
            }
            self.pages[f"/l/n{self.number}/"] = page

    def _glossary(self) -> None:
        page = self._page("en", "glossary")
        page.texts["en"].words["terms"] = f"[{{key: k, term: term{self.chance.randint(1, 2)}}}]"
        self.pages["/terms/"] = page

    def _remove_page(self) -> None:
        key = self.chance.choice([*self.pages][1:] or ["/"])
        if key != "/":
            del self.pages[key]

    def _new_title(self) -> None:
        language, text = self._some_text()
        text.title = self._word(language)

    def _new_summary(self) -> None:
        language, text = self._some_text()
        text.words.pop("summary", None)
        if self.chance.random() < 0.7:
            text.words["summary"] = self._word(language)

    def _new_note(self) -> None:
        language, text = self._some_text()
        text.words["note"] = self._word(language)

    def _new_text(self) -> None:
        language, text = self._some_text()
        text.body = self._text(language).body

    def _more_text(self) -> None:
        language, text = self._some_text()
        text.body += f"\n{self._word(language)}\n"

    def _slug(self) -> None:
        _, text = self._some_text()
        text.words["slug"] = f"s{self.chance.randint(1, 30)}"

    def _draft_translation(self) -> None:
        _, text = self._some_text()
        text.words["draft"] = self.chance.choice(["true", "false"])

    def _translate(self) -> None:
        page = self._some_page()
        language = self.chance.choice(self.languages)
        page.texts.setdefault(language, self._text(language))

    def _remove_translation(self) -> None:
        page = self._some_page()
        if len(page.texts) > 1:
            del page.texts[self.chance.choice(list(page.texts))]

    def _fact(self) -> None:
        name, value = self.chance.choice(
            [
                ("date", f"201{self.chance.randint(0, 9)}-0{self.chance.randint(1, 9)}-11"),
                ("updated", f"202{self.chance.randint(0, 5)}-01-11"),
                ("level", self.chance.choice(["low", "high"])),
                ("friend", self._key()),
                ("friends", f"[{self._key()}, {self._key()}]"),
                ("places", f"[{self.chance.choice(['KZ', 'CN', 'IN'])}]"),
                ("photo", "f0.png"),
                ("rates", "t.csv"),
                ("order", str(self.chance.randint(1, 9))),
                ("aliases", f"[/old{self.chance.randint(1, 3)}/]"),
                ("draft", self.chance.choice(["true", "false"])),
                ("publish", self.chance.choice(["2020-01-01", "2030-01-01"])),
                ("languages", f"[{', '.join(['en', *self.languages[1:2]])}]"),
                ("hold_until", f"[{self.languages[:2][-1]}]"),
            ]
        )
        key = self.chance.choice(list(self.pages))
        self.pages[key].facts[name] = value
        if name == "photo":
            self.files[f"content{key}f0.png"] = "photo"
        if name == "rates":
            self.files[f"content{key}t.csv"] = f"rate.en,rate.ru\n{self.number},{self.title}\n"

    def _lose_fact(self) -> None:
        page = self._some_page()
        if page.facts:
            del page.facts[self.chance.choice(list(page.facts))]

    def _file(self) -> None:
        key = self.chance.choice(list(self.pages))
        name = self.chance.choice(["f0.png", "f0.ru.png", "f1.pdf"])
        self.files[f"content{key}{name}"] = f"{self.number}"

    def _remove_file(self) -> None:
        if self.files:
            del self.files[self.chance.choice(list(self.files))]

    def _move(self) -> None:
        key = self.chance.choice([*self.pages][1:] or ["/"])
        if key != "/":
            self.pages[f"/m{self.chance.randint(1, 9)}{key}"] = self.pages.pop(key)

    def _languages(self) -> None:
        path = self.chance.choice([*LANGUAGES][1:])
        if path in self.languages:
            self.languages.remove(path)
            for page in self.pages.values():
                page.texts.pop(path, None)
            for key in [key for key, page in self.pages.items() if not page.texts]:
                del self.pages[key]
            for page in self.pages.values():
                page.facts.pop("languages", None)
                page.facts.pop("hold_until", None)
        else:
            self.languages.append(path)

    def _order_of_languages(self) -> None:
        self.languages[1:] = self.chance.sample(self.languages[1:], len(self.languages) - 1)

    def _lists(self) -> None:
        self.per_page, self.sort = self.chance.choice([1, 2, 3]), self.chance.choice(["-date", "title", "order"])

    def _menus(self) -> None:
        self.menus = [self._key() for _ in range(self.chance.randint(1, 3))]

    def _site_title(self) -> None:
        self.title = self.number

    def _templates(self) -> None:
        self.template = f"<!-- {self.number} -->"

    def _catalog(self) -> None:
        path = self.chance.choice(self.languages)
        head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        self.files[f"translations/{path}/LC_MESSAGES/messages.po"] = (
            head + f'msgctxt "choice"\nmsgid "low"\nmsgstr "{self._word(path)}"\n'
        )


Change = Callable[[InventedSite], None]
_OFTEN: list[Change] = [
    InventedSite._new_page, InventedSite._new_title, InventedSite._new_summary, InventedSite._more_text, InventedSite._fact,
    InventedSite._translate,
]  # fmt: skip
CHANGES: list[Change] = [
    *_OFTEN, *_OFTEN, *_OFTEN,
    InventedSite._new_note, InventedSite._new_text, InventedSite._slug, InventedSite._draft_translation, InventedSite._new_list,
    InventedSite._glossary, InventedSite._remove_page, InventedSite._remove_translation, InventedSite._lose_fact, InventedSite._file,
    InventedSite._remove_file, InventedSite._move, InventedSite._languages, InventedSite._order_of_languages, InventedSite._lists,
    InventedSite._menus, InventedSite._site_title, InventedSite._templates, InventedSite._catalog,
]  # fmt: skip


def outcome(root: Path, output: str, **options: Any) -> dict[str, bytes] | str:
    """Every file of the site as built now, or the problems reported instead."""
    folder = root / output
    asked = Options(root=root, output=folder, jobs=1, **options)
    try:
        seen, standing = find_standing(asked)
        if standing is None:
            report = build(asked)
            if asked.remembers:
                write_record(asked, report, seen)
    except SiteError as error:
        return "\n".join(str(problem) for problem in error.problems)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def differences(root: Path, seed: int, steps: int, tell: Callable[[str], None] = lambda text: None) -> Iterator[str]:
    """Where a warm build differs from a clean one, step by step; "" for each step without a difference.

    A change after which the site is told to be wrong is undone at the next step; the site begins without an error.
    """
    site = InventedSite(root, seed)
    what = "invented"
    well = site.state()
    for step in range(steps + 1):
        warm = outcome(root, "public")
        clean = outcome(root, "clean", remembers=False)
        kind = clean.splitlines()[0] if isinstance(clean, str) else f"{len(clean)} files"
        tell(f"{step}: {what} → {kind}")
        assert step or not isinstance(clean, str), clean
        if warm == clean:
            yield ""
        elif isinstance(warm, str) or isinstance(clean, str):
            yield f"seed {seed}, step {step} ({what}): warm {str(warm)[:500]}\nclean {str(clean)[:500]}"
        else:
            wrong = sorted(path for path in warm.keys() | clean.keys() if warm.get(path) != clean.get(path))
            yield f"seed {seed}, step {step} ({what}): {', '.join(wrong[:10])}"
        if isinstance(clean, str):
            site.restore(well)
        else:
            well = site.state()
        what = site.change()


def main(seed: int, steps: int) -> int:
    """Play one seed."""
    root = Path(tempfile.mkdtemp(prefix="invented-"))
    wrong = [found for found in differences(root, seed, steps, print) if found]
    print("\n".join(wrong) or "warm is as clean")
    if not wrong:
        shutil.rmtree(root)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int((*sys.argv, "12")[2])))
