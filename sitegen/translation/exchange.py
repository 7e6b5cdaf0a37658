"""The round trip: what needs work in a language → one PO or XLIFF file for a translator's own tool → back into its places.

A unit is a segment of a page (`segments.py`) or a message of the templates. Its id is the page, the segment's name and a
checksum of what stood there, so that what has changed since is known and never overwritten.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sitegen.content.reader import read_version
from sitegen.i18n.catalogs import catalog_path, is_translated, message_problems, own_messages, read_po, without_dates
from sitegen.library.library import Library, translatable_parts
from sitegen.library.links import shared_headings
from sitegen.model.blocks import BlockType
from sitegen.model.settings import Config
from sitegen.model.values import Document, Key, Page
from sitegen.problems.problem import Problem, SiteError, counted, listing
from sitegen.source.files import read_file, read_given, read_text, replace_files
from sitegen.source.front_matter import end_of_front_matter, only_entries
from sitegen.source.layers import Layers
from sitegen.source.scalars import scalar
from sitegen.translation.formats import ENDINGS, FORMATS, is_exported
from sitegen.translation.history import Earlier, find_earlier
from sitegen.translation.marks import Broken, broken_marks
from sitegen.translation.memory import TranslationMemory
from sitegen.translation.records import make_records, whole_library, with_records, with_review
from sitegen.translation.segments import (
    Part,
    Segment,
    body_segments,
    front_segments,
    joined,
    note_label,
    with_texts,
    without_facts,
)
from sitegen.translation.units import NO_PAGE, Answer, Unit, bad_file, place_in

#: Files beyond this are refused unread, in bytes.
MOST_BYTES = 50_000_000

#: What only a source version may not or must have; these texts are translations.
_OF_SOURCES = frozenset({"misplaced-word", "misplaced-fact", "required"})

#: How a mark of Markdown is broken → what is told, and the mend.
_BROKEN: Mapping[Broken, tuple[str, str]] = {
    "missing": ("'{}' of the source is missing", "put it around, or in the place of, the same words as in the source"),
    "twice": ("'{}' stands more often than in the source", "delete the one that is not wanted"),
    "stray": ("'{}' has no counterpart", "begin and end it as the source does; for the sign itself write \\ before it"),
}

#: (units done, of how many) → shown to the person who waits.
Progress = Callable[[int, int], None]


# what is exported


def export(root: Path, language: str, style: str, only: Sequence[str] = (), progress: Progress | None = None) -> bytes:
    """Everything of a language that is in one of the states `only` (all when empty), as a file in one of `FORMATS`.

    Raises:
        SiteError: content has errors, or the language does not exist or is nobody's to translate.
    """
    with whole_library(root) as (library, _):
        _check_language(library.config, language)
        units = list(_units(root, library, language, progress))
        memory = TranslationMemory((u.source, u.target) for u in units if u.state == "current" and not u.plural)
        wanted = (unit for unit in units if not only or unit.state in only)
        told = [_with_memory(unit, memory) if unit.state != "current" else unit for unit in wanted]
        return FORMATS[style].write(told, library.config, language)


def _check_language(config: Config, language: str) -> None:
    own = config.languages.get(language)
    if own is None or own.base or language == config.source_language:
        known = [path for path, other in config.languages.items() if path != config.source_language and not other.base]
        message = f"'{language}' is not a language to translate into; those are {listing(known)}"
        raise SiteError([Problem(path="content/site.yaml", code="unknown-language", message=message)])


def _units(root: Path, library: Library, language: str, progress: Progress | None = None) -> Iterator[Unit]:
    for number, page in enumerate(library.pages.values(), 1):
        is_kept = page.facts.get("translate") is False and language not in page.versions
        if language in page.states and page.source != language and not is_kept:
            yield from _page_units(root, library, page, language)
        if progress is not None:
            progress(number, len(library.pages))
    yield from _message_units(root, library.config, language)


def _page_units(root: Path, library: Library, page: Page, language: str) -> Iterator[Unit]:
    document, state = page.written.get(language), page.states[language]
    earlier = find_earlier(root, library, document) if document is not None and state.changed else {}
    address = library.config.origin_of(language) + library.url(page.key, language)
    notes = (str(page.versions[page.source].words.get("title", page.key)), address)
    pairs = pair(root, library, page, language)
    before = {source.name: _earlier_text(earlier, source) for source, _ in pairs}
    touched = {source.part for source, _ in pairs if before[source.name] != source.text}
    for source, target in pairs:
        text = target.text if target is not None else ""
        is_same = before[source.name] == source.text and source.part in touched  # others of its section are not
        written = "stale" if source.part in state.changed and not is_same else "current"
        name = "missing" if not text else "untracked" if state.name == "untracked" else written
        yield Unit(page.key, source.name, source.text, text, name, "" if is_same else before[source.name], notes)


def _earlier_text(earlier: Mapping[str, Earlier], segment: Segment) -> str:
    """The block of the earlier source at the segment's place; its whole part where there is none."""
    if segment.part not in earlier:
        return ""
    if segment.word:
        return ""
    text = earlier[segment.part].text
    if label := note_label(segment.text):
        notes = re.split(r"\n\n(?=\[\^)", text)
        return next((note for note in notes if note_label(note) == label), text)
    if re.search(r"^[ \t>]*:::?[a-z]", text, re.MULTILINE):
        return text
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    number = int(segment.name.rpartition(".")[2]) if segment.name != segment.part and segment.style is None else -1
    number -= 1 if segment.part == "#" else 0
    return blocks[number] if 0 <= number < len(blocks) else text


