"""Body → Prose: resolves the links, pictures and heading ids of a text for the language that shows it.

Links that lead nowhere are reported by `dead_links.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from sitegen.content.formulas_and_code import with_colours, with_formulas
from sitegen.i18n.bidi import isolate_ltr
from sitegen.library.library import Library
from sitegen.library.shared_heading_ids import shared_headings
from sitegen.model.fields import flat
from sitegen.model.page import Destination, Document, Heading, Key, Link
from sitegen.model.urls import Target, is_external, join_key, normal, url_of_file
from sitegen.source.html import ANCHOR, END, LINK, escape, unescape
from sitegen.source.lazy_regex import lazily

_PICTURE = lazily(f'<img src="{LINK}([^{END}]*){END}"([^>]*)>')
#: Ids of footnotes and links to them; with a colon, they can't clash with the id of a heading.
_NOTE = lazily(r'(?:(?<= id=")|(?<=href="#))(noted?)-(?=\d+")')


class Prose(Struct, frozen=True):
    """The body of a page as one language shows it: the HTML of its sections, and its headings with their final ids."""

    sections: tuple[str, ...]  #: the text before the first heading, which may be empty; then one section per heading
    headings: tuple[Heading, ...]

    @property
    def html(self) -> str:
        return "".join(self.sections)


def render_prose(library: Library, key: Key, language: str, *, is_seen: bool = True) -> Prose:
    """Return the body that a language shows; its links stay in that language; without colours if nobody sees it."""
    document = library.shown(key, language)
    headings = shared_headings(library, document)
    anchors = iter(headings)

    def fill(sign: str, written: str) -> str:
        if sign == ANCHOR:
            return next(anchors).anchor
        target = unescape(written)
        return escape(resolve(library, key, language, target) or target)

    text = library.text(document)
    locale = library.locales[document.language]
    if not document.is_written:
        text = locale.written(text)
        headings = tuple(heading._replace(title=locale.written(heading.title)) for heading in headings)
    if library.config.markdown.math:
        text = with_formulas(text)
    if library.config.markdown.highlight and is_seen:
        text = with_colours(text, document.path)
    if locale.isolates_ltr:
        text = isolate_ltr(text)
    if library.pictures.widths and "<img " in text:
        text = _PICTURE.sub(lambda found: _picture(library, key, language, found), text)
    if 'id="note-' in text:
        text = _NOTE.sub(r"\1:", text)
    return Prose(tuple(_filled_sections(text, fill)), headings)


def _filled_sections(text: str, fill: Callable[[str, str], str]) -> Iterator[str]:
    """Yield the sections of a text, each unresolved link and id replaced with what `fill` returns for its sign and value."""
    *parts, last = text.split(END)
    filled: list[str] = []
    for part in parts:
        before, sign, written = part.rpartition(LINK)
        if not sign:
            before, sign, written = part.rpartition(ANCHOR)
            heading = before.rfind("<h")  # whose id this is
            yield "".join((*filled, before[:heading]))
            filled, before = [], before[heading:]
        filled += (before, fill(sign, written))
    yield "".join((*filled, last))


def _picture(library: Library, key: Key, language: str, found: re.Match[str]) -> str:
    """Return a picture with all its variants; a picture of another host or format is returned unchanged."""
    named = resolve_file(library, key, language, unescape(found[1]))
    if named is None or not library.pictures.applies_to(library.files[named]):
        return found[0]
    url = url_of_file(library.config.base_path, library.file_target(*named))
    return library.pictures.html(library.files[named], url, found[2])


def resolve(library: Library, key: Key, language: str, target: str) -> str | None:
    """Return the address of a link's target in a language; None if the target does not exist."""
    named = Target.of(target)
    if is_file(named.path):
        found = resolve_file(library, key, language, target)
        return url_of_file(library.config.base_path, library.file_target(*found)) + named.rest if found else None
    page = join_key(key, named.path) if named.path else key
    if page not in library.pages:
        instead = library.in_place_of(page)
        return library.url(instead, language) if instead else None
    return (library.url(page, language) if named.path else "") + named.rest


def resolve_file(library: Library, key: Key, language: str, target: str) -> tuple[Key, str] | None:
    """Return the file that `campus.jpg` or `../plan/map.png` means in a language: (page that it is beside, name)."""
    for path in (Target.of(target).path, normal(target)):  # a file name may contain a literal %
        folder, _, name = path.rpartition("/")
        owner = join_key(key, folder + "/") if folder or path.startswith("/") else key
        found = library.resolve_file(owner, name, language) if owner in library.pages else None
        if found:
            return owner, found[0]
    return None


def is_file(path: str) -> bool:
    """Whether a link leads to a file, that is, its last part has an extension."""
    return "." in path.rpartition("/")[2].strip(".")


def links_of(document: Document) -> Iterator[Link]:
    """Yield a document's links within the site: those in its text, and in fields of the type link."""
    yield from document.body.links
    for value in (*document.facts.values(), *document.words.values()):
        if value.__class__ is not str:
            targets = (part for part in flat(value) if isinstance(part, Destination))
            yield from (Link(target.written, target.mark) for target in targets if not is_external(target.written))
