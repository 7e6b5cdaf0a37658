"""Exchange with translators: exports the texts of a language to a PO or XLIFF file, and imports the translated file.

A unit is a segment of a page (`segments.py`) or a message of the templates. Its id consists of the page, the segment's
name and a checksum of both texts, so that a text changed since the export is detected and never overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sitegen.i18n.plurals import is_same_rule
from sitegen.library.library import Library
from sitegen.model.blocks import BlockType
from sitegen.model.page import Key
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError, counted, listing, refusal
from sitegen.problems.suggestions import nearest
from sitegen.source.file_writing import replace_texts
from sitegen.source.files import read_given, reason_of
from sitegen.source.lazy_regex import lazily
from sitegen.source.limits import within_limits
from sitegen.source.text import CONTROL, MAX_LINE
from sitegen.translation.exchange_formats import ENDINGS, FORMATS, has_units, is_exported
from sitegen.translation.inline_marks import Broken, broken_marks
from sitegen.translation.memory import TranslationMemory
from sitegen.translation.message_files import catalog_file
from sitegen.translation.page_files import bytes_of, page_files
from sitegen.translation.source_records import whole_library, with_review
from sitegen.translation.texts import (
    NO_PAGE,
    Answer,
    Places,
    Unit,
    bad_file,
    is_blank,
    place_in,
    place_of_language,
    with_line_ends,
)
from sitegen.translation.units import Progress, find_units

#: Maximum size of a file to import, in bytes; larger files are rejected without reading them.
MOST_BYTES = 50_000_000
#: Bytes that are read or compared in a second, at the least.
SLOWEST = 500_000
#: What readers of files put in place of a character that does not exist, or was cut in two.
LOST = "\N{REPLACEMENT CHARACTER}"
#: Stands around each of the translations that msgcat has found for one text.
_CONFLICT = "#-#-#-#-#"

_LINE_END = lazily(r"[\r\n]")
#: What readers see of a text, and what they don't.
_WORD, _COMMENT = lazily(r"[^\W_]"), lazily(r"<!--.*?(?:-->|\Z)", re.DOTALL)

#: How a Markdown mark is broken → message and hint.
_BROKEN: Mapping[Broken, tuple[str, str]] = {
    "missing": ("'{}' of the source is missing", "put it around, or in the place of, the same words as in the source"),
    "twice": ("'{}' occurs more often than in the source", "delete the one that is not wanted"),
    "stray": (
        "'{}' has no counterpart",
        "begin and end it as the source does; for the character itself write \\ before it",
    ),
}


# export


def export(root: Path, language: str, style: str, only: Sequence[str] = (), progress: Progress | None = None) -> bytes:
    """Export a language's texts that are in one of the states `only` (empty for all), in one of the `FORMATS`.

    Raises:
        SiteError: content has errors, or the language does not exist or is not a target language.
    """
    with whole_library(root) as (library, _):
        _check_language(library.config, language)
        units = list(find_units(root, library, language, progress))
        memory = TranslationMemory((u.source, u.target) for u in units if u.state == "current" and not u.plural)
        wanted = (unit for unit in units if not only or unit.state in only)
        told = [_with_memory(unit, memory) if unit.state != "current" else unit for unit in wanted]
        return FORMATS[style].write(told, library.config, language)


def _check_language(config: Config, language: str) -> None:
    own = config.languages.get(language)
    if own is None or own.base or language == config.source_language:
        known = [path for path, other in config.languages.items() if path != config.source_language and not other.base]
        message = f"'{language}' is not a language to translate into; those are {listing(known)}"
        raise refusal("content/site.yaml", "unknown-language", message, nearest(language, known))


def _with_memory(unit: Unit, memory: TranslationMemory) -> Unit:
    found = memory.find(unit.source)
    if found is None or found[2] == unit.target:
        return unit
    return unit._replace(notes=(*unit.notes, f"memory, {found[0]} %: {found[1]} → {found[2]}"))


# import


class Imported(Struct, frozen=True):
    """The result of an import."""

    written: tuple[str, ...]  #: files, relative to the root
    left_out: tuple[str, ...]  #: pages that are gone, half texts, new pages that lack texts, parts that stay outdated
    texts: int  #: the number of texts in the file
    empty: int  #: how many of them are untranslated


def import_file(root: Path, path: Path, language: str = "", review: str = "") -> Imported:
    """Import a translator's file into Markdown, front matter and catalogs, changing nothing but the translated texts.

    Args:
        language: the language's path; by default the language that the file states.
        review: the value of `review:` to set in the pages: "human", "machine", or "" to leave it unchanged.

    Raises:
        SiteError: the file is unreadable or for another language or site, or a text has changed; nothing is written.
    """
    beyond = _seconds_of(path)
    tag, answers = within_limits(str(path), lambda: _read(path), beyond)
    if not (language or tag):
        raise SiteError([bad_file(path, "the file does not name its language", "name it with --language", (1, 1))])
    with whole_library(root) as (library, _):
        target = language or _path_of(library.config, tag)
        _check_stated(path, library.config, language, tag)
        units = {unit.id_of_text: unit for unit in find_units(root, library, target)}
        answers, former = _of_pages_today(answers, library)
        places = Places(path, former=former)
        gone, pages = _gone_pages(answers, library), {_name_of(answer)[0] for answer in answers}
        here = [answer for answer in answers if _name_of(answer)[0] not in gone]
        _refuse_others(places, here if 2 * len(gone) < len(pages - {""}) else answers, units.values())
        changes, confirmed = within_limits(
            str(path), lambda: _changes(places, here, units, library.config.blocks), beyond
        )
        current = {(unit.page, unit.name) for unit in units.values() if unit.state == "current"}
        blame = _blame(places)
        files, left_out = page_files(root, library, target, changes, confirmed, current, _agreed(answers, units), blame)
        if review:
            files = {name: with_review(text, review) for name, text in files.items()}
        catalog, kept = catalog_file(root, library.config, target, changes, confirmed, blame)
        files.update(catalog)
        written = tuple(sorted(name for name, text in files.items() if bytes_of(root, name) != text))
        replace_texts(root, {name: files[name] for name in written})
        empty = sum(is_blank(answer.target) for answer in answers)
        halves = (answer for answer in here if answer.is_half)
        told = (*_told_gone(places, gone), *_told_halves(places, halves), *left_out, *kept)
        return Imported(written, told, len(answers), empty)


def _path_of(config: Config, tag: str) -> str:
    """Return the path of the language with a tag; the tag if the site has none."""
    return next((path for path, own in config.languages.items() if own.tag == tag), tag)


def _check_stated(path: Path, config: Config, language: str, tag: str) -> None:
    """Refuse a language that is not translated into, and a file that states another than the one asked for."""
    if language:
        _check_language(config, language)
        if tag and tag != config.languages[language].tag:
            message = f"the file is in '{tag}', not in '{language}'"
            raise SiteError([bad_file(path, message, "name the right file", place_of_language(Places(path).text))])
        return
    try:
        _check_language(config, _path_of(config, tag))
    except SiteError as error:
        line, column = place_of_language(Places(path).text)
        raise SiteError(
            replace(own, path=str(path), line=line, column=column, hint=own.hint or "name another with --language")
            for own in error.problems
        ) from error


def _read(path: Path) -> tuple[str, list[Answer]]:
    content = _content(path)
    if not content.strip():
        hint = "save it again in your translation program, or export it again"
        raise SiteError([bad_file(path, "the file is empty", hint, (1, 1))])
    if not is_exported(content):
        hint = "name the file that it wrote; files in translations/ need no import"
        message = f"'{path.name}' is not a file that `translate export` has written"
        raise SiteError([bad_file(path, message, hint, (1, 1))])
    style = ENDINGS.get(path.suffix.lstrip(".").lower())
    if style is None:
        message = f"the name '{path.name}' does not end in .po, .xliff or .xlf"
        raise SiteError([bad_file(path, message, "give it the ending with which it was exported", (1, 1))])
    try:
        text = with_line_ends(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        place = place_in(before, len(before))
        raise SiteError([bad_file(path, "the file is not UTF-8", "save it as UTF-8", place)]) from error
    tag, answers = FORMATS[style].read(path, text)
    if not answers and has_units(content):
        message = "none of its texts can be read: their entries or elements are not those of the export"
        raise SiteError([bad_file(path, message, "export it again, and translate it there", (1, 1))])
    return tag, answers


def _seconds_of(path: Path) -> float:
    """The processor time that a file may take beside that of any other: it may hold the texts of the whole site."""
    with suppress(OSError):
        return path.stat().st_size / SLOWEST
    return 0


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            message = f"the file has {size:,} bytes, over {MOST_BYTES:,}"
            raise SiteError([bad_file(path, message, "export and import it in parts (--only)", (1, 1))])
        return read_given(path)
    except OSError as error:
        message = f"the file can't be read: {reason_of(error)}"
        raise SiteError([bad_file(path, message, "name a file that you can open", (None, None))]) from error


def _changes(
    places: Places, answers: Sequence[Answer], units: Mapping[str, Unit], blocks: Mapping[str, BlockType]
) -> tuple[dict[tuple[str, str], tuple[Unit, str]], set[tuple[str, str]]]:
    """Return (page, name) → unit and its new text, and the (page, name) of the texts marked as done."""
    by_name = {(unit.page, unit.name): unit for unit in units.values()}
    changes: dict[tuple[str, str], tuple[Unit, str]] = {}
    confirmed: set[tuple[str, str]] = set()
    problems = []
    for answer in answers:
        name = _name_of(answer)
        now = by_name.get(name)
        is_written = now is not None and (answer.source, answer.target) == (now.source, now.target)  # by another import
        unit = units.get(answer.id_of_text, now if is_written else None)
        if unit is None or (unit.plural and answer.second_check != unit.second_check):
            if now is None or not (answer.is_untouched or answer.target == now.target):
                problems.append(_lost(places, answer.id, name, now))
            continue
        target = _with_known_forms(answer.target, unit)
        if unit.rule and answer.rule and not is_same_rule(unit.rule, answer.rule):
            message = "the header of the file chooses plural forms by another rule than the catalog of the site"
            problems.append(
                _at(places, unit, message, f"write the forms for `plural={unit.rule}`, and so in the header")
            )
        elif not _has_source(answer, unit):
            problems.append(_at(places, unit, "the source text has been changed in the file", "change only the target"))
        elif not is_blank(target) and (target != unit.target or (answer.is_done and _is_fuzzy(unit))):
            changes[name] = unit, target
            problems += _broken(places, unit, target, blocks)
        if answer.is_done and not is_blank(answer.target):
            confirmed.add(name)
    if not problems and answers and not any(_is_as_now(answer, units, by_name) for answer in answers):
        problems.append(_of_another_site(places, answers))
    if problems:
        raise SiteError(problems)
    return changes, confirmed


def _has_source(answer: Answer, unit: Unit) -> bool:
    """Whether a file has a text's source as it was exported; it may leave plural forms out."""
    if not unit.plural:
        return answer.source == unit.source
    return answer.source in (unit.source, "") and answer.plural in (unit.plural, "")