def pair(root: Path, library: Library, page: Page, language: str) -> list[tuple[Segment, Segment | None]]:
    """Each segment of a page's source with its translation; None where there is none.

    A section whose blocks don't match is one segment; so is the whole body where the sections don't.
    """
    source, own = page.versions[page.source], page.written.get(language)
    kind = library.kind(page.key)
    text = read_text(root, source.path)
    anchors = [heading.anchor for heading in shared_headings(library, source)]
    front, body = front_segments(text, kind), body_segments(text, source, anchors)
    if own is None:
        return [(segment, None) for segment in (*front, *(segment for part in body for segment in part.segments))]
    own_text = read_text(root, own.path)
    words = {segment.name: segment for segment in front_segments(own_text, kind)}
    own_anchors = [heading.anchor for heading in shared_headings(library, own)]
    pairs = [(segment, words.get(segment.name)) for segment in front]
    pairs = [(segment, found) for segment, found in pairs if found is not None or "[" not in segment.name]
    own_body = body_segments(own_text, own, own_anchors)
    if len(body) != len(own_body):
        return pairs + list(_paired_bodies(joined(text, source, body), joined(own_text, own, own_body)))
    texts = list(_paired_bodies(body[:-1], own_body[:-1]))
    return [*pairs, *texts, *_paired_notes(body[-1].segments, own_body[-1].segments, texts)]


def _paired_bodies(source: list[Part], own: list[Part]) -> Iterator[tuple[Segment, Segment | None]]:
    for theirs, mine in zip(source, own, strict=True):
        if [segment.word for segment in theirs.segments] == [segment.word for segment in mine.segments]:
            yield from zip(theirs.segments, mine.segments, strict=True)
        elif theirs.whole is not None:
            yield theirs.whole, mine.whole


def _paired_notes(
    source: list[Segment], own: list[Segment], texts: list[tuple[Segment, Segment | None]]
) -> Iterator[tuple[Segment, Segment | None]]:
    """Footnotes by their labels; by their order where the labels are others. Those within a text are a part of it."""
    labels = {note_label(segment.text): segment for segment in own}
    is_alike = len(source) == len(own) and not any(note_label(segment.text) in labels for segment in source)
    for number, segment in enumerate(source):
        mine = own[number] if is_alike else labels.get(note_label(segment.text))
        if not any(theirs.holds(segment) or (mine and other and other.holds(mine)) for theirs, other in texts):
            yield segment, mine


