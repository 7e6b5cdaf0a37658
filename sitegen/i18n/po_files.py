"""Catalog files: their paths, how they are read, and which headers are kept out of git."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sitegen.i18n.language import Language
from sitegen.i18n.locale import Locale
from sitegen.i18n.plurals import plural_forms
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_text
from sitegen.source.lazy_regex import lazily
from sitegen.source.limits import within_limits
from sitegen.source.mark import Mark
from sitegen.source.text import MAX_FILE, Source
from sitegen.source.theme_layers import LayerFile, Layers

#: The messages of the templates, written by `translate extract`.
MESSAGES = "translations/messages.pot"
_MOST_FORMS = 10
#: What a header may say of the characters: UTF-8 or a part of it, or what xgettext leaves to be filled in.
_READ_AS = ("utf-8", "utf8", "us-ascii", "ascii", "charset")
_PO_LINE = lazily(r'(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\])\s*)?"(?>(?:[^"\\]++|\\[\\"ntr])*)")?')
#: A header with a date.
_DATE = lazily(r'"(?:POT-Creation|PO-Revision)-Date:[ \t]*+([^"\\]*+)(?:\\n)?"')
#: A keyword that a single space doesn't part from its text; gettext takes any blanks or none, Babel doesn't.
_UNSPACED = lazily(r'^((?:#~\s*)?msg(?:ctxt|id|id_plural|str|str\[\d\]))(?! ")\s*(?=")')
#: The earlier text of a message, which gettext keeps above the new one.
_EARLIER = re.compile(r"#~?\|(.*)")
#: A character as `msgcat --escape` writes it.
_ESCAPE = lazily(r"(?<!\\)\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{2}|[abfv])")
#: The place of a language's catalog.
_CATALOG = lazily("translations/[A-Za-z0-9_]+/LC_MESSAGES/messages[.]po")
#: Stands for a message's own lines until its catalog is written; no text may contain it.
_OWN = "\x01"


def catalog_path(language: Language) -> str:
    """Return the path of a language's catalog, in Babel's layout, with the parts of the tag joined by `_`."""
    return f"translations/{language.tag.replace('-', '_')}/LC_MESSAGES/messages.po"


def catalog_files(layers: Layers, language: Language) -> tuple[LayerFile, ...]:
    """Return the existing catalogs of a language: the site's own, then those of the themes."""
    found = [layers.find(catalog_path(language))]
    if found[0] and found[0].layer:
        found = []
    for first in range(1, len(layers.themes) + 1):
        named = (layers.find(f"translations/{tag}/LC_MESSAGES/messages.po", first) for tag in tags_of(language))
        found.append(next((file for file in named if file and file.layer == first), None))
    return tuple(file for file in found if file)


def misplaced_catalogs(paths: Iterable[str], languages: Mapping[str, Language]) -> Iterator[Problem]:
    """Report the catalogs among the files of translations/ that nothing reads, such as `translations/fr.po`.

    A catalog in its place is no problem, even if the site does not have the language, or does not publish it yet.
    """
    known = {catalog_path(language).lower(): catalog_path(language) for language in languages.values()}
    for path in paths:
        place = known.get(path.lower().replace("-", "_"))
        if not path.lower().endswith(".po") or path == place or (_CATALOG.fullmatch(path) and place is None):
            continue
        hint = (
            f"rename it to {place}"
            if place
            else "a catalog is translations/fr/LC_MESSAGES/messages.po, with the tag of its language"
        )
        yield Problem(path=path, code="misplaced-catalog", message="the messages in this file are not read", hint=hint)


def tags_of(language: Language) -> Iterator[str]:
    """Yield the tags that a theme may use for a language: zh-CN, then zh-Hans; sr-Cyrl-RS, then sr-Cyrl, then sr."""
    if language.base:
        yield language.tag.replace("-", "_")
        return
    locale = Locale.of(language)
    yield language.tag.replace("-", "_")
    yield f"{locale.cldr.language}_{locale.script}"
    if locale.script == Locale.of(replace(language, tag=locale.cldr.language)).script:
        yield locale.cldr.language


def read_po(root: Path, path: str, tag: str | None = None) -> Any:
    """Read a Babel catalog; without the language's tag, the plural rule of its header is lost.

    Raises:
        SiteError: the file is not a valid .po file.
    """
    return parse_po(path, read_text(root, path), tag)


def parse_po(path: str, text: str, tag: str | None = None) -> Any:
    """Parse a text as a Babel catalog; `path` is used in the problems.

    Raises:
        SiteError: the text is not a valid .po file, or takes too long.
    """
    return within_limits(path, lambda: _parse(path, text, tag))