def _is_fuzzy(unit: Unit) -> bool:
    """Whether the translation of a message is in its catalog, and not yet right."""
    return not unit.page and unit.state == "stale"


def _of_another_site(places: Places, answers: Sequence[Answer]) -> Problem:
    message = f"none of the {counted(len(answers), 'text')} is in the site as it was exported"
    hint = "the file belongs to another site, or all has changed since; export it again"
    return bad_file(places.path, message, hint, places.of(answers[0].id))


def _with_known_forms(target: str, unit: Unit) -> str:
    """A translation with those plural forms that the catalog has and the file leaves out, or leaves empty."""
    if not unit.plural:
        return target
    forms = zip_longest(target.split("\0"), unit.target.split("\0"), fillvalue="")
    return "\0".join(known if is_blank(own) else own for own, known in forms)


def _agreed(answers: Iterable[Answer], units: Mapping[str, Unit]) -> dict[str, bool]:
    """Return page → whether the translator has agreed to what import does with its untold parts, or to something else."""
    asked = (answer for answer in answers if answer.is_done and answer.id != answer.id_of_text)
    both = ((answer.id, units.get(answer.id_of_text)) for answer in asked)
    return {unit.page: own == unit.id for own, unit in both if unit is not None and unit.untold}


def _is_as_now(answer: Answer, units: Mapping[str, Unit], by_name: Mapping[tuple[str, str], Unit]) -> bool:
    """Whether the site has a text of the file: the one that was exported, or one that was imported before."""
    now = by_name.get(_name_of(answer))
    return answer.id_of_text in units or (
        now is not None and answer.target == now.target != "" and answer.source == now.source
    )


