"""A new site: settings, content model and first pages in the requested languages, rendered by the theme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from msgspec.structs import replace

from sitegen.editing.requirement import requirement
from sitegen.i18n.language import Language
from sitegen.i18n.starter_words import STARTER, starter_words
from sitegen.i18n.transliteration import PSEUDO, SCRIPTS
from sitegen.model.fields import Checker, Field
from sitegen.model.loading import given_url
from sitegen.problems.problem import Problem, SiteError, listing, refusal
from sitegen.source.file_writing import replace_files, writing
from sitegen.source.front_matter import page_text
from sitegen.source.mark import Mark
from sitegen.source.scalars import scalar
from sitegen.source.text import CONTROL, Source, control_character
from sitegen.source.yaml import Node
from sitegen.storage.working_folder import finish_interrupted, put_in_place, working_folder
from sitegen.translation.review import accept

#: The default address of a new site: a domain reserved for examples.
BASE_URL = "https://example.org/"
#: Files of the starter whose final names would have a meaning inside the package.
_NAMES = {"gitignore": ".gitignore", "gitlab-ci.yml": ".gitlab-ci.yml"}
#: Content path → (name of its words in the starter, kind, facts).
_PAGES = {
    "/": ("home", "home", ()),
    "/about/": ("about", "", ()),
    "/news/": ("news", "newsroom", ()),
    "/news/website/": ("item", "", ("date",)),
    "/events/": ("events", "events", ()),
    "/events/open-day/": ("event", "", ("starts",)),
    "/contact/": ("contact", "", ()),
    "/search/": ("search", "search", ()),
    "/site/": ("site", "translations", ()),
}
#: Prefix of the temporary folder in which a site is created.
_WORK = ".init-"
#: Widths of photographs: a phone's, a tablet's and those of sharp screens.
_WIDTHS = (480, 960, 1440)
#: Number of days until the starter's event.
_AHEAD = 60


def init_site(
    folder: Path, tags: Sequence[str], day: dt.date, *, title: str = "", base_url: str = "", is_minimal: bool = False
) -> list[str]:
    """Create a site in a new or empty folder, completely or not at all; return the paths of its files.

    If another `init` of the folder was interrupted once all was made, that one is completed instead.

    Args:
        tags: BCP 47 language tags; the first is the source language.
        day: date of the first news item.
        title: the site's name; the starter's title if empty.
        is_minimal: whether to create only the settings, the content model and the home page.

    Raises:
        SiteError: the folder is not empty, or a tag is invalid.
    """
    with writing(folder):
        if finish_interrupted(folder, _WORK):
            return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refusal(folder, "not-empty", "the folder is not empty", "name a new folder, as in: sitegen init my-site")
    languages, title = _languages(tags), " ".join(title.split())
    if hidden := CONTROL.search(title):
        raise SiteError([control_character(Source.of("--title", title), hidden[0], Mark(1, hidden.start() + 1))])
    base_url = given_url("--base-url", base_url) if base_url else ""
    files = dict(_minimal(languages, title, base_url) if is_minimal else _whole(languages, title, base_url, day))
    with writing(folder), working_folder(folder, _WORK) as work:
        replace_files(work, {name: text.encode() for name, text in files.items()})
        first = next(iter(languages))
        if any("/index." in name and not name.endswith(f".{first}.md") for name in files):
            list(accept(work, "all", "all"))
        tops = sorted({path.partition("/")[0] for path in files} - {"content"})
        put_in_place(work, [*tops, "content"])  # last, as it makes the folder a site
    return sorted(files)


def _languages(tags: Sequence[str]) -> dict[str, Language]:
    """Return path → language; a language in a second script is derived from the one in its first script."""
    problems: list[Problem] = []
    check = Checker(Source.of("--languages", ",".join(tags)), problems)
    languages: dict[str, Language] = {}
    subtags = [tag.partition("-")[0].lower() for tag in tags]
    for tag, subtag in zip(tags, subtags, strict=True):
        read = check.value(Field(name="languages", type="language"), Node(tag, tag, Mark(1, 1, max(1, len(tag)))))
        if read is None:
            continue
        path = subtag if subtags.count(subtag) == 1 else str(read).lower()
        languages[path] = Language(tag=str(read), path=path, fallback=(), formats=str(read))
    if not tags:
        problems.append(Problem(path="--languages", code="required", message="a site needs at least one language"))
    if problems:
        raise SiteError(problems)
    bases = {own.path: own for own in languages.values() if "-" not in own.tag}
    made = [own for own in languages.values() if _is_made(own, bases)]
    if problem := _wrong_scripts(languages, made):
        raise SiteError([problem])
    return {
        path: replace(own, base=own.tag.partition("-")[0] if own in made else "") for path, own in languages.items()
    }


def _wrong_scripts(languages: Mapping[str, Language], made: Sequence[Language]) -> Problem | None:
    """Report derived languages that `transliterate:` can't express."""
    message = hint = ""
    if len(made) > 1:
        message = f"{listing(own.tag for own in made)}: a site has only one language in a second script"
        hint = "name the first of them only"
    elif made and made[0] is next(iter(languages.values())):
        base = made[0].tag.partition("-")[0]
        message = f"'{made[0].tag}' is derived from '{base}', so it can't be the source language"
        rest = [own.tag for own in languages.values() if own.tag not in (base, made[0].tag)]
        hint = f"begin with the other script, as in: --languages {','.join([base, made[0].tag, *rest])}"
    return Problem(path="--languages", code="expected", message=message, hint=hint) if message else None


