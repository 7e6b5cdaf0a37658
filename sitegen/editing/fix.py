"""`check --fix`: applies fixes that are certain, and shows them as a diff.

Most problems carry their fix themselves; fixes that edit several places are listed in `FIXES`.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

from msgspec import Struct, field

from sitegen.build.options import Options
from sitegen.build.pipeline import problems_of, problems_of_sources
from sitegen.content.content_files import Listing, list_content
from sitegen.content.markdown_lint import SIGN
from sitegen.content.reader import kind_of, source_language
from sitegen.editing.shown_words import shows_the_same
from sitegen.editing.sorting import put_in_order
from sitegen.editing.unified_diff import unified_diff
from sitegen.library.translated_parts import RECORD
from sitegen.media.svg import find_unsafe_in
from sitegen.media.svg_fix import cleaned
from sitegen.model.kinds import BASE_FIELDS, TRANSLATION_FIELDS
from sitegen.model.loading import load_config
from sitegen.model.page import Key
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.character_scan import may_have_controls
from sitegen.source.edits import Edit, Text
from sitegen.source.file_writing import changing, replace_files
from sitegen.source.files import files_below, read_file
from sitegen.source.front_matter import entries, find_entry, front_matter_span, is_closed, parse_front_matter
from sitegen.source.mark import Mark
from sitegen.source.text import Source, without_control_characters
from sitegen.source.yaml import parse
from sitegen.source.yaml_entries import Entry, ends_of_values

_TEXTS = (".md", ".yaml")
#: What stands around a key of YAML.
_QUOTES = "'\""
#: Fields that hide a page from readers: a key that only resembles one, such as `language`, may be meant otherwise.
_HIDING = frozenset({"draft", "expires", "hold_until", "languages", "publish"})
#: Tables in other languages than YAML.
_DATA = (".csv", ".json")
#: How often the site is checked, as a fix may reveal what another one can mend, and the bytes of a file that are read again
#: for it; and those that are read again, in each of these rounds, of a file with slips of YAML.
_MOST_ROUNDS, _MOST_READ_AGAIN, _MOST_READ = 10, 500_000, 300_000
#: How often the fixes of a page are looked at for those that would change what it shows, each time half as many.
_MOST_TRIED = 40
_START = attrgetter("start")
#: The edits that fix a problem, each with the path of its file.
_Fix = list[tuple[str, Edit]]


class Fixed(Struct, frozen=True):
    """The applied fixes as a unified diff, and the remaining problems."""

    diff: str
    problems: tuple[Problem, ...]


class _Site(Struct, frozen=True):
    """What files are to the site."""

    config: Config
    listing: Listing
    pages: Mapping[str, Key]  #: file → its page


class _Files(Struct):
    """A site's files before and after the fixes."""

    root: Path
    before: dict[str, bytes] = field(default_factory=dict)
    texts: dict[str, Text | None] = field(default_factory=dict)  #: as they are now; a file may have a thousand problems
    known: _Site | None = None  #: what the files make now, once it was asked for

    def text(self, path: str) -> Text | None:
        """Return a text file; None if it can't be read or is not UTF-8."""
        if path not in self.texts:
            try:
                self.texts[path] = Text(read_file(self.root, path))
            except (OSError, UnicodeDecodeError):
                self.texts[path] = None
        return self.texts[path]

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files, and remember their original contents."""
        for path in files:
            self.before.setdefault(path, read_file(self.root, path))
        replace_files(self.root, files)
        self.texts.clear()
        self.known = None

    def site(self) -> _Site:
        """Return the site, which is valid, as pages have been read with it."""
        if self.known is None:
            config = load_config(self.root)
            listing = list_content(self.root, config)
            pages = {path: key for key, versions in listing.pages.items() for path in versions.values()}
            self.known = _Site(config, listing, pages)
        return self.known

    def diff(self) -> str:
        """Return a unified diff of all changes so far."""
        return "".join(
            line
            for path, was in sorted(self.before.items())
            for line in unified_diff(path, was.decode("utf-8", "replace"), read_file(self.root, path).decode())
        )


def apply_fixes(options: Options) -> Fixed:
    """Apply all fixes that are certain, and repeat while this reveals more problems.

    Raises:
        SiteError: a file can't be written.
    """
    files = _Files(options.root)
    with changing(options.root):
        problems = problems_of_sources(options)
        if plain := dict(_normalised(options.root, problems)):
            files.write(plain)
            problems = problems_of_sources(options)
        read = Counter[str]()
        for number in range(_MOST_ROUNDS):
            problems = problems_of_sources(options) if number else problems
            if not (changed := _fix_once(files, (one for one in problems if read[one.path] < _MOST_READ_AGAIN))):
                break
            files.write({path: _without_slips(path, now) for path, now in changed.items()})
            read.update({path: len(now) for path, now in changed.items()})
            if all(read[path] >= _MOST_READ_AGAIN for path in changed):
                break
    return Fixed(files.diff(), problems_of(options))


def _without_slips(path: str, content: bytes) -> bytes:
    """Fix the slips that keep YAML from being read, of which only the first is found at a time, in this file alone."""
    seen, left = set[bytes](), _MOST_READ
    while content not in seen and (left := left - len(content)) > 0:
        seen.add(content)
        files = _Files(Path(), texts={path: Text(content)})
        content = _fix_once(files, _slips(path, content.decode())).get(path, content)
    return content


@lru_cache(4)  # of a source, into which many facts of its translations go
def _slips(path: str, text: str) -> tuple[Problem, ...]:
    """The problems for which the YAML of a file can't be read; none for one without any."""
    text = text.removeprefix("\ufeff")  # places don't count it
    try:
        if path.endswith(".md"):
            parse_front_matter(Source.of(path, text))
        elif path.endswith(".yaml"):
            parse(Source.of(path, text), text)
    except SiteError as error:
        return error.problems
    return ()