def _message_units(root: Path, config: Config, language: str) -> Iterator[Unit]:
    path = catalog_path(config.languages[language])
    own = read_po(root, path, config.languages[language].tag) if (root / path).exists() else None
    known = {(message.context, message.id): message for message in own if message.id} if own is not None else {}
    is_source = language == config.source_language
    for message in own_messages(Layers.of(root, config.theme), config.languages[language], is_source=is_source):
        found = known.get((message.context, message.id))
        forms = found.string if found is not None else ""
        target = "\0".join(forms) if isinstance(forms, (tuple, list)) else forms
        is_whole = found is not None and is_translated(found)
        source, plural = (message.id, "") if isinstance(message.id, str) else message.id
        state = "current" if is_whole else "stale" if target.strip("\0") else "missing"
        places = tuple(place for place, _ in message.locations)
        notes = (*message.auto_comments, *places)
        yield Unit("", _message_name(message), source, target if target.strip("\0") else "", state, "", notes, plural)


def _message_name(message: Any) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}: {text}" if message.context else text


def _with_memory(unit: Unit, memory: TranslationMemory) -> Unit:
    found = memory.find(unit.source)
    if found is None or found[2] == unit.target:
        return unit
    return unit._replace(notes=(*unit.notes, f"memory, {found[0]} %: {found[1]} → {found[2]}"))


