"""What translators' commands do: states, acceptance, and the catalogs of the templates' messages."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError

from sitegen.config import Config, load_config, today
from sitegen.content import list_content, load_content
from sitegen.errors import Problem, SiteError, listing
from sitegen.fields import Field
from sitegen.library import RECORD, Library, build_library, translatable_parts
from sitegen.locales import MESSAGES, Locale, catalog_path, read_po
from sitegen.model import Document, Key, Language
from sitegen.shelf import Shelf
from sitegen.templates import syntax_problem

#: CLDR's plural rules as gettext writes them, for languages where Babel 2.18 has others.
PLURALS = {
    "fa": (2, "(n > 1)"),
    "hi": (2, "(n > 1)"),
    "tg": (1, "0"),
}


@contextmanager
def _library(root: Path) -> Iterator[Library]:
    """The whole site with drafts.

    Raises:
        SiteError: content has errors.
    """
    config = load_config(root)
    locales = {path: Locale.of(language) for path, language in config.languages.items()}
    with tempfile.TemporaryDirectory() as folder, closing(Shelf(Path(folder))) as shelf:
        content = load_content(root, config, list_content(root, config), shelf)
        errors = [problem for problem in config.graded(list(content.problems)) if problem.severity == "error"]
        if errors:
            raise SiteError(errors)
        yield build_library(content, config, locales, shelf, as_of=today(config.time_zone, None), with_drafts=True)


def status(root: Path) -> str:
    """A line for each translation that is not current, and a count for each language."""
    with _library(root) as library:
        return "\n".join(_status_lines(library))


def _status_lines(library: Library) -> Iterator[str]:
    for path in library.config.languages:
        states = {key: page.states[path] for key, page in library.pages.items() if path in page.states}
        done = sum(state.name in ("source", "current") for state in states.values())
        yield f"{path}: {done} of {len(states)} pages are current"
        for key, state in states.items():
            if state.name not in ("source", "current"):
                yield f"  {key} {state.name}{': ' if state.changed else ''}{listing(state.changed)}"


def accept(root: Path, page: str, language: str, section: str | None = None) -> Iterator[str]:
    """Record that translations render today's source; yields the path of each file that changed.

    Args:
        page: a content path, or "all".
        language: a language's path, or "all".
        section: a field or `#anchor`; the rest stays as it was recorded.

    Raises:
        SiteError: the page, its translation or the section does not exist.
    """
    with _library(root) as library:
        documents = list(_chosen(library, page if page == "all" else source_key(page), language))
        if not documents:
            message = f"there is no translation of {page} in '{language}'"
            raise SiteError([Problem(path="content", code="reference", message=message)])
        for document in documents:
            records = _records(library, document, section)
            before = (root / document.path).read_bytes()
            after = _with_records(before.decode("utf-8-sig"), records).encode()
            mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
            if mark + after != before:
                (root / document.path).write_bytes(mark + after)
                yield document.path


def _chosen(library: Library, page: str, language: str) -> Iterator[Document]:
    for key, candidate in library.pages.items():
        for path, document in candidate.written.items():
            if page in ("all", key) and language in ("all", path) and path != candidate.source:
                yield document


def _records(library: Library, document: Document, section: str | None) -> list[str]:
    """The lines of `source:`: for each part of the source its digest, the digest of its translation, and its name."""
    page = library.pages[document.key]
    kind = library.kind(document.key)
    source, own = page.versions[page.source], translatable_parts(document, kind)
    parts = translatable_parts(source, kind)
    if section is not None and section not in parts:
        message = f"'{section}' is no part of {source.path}"
        raise SiteError(
            [Problem(path=document.path, code="reference", message=message, hint=f"parts are {listing(parts)}")]
        )
    before = {found[3]: line for line in document.words.get("source", ()) if (found := RECORD.fullmatch(line))}
    by_position = dict(zip(_sections(parts), _sections(own), strict=False))
    lines = []
    for name, digest in parts.items():
        if section in (None, name):
            rendered = own.get(by_position.get(name, name), "0" * 12)
            lines.append(f"s{digest} t{rendered} {name}")
        elif name in before:
            lines.append(before[name])
    return lines


def _sections(parts: Iterable[str]) -> list[str]:
    return [name for name in parts if name.startswith("#")]


def _with_records(text: str, records: list[str]) -> str:
    """The file with `source:` as the last entry of its front matter, and nothing else changed."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    fence = next(index for index, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    front = "\n".join(lines[1:fence]) + "\n"
    front = re.sub(r"^source:.*\n(?:[ \t]+.*\n|- .*\n)*", "", front, flags=re.MULTILINE)
    block = "".join(f'  - "{record}"\n' for record in records)
    return f"---\n{front}source:\n{block}".replace("\n", end) + end.join(lines[fence:])


