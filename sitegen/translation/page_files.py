"""Writes translators' texts into the files of pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sitegen.content.reader import read_version
from sitegen.library.library import Library
from sitegen.library.section_pairs import Pairing, heading_names, pair_sections, with_names_of_today
from sitegen.library.translated_parts import OF_ONE_LANGUAGE, notes_name, records_of, translatable_parts
from sitegen.model.page import Document, Key, Page
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_file, read_text
from sitegen.source.front_matter import end_of_front_matter, find_entry, only_entries
from sitegen.source.text import decode, problem_at
from sitegen.translation.arrangement import arranged, new_order, sections_of, without_lines
from sitegen.translation.field_pairs import FieldPair, as_source, copies, in_place
from sitegen.translation.pairs import Pairs, pair
from sitegen.translation.segments import Segment, note_label, unused_notes, with_texts, without_facts
from sitegen.translation.source_records import make_records, with_records
from sitegen.translation.texts import Blame, Changes, Unit
from sitegen.translation.units import gone_sections


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
    agreed: Mapping[str, bool],
    blame: Blame,
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the page files of a language with the translators' texts, and the new pages skipped as incomplete.

    Args:
        changes: (page, name) → the unit and its new text.
        confirmed: units whose text is marked as done; those in `current` were up to date before.
        agreed: page → whether the translator has agreed to what import does with its untold parts, or to something else.
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
            missing = [segment.name for segment, _ in pairs.texts if segment.name not in texts]
            if missing:
                left_out.append(f"{key}: {len(missing)} of {len(pairs.texts)} texts are missing")
                continue
        own = _PageImport(root, library, page, language, pairs, texts, whole.get(key, set()), agreed.get(key))
        try:
            path, content = own.result()
            files[path] = content
            left_out += [*own.incomplete(), *own.other_code(path, content)]
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


class _PageImport(Struct, frozen=True, dict=True):
    """The texts of a translator for one page."""

    root: Path
    library: Library
    page: Page
    language: str
    pairs: Pairs
    texts: Mapping[str, str]  #: by name; new ones alone
    done: set[str]  #: the names of those that are marked as done, and of those that were up to date before
    is_agreed: bool | None  #: whether the translator has agreed to what is done with untold parts; None if not asked

    @property
    def source(self) -> Document:
        return self.page.versions[self.page.source]

    def result(self) -> tuple[str, bytes]:
        """Return the path of the page's file and its content, with records of the parts that are now up to date.

        Raises:
            SiteError: the new text is not a valid page.
        """
        own, behind = self.page.written.get(self.language), self._parts_done()
        before = read_text(self.root, (own or self.source).path)
        if own is None:
            path = f"{self.source.path.removesuffix(f'.{self.page.source}.md')}.{self.language}.md"
            text, document, pairing = self._new_page(path, before)
        else:
            path = own.path
            text, document, pairing = self._changed_page(own, before, behind)
            text, document = self._without_dead_notes(own, before, text, document)
        rendered = {part for s, _ in self.pairs.texts if s.name in self.texts for part in s.sections if behind}
        named = translatable_parts(self.source, self.library.kind(self.page.key))
        parts = [part for part in named if part in {*behind, *rendered} - {*self.pairs.other_code}]
        if not parts and (own is None or text == before):
            return path, bytes_of(self.root, path)
        known = own.words.get("source", ()) if own is not None else ()
        like = replace(document, words={**document.words, "source": known})
        content = _as_file(self.root, path, text)
        if not (parts or known):
            return path, content
        begun = set(self._begun()).difference(parts) if own is not None else ()
        return path, with_records(content, make_records(self.library, like, parts, pairing, begun))

    def incomplete(self) -> Iterator[str]:
        """Say which sections and lists are left out because some of their texts are missing."""
        new = self._new_sections()
        missing, count = len(self._missing(new)), sum(map(len, new.values()))
        if 0 < missing < count:
            yield f"{self.page.key}: {missing} of {count} texts of its new sections are missing"
        if self.language not in self.page.written:
            return
        if self.is_agreed is False:
            yield f"{self.page.key}: other parts without a text have changed since the export; export it again"
        left_out = self._left_out
        for part in dict.fromkeys(s.part for s, _ in self.pairs.texts if s.name in left_out and s.name in self.texts):
            names = [segment.name for segment, _ in self.pairs.texts if segment.part == part]
            count = sum(name not in self.done for name in names)
            yield f"{self.page.key} {part}: {count} of {len(names)} texts are missing or not marked as done"

    def other_code(self, path: str, content: bytes) -> Iterator[str]:
        """Say which sections of the new file stay outdated because of their code or figures, and where they begin."""
        names = [name for name in self._parts_done() if name in self.pairs.other_code]
        if not names:
            return
        text = decode(path, content)
        document = self._read(path, text)
        pairing = pair_sections(self.source, document)
        lines = {name: mark.line for name, mark in document.marks.items()}
        lines["#"] = end_of_front_matter(text.split("\n")) + 2
        if pairing is not None:
            lines.update((name, h.line) for name, h in zip(pairing.rendered, document.body.headings, strict=True))
        for name in names:
            place = f"{path}:{lines.get(name, 1)}"
            yield f"{place}: {name}: its code or figures are not as in the source: change them and accept the page"

    def _inserted(self) -> list[str]:
        """Return the new sections if there are texts for all of them; some may have none."""
        new = self._new_sections()
        return list(new) if not self._missing(new) and (any(new.values()) or self._agreed()) else []

    def _missing(self, sections: Mapping[str, list[Segment]]) -> list[Segment]:
        return [segment for own in sections.values() for segment in own if segment.name not in self.texts]

    def _new_page(self, path: str, before: str) -> tuple[str, Document, None]:
        changes = {segment: self.texts[segment.name] for segment, _ in self.pairs.texts}
        changes.update(without_facts(before, self.source, changes))
        text = _words_alone(with_texts(before, changes), self.library, self.page)
        return text, self._read(path, text), None

    def _changed_page(self, own: Document, before: str, done: Collection[str]) -> tuple[str, Document, Pairing | None]:
        """Return the new text of a translation, and which section of the source each of its sections renders.

        Args:
            done: the parts that are up to date; their sections are put where the source has them.
        """
        new, texts, pairing = self._new_sections(), self.texts, self.pairs.pairing
        code = {own: theirs.text for own, theirs in self.pairs.code.items() if theirs.part in done}
        text = with_texts(before, {**self._blocks(), **code, **self._fields(before, done), **self._lost_fields(before)})
        elsewhere = {*new, *self.pairs.moves, *self.pairs.fields}
        lost = [texts[s.name] for s, t in self.pairs.texts if t is None and s.name in texts and s.part not in elsewhere]
        text = _with_lost(text, lost)
        (document, errors), names = self._seen(own.path, text), heading_names(self.source)
        if pairing is None:
            self._refuse(errors, text)
            is_whole = any(s.sections and s.name in texts for s, _ in self.pairs.texts)
            is_like = is_whole and len(document.body.headings) == len(names)
            return text, document, Pairing(names, names) if is_like else None
        state, agreed = self.page.states[self.language], self._agreed()
        added = self._added(new)
        waiting = () if set(state.moved).issubset(done) else state.moved
        order = new_order(pairing, names, waiting, added, keeps_lost=not agreed)
        has_opening = not (agreed and "#" in state.removed)
        is_same = has_opening and order == list(range(len(pairing.rendered)))
        is_like = len(document.body.headings) == len(pairing.rendered)
        if not is_same and is_like:  # until then, its headings may be of levels that don't follow each other
            text = arranged(text, document, order, added, has_opening=has_opening)
            document, errors = self._seen(own.path, text)
        self._refuse(errors, text)
        if len(document.body.headings) == len(order):
            return text, document, pairing.in_order(order)
        message = "its sections can't be put in the order of the source: they would have other headings"
        raise PageError(
            [problem_at(own.path, "structure", message, hint="keep the headings, and close all code")], text
        )

    def _without_dead_notes(self, own: Document, before: str, text: str, document: Document) -> tuple[str, Document]:
        """Take out the footnotes that have gone with the last text that referred to them, unless the source has them."""
        unused = unused_notes(text, document)
        gone = unused.keys() - unused_notes(before, own)
        if not gone:
            return text, document
        name = notes_name(self.source.body.headings)
        notes = [both for both in self.pairs.texts if both[0].part == name]
        gone -= {note_label(own.text) for both in notes for own in both if own is not None}
        text = without_lines(text, (unused[label] for label in gone))
        return text, self._read(own.path, text)

    def _fields(self, before: str, done: Collection[str]) -> dict[Segment, str]:
        """Return the changes to fields; their lists get the items of the source once all their texts are done."""
        changes: dict[Segment, str] = {}
        for name, both in self.pairs.fields.items():
            is_renewed = not both.is_alike and self._is_whole(both)
            texts = {**self.texts, **(copies(both) if name in done else {})}
            edits = [as_source(both, texts, before)] if is_renewed else in_place(both, texts)
            changes.update(
                (Segment(both.source.name, before[edit.start : edit.end], edit.start, edit.end), edit.text)
                for edit in edits
            )
        return changes

    def _lost_fields(self, before: str) -> dict[Segment, str]:
        """Return the changes that remove the fields that the source no longer has, if the translator agrees to that."""
        names = [name for name in self._agreed() if not name.startswith("#") and name not in self.source.words]
        found = [entry for name in names if (entry := find_entry(before, name))]
        return {Segment("", before[own.start : own.end], own.start, own.end): "" for own in found}

    def _is_whole(self, pair: FieldPair) -> bool:
        """Whether there are translations of all items of a field, and they are done unless the field is new."""
        is_new = pair.own is None or not pair.own.written
        names = [segment.name for segment, _ in pair.texts]
        name = pair.source.name
        is_told = bool(names) or (name in self._agreed() and name not in OF_ONE_LANGUAGE)
        return is_told and self.texts.keys() >= set(pair.missing) and (is_new or self.done.issuperset(names))

    def _blocks(self) -> dict[Segment, str]:
        """Return the changes to the body: texts that stand elsewhere in the source are moved once their section is done."""
        waiting, changes = self._waiting, dict[Segment, str]()
        pairs = [(theirs, own) for theirs, own in self.pairs.texts if theirs.part not in self.pairs.fields]
        for segment, own in pairs:
            if own is not None and segment.name in self.texts and segment.name not in waiting:
                changes[own] = self.texts[segment.name]
        known = {segment.name: own.text for segment, own in pairs if own is not None}
        for name in self.pairs.moves.keys() - {part for part, _ in self._unmoved()}:
            for segment, place in self.pairs.moves[name]:
                changes[place] = self.texts.get(segment.name) or known[segment.name]
        return {own: text for own, text in changes.items() if text != own.text}

    @cached_property
    def _waiting(self) -> set[str]:
        """Return the texts that may overwrite another one's translation until all such texts of their section are there."""
        unsure = self.pairs.unsure
        waiting = set[str]()
        for part in {segment.part for segment, _ in self.pairs.texts if segment.name in unsure}:
            own = {s.name for s, t in self.pairs.texts if s.part == part and (t is None or s.name in unsure)}
            if not own <= {*self.texts, *self.done}:
                waiting |= own
        return waiting

    @cached_property
    def _left_out(self) -> set[str]:
        """Return the texts that are not written until others of their section or list are there."""
        waiting = {*self._waiting, *(name for _, names in self._unmoved() for name in names)}
        return waiting.union(name for p in self.pairs.fields.values() if not self._is_whole(p) for name in p.missing)

    def _begun(self) -> Iterator[str]:
        """Yield the parts with a new text that is not marked as done, and outdated ones with any; all sections if they are one text."""
        left_out, own = self._left_out, self.page.written[self.language]
        known, outdated = records_of(own), self.page.states[self.language].changed
        for segment, target in self.pairs.texts:
            text = self.texts.get(segment.name)
            if text is None or (target is not None and target.text == text) or segment.name in left_out:
                continue
            is_done = segment.name in self.done
            yield from (part for part in segment.parts if not is_done or part in outdated)
            yield from (name for name in known if segment.sections and not is_done and name.startswith("#"))

    def _unmoved(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the sections whose texts are not yet where the source has them, and those of their texts that wait for it."""
        for name, places in self.pairs.moves.items():
            names = {segment.name for segment, _ in places}
            if not names <= self.done:
                yield name, [s.name for s, t in self.pairs.texts if s.name in names and t is None]

    def _new_sections(self) -> dict[str, list[Segment]]:
        """Return the sections that the translation lacks, with their texts."""
        pairing = self.pairs.pairing
        names = () if pairing is None else heading_names(self.source)
        rendered = set(pairing.rendered if pairing else ())
        found: dict[str, list[Segment]] = {name: [] for name in names if name not in rendered}
        for segment, _ in self.pairs.texts:
            if segment.part in found:
                found[segment.part].append(segment)
        return found

    def _added(self, new: Mapping[str, Sequence[Segment]]) -> dict[str, str]:
        """Return the sections that the translation lacks and that can be added, with the translator's texts."""
        texts = {name: {segment: self.texts[segment.name] for segment in new[name]} for name in self._inserted()}
        return sections_of(read_text(self.root, self.source.path), self.source, texts) if texts else {}

    def _agreed(self) -> list[str]:
        """Return the sections that are to be removed, moved or added, where the translator has agreed to that."""
        own = self.page.written.get(self.language)
        if own is None or not self.is_agreed or self.pairs.carrier not in self.done:
            return []
        return self.pairs.untold(self.source, self.page.states[self.language])

    def _read(self, path: str, text: str) -> Document:
        """Read a translation's new text; raises PageError if it is not a valid page."""
        document, errors = self._seen(path, text)
        self._refuse(errors, text)
        return document

    def _refuse(self, errors: Sequence[Problem], text: str) -> None:
        if errors:
            raise PageError(errors, text)

    def _seen(self, path: str, text: str) -> tuple[Document, list[Problem]]:
        """Read a translation's new text; return it with its errors."""
        like = replace(self.source, path=path, language=self.language)
        config, language = self.library.config, self.source.language
        document, problems = read_version(text, like, config, self.library.shelf, language)
        errors = [problem for problem in config.graded(list(problems)) if problem.severity == "error"]
        parts = translatable_parts(self.source, self.library.kind(self.page.key))
        return with_names_of_today(self.source, document, parts), errors

    def _parts_done(self) -> list[str]:
        """Return the outdated parts of the source whose segments are all done, or whose change the translator agrees to.

        Where the source has lost a section and the body is a single text, all sections are outdated until it is done.
        """
        own = self.page.written.get(self.language)
        parts = list(translatable_parts(self.source, self.library.kind(self.page.key)))
        of_part: dict[str, list[str]] = {}
        for segment, _ in self.pairs.texts:
            for part in segment.parts:
                of_part.setdefault(part, []).append(segment.name)
        state = self.page.states[own.language] if own is not None else None
        behind = parts if state is None or state.name == "untracked" else state.changed
        found = [part for part in parts if part in of_part and self.done.issuperset(of_part[part])]
        sections = {part for part in of_part if part.startswith("#")}
        is_one = state is not None and self.pairs.pairing is None and sections.issubset(found)
        if state is not None and is_one and gone_sections(self.library, self.page, state):
            behind = (*behind, *sections)
        copied = parts if own is None and found else self._inserted()
        plain = {*self._agreed(), *(name for name in copied if name not in of_part)}
        return [part for part in parts if part in plain or (part in found and part in behind)]


def _words_alone(text: str, library: Library, page: Page) -> str:
    """Return a source version without its facts and its slug, for a new translation."""
    words = {declared.name for declared in library.kind(page.key).of_side("words")} - {"slug"}
    return only_entries(text, words)


def _with_lost(text: str, blocks: Sequence[str]) -> str:
    """Add missing texts to a translation: above the body, footnotes below it."""
    if not blocks:
        return text
    lines = text.split("\n")
    end = end_of_front_matter(lines)
    above = [line for value in blocks if not note_label(value) for line in (value, "")]
    below = [line for value in blocks if note_label(value) for line in (value, "")]
    end_of_text = [] if not below or not lines[-1] else [""]
    return "\n".join([*lines[: end + 1], *above, *lines[end + 1 :], *end_of_text, *below])


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
