"""Writes translators' texts into the files of pages and catalogs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from sitegen.content.reader import read_version
from sitegen.i18n.catalog_checks import message_problems
from sitegen.i18n.po_files import catalog_path, po_bytes, read_po
from sitegen.library.library import Library
from sitegen.library.translated_parts import translatable_parts
from sitegen.model.page import Document, Key, Page
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_file, read_text
from sitegen.source.front_matter import end_of_front_matter, only_entries
from sitegen.source.scalars import scalar
from sitegen.translation.segments import Segment, note_label, with_texts, without_facts
from sitegen.translation.source_records import make_records, with_records
from sitegen.translation.texts import Unit
from sitegen.translation.units import gone_sections, message_name, pair

#: (page, name) → the unit and its new text.
Changes = Mapping[tuple[str, str], tuple[Unit, str]]
#: Places a problem at a unit of the file that is imported.
Blame = Callable[[Unit, Problem], Problem]
#: Problems that apply only to source versions, not to translations.
_OF_SOURCES = frozenset({"misplaced-word", "misplaced-fact", "required"})


class PageError(SiteError):
    """The new text of a page has errors; `text` is all of it."""

    def __init__(self, problems: Iterable[Problem], text: str) -> None:
        super().__init__(problems)
        self.text = text


def page_files(
    root: Path,
    library: Library,
    language: str,
    changes: Changes,
    confirmed: set[tuple[str, str]],
    current: set[tuple[str, str]],
    blame: Blame,
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the page files of a language with the translators' texts, and the new pages skipped as incomplete.

    Args:
        changes: (page, name) → the unit and its new text.
        confirmed: units whose text is marked as done; those in `current` were up to date before.
        blame: places a problem of a page at the unit that it comes from.

    Raises:
        SiteError: a text would cause errors in a page.
    """
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    problems: list[Problem] = []
    new, whole = dict[str, dict[str, str]](), dict[str, set[str]]()  # page → its new texts, and those that are done
    for (key, name), (_, text) in changes.items():
        new.setdefault(key, {})[name] = text
    for key, name in confirmed | (current - changes.keys()):
        whole.setdefault(key, set()).add(name)
    for key in dict.fromkeys(page for page, _ in (*changes, *sorted(confirmed)) if page):
        page, texts = library.pages[Key(key)], new.get(key, {})
        pairs = pair(root, library, page, language)
        if language not in page.written:
            missing = [segment.name for segment, _ in pairs if segment.name not in texts]
            if missing:
                left_out.append(f"{key}: {len(missing)} of {len(pairs)} texts are missing")
                continue
        try:
            path, content = _new_text(root, library, page, language, pairs, texts, whole.get(key, set()))
            files[path] = content
            if texts and language not in page.written and content == bytes_of(root, path):
                left_out.append(f"{key}: none of its texts is marked as translated")
        except PageError as error:
            units = {name: changes[key, name] for name in texts}
            problems += _blamed(error, units, blame)
        except SiteError as error:
            problems.extend(error.problems)
    if problems:
        raise SiteError(problems)
    return files, tuple(left_out)


def _blamed(error: PageError, units: Mapping[str, tuple[Unit, str]], blame: Blame) -> Iterator[Problem]:
    """Place each problem of a page at the unit whose new text holds its line; none does if the page was wrong before."""
    lines = error.text.split("\n")
    of_line = {line.strip(): unit for unit, text in units.values() for line in text.split("\n") if line.strip()}
    for problem in error.problems:
        line = lines[problem.line - 1].strip() if problem.line else ""
        field = units.get(line.partition(":")[0])
        unit = of_line.get(line) or (field and field[0]) or (next(iter(of_line.values())) if len(units) == 1 else None)
        yield blame(unit, problem) if unit else problem