def _parse(path: str, text: str, tag: str | None) -> Any:
    from babel.messages.pofile import PoFileError, PoFileParser

    source = Source.of(path, text)
    for number, text_line in enumerate(source.lines, 1):
        if len(text_line) > MAX_FILE:  # no page holds it, and its escapes would be read one by one
            message = f"a line of {len(text_line):,} characters, over {MAX_FILE:,}"
            raise SiteError([source.problem("too-large", message, Mark(number, 1), "shorten the text")])
    lines = [_as_babel_writes(line.strip()) for line in source.lines]
    if unreadable := [number for number, line in enumerate(lines, 1) if not _PO_LINE.fullmatch(line)]:
        message = "this line does not belong in a catalog"
        raise SiteError(
            source.problem("catalog-syntax", message, Mark(n, 1), _hint_for(lines[n - 1])) for n in unreadable
        )
    forms = _forms_by_line(source, lines)
    try:
        locale = tag.replace("-", "_") if tag else None
        catalog = _bounded_catalog()(locale=locale)
        PoFileParser(catalog, abort_invalid=True).parse(io.StringIO("\n".join(lines)))
    except (PoFileError, ValueError) as error:
        raise SiteError([_unreadable(source, error)]) from error
    if catalog.twice:
        message, hint = "the message occurs twice", "delete one of the two"
        raise SiteError(source.problem("catalog-syntax", message, Mark(n, 1), hint) for n in catalog.twice)
    for message in catalog if forms else ():
        message.form_lines = forms.get(message.lineno, ())
    if catalog.charset not in _READ_AS:
        line = next((number for number, text in enumerate(source.lines, 1) if "charset=" in text), 1)
        message = f"the header says charset={catalog.charset}, and catalogs are read as UTF-8"
        hint = "save the file as UTF-8, and write charset=UTF-8"
        raise SiteError([source.problem("catalog-syntax", message, Mark(line, 1), hint)])
    catalog.charset = "utf-8"
    return catalog


def _hint_for(line: str) -> str:
    """What to do about a line that can't be read."""
    if escape := _ESCAPE.search(line):
        return f"write characters as they are, not {escape[0]}; `msgcat --no-escape` does so"
    return 'a line is `msgid "…"`, `msgstr "…"` or `"…"`, with \\" for a quote inside and \\\\ for a backslash'


def _as_babel_writes(line: str) -> str:
    """Return a line of a catalog as Babel can read it; it takes earlier texts of live messages for comments."""
    if line.startswith("#~|"):
        return ""
    if (date := _DATE.fullmatch(line)) and not _is_date(date[1]):
        return '""'
    return _UNSPACED.sub(r"\1 ", line) if line.startswith(("msg", "#~")) else line


def _is_date(text: str) -> bool:
    """Whether Babel can read a date of a header; other programs write others, and nothing here uses them."""
    try:
        datetime.strptime(text[:16], "%Y-%m-%d %H:%M")
    except ValueError:
        return False
    return re.fullmatch(r"(?:[+-][0-9]{4})?", text[16:]) is not None


def _unreadable(source: Source, error: Exception) -> Problem:
    """Return the problem of a catalog that Babel can't read, at its line; a header is read after its last line."""
    message = str(error).rsplit(" on ", 1)[0].strip() or "not readable"
    message, hint = message[:1].lower() + message[1:], 'a line is `msgid "…"` or `msgstr "…"`'
    line = min(int(getattr(error, "lineno", None) or 0) + 1, len(source.lines))
    if "int()" in message:
        message = "the number of plural forms is not a number"
    if "nplurals" in message or "plural forms" in message:
        line = next((number for number, text in enumerate(source.lines, 1) if "nplurals" in text), line)
        hint = "write the number of plural forms that the language has, such as nplurals=2"
    return source.problem("catalog-syntax", message, Mark(line, 1), hint)


class _Obsolete(dict[Any, Any]):
    """Obsolete messages, the last one last: Babel would keep one of those that begin alike, or have one text."""

    def __setitem__(self, key: Any, message: Any) -> None:
        known = self.get(message_key(message))  # two branches may each have left one
        is_other = known is not None and (known.string, known.user_comments) != (message.string, message.user_comments)
        own = (*message_key(message), message.lineno) if is_other else message_key(message)
        self.pop(own, None)
        super().__setitem__(own, message)


#: The name of a field of a header (RFC 5322, 2.2).
_FIELD = re.compile(r"[!-9;-~]+:")


def _with_own_forms() -> Any:
    """Babel's catalog, with the rule of CLDR if its header has none: Babel's own may number the forms otherwise."""
    from babel.messages.catalog import Catalog

    class Own(Catalog):
        @property
        def num_plurals(self) -> int:
            return int(super().num_plurals if self._has_forms() else self._forms()[0])

        @property
        def plural_expr(self) -> str:
            return str(super().plural_expr if self._has_forms() else self._forms()[1])

        def _has_forms(self) -> bool:
            return self._num_plurals is not None or self.locale is None

        def _forms(self) -> tuple[int, str]:
            return plural_forms(str(self.locale).replace("_", "-"))

    return Own