# what comes back


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Attributes:
        written: files, relative to the root.
        left_out: pages of which some texts are still missing.
        texts: how many the file has.
        empty: how many of them nobody has translated.
    """

    written: tuple[str, ...]
    left_out: tuple[str, ...]
    texts: int
    empty: int


def import_file(root: Path, path: Path, language: str = "", review: str = "") -> Imported:
    """Put a translator's file back: into Markdown, front matter and catalogs, each text in its place and nothing else.

    Args:
        language: path; by default the one that the file says it is in.
        review: what the pages then say of who has read them: "human", "machine", or "" for what they say now.

    Raises:
        SiteError: the file is not readable, of another language or site, or a text was edited meanwhile; nothing is written.
    """
    tag, answers = _read(path)
    if not (language or tag):
        raise SiteError([bad_file(path, "the file does not say in which language it is", "name it with --language")])
    with whole_library(root) as (library, _):
        target = language or next((p for p, own in library.config.languages.items() if own.tag == tag), tag)
        _check_language(library.config, target)
        if language and tag and tag != library.config.languages[language].tag:
            raise SiteError([bad_file(path, f"the file is in '{tag}', not in '{language}'", "name the right file")])
        units = {unit.id: unit for unit in _units(root, library, target)}
        _refuse_others(path, answers, units.values())
        changes, confirmed = _changes(path, answers, units, library.config.blocks)
        current = {(unit.page, unit.name) for unit in units.values() if unit.state == "current"}
        files, left_out = _page_files(root, library, target, changes, confirmed, current)
        if review:
            files = {name: with_review(text, review) for name, text in files.items()}
        files.update(_catalog_file(root, library.config, target, changes))
        written = tuple(sorted(name for name, text in files.items() if _bytes(root, name) != text))
        replace_files(root, {name: files[name] for name in written})
        empty = sum(not answer.target.strip("\0") for answer in answers)
        return Imported(written, left_out, len(answers), empty)


def _read(path: Path) -> tuple[str, list[Answer]]:
    content = _content(path)
    if not content.strip():
        raise SiteError(
            [bad_file(path, "the file is empty", "save it once more where you translate, or export it anew")]
        )
    if not is_exported(content):
        hint = "name the .po or .xliff file that it wrote; what lies in translations/ needs no import"
        raise SiteError([bad_file(path, f"'{path.name}' is not a file that `translate export` has written", hint)])
    style = ENDINGS.get(path.suffix.lstrip(".").lower())
    if style is None:
        hint = "give it the ending with which it was exported"
        raise SiteError([bad_file(path, f"the name '{path.name}' ends neither in .po nor in .xliff", hint)])
    try:
        return FORMATS[style].read(path, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SiteError([bad_file(path, "the file is not UTF-8", "save it as UTF-8")]) from error


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise SiteError([bad_file(path, f"the file has {size:,} bytes, over {MOST_BYTES:,}", "import it in parts")])
        return read_given(path)
    except OSError as error:
        raise SiteError(
            [bad_file(path, f"the file can't be read: {(error.strerror or str(error)).lower()}")]
        ) from error


def _changes(
    path: Path, answers: Iterable[Answer], units: Mapping[str, Unit], blocks: Mapping[str, BlockType]
) -> tuple[dict[tuple[str, str], tuple[Unit, str]], set[tuple[str, str]]]:
    """(page, name) → unit and its new text; and those whose text is right as it is."""
    by_name = {(unit.page, unit.name): unit for unit in units.values()}
    changes: dict[tuple[str, str], tuple[Unit, str]] = {}
    confirmed: set[tuple[str, str]] = set()
    problems = []
    for answer in answers:
        unit = units.get(answer.id)
        name = _name_of(answer)
        if unit is None:
            now = by_name.get(name)
            if now is None or not (answer.is_untouched or answer.target == now.target):
                problems.append(_lost(path, name, now))
            elif answer.is_done and (answer.source, answer.target) == (now.source, now.target):
                confirmed.add(name)  # an import before this one has put it there
            continue
        if answer.source != unit.source and not unit.plural:
            problems.append(
                bad_file(
                    path, f"{_told(name)}: the source text has been changed in the file", "change the target alone"
                )
            )
        elif answer.target.strip("\0") and answer.target != unit.target:
            changes[name] = unit, answer.target
            problems += _broken(path, unit, answer.target, blocks)
        if answer.is_done and answer.target:
            confirmed.add(name)
    if problems:
        raise SiteError(problems)
    return changes, confirmed


def _broken(path: Path, unit: Unit, text: str, blocks: Mapping[str, BlockType]) -> Iterator[Problem]:
    """Marks that a translator has broken, so that readers would see them, or miss what they stand for."""
    if not unit.is_markdown:
        return
    for mark, how in broken_marks(unit.source, unit.target, text, blocks):
        message, hint = (part.format(mark) for part in _BROKEN[how])
        told = f"{_told((unit.page, unit.name))}: {message}"
        line, column = place_in(path, unit.id)
        yield replace(bad_file(path, told, hint), line=line, column=column)


def _refuse_others(path: Path, answers: Sequence[Answer], units: Iterable[Unit]) -> None:
    """Tell a file of another site once, not for each of its texts."""
    known = {(unit.page, unit.name) for unit in units}
    strange = [name for answer in answers if (name := _name_of(answer)) not in known]
    if 2 * len(strange) > len(answers):
        share = "none" if len(strange) == len(answers) else f"only {len(answers) - len(strange):,}"
        verb = "belongs" if len(answers) - len(strange) < 2 else "belong"
        message = f"{share} of the {counted(len(answers), 'text')} {verb} to this site (for example, there is no {_told(strange[0])})"
        raise SiteError(
            [bad_file(path, message, "the file is of another site, or their pages are gone; export it anew")]
        )


def _name_of(answer: Answer) -> tuple[str, str]:
    """The page and the name of a unit that comes back."""
    page, _, rest = answer.id.partition("|")
    return "" if page == NO_PAGE else page, rest.rpartition("|")[0]


def _told(name: tuple[str, str]) -> str:
    return f"{name[0] or NO_PAGE} {name[1]}"


def _lost(path: Path, name: tuple[str, str], now: Unit | None) -> Problem:
    if now is None:
        return bad_file(path, f"the site has no text {_told(name)}", "the file is of another site, or the text is gone")
    return bad_file(
        path, f"{_told(name)} has changed since this file was exported", "export it anew, and translate it there"
    )


def _page_files(
    root: Path,
    library: Library,
    language: str,
    changes: Mapping[tuple[str, str], tuple[Unit, str]],
    confirmed: set[tuple[str, str]],
    current: set[tuple[str, str]],
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    problems: list[Problem] = []
    for key in dict.fromkeys(page for page, _ in (*changes, *sorted(confirmed)) if page):
        page = library.pages[Key(key)]
        texts = {name: text for (owner, name), (_, text) in changes.items() if owner == key}
        pairs = pair(root, library, page, language)
        if language not in page.written:
            missing = [segment.name for segment, _ in pairs if segment.name not in texts]
            if missing:
                left_out.append(f"{key}: {len(missing)} of {len(pairs)} texts are missing")
                continue
        done = {name for owner, name in confirmed | (current - changes.keys()) if owner == key}
        try:
            path, text = _new_text(root, library, page, language, pairs, texts, done)
            files[path] = text
        except SiteError as error:
            problems.extend(error.problems)
    if problems:
        raise SiteError(problems)
    return files, tuple(left_out)


def _new_text(
    root: Path,
    library: Library,
    page: Page,
    language: str,
    pairs: list[tuple[Segment, Segment | None]],
    texts: Mapping[str, str],
    done: set[str],
) -> tuple[str, bytes]:
    """A page's file with its new texts, and a record of the parts that are right for today's source now.

    Raises:
        SiteError: the new text is no readable page.
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
        raise SiteError(errors)
    parts = _parts_done(library, page, own, pairs, done)
    if not parts and (own is None or text == read_text(root, own.path)):
        return path, _bytes(root, path)
    known = own.words.get("source", ()) if own is not None else ()
    like = replace(document, words={**document.words, "source": known})
    if parts or known:
        text = with_records(text, make_records(library, like, parts))
    return path, _as_file(root, path, text)