def _broken(places: Places, unit: Unit, text: str, blocks: Mapping[str, BlockType]) -> Iterator[Problem]:
    """Report what a page can't hold, and Markdown marks that the translator broke, whose content would be lost."""
    if "\0" in text and not unit.plural:
        yield _at(places, unit, "plural forms, which the source does not have", "write one translation")
        return
    if hidden := CONTROL.search(text.replace("\0", "")):
        message = f"a control character U+{ord(hidden[0]):04X}, which nobody sees"
        yield _at(places, unit, message, "delete it")
    if _CONFLICT in text and _CONFLICT not in unit.source:
        yield _at(places, unit, f"several translations, which msgcat has put between '{_CONFLICT}'", "keep one of them")
    if LOST in text and LOST not in unit.source + unit.target:
        hint = "type it again, instead of its code or of this sign"
        yield _at(places, unit, "a character that was lost, U+FFFD", hint)
    if (longest := max(map(len, text.split("\n")))) > MAX_LINE:
        yield _at(places, unit, f"a line of {longest:,} characters, over {MAX_LINE:,}", "shorten it, or break the line")
    if not unit.is_markdown:
        if unit.page and _LINE_END.search(text) and not _LINE_END.search(unit.source + unit.target):
            yield _at(places, unit, "a line break, which the source does not have", "write it on one line")
        return
    if _WORD.search(_COMMENT.sub("", unit.source)) and not _WORD.search(_COMMENT.sub("", text)):
        yield _at(places, unit, "no words, which the source has", "write the translation, or leave it empty")
    for mark, how in broken_marks(unit.source, unit.target, text, blocks):
        message, hint = (part.format(mark) for part in _BROKEN[how])
        yield _at(places, unit, message, hint)