def _normalised(root: Path, problems: Iterable[Problem]) -> Iterator[tuple[str, bytes]]:
    """Yield the texts of content/ in which something is to be fixed, without a byte order mark, control characters, and CR."""
    wanted = {problem.path for problem in problems if problem.fix is not None or problem.code in FIXES}
    for path in files_below(root, "content"):
        if path in wanted and Path(path).suffix in _TEXTS:
            content = read_file(root, path)
            if b"\0" in content:
                continue
            plain = content.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            with suppress(UnicodeDecodeError):  # which is told, and nobody can see what changes in it
                text = plain.decode()
                now = without_control_characters(text) if may_have_controls(plain) else text
                plain = plain if path.endswith(".md") and _begins_more(text, now) else now.encode()
                if plain != content:
                    yield path, plain


def _begins_more(text: str, now: str) -> bool:
    """Whether a line begins with a sign of Markdown once something is taken away before it: of a minus readers would get an item."""
    lines = zip(text.split("\n"), now.split("\n"), strict=False) if now != text else ()
    return any(was != line and SIGN.match(line) and not SIGN.match(was) for was, line in lines)


def _fix_once(files: _Files, problems: Iterable[Problem]) -> dict[str, bytes]:
    """Return path → contents with all fixes that do not overlap, and leave each file readable that is."""
    once = {(problem.path, problem.code if problem.code in _OF_FILE else problem): problem for problem in problems}
    fixes = [fix for problem in once.values() if (fix := [*_edits(files, problem)])]
    while True:
        changed = _changed(files, fixes)
        broken = {path for path, now in changed.items() if _is_broken(files, path, now)}
        if not broken:
            break
        fixes = [fix for fix in fixes if not any(path in broken for path, _ in fix)]
    for path in [path for path in changed if path.endswith(".md")]:
        own = [fix for fix in fixes if any(where == path for where, _ in fix)]
        if not _is_harmless(files, path, own):
            kept = _harmless(files, path, own, [_MOST_TRIED])
            others = [fix for fix in fixes if not any(where == path for where, _ in fix)]
            fixes = others + (kept if _is_harmless(files, path, kept) else [])
    return _changed(files, fixes)


def _harmless(files: _Files, path: str, fixes: list[_Fix], tries: list[int]) -> list[_Fix]:
    """The fixes of a page after each of which it shows readers the same words; none of those for which no tries are left."""
    middle, kept = len(fixes) // 2, list[_Fix]()
    for half in (fixes[:middle], fixes[middle:]) if middle else ():
        tries[0] -= 1
        if tries[0] >= 0:
            kept += half if _is_harmless(files, path, half) else _harmless(files, path, half, tries)
    return kept


def _is_harmless(files: _Files, path: str, fixes: list[_Fix]) -> bool:
    """Whether a page with those fixes shows readers the same words as without."""
    text, now = files.text(path), _changed(files, fixes).get(path)
    edits = [edit for fix in fixes for where, edit in fix if where == path]
    return text is None or now is None or shows_the_same(path, text.whole, now.decode(), edits, files.site().config)