@cache
def _bounded_catalog() -> Any:
    """Babel's catalog, with the lines of messages that occur twice, of which Babel keeps the first.

    It keeps the header fields that Babel drops. Headers that announce more plural forms than any language has are refused:
    Babel makes room for each.
    """

    class Bounded(_with_own_forms()):  # type: ignore[misc]
        def __init__(self, locale: str | None) -> None:
            super().__init__(locale=locale)
            self.obsolete = _Obsolete()
            self.twice: list[int] = []
            self._other_headers: list[tuple[str, str]] = []  # that Babel doesn't know, such as X-Generator
            self._known: set[Any] = set()

        def __setattr__(self, name: str, value: Any) -> None:
            if name == "_num_plurals" and value is not None and not 0 < value <= _MOST_FORMS:
                raise ValueError(f"nplurals={value}: a language has from 1 to {_MOST_FORMS} plural forms")
            super().__setattr__(name, value)

        @property
        def mime_headers(self) -> list[tuple[str, str]]:
            *known, made_by = self._get_mime_headers()
            return [*known, *self._other_headers, made_by]

        @mime_headers.setter
        def mime_headers(self, headers: list[tuple[str, str]]) -> None:
            self._set_mime_headers(headers)
            known = {name.lower() for name, _ in (*self._get_mime_headers(), ("Plural-Forms", ""), ("Language", ""))}
            self._other_headers = [(name, value) for name, value in headers if name.lower() not in known]

        def __setitem__(self, text: Any, message: Any) -> None:
            message.context = message.context or None  # an empty one would be written as none
            if not text:
                message.string = _fields(message.string)
            key = self._key_for(text, message.context)
            if key in self._known:
                self.twice.append(message.lineno)
            self._known.add(key)
            super().__setitem__(text, message)

    return Bounded


def _fields(header: str) -> str:
    """The fields of a header, one on each line: Babel reads one as that of an e-mail, to the first line of another form.

    An empty line is left out, one that begins with a blank goes on with the field above it, any other has a field of its own.
    """
    fields: list[list[str]] = []
    for line in filter(str.strip, header.split("\n")):
        if fields and line[0].isspace():
            fields[-1].append(line.strip())
        else:
            fields.append([line if _FIELD.match(line) else f"X-Header: {line.strip()}"])
    return "".join(f"{' '.join(field)}\n" for field in fields)


#: Keyword of a catalog → those that may come before it.
_BEFORE = {
    "msgctxt": ("", "msgid", "msgid_plural", "msgstr", "msgstr["),  # the parser reports a `msgid` without `msgstr`
    "msgid": ("", "msgctxt", "msgid", "msgid_plural", "msgstr", "msgstr["),
    "msgid_plural": ("msgid",),
    "msgstr": ("msgid",),
    "msgstr[0]": ("msgid_plural",),
}


def _forms_by_line(source: Source, lines: Sequence[str]) -> dict[int, list[int]]:
    """The lines of the plural forms of each message, by the line of its `msgid`, which the parser does not provide.

    Raises:
        SiteError: a message has keywords that do not follow each other, of which the parser would lose some.
    """
    begins: dict[int, list[int]] = {}
    own: list[int] = []
    before, expected, first, problems = "", "", 0, []
    for number, line in enumerate(lines, 1):
        if not line.startswith("msg"):
            continue
        word = line[: line.index('"')].rstrip()
        is_form = word.startswith("msgstr[")
        if word != expected and before not in _BEFORE.get(word, ()):
            hint = "a message is `msgid` and `msgstr`; or `msgid`, `msgid_plural`, `msgstr[0]`, `msgstr[1]` and so on"
            problems.append(source.problem("catalog-syntax", f"`{word}` can't stand here", Mark(number, 1), hint))
        if word == "msgid":
            own = []
            first = number
        elif is_form:
            own.append(number)
            begins[first] = own
        expected = f"msgstr[{int(word[7]) + 1}]" if is_form else ""
        before = "msgstr[" if is_form else word
    if problems:
        raise SiteError(problems)
    return begins


def message_key(message: Any) -> tuple[str, Any]:
    """Return the identity of a message: its context, and its text or texts."""
    return message.context or "", message.id


#: Fields of a header that change with each run of a tool, and those in which a tool has left its own example.
_LEFT_OUT = re.compile(
    rb'^"(?:(?:POT-Creation-Date|PO-Revision-Date|Generated-By):.*|Last-Translator: (?:FULL NAME <EMAIL@ADDRESS>)?\\n"'
    rb'|Language-Team: (?:.* <LL@li\.org>)?\\n"|Report-Msgid-Bugs-To: (?:EMAIL@ADDRESS)?\\n"'
    rb'|Project-Id-Version: (?:PROJECT VERSION)?\\n")\n',
    re.MULTILINE,
)