# catalogs


def extract(root: Path) -> str:
    """Write translations/messages.pot from the templates and the labels of choices; returns its path."""
    from babel.messages.pofile import write_po

    config = load_config(root)
    catalog = _template_messages(root)
    for label in dict.fromkeys(_labels(config)):
        catalog.add(label, context="choice", auto_comments=["Translators: a value of a field, shown as a label"])
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, omit_header=False, sort_output=True, include_lineno=False)
    path = root / MESSAGES
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_without_dates(buffer.getvalue()))
    return MESSAGES


def _template_messages(root: Path) -> Any:
    from babel.messages.catalog import Catalog

    comment = "# Messages of the templates; made by `build.py translate extract`."
    catalog = Catalog(project="", version="", charset="utf-8", header_comment=comment)
    problems: list[Problem] = []
    for path in sorted((root / "templates").rglob("*.html")):
        name = path.relative_to(root).as_posix()
        try:
            for message, comments, context in _messages_of(path):
                catalog.add(message, None, [(name, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
        except TemplateSyntaxError as error:
            problems.append(syntax_problem(name, error))
    if problems:
        raise SiteError(problems)
    return catalog


def _messages_of(path: Path) -> Iterator[tuple[Any, list[str], str | None]]:
    from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file

    options = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "encoding": "utf-8"}
    found = extract_from_file("jinja2.ext.babel_extract", path, DEFAULT_KEYWORDS, ("Translators:",), options)
    for _, message, comments, context in found:
        yield message, comments, context


def _labels(config: Config) -> Iterator[str]:
    for kind in config.kinds.values():
        for declared in kind.fields.values():
            yield from _labels_of(declared)


def _labels_of(declared: Field) -> Iterator[str]:
    yield from declared.choices.values()
    if declared.item is not None:
        yield from _labels_of(declared.item)
    for field in declared.fields.values():
        yield from _labels_of(field)


def _without_dates(text: bytes) -> bytes:
    """A catalog whose header changes only when its messages do: dates and tool versions lock files for translators."""
    return re.sub(
        rb'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To|Generated-By|Project-Id-Version):.*\n',
        b"",
        text,
        flags=re.MULTILINE,
    )


def update(root: Path, languages: tuple[str, ...] = ()) -> Iterator[str]:
    """Bring catalogs up to messages.pot, keeping every translation; yields the path of each that changed."""
    config = load_config(root)
    for path in languages or tuple(_own_catalogs(config)):
        if path not in config.languages:
            message = f"'{path}' is not a language of site.yaml"
            raise SiteError([Problem(path="content/site.yaml", code="unknown-language", message=message)])
        if _update(root, config.languages[path]):
            yield catalog_path(config.languages[path])


def _own_catalogs(config: Config) -> Iterator[str]:
    """The languages whose messages a translator writes."""
    return (p for p, own in config.languages.items() if p != config.source_language and not own.base)


def _update(root: Path, language: Language) -> bool:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    path = root / catalog_path(language)
    before = path.read_bytes() if path.exists() else b""
    comment = f"# {Locale.of(language).name} messages of the templates."
    catalog = (
        read_po(root, catalog_path(language), language.tag)
        if before
        else Catalog(locale=language.tag.replace("-", "_"), charset="utf-8")
    )
    number, rule = PLURALS.get(language.tag, (0, ""))
    if number:
        plain = [(name, value) for name, value in catalog.mime_headers if name != "Plural-Forms"]
        catalog.mime_headers = [*plain, ("Plural-Forms", f"nplurals={number}; plural={rule};")]
    catalog.header_comment = comment
    catalog.fuzzy = False
    catalog.update(read_po(root, MESSAGES), no_fuzzy_matching=True, update_header_comment=False)
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, sort_output=True, include_lineno=False)
    after = _without_dates(buffer.getvalue())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(after)
    return after != before


def source_key(text: str) -> Key:
    """A content path as people type it: `news/opening` is `/news/opening/`."""
    return Key("/" + "/".join(part for part in text.split("/") if part) + "/") if text.strip("/") else Key("/")