def _is_made(language: Language, bases: Mapping[str, Language]) -> bool:
    """Whether a language can be derived from another by transliteration, such as sr-Latn from sr."""
    return language.tag in SCRIPTS and language.tag not in PSEUDO and language.tag.partition("-")[0] in bases


def _whole(languages: Mapping[str, Language], title: str, base_url: str, day: dt.date) -> Iterator[tuple[str, str]]:
    words = _words(languages)
    yield "content/site.yaml", _settings(languages, words, title, base_url, _MENUS)
    for key, (name, kind, facts) in _PAGES.items():
        yield from _page(key, name, kind, {fact: _FACTS[fact](day) for fact in facts}, words)
    first = next(iter(languages))
    values = {
        "requirement": requirement(),
        "title": title or words[first]["title"],
        "languages": ", ".join(language.tag for language in languages.values()),
        "source": first,
        "other": next((path for path, own in languages.items() if path != first and not own.base), "fr"),
    }
    for path in sorted(path for path in (STARTER / "site").rglob("*") if path.is_file()):
        name = path.relative_to(STARTER / "site").as_posix()
        text = path.read_text(encoding="utf-8")
        yield _NAMES.get(name, name), Template(text).safe_substitute(values) if name in _FILLED_IN else text


#: Files of the starter with placeholders for facts about the site.
_FILLED_IN = ("README.md", "requirements.txt")
_FACTS = {"date": lambda day: day.isoformat(), "starts": lambda day: (day + dt.timedelta(days=_AHEAD)).isoformat()}
_MENUS = "menus:\n  main: [/about/, /news/, /events/, /contact/]\n  footer: [/site/]\n"
_MINIMAL_KINDS = "# The content model; see `kinds.yaml` in the documentation.\npage:\n  template: page.html\n"


def _minimal(languages: Mapping[str, Language], title: str, base_url: str) -> Iterator[tuple[str, str]]:
    words = _words(languages)
    first = next(iter(languages))
    yield "content/site.yaml", _settings(languages, words, title, base_url, "")
    yield "content/kinds.yaml", _MINIMAL_KINDS
    yield from _page("/", "home", "", {}, {first: words[first]})


def _words(languages: Mapping[str, Language]) -> dict[str, Any]:
    """Return language path → words of the starter; English if the source language has none."""
    found = {path: starter_words(own, "" if number else "en") for number, (path, own) in enumerate(languages.items())}
    return {path: words for path, words in found.items() if words is not None}


def _settings(
    languages: Mapping[str, Language], words: Mapping[str, Any], title: str, base_url: str, menus: str
) -> str:
    lines = ["title:", *(f"  {path}: {scalar(title or own['title'])}" for path, own in words.items())]
    where = "# Where the site is published; `example.org` is a name for examples.\n" if not base_url else ""
    lines += [f"{where}base_url: {base_url or BASE_URL}", "languages:"]
    made = [language for language in languages.values() if language.base]
    for path, language in languages.items():
        if not language.base:
            own = "" if path == language.tag else f", path: {path}"
            lines.append(f"  - {{tag: {language.tag}{own}}}")
    for language in made[:1]:
        lines += [f"# Made of {language.base} by changing the script."]
        lines += [f"transliterate: {{from: {language.base}, to: {language.tag}, path: {language.path}}}"]
    lines += [
        "# The source of the templates, styles and messages that the site does not have itself.",
        "theme: default",
        "# The widths in pixels in which photographs are published.",
        f"pictures: {{widths: [{', '.join(map(str, _WIDTHS))}]}}",
    ]
    return "\n".join(lines) + "\n" + menus


def _page(
    key: str, name: str, kind: str, facts: Mapping[str, str], words: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    source = next(iter(words))
    for path, all_words in words.items():
        own = dict(all_words[name])
        text = own.pop("text", "")
        front = [f"kind: {kind}"] if kind and path == source else []
        front += [f"{field}: {value}" for field, value in facts.items()] if path == source else []
        front += [f"{field}: {scalar(value)}" for field, value in own.items()]
        front += ["review: machine"] if path != source and all_words["is_draft"] else []
        yield f"content{key}index.{path}.md", page_text(front, text)