def po_bytes(catalog: Any, **options: bool) -> bytes:
    """Return the file of a catalog, with options of Babel's, and the lines that `keep_lines` has found.

    Its header has no dates and of our own no tool versions, so that only changes in messages change the file, and no
    fields that nobody has filled in.
    """
    from babel.messages.pofile import write_po

    lines: list[str] = []
    if head := getattr(catalog, "head", ()):  # Babel writes this year for YEAR in it, and a project for PROJECT
        catalog.header_comment = f"# {_OWN}{len(lines)}"
        lines.append("".join(f"{line}\n" for line in head))
    for message in catalog:
        _leave_room(message, lines)
    for message in catalog.obsolete.values():
        _leave_room(message, lines, is_obsolete=True)
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, **options, **({"include_previous": True} if lines else {}))
    content = _LEFT_OUT.sub(b"", buffer.getvalue())
    if lines:
        content = _ROOM.sub(lambda found: lines[int(found[1])].encode(), content)
    rest = "".join(f"\n{line}" for line in getattr(catalog, "rest", ()))
    return content + (f"{rest}\n".encode() if rest else b"")


#: A line in which `_leave_room` has left a number.
_ROOM = re.compile(rb'#(?:\| msgid)? "?\x01(\d+)"?\n')


def _leave_room(message: Any, lines: list[str], *, is_obsolete: bool = False) -> None:
    """Put numbers of `lines` in place of what Babel would write otherwise or not at all, or break in two: earlier texts."""
    own: tuple[str, ...] | None = getattr(message, "own_lines", None)
    if not message.id:
        return
    found = (_EARLIER.fullmatch(line) for line in own or ())
    earlier = [*_earlier_lines(message.previous_id)] or [line[1] for line in found if line]
    if own is not None:
        comments = [line for line in own if not _EARLIER.fullmatch(line)]
        if is_obsolete:
            comments += [f"#, {', '.join(sorted(message.flags))}"] if message.flags else []
            comments += [f"#~|{text}" for text in earlier]
        message.user_comments = [f"{_OWN}{len(lines)}"]
        lines.append("".join(f"{line}\n" for line in comments))
    if earlier and not is_obsolete:
        message.previous_id = [f"{_OWN}{len(lines)}"]
        lines.append("".join(f"#|{text}\n" for text in earlier))


def _earlier_lines(texts: Sequence[str]) -> Iterator[str]:
    """The lines of earlier texts of a message, without their `#|`."""
    from babel.messages.pofile import normalize

    for keyword, text in zip(("msgid", "msgid_plural"), texts, strict=False):
        yield from (f" {line}" for line in f"{keyword} {normalize(text, width=0)}".split("\n"))


def confirm(message: Any) -> None:
    """Mark a message's translation as right, and drop the earlier text that it was for."""
    message.flags.discard("fuzzy")
    message.own_lines = tuple([line for line in getattr(message, "own_lines", ()) if not _EARLIER.fullmatch(line)])


def keep_lines(catalog: Any, text: str) -> None:
    """Note the lines of a catalog's file that Babel would change or lose: comments, and earlier texts of messages."""
    found, waiting = dict[int, tuple[str, ...]](), list[str]()
    for number, line in enumerate(map(str.rstrip, text.split("\n")), 1):
        if _is_own(line):
            waiting.append(line)
        elif not found and line == 'msgid ""':
            catalog.head, waiting = tuple(waiting), []
        elif _MSGID.match(line):
            found[number], waiting = tuple(waiting), []
    for message in (*catalog, *catalog.obsolete.values()):
        message.own_lines = found.get(message.lineno, ())
    catalog.rest = waiting


_MSGID = re.compile(r"\s*(?:#~\s*)?msgid\b(?!_)")


def _is_own(line: str) -> bool:
    return line[:1] == "#" and (line[1:2] not in (".", ":", ",", "~") or line[:3] == "#~|")


def stated_rule(catalog: Any) -> str:
    """The expression of a catalog's header by which a plural form is chosen; "" if the header has none."""
    return str(catalog.plural_expr) if catalog._num_plurals is not None else ""


def forms_of(text: Any) -> tuple[str, ...]:
    """Return the forms of a message's text or translation: one if it has no plural."""
    return tuple(text) if isinstance(text, (tuple, list)) else (text or "",)


def is_translated(message: Any) -> bool:
    """Whether every form of a message is filled in and none is marked fuzzy."""
    return not message.fuzzy and all(forms_of(message.string))