def _at(places: Places, unit: Unit, message: str, hint: str) -> Problem:
    return bad_file(places.path, f"{_told((unit.page, unit.name))}: {message}", hint, places.of(unit.id_of_text))


def _blame(places: Places) -> Callable[[Unit, Problem], Problem]:
    """How to place a problem of a page or catalog at the unit that it comes from; its path stays in the message."""

    def place(unit: Unit, problem: Problem) -> Problem:
        message = f"{_told((unit.page, unit.name))}: {problem.message} (it goes to {problem.path})"
        line, column = places.of(unit.id_of_text)
        return replace(problem, path=str(places.path), message=message, line=line, column=column)

    return place


def _of_pages_today(answers: Sequence[Answer], library: Library) -> tuple[list[Answer], dict[str, str]]:
    """Return the answers for the pages that have been renamed since, by their `aliases`; page → its name in the file."""
    in_file, former = {_name_of(answer)[0] for answer in answers}, dict[str, str]()
    for page in sorted(in_file - library.pages.keys()):
        now = library.moved.get(Key(page))
        if now is not None and now not in in_file:
            former.setdefault(now, page)
    now_of = {page: now for now, page in former.items()}
    both = ((answer, *answer.id.partition("|")) for answer in answers)
    renamed = [
        answer._replace(id=f"{now_of[page]}|{rest}") if page in now_of else answer for answer, page, _, rest in both
    ]
    return renamed, former


def _gone_pages(answers: Iterable[Answer], library: Library) -> dict[str, list[Answer]]:
    """Return the pages that the site does not have, with their texts."""
    gone = dict[str, list[Answer]]()
    for answer in answers:
        page = _name_of(answer)[0]
        if page and Key(page) not in library.pages:
            gone.setdefault(page, []).append(answer)
    return gone


def _told_gone(places: Places, gone: Mapping[str, Sequence[Answer]]) -> Iterator[str]:
    for page, answers in gone.items():
        line, _ = places.of(answers[0].id)
        rest = f"if it was renamed, add '{page}' to the `aliases` of that page and import the file again"
        yield f"{places.path}:{line}: {page}: {counted(len(answers), 'text')}, as the site has no such page; {rest}"


def _told_halves(places: Places, answers: Iterable[Answer]) -> Iterator[str]:
    for answer in answers:
        line, _ = places.of(answer.id)
        yield f"{places.path}:{line}: {_told(_name_of(answer))}: some of its sentences have no translation yet"


def _refuse_others(places: Places, answers: Sequence[Answer], units: Iterable[Unit]) -> None:
    """Report a file of another site once, not for each of its texts."""
    known = {(unit.page, unit.name) for unit in units}
    strange = [answer for answer in answers if _name_of(answer) not in known]
    if 2 * len(strange) > len(answers):
        share = "none" if len(strange) == len(answers) else f"only {len(answers) - len(strange):,}"
        verb = "belongs" if len(answers) - len(strange) < 2 else "belong"
        message = f"{share} of the {counted(len(answers), 'text')} {verb} to this site (for example, there is no {_told(_name_of(strange[0]))})"
        hint = (
            "the file belongs to another site, or its pages were removed, or renamed without `aliases`; export it again"
        )
        raise SiteError([bad_file(places.path, message, hint, places.of(strange[0].id))])


def _name_of(answer: Answer) -> tuple[str, str]:
    """Return the page and the name of an imported unit."""
    page, _, rest = answer.id.partition("|")
    return "" if page == NO_PAGE else page, rest.rpartition("|")[0]


def _told(name: tuple[str, str]) -> str:
    return f"{name[0] or NO_PAGE} {name[1]}"


def _lost(places: Places, own: str, name: tuple[str, str], now: Unit | None) -> Problem:
    if now is None:
        message = f"the site has no text {_told(name)}"
        hint = "the text was removed, its page is one text now, or the file belongs to another site; export it again"
    else:
        message = f"{_told(name)} has changed since this file was exported"
        hint = "export it again, and translate it there"
    return bad_file(places.path, message, hint, places.of(own))
