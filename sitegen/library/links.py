"""Body → Prose: resolves the links, pictures and heading ids of a text for the language that shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from sitegen.content.formulas_and_code import with_colours, with_formulas
from sitegen.i18n.bidi import isolate_ltr
from sitegen.library.library import Library
from sitegen.library.missing_pages import explain_expiry, explain_missing
from sitegen.library.shared_heading_ids import known_anchors, shared_headings
from sitegen.media.images import AS_PICTURE, is_shown
from sitegen.model.fields import flat
from sitegen.model.page import Destination, Document, Heading, Key, Link
from sitegen.model.urls import Target, is_external, join_key, normal, url_of_file
from sitegen.problems.problem import Problem
from sitegen.source.html import ANCHOR, END, LINK, escape, unescape
from sitegen.source.lazy_regex import lazily
from sitegen.source.text import problem_at

_PICTURE = lazily(f'<img src="{LINK}([^{END}]*){END}"([^>]*)>')
_PREVIEW = lazily(r"https?://(?:localhost|127\.0\.0\.1)(?![\w.-])")
#: Ids of footnotes and links to them; with a colon, they can't clash with the id of a heading.
_NOTE = lazily(r'(?:(?<= id=")|(?<=href="#))(noted?)-(?=\d+")')


class Prose(Struct, frozen=True):
    """The body of a page as one language shows it: the HTML of its sections, and its headings with their final ids.

    Attributes:
        sections: the text before the first heading, which may be empty; then one section per heading.
    """

    sections: tuple[str, ...]
    headings: tuple[Heading, ...]

    @property
    def html(self) -> str:
        return "".join(self.sections)


def render_prose(library: Library, key: Key, language: str) -> Prose:
    """Return the body that a language shows; its links stay in that language."""
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
    if library.config.markdown.highlight:
        text = with_colours(text)
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


def find_dead_links(library: Library, document: Document) -> Iterator[Problem]:
    """Report every link of a document that is dead or indirect in its language, with line and column."""
    yield from _outward(library, document)
    for link in links_of(document):
        path, anchor = (target := Target.of(link.target)).path, target.anchor
        if join_key(document.key, path) in library.unread:
            continue
        if "\\" in path:
            yield _turned_slash(library, document, link)
        elif resolve(library, document.key, document.language, link.target) is None:
            yield _dead_file(library, document, link) if is_file(path) else _dead_page(library, document, link)
        elif not is_file(path) and (told := explain_expiry(library, join_key(document.key, path))):
            message, hint = told
            yield problem_at(document.path, "expires", f"{message} link leads to its parent page", link.mark, hint)
        elif anchor and not is_file(path):
            yield from _dead_anchor(library, document, link, anchor)
        elif link.is_picture and not is_shown(path):
            message = f"not every browser shows '{link.target}'"
            yield problem_at(document.path, "picture", message, link.mark, AS_PICTURE)


def _outward(library: Library, document: Document) -> Iterator[Problem]:
    """Report links to the site or its preview by their full addresses, and pictures on other sites."""
    base = library.config.base_url.partition("//")[2]
    for link in document.body.outward:
        if _PREVIEW.match(link.target):
            message = "this is the address of your own machine, which readers can't reach"
            hint = "write the page's path, such as /plan/, or the address as code: `http://localhost:8000/`"
            yield problem_at(document.path, "local-address", message, link.mark, hint)
        elif link.is_picture:
            message = "a picture on another site is not shown, as pages load nothing from elsewhere"
            yield problem_at(document.path, "dead-file", message, link.mark, "put the file into the page's folder")
        elif (own := _below(base, link.target)) is not None:
            yield _own_address(library, document, link, own)


def _below(base: str, target: str) -> str | None:
    """Return an address relative to the site's, without its protocol, such as `ru/plan/`; None if it is elsewhere."""
    target = target.partition("//")[2]
    return f"{target}/".removeprefix(base).rstrip("/") if f"{target}/".startswith(base) else None


def _own_address(library: Library, document: Document, link: Link, own: str) -> Problem:
    target = Target.of(own)
    key = _page_at(library, target.path.rstrip("/"))
    now = key + target.rest if key else None
    message = (
        "a page of this site is linked by its full address, which fixes the language and breaks when the page moves"
    )
    hint = f"write {now or 'the content path of the page, such as /plan/'}"
    return problem_at(document.path, "own-address", message, link.mark, hint, _fix(link, now))


def _page_at(library: Library, path: str) -> Key | None:
    """Return the page at an address such as `ru/plan`, or `plan` without the language."""
    named = Key(f"/{path}/" if path else "/")
    return named if named in library.pages else library.at.get(f"{path}/index.html")


def _fix(link: Link, now: str | None) -> str | None:
    """Return the replacement for a link's target, if the target is written literally in the source."""
    return now if link.mark.width == len(link.target) else None


def _turned_slash(library: Library, document: Document, link: Link) -> Problem:
    r"""Return the problem for a link written with backslashes, such as `\news\opening`."""
    now = link.target.replace("\\", "/")
    path, rest = Target.of(now).path, Target.of(now).rest
    if not is_file(path):
        now = f"{path.rstrip('/')}/{rest}"
    leads = resolve(library, document.key, document.language, now) is not None
    code = "dead-file" if is_file(path) else "dead-page"
    message = f"'{link.target}' is written with \\; links are written with /"
    return problem_at(document.path, code, message, link.mark, f"write {now}", _fix(link, now if leads else None))


def _dead_page(library: Library, document: Document, link: Link) -> Problem:
    target = Target.of(link.target)
    page = join_key(document.key, target.path)
    message, hint, now = explain_missing(library, page, "dead-page")
    if file := _file_with_hash(library, document.key, link.target):
        hint, now = f"for the file of this name write {file}", None
    fix = _fix(link, now + target.rest if now else None)
    return problem_at(document.path, "dead-page", message, link.mark, hint, fix)


def _file_with_hash(library: Library, key: Key, target: str) -> str:
    """Return the link to a file beside the page whose name contains `#` or `?`; "" if there is no such file."""
    return target.replace("#", "%23").replace("?", "%3F") if (key, normal(target)) in library.files else ""


def _dead_file(library: Library, document: Document, link: Link) -> Problem:
    name = Target.of(link.target).path.rpartition("/")[2]
    what = "picture" if link.is_picture else "file"
    guess = library.guess("dead-file", name, library.beside.get(document.key, ()))
    hint = _meant(link.target) or guess or "put it into the page's folder"
    return problem_at(document.path, "dead-file", f"there is no {what} '{link.target}'", link.mark, hint)


def _meant(target: str) -> str:
    """Return a hint for a missing file that looks like a web address, an e-mail address or a page's file; or ""."""
    if target.startswith("www."):
        return f"write https://{target}"
    if "@" in target:
        return f"write mailto:{target}"
    folder, _, name = target.rpartition("/")
    return f"a link names the page's folder: write {folder}/" if name.endswith(".md") and folder else ""


def _dead_anchor(library: Library, document: Document, link: Link, anchor: str) -> Iterator[Problem]:
    path = Target.of(link.target).path
    page = join_key(document.key, path) if path else document.key
    known = known_anchors(library, page, document.language)
    if anchor not in known:
        message, hint = f"the page '{page}' has no heading '#{anchor}'", library.guess("dead-anchor", anchor, known)
        yield problem_at(document.path, "dead-anchor", message, link.mark, hint)