def _changed(files: _Files, fixes: Iterable[_Fix]) -> dict[str, bytes]:
    """Return path → contents with those fixes, each made in all of its places or not at all."""
    edits: dict[str, list[Edit]] = {}
    in_order: dict[str, list[Edit]] = {}
    for fix in fixes:
        if not any(_overlaps(edit, in_order.get(path, [])) for path, edit in fix):
            for path, edit in fix:
                edits.setdefault(path, []).append(edit)
                insort(in_order.setdefault(path, []), edit, key=_START)
    changed = {}
    for path, own in edits.items():
        text = files.text(path)
        if text is not None and (now := text.edited(own)) != text.whole.encode():
            changed[path] = now
    return changed


def _overlaps(edit: Edit, others: Sequence[Edit]) -> bool:
    """Whether an edit can't be made beside others, which are in order and can all be made: only its neighbours matter."""
    at = bisect_left(others, edit.start, key=_START)
    first = bisect_left(others, others[at - 1].start, key=_START) if at else 0
    behind = bisect_left(others, max(edit.start + 1, edit.end), lo=at, key=_START)
    return any(_overlap(edit, others[number]) for number in range(first, behind))


def _overlap(edit: Edit, other: Edit) -> bool:
    """Whether only one of two edits can be made: they change the same text, or add the same entry in different ways."""
    if (
        edit.start == edit.end == other.start == other.end
        and edit.text.partition(":")[0] != other.text.partition(":")[0]
    ):
        return False
    return edit != other and (edit.start == other.start or (edit.start < other.end and other.start < edit.end))


def _is_broken(files: _Files, path: str, now: bytes) -> bool:
    """Whether a file that can be read would no longer be so."""
    text = files.text(path)
    return text is not None and not _slips(path, text.whole) and bool(_slips(path, now.decode()))


def _edits(files: _Files, problem: Problem) -> Iterator[tuple[str, Edit]]:
    text = files.text(problem.path)
    if text is None or problem.line is None:
        return
    if problem.code in FIXES:
        yield from FIXES[problem.code](files, text, problem)
    elif problem.fix is not None and problem.column is not None and not _stands_already(text, problem):
        start = text.offset(Mark(problem.line, problem.column))
        edit = Edit(start, start + problem.width, problem.fix)
        if problem.code == "control-character":
            line = text.whole[text.whole.rfind("\n", 0, start) + 1 :].partition("\n")[0]
            if not (problem.path.endswith(".md") and _begins_more(line, without_control_characters(line))):
                yield problem.path, edit
        elif not _misses(problem, text, edit):
            yield problem.path, edit


def _misses(problem: Problem, text: Text, edit: Edit) -> bool:
    """Whether an edit would replace other text than what is wrong."""
    was = text.whole[edit.start : edit.end]
    if problem.code == "unknown-key":
        return problem.fix in _HIDING or f"'{was.strip(_QUOTES)}'" not in problem.message
    if problem.path.endswith(_DATA):
        return '"' in was or "\\" in was  # so the text is longer in the file
    return _cuts_a_value(problem.path, text, edit)


def _cuts_a_value(path: str, text: Text, edit: Edit) -> bool:
    """Whether an edit replaces the beginning of a value of YAML: of one in several lines, only that is marked."""
    first, last = 0, len(text.whole)
    if path.endswith(".md"):
        span = _front_matter(text.whole)
        if span is None:
            return False
        first, last = span
    elif not path.endswith(".yaml"):
        return False
    ends = _ends(text.whole, first, last) if first <= edit.start < last else {}
    return edit.end - first < ends.get(edit.start - first, 0)


@lru_cache(4)  # of a file, in which there may be a thousand problems
def _front_matter(whole: str) -> tuple[int, int] | None:
    """Where the front matter of a page begins and ends; None if it does not end."""
    return front_matter_span(whole) if is_closed(whole) else None


@lru_cache(4)
def _ends(whole: str, first: int, last: int) -> Mapping[int, int]:
    return ends_of_values(whole[first:last])


@lru_cache(4)
def _entries(whole: str) -> Mapping[int, Entry]:
    """Where each entry of the front matter begins → the entry."""
    return {entry.start: entry for entry in entries(whole)}