def _parts_done(
    library: Library, page: Page, own: Document | None, pairs: Sequence[tuple[Segment, Segment | None]], done: set[str]
) -> list[str]:
    """The parts of the source whose segments are all right."""
    source = page.versions[page.source]
    parts = list(translatable_parts(source, library.kind(page.key)))
    of_part: dict[str, list[str]] = {}
    for segment, _ in pairs:
        of_part.setdefault(segment.part, []).append(segment.name)
    state = page.states[own.language] if own is not None else None
    behind = parts if state is None or state.name == "untracked" else state.changed
    return [part for part in parts if part in behind and part in of_part and done.issuperset(of_part[part])]


def _words_alone(text: str, library: Library, page: Page) -> str:
    """A source version without its facts, for a new translation."""
    words = {declared.name for declared in library.kind(page.key).of_side("words")} - {"slug"}
    return only_entries(text, words)


def _with_lost(text: str, texts: Mapping[str, str]) -> str:
    """A translation's file with what it lacked: fields at the end of its front matter, a text before its first heading."""
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
    """The text with the byte order mark and the line ends that the file has."""
    before = _bytes(root, path)
    ends = text.replace("\n", "\r\n") if b"\r\n" in before else text
    return (b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b"") + ends.encode()


def _bytes(root: Path, path: str) -> bytes:
    try:
        return read_file(root, path)
    except OSError:
        return b""


def _catalog_file(
    root: Path, config: Config, language: str, changes: Mapping[tuple[str, str], tuple[Unit, str]]
) -> dict[str, bytes]:
    """The language's catalog with its new messages."""
    from babel.messages.pofile import write_po

    texts = {name: text for (page, name), (_, text) in changes.items() if not page}
    if not texts:
        return {}
    path = catalog_path(config.languages[language])
    if not (root / path).exists():
        hint = f"run: python build.py translate update {language}"
        raise SiteError([Problem(path=path, code="missing-message", message=f"'{language}' has no catalog", hint=hint)])
    catalog = read_po(root, path, config.languages[language].tag)
    problems: list[Problem] = []
    for message in catalog:
        if message.id and _message_name(message) in texts:
            text = texts[_message_name(message)]
            message.string = text if isinstance(message.id, str) else tuple(text.split("\0"))
            message.flags.discard("fuzzy")
            problems += message_problems(path, message)
    if problems:
        raise SiteError(problems)
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, sort_output=True, include_lineno=False)
    return {path: without_dates(buffer.getvalue())}
