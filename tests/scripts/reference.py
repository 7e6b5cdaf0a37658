"""The reference of the documentation, made of the code's own tables and docstrings.

usage: python tests/scripts/reference.py      writes docs/content/reference/, which is not in git
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from examples import PAGE, Example, read_examples

from sitegen.cli import command_line
from sitegen.i18n.locale import Locale
from sitegen.library.translation_status import Coverage, PageCoverage
from sitegen.model.blocks import BLOCK_KEYS, shipped_blocks
from sitegen.model.field_declarations import FIELD_KEYS
from sitegen.model.fields import TYPES, Field
from sitegen.model.kinds import BASE_FIELDS, CHILDREN_FIELDS, KIND_KEYS, TRANSLATION_FIELDS
from sitegen.model.language_settings import LANGUAGE_FIELDS, SCRIPT_FIELDS
from sitegen.model.menus import ENTRY_KEYS
from sitegen.model.page import Heading, Money
from sitegen.model.site_yaml import EDITOR_FIELDS, MARKDOWN_FIELDS, PICTURE_FIELDS, SITE_KEYS
from sitegen.problems.explain import as_markdown
from sitegen.render.alternates import Alternate
from sitegen.render.dependency_recording import recorded
from sitegen.render.filters import FILTERS
from sitegen.render.menus import MenuView
from sitegen.render.page_views import Pager, PageView
from sitegen.render.site_view import SiteView
from sitegen.render.value_views import (
    FileView,
    Label,
    LinkView,
    SectionView,
    SelectionView,
    TableView,
    Version,
)
from sitegen.source.scalars import scalar

#: The languages of the example site, as the reference calls them.
LANGUAGES = {"fr": "in French", "fa": "in Persian"}
FOLDER = Path(__file__).parents[2] / "docs/content/reference"

#: What templates see: class → (how it is reached, what it is).
VIEWS: Mapping[type, tuple[str, str]] = {
    PageView: ("page", "A page in the reader's language; also every page that another attribute gives."),
    SiteView: ("site", "The site in the reader's language; in every template."),
    Locale: ("locale", "A language; `locale` is the reader's, in every template."),
    MenuView: ("site.menus.main", "An entry of a menu. What an entry does not have itself is its page's."),
    Pager: ("page.pager", "One page of a long list."),
    SelectionView: ("page.selections", "A list narrowed to what has one value of a fact; by the fact's name."),
    SectionView: ("page.sections", "A part of a text: a heading and what follows."),
    Version: ("page.translations", "The page in one language of the site, as the switcher lists it."),
    Alternate: ("page.alternates", "A real translation, for hreflang."),
    Heading: ("page.headings", "A heading of the text."),
    TableView: (
        "page.table",
        "A field of type `table`, or a table beside a page; here `content/tables.yaml` says what the columns of `plan.csv` hold.",
    ),
    Label: ("page.facts.status", "A field of type `choice`: its value, and its label in the reader's language."),
    Money: ("page.facts.fee", "A field of type `money`."),
    FileView: ("page.facts.handout", "A field of type `file`: a file beside the page."),
    LinkView: ("page.facts.more", "A field of type `link`."),
    Coverage: ("site.coverage", "How far a language has come."),
    PageCoverage: ("site.coverage.pages", "How far a page has come in a language."),
}
#: What every template sees besides filters: name → what it is.
GLOBALS: Mapping[str, str] = {
    "page": "The page that is drawn. `404.html` and `chooser.html` have none.",
    "site": "The site.",
    "locale": "The reader's language.",
    "_": "A message in the reader's language; so does `{% trans %}`.",
    "gettext": "The same as `_`.",
    "pgettext": "A message that needs a context to be translated.",
    "ngettext": "A message with a number, in the plural form of the language.",
    "npgettext": "The same with a context.",
    "asset": "The address of a file of static/assets/, with its fingerprint; an error where there is none.",
    "once": "What `{% call once(…) %}` encloses, made for the first page with what is given and shown on all of them: it may "
    "differ by nothing else but the language.",
    "language_of": "The language in which a message is shown, as a catalog may lack it.",
}
#: Attributes that templates have no use for.
INNER = {
    "PageView": {"scope"},
    "Locale": {"of", "cldr", "written", "order", "words", "chain", "base", "named"},
    "Heading": {"count", "index"},
}

#: Attributes that no class declares: class → name → what it is.
PLAIN = {
    "PageView": {
        "key": "Its content path, such as /news/opening/.",
        "number": "Which page of a list this is, from 1.",
        "part": 'By which fact the list is narrowed, as "status/open"; empty for the whole list.',
    },
    "MenuView": {
        "page": "The page that it leads to; none for an address elsewhere and for a label over other entries.",
        "label": "Its own name; none where it has its page's.",
        "entries": "The entries below it.",
    },
}

#: What a field of each type holds, and an example.
FIELD_TYPES: Mapping[str, tuple[str, str]] = {
    "text": ("one line of text", "title: The opening"),
    "markdown": ("Markdown of several lines", "note: |\n    One *line*."),
    "number": ("a number", "seats: 120"),
    "boolean": ("true or false", "open: true"),
    "date": ("a day", "starts: 2026-01-31"),
    "datetime": ("a day and a time, in the site's time zone unless it says another", "starts: 2026-01-31T09:30"),
    "url": ("an address elsewhere", "website: https://example.org/"),
    "email": ("an e-mail address", "contact: office@example.org"),
    "country": ("an ISO 3166-1 code, shown by its name in each language", "country: KZ"),
    "language": ("a language tag (BCP 47)", "spoken: zh-Hans"),
    "choice": ("one of the values that the field lists", "status: open"),
    "page": ("the content path of a page", "host: /partners/university/"),
    "image": ("a picture beside the page", "photo: hall.jpg"),
    "list": ("several values of one type", "countries: [KZ, CN]"),
    "group": ("several fields under one name", "place: {room: A1, floor: 2}"),
    "moment": ("a day, or a day and a time", "starts: 2026-01-31T09:30"),
    "time": ("a time of day", "opens: 09:30"),
    "time_zone": ("an IANA name", "zone: Asia/Almaty"),
    "phone": ("a telephone number with its country's code (E.164)", "phone: +7 700 123 45 67"),
    "money": ("an amount and its currency (ISO 4217)", "fee: 1500 CNY"),
    "file": ("a file beside the page, shown with its size and type", "handout: plan.pdf"),
    "captions": ("subtitles beside the page, as WebVTT", "subtitles: opening.vtt"),
    "table": (
        "a table beside the page, as CSV, JSON or YAML; its columns are declared in `tables.yaml`",
        "fees: fees.csv",
    ),
    "link": ("a page, a file beside the page, or an address", "more: /about/"),
    "map": ("words by keys of one's own", "names: {en: Almaty, kk: Алматы}"),
    "id": ("letters, digits and hyphens, the same in all languages", "key: summer-school"),
}


def pages() -> dict[str, str]:
    """Path below reference/ → text of the page."""
    found = {
        "": front(
            "Reference",
            "Every key, field, filter, attribute, command and problem, as the program itself knows them.",
            "kind: section\n",
        ),
        "settings/": settings(),
        "content-model/": content_model(),
        "template-attributes/": attributes(),
        "filters/": filters(),
        "blocks/": blocks(),
        "commands/": commands(),
        "problems/": problems(),
    }
    return {f"{path}index.en.md": text for path, text in found.items()}


def front(title: str, summary: str, more: str = "") -> str:
    return f"---\n{more}title: {title}\nsummary: {scalar(summary)}\n---\n\n"


def settings() -> str:
    parts = {
        "A language": LANGUAGE_FIELDS,
        "A second script": SCRIPT_FIELDS,
        "Pictures": PICTURE_FIELDS,
        "Markdown": MARKDOWN_FIELDS,
        "The editor in the browser": EDITOR_FIELDS,
    }
    text = front("site.yaml", "Every key of content/site.yaml.")
    text += "## Keys\n\n" + keys_table(SITE_KEYS) + "\n## An entry of a menu\n\n" + keys_table(ENTRY_KEYS)
    return text + "".join(f"\n## {name}\n\n{fields_table(fields)}" for name, fields in parts.items())


def content_model() -> str:
    text = front("kinds.yaml", "Every key of content/kinds.yaml, and every type of field.")
    text += "## A kind\n\n" + keys_table(KIND_KEYS) + "\n## Its children\n\n" + fields_table(CHILDREN_FIELDS)
    text += "\n## A field\n\n" + keys_table(FIELD_KEYS) + "\n## Types of fields\n\n"
    rows = [(f"`{name}`", *FIELD_TYPES.get(name, ("", ""))) for name in TYPES]
    text += table(("type", "its type", "example"), [(name, holds, code(example)) for name, holds, example in rows])
    text += "\n## Fields of every page\n\n" + fields_table(BASE_FIELDS)
    return text + "\n## Fields of translations\n\n" + fields_table(TRANSLATION_FIELDS)


def attributes() -> str:
    text = front(
        "What templates see", "Every object of templates with its attributes and methods, each with an example."
    )
    examples = read_examples()
    text += (
        f"The examples are what the site in `docs/example` of sitegen's repository prints, on its page `{PAGE}` in English "
        "unless it says otherwise; a test runs each of them.\n\n## In every template\n"
    )
    text += "".join(entry(name, what, examples["globals"][name]) for name, what in GLOBALS.items())
    for view, (path, what) in VIEWS.items():
        text += f"\n## {path}\n\n{what}\n"
        text += "".join(entry(name + more, told, examples[path][name]) for name, more, told in members(view))
    return text


def entry(name: str, what: str, example: Example) -> str:
    """A name, what it is, and what an example of it prints, as an item of a list of definitions."""
    language, path, part = example.place
    where = [f"on `{path}`"] if path != PAGE else []
    where += [f"narrowed to `{part}`"] if part else []
    where += [LANGUAGES[language]] if language in LANGUAGES else []
    place = f" ({', '.join(where)})" if where else ""
    prints = f"`{example.prints}`" if example.prints else "nothing"
    prints += f", in Persian `{example.prints_fa}`" if example.prints_fa else ""
    return f"\n`{name}`\n:   {plain(what)}\n\n    `{example.write}`{place} prints {prints}\n"


def plain(text: str) -> str:
    """A sentence whose signs mean nothing in Markdown, but for code in grave accents."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(re.sub(r"([<\[*_])", r"\\\1", own) if number % 2 == 0 else own for number, own in enumerate(parts))


def members(view: type) -> Iterator[tuple[str, str, str]]:
    """Name, arguments and description of each public attribute of what templates see."""
    described = dict(
        re.findall(r"^    (\w+): (.+)$", (inspect.getdoc(view) or "").partition("Attributes:")[2], re.MULTILINE)
    )
    plain = PLAIN.get(view.__name__, {})
    yield from ((name, "", told) for name, told in plain.items())
    for name in sorted(set(dir(view)) | set(getattr(view, "__annotations__", {}))):
        if name.startswith("_") or name in INNER.get(view.__name__, set()):
            continue
        value = inspect.getattr_static(view, name, None)
        if isinstance(value, property | cached_property | recorded):
            yield name, "", sentence(value.__doc__)
        elif inspect.isfunction(value):
            yield name, arguments(value), sentence(value.__doc__)
        else:
            yield name, "", described.get(name, "")


def arguments(function: Callable[..., Any]) -> str:
    return f"({', '.join(list(inspect.signature(function).parameters)[1:])})"


def sentence(text: str | None) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join((text or "").strip().split("\n\n")[0].split())


def filters() -> str:
    text = front("Filters", "Every filter of templates beside Jinja's own, with what it makes in English and Persian.")
    text += f"The examples are what `docs/example` prints on its page `{PAGE}`; a test runs each of them.\n"
    examples = read_examples()["filters"]
    return text + "".join(
        entry(name, sentence(function.__doc__), examples[name]) for name, function in sorted(FILTERS.items())
    )


def blocks() -> str:
    text = front("Blocks", "Every block that the package brings, and the keys of content/blocks.yaml.")
    text += "## Keys of a block\n\n" + keys_table(BLOCK_KEYS)
    for name, block in shipped_blocks().items():
        text += f"\n## {name}\n\n{block.help[:1].upper()}{block.help[1:]}.\n"
        if block.fields:
            text += "\n" + fields_table(block.fields)
    return text


def commands() -> str:
    """Each command with its own options; those that many share are described once."""
    parsers = {name: (what, options_of(parser)) for name, what, parser in subcommands(command_line())}
    every = set(parsers["schema"][1])
    building = set(parsers["check"][1]) & set(parsers["serve"][1]) - every
    text = front("Commands", "Every command with its options; `sitegen COMMAND --help` says the same.")
    text += options_table("Options of every command", [row for row in parsers["check"][1] if row in every])
    text += options_table("Options of commands that build", [row for row in parsers["check"][1] if row in building])
    for name, (what, rows) in parsers.items():
        builds = building <= set(rows)
        own = [row for row in rows if row not in every and not (builds and row in building)]
        shared = (
            " It also takes the [options of commands that build](#options-of-commands-that-build)." if builds else ""
        )
        text += f"\n## sitegen {name}\n\n{plain(what[:1].upper() + what[1:])}.{shared}\n"
        text += "\n" + table(("option", "what it does"), own) if own else ""
    return text


def options_table(title: str, rows: Sequence[tuple[str, str]]) -> str:
    return f"\n## {title}\n\n{table(('option', 'what it does'), rows)}"


def options_of(parser: argparse.ArgumentParser) -> list[tuple[str, str]]:
    """Each option and argument as it is written, and what it does."""
    return [
        (f"`{option_name(action)}`", action.help or "")
        for action in parser._actions
        if action.help != argparse.SUPPRESS
        and not isinstance(action, argparse._SubParsersAction | argparse._HelpAction)
    ]


def subcommands(parser: argparse.ArgumentParser, above: str = "") -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Name, what it does, and parser of each command that has no commands below it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {own.dest: own.help or "" for own in action._choices_actions}
            for name, inner in action.choices.items():
                nested = list(subcommands(inner, f"{above}{name} "))
                yield from nested or [(above + name, told.get(name, ""), inner)]


def option_name(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    return f"{', '.join(action.option_strings)} {metavar}".strip() if action.option_strings else metavar or action.dest


def problems() -> str:
    """The page on every code of a problem."""
    own, is_code = [], False
    for line in as_markdown().splitlines()[4:]:
        is_code = is_code != line.startswith("```")
        own.append(line if is_code else literal(line))
    summary = "Every problem by its code: why it matters, what to do, and an example that has it and one that has not."
    return front("Problems", summary) + "\n".join(own).strip() + "\n"


def literal(line: str) -> str:
    """A sentence whose signs mean nothing in Markdown, but for code in grave accents."""
    parts = re.split(r"(`[^`]*`)", re.sub(r"(?<!`)\[[^\]`]*\]\([^)`]*\)", r"`\g<0>`", line))
    plain = (
        re.sub(r"(?<!\\)([<\[*])", r"\\\1", part) if number % 2 == 0 else part for number, part in enumerate(parts)
    )
    return re.sub(r"(\{[%{][^`]*?[%}]\})", r"`\1`", "".join(plain))


def keys_table(keys: Mapping[str, str]) -> str:
    return table(("key", "what it says"), [(f"`{name}`", text) for name, text in keys.items()])


def fields_table(fields: Mapping[str, Field]) -> str:
    rows = [
        (f"`{name}`", own.type + (", required" if own.required else ""), own.help or "") for name, own in fields.items()
    ]
    return table(("field", "type", "what it says"), rows)


def code(text: str) -> str:
    return f"`{' '.join(text.split())}`" if text else ""


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell_text(cell) for cell in line) + " |\n" for line in lines)


def cell_text(text: str) -> str:
    """A text in a table of Markdown: addresses and formulas in it are shown as they are written."""
    if not text.startswith("`"):
        text = re.sub(r"(?<!`)(https?://[^\s,;]+|\$+[^$]+\$+)(?!`)", r"`\1`", text)
    return text.replace("|", "\\|").replace("<", "&lt;")


def write(folder: Path = FOLDER) -> None:
    for name, text in pages().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{len(pages())} pages in {FOLDER}\n")