def _stands_already(text: Text, problem: Problem) -> bool:
    """Whether the file already has the key suggested for a misspelt one; the two then have different meanings."""
    if problem.code != "unknown-key":
        return False
    whole, name = text.whole, re.escape(problem.fix or "")
    if problem.path.endswith(_DATA):
        begin = text.offset(Mark(problem.line or 1, 1))
        whole = whole[begin : whole.find("\n", begin) + 1 or None] if problem.path.endswith(".csv") else whole
        return re.search(rf"(?:^|[{{,;\t])\s*+[\"]?{name}[\"]?\s*+(?:[:,;\t]|$)", whole) is not None
    return re.search(rf"^[ \t]*+{name}[ \t]*+:", whole, re.MULTILINE) is not None


def _entry(text: Text, line: int) -> Entry | None:
    """Return the entry of the front matter that begins on a line; None for another one, such as an attribute of a block."""
    start = text.offset(Mark(line, 1))
    return _entries(text.whole).get(start)


def _out_of_source(files: _Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Remove a field for translations from a file in the source language; others may lack their source version.

    Only what such a field of a translation says is removed: `source: Xinhua` is a person's word.
    """
    assert problem.line is not None
    entry = _entry(text, problem.line)
    is_source = problem.path.endswith(f".{files.site().config.source_language}.md")
    if entry is not None and is_source and not entry.comments and _is_of_translation(text, entry):
        yield problem.path, Edit(*entry.span, "")


def _is_of_translation(text: Text, entry: Entry) -> bool:
    words = text.whole[entry.colon : entry.last].replace("\n", " ").split(" - ")
    values = [word.strip(" []'\"") for word in words]
    if entry.name == "source":
        return all(RECORD.fullmatch(value) for value in values if value)
    own = TRANSLATION_FIELDS.get(entry.name)
    return own is not None and {*values} <= {*own.choices}


def _into_source(files: _Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Move a fact from a translation to the source version if it is missing there; remove it if it is the same.

    A field that every page has stays, such as `publish` and `languages`: it may be meant for the translation alone, and
    would hide the page from all readers.
    """
    assert problem.line is not None
    entry = _entry(text, problem.line)
    path = _source_of(files.site(), problem.path) if entry is not None else None
    source = files.text(path) if path else None
    if entry is None or not path or source is None or _slips(path, source.whole):
        return
    own = text.whole[slice(*entry.span)]
    same = find_entry(source.whole, entry.name)
    if same is None:
        if entry.name in BASE_FIELDS or _differs_elsewhere(files, problem.path, entry.name, own):
            return
        _, last = front_matter_span(source.whole)
        below = find_entry(source.whole, "title", "summary", "slug")
        place = below.start if below else last
        yield path, Edit(place, place, own)
    elif source.whole[slice(*same.span)].split() != own.split():
        return
    yield problem.path, Edit(*entry.span, "")


def _differs_elsewhere(files: _Files, path: str, name: str, own: str) -> bool:
    """Whether another translation of the page says something else of a fact."""
    site = files.site()
    others = (other for other in site.listing.pages[site.pages[path]].values() if other != path)
    texts = (text.whole for other in others if (text := files.text(other)) is not None and is_closed(text.whole))
    found = ((whole, find_entry(whole, name)) for whole in texts)
    return any(entry is not None and whole[slice(*entry.span)].split() != own.split() for whole, entry in found)


def _source_of(site: _Site, path: str) -> str | None:
    """Return the path of the source version of a translation."""
    versions = site.listing.pages[site.pages[path]] if path in site.pages else {}
    return versions[source_language(versions, site.config)] if versions else None


def _in_order(files: _Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Sort all sorted lists of a page's file."""
    site = files.site()
    if problem.path in site.pages:
        kind = kind_of(files.root, site.config, site.listing, site.pages[problem.path])
        yield from ((problem.path, edit) for edit in put_in_order(text, kind.fields, site.config.time_zone))


def _plain_drawing(files: _Files, text: Text, problem: Problem) -> Iterator[tuple[str, Edit]]:
    """Remove a program's additions from a drawing, if nothing else is wrong with it."""
    plain = cleaned(text.whole)
    if plain is not None and not find_unsafe_in(problem.path, plain.encode()):
        yield problem.path, Edit(0, len(text.whole), plain)


#: Code → the function that fixes its problems, if a replacement at the reported position is not enough.
FIXES: Mapping[str, Callable[[_Files, Text, Problem], Iterator[tuple[str, Edit]]]] = {
    "misplaced-fact": _into_source,
    "misplaced-word": _out_of_source,
    "svg": _plain_drawing,
    "unsorted": _in_order,
}
#: Codes of which one fix mends all problems of a file.
_OF_FILE = frozenset({"svg", "unsorted"})