def _new_text(
    root: Path,
    library: Library,
    page: Page,
    language: str,
    pairs: list[tuple[Segment, Segment | None]],
    texts: Mapping[str, str],
    done: set[str],
) -> tuple[str, bytes]:
    """Return a page's file with its new texts, and with records of the parts that are now up to date.

    Raises:
        SiteError: the new text is not a valid page.
    """
    source, own = page.versions[page.source], page.written.get(language)
    if own is None:
        path = f"{source.path.removesuffix(f'.{page.source}.md')}.{language}.md"
        before = read_text(root, source.path)
        changes = {segment: texts[segment.name] for segment, _ in pairs}
        changes.update(without_facts(before, source, changes))
        text = _words_alone(with_texts(before, changes), library, page)
    else:
        path, before = own.path, read_text(root, own.path)
        text = with_texts(before, {t: texts[s.name] for s, t in pairs if t is not None and s.name in texts})
        text = _with_lost(text, {s.name: texts[s.name] for s, t in pairs if t is None and s.name in texts})
    like = replace(source, path=path, language=language)
    document, problems = read_version(text, like, library.config, library.shelf)
    graded = library.config.graded(list(problems))
    errors = [problem for problem in graded if problem.code not in _OF_SOURCES and problem.severity == "error"]
    if errors:
        raise PageError(errors, text)
    behind = _parts_done(library, page, own, pairs, done)
    rendered = {part for segment, _ in pairs if segment.name in texts for part in segment.sections if behind}
    parts = [part for part in translatable_parts(source, library.kind(page.key)) if part in {*behind, *rendered}]
    if not parts and (own is None or text == read_text(root, own.path)):
        return path, bytes_of(root, path)
    known = own.words.get("source", ()) if own is not None else ()
    like = replace(document, words={**document.words, "source": known})
    content = _as_file(root, path, text)
    return path, with_records(content, make_records(library, like, parts)) if parts or known else content


def _parts_done(
    library: Library, page: Page, own: Document | None, pairs: Sequence[tuple[Segment, Segment | None]], done: set[str]
) -> list[str]:
    """Return the outdated parts of the source whose segments are all done.

    Where the source has lost a section, all its sections are outdated until each text of the body is done.
    """
    source = page.versions[page.source]
    parts = list(translatable_parts(source, library.kind(page.key)))
    of_part: dict[str, list[str]] = {}
    for segment, _ in pairs:
        for part in segment.parts:
            of_part.setdefault(part, []).append(segment.name)
    state = page.states[own.language] if own is not None else None
    behind = parts if state is None or state.name == "untracked" else state.changed
    found = [part for part in parts if part in of_part and done.issuperset(of_part[part])]
    sections = {part for part in of_part if part.startswith("#")}
    if state is not None and sections.issubset(found) and gone_sections(library, page, state):
        behind = (*behind, *sections)
    return [part for part in found if part in behind]


def _words_alone(text: str, library: Library, page: Page) -> str:
    """Return a source version without its facts and its slug, for a new translation."""
    words = {declared.name for declared in library.kind(page.key).of_side("words")} - {"slug"}
    return only_entries(text, words)


def _with_lost(text: str, texts: Mapping[str, str]) -> str:
    """Add missing texts to a translation: fields after the other fields, text above the body, footnotes below it."""
    if not texts:
        return text
    lines = text.split("\n")
    end = end_of_front_matter(lines)
    fields = [f"{name}: {scalar(value)}" for name, value in texts.items() if not name.startswith("#")]
    blocks = [value for name, value in texts.items() if name.startswith("#")]
    above = [line for value in blocks if not note_label(value) for line in (value, "")]
    below = [line for value in blocks if note_label(value) for line in (value, "")]
    end_of_text = [] if not below or not lines[-1] else [""]
    return "\n".join([*lines[:end], *fields, lines[end], *above, *lines[end + 1 :], *end_of_text, *below])


def _as_file(root: Path, path: str, text: str) -> bytes:
    """Encode a text with the byte order mark and the line endings of the existing file."""
    before = bytes_of(root, path)
    ends = text.replace("\n", "\r\n") if b"\r\n" in before else text
    return (b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b"") + ends.encode()


def bytes_of(root: Path, path: str) -> bytes:
    """Return the content of a file; empty if it can't be read."""
    try:
        return read_file(root, path)
    except OSError:
        return b""


def catalog_file(root: Path, config: Config, language: str, changes: Changes, blame: Blame) -> dict[str, bytes]:
    """Return the path of a language's catalog and its content with the new translations; empty if there are none."""
    texts = {name: own for (page, name), own in changes.items() if not page}
    if not texts:
        return {}
    path = catalog_path(config.languages[language])
    if not (root / path).exists():
        hint = f"run: python build.py translate update {language}"
        absent = Problem(path=path, code="missing-message", message=f"'{language}' has no catalog", hint=hint)
        raise SiteError([blame(next(iter(texts.values()))[0], absent)])
    catalog = read_po(root, path, config.languages[language].tag)
    problems: list[Problem] = []
    for message in catalog:
        if message.id and message_name(message) in texts:
            unit, text = texts[message_name(message)]
            message.string = text if isinstance(message.id, str) else tuple(text.split("\0"))
            message.flags.discard("fuzzy")
            problems += (blame(unit, problem) for problem in message_problems(path, message))
    if problems:
        raise SiteError(problems)
    return {path: po_bytes(catalog, sort_output=True, include_lineno=False)}
