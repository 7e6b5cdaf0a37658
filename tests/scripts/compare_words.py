"""The words of every page of an old Hugo site, in order, beside those of the site that import has made of it.

usage: python tests/scripts/compare_words.py OLD PUBLIC NEW [--element XPATH] [--show N]

    OLD      the folder of the Hugo site
    PUBLIC   what Hugo has built of it; `--hugo PROGRAM` builds it there first, with layouts that show the text alone
    NEW      the imported site, built, with its import.txt

Prints pages, words lost and gained by what they stood in, and whether import.txt names what is lost: its file and line, or
the shortcode that has made the words. What nothing names is lost silently, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise, takewhile
from pathlib import Path
from urllib.parse import unquote

from lxml import html

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from sitegen.importers.hugo.fences import find_fenced
from sitegen.importers.hugo.includes import with_includes
from sitegen.importers.hugo.pages import Adopted, adopt
from sitegen.importers.hugo.reader import read_site
from sitegen.importers.hugo.shortcode_parser import find_tags
from sitegen.importers.hugo.site import HugoPage
from sitegen.source.edits import Traced

#: What a word stands in, by the nearest of these elements.
CONSTRUCTS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li",), "list"),
    **dict.fromkeys(("td", "th", "caption"), "table"),
    **dict.fromkeys(("pre", "code", "kbd", "samp"), "code"),
    **dict.fromkeys(("dt", "dd"), "definition"),
    **dict.fromkeys(("figcaption",), "figure"),
    **dict.fromkeys(("summary",), "details"),
    "blockquote": "quotation",
    "p": "paragraph",
}
#: Elements that are a part of their line.
_INLINE = frozenset(
    """a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark q rb ruby s samp small span strike strong sub
    sup time tt u var wbr""".split()  # noqa: SIM905
)
_SKIPPED = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "math", "button"})
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
#: Text of every page that Hugo writes with the layouts of `build_plain`.
_LAYOUT = "<meta charset=utf-8><title>{{ .Title }}</title><main>{{ .Content }}</main>\n"
_KEPT_LAYOUTS = frozenset({"_shortcodes", "shortcodes", "_partials", "partials", "_markup"})
#: What is not a part of a site's sources; pages that a template makes, of data that is often elsewhere, are none.
_NOT_BUILT = ("public", "resources", "node_modules", ".git", "_content.gotmpl", "hugo.work", "go.mod", "go.sum")
_TOLD = re.compile(
    r"^(?P<path>[^\s:][^:]*?)(?::(?P<line>\d+):\d+)?: (?:warning|error)\[[\w-]+\]: (?P<message>.*)$", re.MULTILINE
)

Word = tuple[str, str]


@dataclass
class Run:
    """Consecutive words that only one side has."""

    page: str
    words: tuple[str, ...]
    construct: str
    start: int = 0
    named: str = ""


@dataclass
class Result:
    """What the comparison has found.

    Attributes:
        missing: addresses of the old site without a page here.
        unbuilt: pages that Hugo has not published, as drafts are not.
    """

    pages: int = 0
    languages: set[str] = field(default_factory=set)
    words: int = 0
    lost: list[Run] = field(default_factory=list)
    gained: list[Run] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unbuilt: int = 0

    @property
    def silent(self) -> list[Run]:
        """What is lost and not reported."""
        return [run for run in self.lost if not run.named]


def compare(old: Path, public: Path, new: Path, element: str = "//main") -> Result:
    """Compare every page that both sites have."""
    adopted = adopt(read_site(old))
    told = Told.of(new / "import.txt", old)
    result = Result()
    for family in adopted.families.values():
        for language, page in family.versions.items():
            address = "/".join((language, *adopted.segments(family.key, language)))
            there, here = _file(public, page.url), _file(new / "public", f"/{address}/")
            if there is None or not page.path:
                result.unbuilt += bool(page.path)
            elif here is None:
                result.missing.append(page.url)
            else:
                result.pages += 1
                result.languages.add(language)
                _compare_page(result, page, there, here, element, told, adopted)
    return result


def _file(public: Path, url: str) -> Path | None:
    path = public / unquote(url).strip("/")
    found = path if path.suffix == ".html" else path / "index.html"
    return found if found.is_file() else None


def _compare_page(
    result: Result, page: HugoPage, there: Path, here: Path, element: str, told: Told, adopted: Adopted
) -> None:
    old = list(words_of(there, element))
    new = list(words_of(here, "//main//*[contains(concat(' ', @class, ' '), ' prose ')]"))
    result.words += len(old)
    source = _Source(page, with_includes(page, adopted.site), [word for word, _ in old])
    found: list[tuple[int, Run]] = []
    for start, lost, gained in differences(old, new):
        if lost:
            run = Run(page.path, tuple(word for word, _ in lost), lost[0][1], start)
            run.named = told.names(page, source, run)
            found.append((start, run))
        if gained:
            result.gained.append(Run(page.path, tuple(word for word, _ in gained), gained[0][1]))
    _join(found)
    result.lost += (run for _, run in found)


def _join(found: Sequence[tuple[int, Run]]) -> None:
    """A word or two beside a loss that is named belong to it: what is between them stands in both by chance."""
    for pairs in (pairwise(found), pairwise(reversed(found))):
        for (start, run), (other, beside) in pairs:
            near = abs(other - start) - len((run if start < other else beside).words)
            if run.named and not beside.named and len(beside.words) <= 3 and near <= 4:
                beside.named = run.named


# words


def words_of(path: Path, element: str) -> Iterator[Word]:
    """The words of an element, each with what it stands in."""
    tree = html.document_fromstring(path.read_bytes() or b"<html/>")
    found = tree.xpath(element)
    tops = [one for one in found if not any(other in found for other in one.iterancestors())]
    pieces = [piece for top in tops for piece in (*_pieces(top, "text"), (" ", "text"))]
    starts, place = [], 0
    for text, _ in pieces:
        starts.append(place)
        place += len(text)
    whole = "".join(text for text, _ in pieces)
    for word in _WORD.finditer(whole):
        yield word[0].casefold(), pieces[bisect_right(starts, word.start()) - 1][1]


def _pieces(node: html.HtmlElement, construct: str) -> Iterator[Word]:
    if not isinstance(node.tag, str) or node.tag in _SKIPPED or "katex-html" in node.get("class", ""):
        yield f"{_formula(node)}{_plain(node.tail)}", construct
        return
    own = CONSTRUCTS.get(node.tag, construct)
    own = construct if construct in ("heading", "table", "code") else own
    edge = "" if node.tag in _INLINE else " "
    yield edge + _plain(node.text), own
    for child in node:
        yield from _pieces(child, own)
    yield edge, own
    yield _plain(node.tail), construct


def _formula(node: html.HtmlElement) -> str:
    """The source of a formula: of what it is drawn differs."""
    return f" {node.get('alttext') or ' '.join(node.xpath('.//annotation/text()'))} " if node.tag == "math" else ""


def _plain(text: str | None) -> str:
    """A text in which signs that mean the same are the same: `⁶` is 6, and what is not seen is not there."""
    if not text:
        return ""
    shown = unicodedata.normalize("NFKC", text)
    return re.sub("[\ufeff\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f]", "", shown)


def differences(old: Sequence[Word], new: Sequence[Word]) -> Iterator[tuple[int, Sequence[Word], Sequence[Word]]]:
    """What one has and the other has not, in order, and where in the first."""
    first, second = [word for word, _ in old], [word for word, _ in new]
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
    rest = zip(reversed(first[start:]), reversed(second[start:]), strict=False)
    end = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], rest))
    first, second = first[start : len(first) - end], second[start : len(second) - end]
    for tag, i, j, k, m in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if tag != "equal":
            yield start + i, old[start + i : start + j], new[start + k : start + m]


# what is named


@dataclass
class _Source:
    """The text of a page, its words, and its shortcodes."""

    page: HugoPage
    traced: Traced
    shown: Sequence[str]

    def __post_init__(self) -> None:
        self.text = self.traced.text
        self.found = [(_plain(word[0]).casefold(), word.start()) for word in _WORD.finditer(self.text)]
        self.tags = [tag for tag in find_tags(self.text) if not (tag.is_escaped or tag.is_closing)]
        self.code = list(find_fenced(self.text))
        self.places: dict[str, list[int]] = defaultdict(list)
        for number, (word, _) in enumerate(self.found):
            self.places[word].append(number)

    def offsets(self, words: Sequence[str]) -> Iterator[int]:
        """Where these words occur consecutively."""
        for number in self.places.get(words[0], ()):
            own = tuple(word for word, _ in self.found[number : number + len(words)])
            if own == tuple(words):
                yield self.found[number][1]

    @cached_property
    def aligned(self) -> list[tuple[int, int]]:
        """(number of a word in what Hugo shows, its number here), in order."""
        words = [word for word, _ in self.found]
        blocks = SequenceMatcher(None, self.shown, words, autojunk=False).get_matching_blocks()
        return [(block.a + n, block.b + n) for block in blocks for n in range(block.size)]

    def gap(self, run: Run) -> tuple[int, int]:
        """Where words were made that are not here: from the word before them to the one after."""
        number = bisect_left(self.aligned, (run.start, 0))
        last = bisect_left(self.aligned, (run.start + len(run.words), 0))
        start, end = 0, len(self.text)
        if number:
            word, start = self.found[self.aligned[number - 1][1]]
            start += len(word)
        if last < len(self.aligned):
            end = self.found[self.aligned[last][1]][1]
        return start, end

    @property
    def first_heading(self) -> str:
        """The heading of level 1, which is the title of a page without one."""
        found = re.search(r"^(?:# (.*)|(.+)\n=+)$", self.text, re.MULTILINE)
        return (found[1] or found[2]) if found else ""

    def lines(self, offset: int) -> range:
        """The lines of the paragraph or the block of code around a place, as its file counts them."""
        code = next((span for span in self.code if span[0] <= offset < span[1]), None)
        start = code[0] if code else self.text.rfind("\n\n", 0, offset) + 1
        end = code[1] if code else self.text.find("\n\n", offset)
        first, last = (
            self.page.mark_at(self.traced.origin(place)).line
            for place in (max(start, 0), end if end >= 0 else len(self.text))
        )
        return range(first, last + 1)


@dataclass
class Told:
    """What import.txt says: path → (line, message), and the names of shortcodes that it names."""

    lines: Mapping[str, list[tuple[int, str]]]
    shortcodes: frozenset[str]

    @classmethod
    def of(cls, report: Path, old: Path) -> Told:
        """Read a report."""
        text = report.read_text(encoding="utf-8") if report.is_file() else ""
        lines: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for found in _TOLD.finditer(text):
            path = found["path"].removeprefix(f"{old.as_posix()}/")
            lines[path].append((int(found["line"] or 0), found["message"]))
        names = re.findall(r"the shortcode '([^']+)'", text)
        return cls(lines, frozenset(names))

    def names(self, page: HugoPage, source: _Source, run: Run) -> str:
        """By what a loss is named; "" for nothing."""
        offsets = list(source.offsets(run.words))
        if run.construct == "heading" and " ".join(run.words) in _folded(page.text("title") or source.first_heading):
            return "the page's title, which stands above its text"
        for offset in offsets:
            if source.text[offset - 2 : offset] == "[!":
                return "the label of a call-out, in the page's language"
            if found := self._at(page, source, offset, offset + 1):
                return found
        return self._at(page, source, *source.gap(run))

    def _at(self, page: HugoPage, source: _Source, start: int, end: int) -> str:
        near = {*source.lines(start), *source.lines(max(start, end - 1))}
        for line, message in self.lines.get(page.path, ()):
            if line in near:
                return message.partition("'")[0].strip() or "its line"
        own = sorted({tag.name for tag in source.tags if tag.start < end and start < tag.last} & self.shortcodes)
        return f"shortcode: {', '.join(own)}" if own else ""


def _folded(text: str) -> str:
    return " ".join(word[0].casefold() for word in _WORD.finditer(_plain(text)))


# Hugo itself


def build_plain(hugo: str, old: Path, public: Path) -> None:
    """Build a Hugo site with layouts that show the text of a page and nothing else."""
    work = public.with_name(f"{public.name}.work")
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(old, work, symlinks=True, ignore=shutil.ignore_patterns(*_NOT_BUILT))
    for layouts in (work / "layouts", *work.glob("themes/*/layouts")):
        for path in sorted(layouts.rglob("*.html"), reverse=True) if layouts.is_dir() else ():
            if not _KEPT_LAYOUTS & set(path.relative_to(layouts).parts):
                path.unlink()
    for name in ("single", "list", "home", "term", "taxonomy"):
        path = work / "layouts/_default" / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_LAYOUT, encoding="utf-8")
    shutil.rmtree(public, ignore_errors=True)
    command = [hugo, "--quiet", "--destination", str(public.resolve())]
    subprocess.run(command, cwd=work, check=True, timeout=900, env={**os.environ, "HUGO_ENABLEGITINFO": "false"})
    shutil.rmtree(work)


# the table


def table(result: Result) -> Iterator[str]:
    """The findings, by the element of the words."""
    lost, gained = Counter[str](), Counter[str]()
    silent = Counter[str]()
    for run in result.lost:
        lost[run.construct] += len(run.words)
        silent[run.construct] += 0 if run.named else len(run.words)
    for run in result.gained:
        gained[run.construct] += len(run.words)
    yield f"{result.pages:,} pages in {len(result.languages)} languages, {result.words:,} words"
    yield f"{len(result.missing)} pages without a counterpart; {result.unbuilt} that Hugo has not published"
    yield "| construct | lost, named | lost silently | gained |"
    yield "|---|---:|---:|---:|"
    for name in sorted({*lost, *gained}):
        yield f"| {name} | {lost[name] - silent[name]:,} | {silent[name]:,} | {gained[name]:,} |"
    total, quiet = sum(lost.values()), sum(silent.values())
    yield f"| all | {total - quiet:,} | {quiet:,} | {sum(gained.values()):,} |"
    for name, count in Counter(run.named for run in result.lost if run.named).most_common(12):
        yield f"named: {count:,} × {name}"


def main() -> int:
    """Compare, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("old", type=Path)
    parser.add_argument("public", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--element", default="//main", help="XPath of a page's text in Hugo's pages")
    parser.add_argument("--hugo", help="build PUBLIC first with this program")
    parser.add_argument("--show", type=int, default=20, help="how many silent losses are printed")
    options = parser.parse_args()
    if options.hugo:
        build_plain(options.hugo, options.old, options.public)
    result = compare(options.old, options.public, options.new, options.element)
    print("\n".join(table(result)))
    for run in result.silent[: options.show]:
        print(f"{run.page}: {run.construct}: {' '.join(run.words)[:160]}")
    for address in result.missing[: options.show]:
        print(f"no page: {address}")
    return 1 if result.silent or result.missing else 0


if __name__ == "__main__":
    sys.exit(main())
