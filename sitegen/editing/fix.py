"""`check --fix`: applies fixes that are certain, and shows them as a diff.

Most problems carry their fix themselves; those that edit several places are in `fix_by_code.py`.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache, partial
from itertools import islice
from operator import attrgetter
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sitegen.build.options import Options
from sitegen.build.pipeline import problems_of, problems_of_sources
from sitegen.content.markdown_lint import SIGN
from sitegen.editing.fix_by_code import FIXES, OF_FILE
from sitegen.editing.fix_files import Files, slips_of_yaml
from sitegen.editing.shown_words import Before, has_other_text
from sitegen.problems.problem import Problem
from sitegen.source.character_scan import may_have_controls
from sitegen.source.edits import Edit, Text
from sitegen.source.file_writing import changing
from sitegen.source.files import files_below, read_file
from sitegen.source.front_matter import front_matter_span, is_closed
from sitegen.source.mark import Mark
from sitegen.source.text import without_control_characters
from sitegen.source.yaml_entries import ends_of_values

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
#: How many fixes are made at a time: a site that consists of slips has a hundred thousand, and can be fixed again.
_MOST_FIXED = 20_000
#: How many characters of pages are read again in all to find the fixes that would change what a page shows, each time among
#: half as many; and how often one page is, in each round.
_MOST_TRIED, _MOST_TRIED_OF_PAGE = 2_000_000, 40
#: What a short page counts for, as each is read with its front matter.
_LEAST_TRIED = 1_000
_START = attrgetter("start")
#: The edits that fix a problem, each with the path of its file.
_Fix = list[tuple[str, Edit]]


class Fixed(Struct, frozen=True):
    """The applied fixes as a unified diff, and the remaining problems."""

    diff: str
    problems: tuple[Problem, ...]


def apply_fixes(options: Options) -> Fixed:
    """Apply all fixes that are certain, and repeat while this reveals more problems.

    Raises:
        SiteError: a file can't be written.
    """
    files = Files(options.root)
    with changing(options.root):
        problems = problems_of_sources(options)
        if plain := dict(_normalised(options.root, problems)):
            files.write(plain)
            problems = problems_of_sources(options)
        read, left, trials, is_all = Counter[str](), _MOST_FIXED, _Trials(), False
        for number in range(_MOST_ROUNDS):
            problems = problems_of_sources(options) if number else problems
            again = (problem for problem in problems if read[problem.path] < _MOST_READ_AGAIN)
            fixes = [*islice(_fixes(files, again), left)]
            if not (changed := _fix_once(files, fixes, trials)):
                is_all = min(left, trials.left) > 0 and all(size < _MOST_READ_AGAIN for size in read.values())
                break
            left -= len(fixes)
            files.write({path: _without_slips(path, now) for path, now in changed.items()})
            read.update({path: len(now) for path, now in changed.items()})
            if all(read[path] >= _MOST_READ_AGAIN for path in changed):
                break
    problems = problems_of(options)
    if is_all:  # so none of them can be fixed, and none is to be promised
        problems = tuple(replace(own, fix=None) for own in problems)
    return Fixed(files.diff(), problems)


def _without_slips(path: str, content: bytes) -> bytes:
    """Fix the slips that keep YAML from being read, of which only the first is found at a time, in this file alone."""
    seen, left = set[bytes](), _MOST_READ
    while content not in seen and (left := left - len(content)) > 0:
        seen.add(content)
        files = Files(Path(), texts={path: Text(content)})
        fixes = [*_fixes(files, slips_of_yaml(path, content.decode()))]
        content = _fix_once(files, fixes, _Trials()).get(path, content)
    return content


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


def _fixes(files: Files, problems: Iterable[Problem]) -> Iterator[_Fix]:
    once = {(problem.path, problem.code if problem.code in OF_FILE else problem): problem for problem in problems}
    return filter(None, ([*_edits(files, problem)] for problem in once.values()))


class _Trials:
    """The characters that may still be read to find harmful fixes."""

    left = _MOST_TRIED


def _fix_once(files: Files, fixes: list[_Fix], trials: _Trials) -> dict[str, bytes]:
    """Return path → contents with all fixes that do not overlap, and leave each file readable that is."""
    while True:
        changed = _changed(files, fixes)
        broken = {path for path, now in changed.items() if _is_broken(files, path, now)}
        if not broken:
            harmful = _harmful(files, fixes, trials)
            return _changed(files, (fix for fix in fixes if id(fix) not in harmful)) if harmful else changed
        fixes = [fix for fix in fixes if not any(path in broken for path, _ in fix)]


def _harmful(files: Files, fixes: Iterable[_Fix], trials: _Trials) -> set[int]:
    """The identities of fixes after which a page would show readers other words."""
    of_page = defaultdict[str, list[_Fix]](list)
    for fix in fixes:
        for path in {path for path, _ in fix if path.endswith(".md")}:
            of_page[path].append(fix)
    harmful = set[int]()
    for path, own in of_page.items():
        last = max(edit.end for fix in own for where, edit in fix if where == path)
        harmful |= {*map(id, own)} - {*map(id, _Page(files, path, last, trials).harmless(own))}
    return harmful


class _Page:
    """A page whose fixes are tried, which end before `last`."""

    def __init__(self, files: Files, path: str, last: int, trials: _Trials) -> None:
        text = files.text(path)
        assert text is not None, "fixes are of files that can be read"
        self._files, self._path, self._text, self._last, self._trials = files, path, text.whole, last, trials
        self._left = _MOST_TRIED_OF_PAGE

    def harmless(self, fixes: list[_Fix]) -> list[_Fix]:
        """The fixes after all of which the page shows readers the same words as before; none for which too much would be read.

        Of some that are harmless only without each other, the first is made, and the page is read again.
        """
        if self._are_harmless(fixes):
            return fixes
        kept = [*self._found(fixes)]
        return next((some for some in (kept, kept[:1]) if self._are_harmless(some)), [])

    def _found(self, fixes: list[_Fix]) -> Iterator[_Fix]:
        middle = len(fixes) // 2
        for half in (fixes[:middle], fixes[middle:]) if middle else ():
            self._left -= 1
            self._trials.left -= max(len(self._text), _LEAST_TRIED)
            if self._left >= 0 and self._trials.left >= 0:
                yield from half if self._are_harmless(half) else self._found(half)

    def _are_harmless(self, fixes: list[_Fix]) -> bool:
        now = _changed(self._files, fixes).get(self._path)
        if now is None or not has_other_text(self._text, now.decode()):
            return True
        edits = [edit for fix in fixes for where, edit in fix if where == self._path]
        return self._before.shows_the_same(now.decode(), edits)

    @cached_property
    def _before(self) -> Before:
        site = self._files.site()
        return Before(self._path, self._text, self._last, site.config, partial(site.lead, self._path))


def _changed(files: Files, fixes: Iterable[_Fix]) -> dict[str, bytes]:
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


def _is_broken(files: Files, path: str, now: bytes) -> bool:
    """Whether a file that can be read would no longer be so."""
    text = files.text(path)
    return text is not None and not slips_of_yaml(path, text.whole) and bool(slips_of_yaml(path, now.decode()))


def _edits(files: Files, problem: Problem) -> Iterator[tuple[str, Edit]]:
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
