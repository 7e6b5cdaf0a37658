"""Slips of an editor, injected one at a time into a site's content: does each end in one clear line at its place?

usage: python tests/scripts/slips.py [COUNT [SEED]]      default: 300 slips, seed 1
"""

from __future__ import annotations

import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

import yaml

from sitegen.build.options import Options
from sitegen.build.pipeline import build, check
from sitegen.problems.problem import Problem, SiteError

#: What of the repository a site is made of.
PARTS = ("content", "templates", "static", "translations")
#: A problem may be told so many lines from where the slip was made.
NEAR = 1


@dataclass(frozen=True, slots=True)
class Slip:
    """A file as it was, and as it is with a slip.

    Attributes:
        path: of the file with the slip; `before` is None where it was not there.
        line: where the slip is; 0 where it is the file's name or the whole of it.
        gone: a file that the slip took away.
    """

    path: str
    line: int
    after: bytes
    before: bytes | None
    gone: str = ""


class Content:
    """A site's files to make slips in, chosen at random."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.root, self.chance = root, chance
        self.pages = sorted(path.relative_to(root).as_posix() for path in (root / "content").rglob("index.*.md"))
        self.sources = [path for path in self.pages if path.endswith(".en.md")]
        self.translations = [path for path in self.pages if not path.endswith(".en.md")]

    def lines(self, path: str) -> list[str]:
        """The lines of a file without their ends."""
        return (self.root / path).read_text(encoding="utf-8").split("\n")

    def pick(self, files: list[str], pattern: str, *, in_front: bool | None = None) -> tuple[str, int, str]:
        """A file, the number of a line in it that a pattern finds, and that line."""
        for path in self.chance.sample(files, len(files)):
            lines = self.lines(path)
            end = lines.index("---", 1) + 1 if path.endswith(".md") else len(lines)
            code = _in_code(lines)
            found = [
                number
                for number, line in enumerate(lines, 1)
                if number not in code
                and re.search(pattern, line)
                and (in_front is None or in_front == (1 < number <= end))
            ]
            if found:
                number = self.chance.choice(found)
                return path, number, lines[number - 1]
        raise AssertionError(f"no file has a line like {pattern}")

    def replaced(self, path: str, number: int, *lines: str) -> Slip:
        """A file with other lines in place of one."""
        own = self.lines(path)
        before = (self.root / path).read_bytes()
        return Slip(path, number, "\n".join([*own[: number - 1], *lines, *own[number:]]).encode(), before)

    def changed(self, files: list[str], pattern: str, to: str, *, in_front: bool | None = None) -> Slip:
        """A line with a part of it changed, as `re.sub` does."""
        path, number, line = self.pick(files, pattern, in_front=in_front)
        return self.replaced(path, number, *re.sub(pattern, to, line, count=1).split("\n"))


def _in_code(lines: list[str]) -> set[int]:
    """The numbers of the lines in fenced blocks, where nothing is a link or a heading."""
    found, is_open = set(), False
    for number, line in enumerate(lines, 1):
        is_fence = line.startswith("```")
        if is_open or is_fence:
            found.add(number)
        is_open = is_open != is_fence
    return found


def _swap(word: str, chance: random.Random) -> str:
    """A word with two letters swapped."""
    places = [place for place in range(len(word) - 1) if word[place] != word[place + 1]]
    place = chance.choice(places)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _misspelt_key(content: Content) -> Slip:
    path, number, line = content.pick(content.pages, r"^(title|summary|order|sources|review): ?", in_front=True)
    key = line.partition(":")[0]
    return content.replaced(path, number, _swap(key, content.chance) + line.removeprefix(key))


def _misspelt_link(content: Content) -> Slip:
    path, number, line = content.pick(content.pages, r"\]\(/[a-z]{4,}[^)#]*/\)", in_front=False)
    found = re.search(r"\]\(/([a-z]{4,})", line)
    assert found is not None
    start, end = found.span(1)
    return content.replaced(path, number, line[:start] + _swap(found[1], content.chance) + line[end:])


def _duplicate_line(content: Content) -> Slip:
    path, number, line = content.pick(content.pages, r"^(title|summary|order|review): ", in_front=True)
    return content.replaced(path, number, line, line)


def _bytes_in(content: Content, what: bytes) -> Slip:
    path, number, line = content.pick(content.pages, r"^\S.{20,}", in_front=False)
    slip = content.replaced(path, number, line[:10] + "\N{BLACK SQUARE}" + line[10:])
    return Slip(slip.path, slip.line, slip.after.replace("\N{BLACK SQUARE}".encode(), what), slip.before)


def _other_language(content: Content) -> Slip:
    path = content.chance.choice(content.translations)
    to = re.sub(r"index\.([a-z]+)\.md", lambda found: f"index.{found[1]}x.md", path)
    return Slip(to, 0, (content.root / path).read_bytes(), None, gone=path)


def _no_source(content: Content) -> Slip:
    path = content.chance.choice([path for path in content.sources if path.count("/") > 2])
    data = (content.root / path).read_bytes()
    return Slip(path, 0, data, data, gone=path)


def _own(content: Content) -> str:
    """The address of the site."""
    found = re.search(
        r"^base_url: (\S+)$", (content.root / "content/site.yaml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert found is not None
    return found[1]


def _fact_in_translation(content: Content) -> Slip:
    path, number, line = content.pick(content.translations, r"^title: ", in_front=True)
    return content.replaced(path, number, line, "order: 7")


def _paragraph_of_source(content: Content) -> Slip:
    long = r"^[A-Z][^\[\]*]{150,}$"
    while True:
        source, number, text = content.pick(content.sources, long, in_front=False)
        path = source.replace(".en.md", f".{content.chance.choice(['ru', 'zh', 'hi', 'fa', 'kk'])}.md")
        if path not in content.translations:
            continue
        own = content.lines(path)
        code = _in_code(own)
        number = 1 + content.chance.choice(
            [n for n, line in enumerate(own) if n > own.index("---", 1) and len(line) > 40 and n + 1 not in code]
        )
        if not own[number - 1].startswith(("#", "-", "|", "1.")):
            return content.replaced(path, number, text)


def _number_in_translation(content: Content) -> Slip:
    return content.changed(content.translations, r"\b(20[12]\d)\b(?!-)", "1999", in_front=False)


def _remove_line(content: Content, files: list[str], pattern: str, *, in_front: bool | None = True) -> Slip:
    path, number, _ = content.pick(files, pattern, in_front=in_front)
    return content.replaced(path, number)


#: Kind of slip → what makes it.
SLIPS: dict[str, Callable[[Content], Slip]] = {
    "quote not closed": lambda c: c.changed(c.pages, r"^(title|summary): (.*)$", r'\1: "\2', in_front=True),
    "quote in the middle": lambda c: c.changed(c.pages, r'^(title|summary): "?([^"]+)"?$', r'\1: "\2" x', in_front=True),
    "line indented": lambda c: c.changed(c.pages, r"^(title|summary|updated|review): ", r"  \1: ", in_front=True),
    "key misspelt": _misspelt_key,
    "key twice": _duplicate_line,
    "no space after the colon": lambda c: c.changed(c.pages, r"^(title|summary|review): ", r"\1:", in_front=True),
    "full-width colon": lambda c: c.changed(c.pages, r"^(title|summary|review): ", r"\1：", in_front=True),
    "tab as indent": lambda c: c.changed(c.translations, r"^  - ", "\t- ", in_front=True),
    "list instead of text": lambda c: c.changed(c.pages, r"^title: (.*)$", r"title: [A, B]", in_front=True),
    "text instead of a number": lambda c: c.changed(c.sources, r"^order: .*$", "order: first", in_front=True),
    "bad date": lambda c: c.changed(c.sources, r"^updated: .*$", "updated: 23.11.2026", in_front=True),
    "date that does not exist": lambda c: c.changed(c.sources, r"^updated: .*$", "updated: 2026-02-30", in_front=True),
    "unknown choice": lambda c: c.changed(c.sources, r"^status: (\w+)$", r"status: \1d", in_front=True),
    "unknown review": lambda c: c.changed(c.translations, r"^review: .*$", "review: robot", in_front=True),
    "unknown kind": lambda c: c.changed(c.sources, r"^kind: (\w+)$", r"kind: \1x", in_front=True),
    "unknown country": lambda c: c.changed(c.sources, r"\bKZ\b", "XX", in_front=True),
    "reference to no page": lambda c: c.changed(c.sources, r"^(released|plan|sources|tasks|events): (\[?)/", r"\1: \2/x", in_front=True),
    "reference without slashes": lambda c: c.changed(c.sources, r"^(released|plan): /(\S+)/$", r"\1: \2", in_front=True),
    "equals sign for a colon": lambda c: c.changed(c.pages, r"^(title|order|status|review): ", r"\1 = ", in_front=True),
    "space that does not break": lambda c: c.changed(c.pages, r"^(title|order|review): ", "\\1:\N{NO-BREAK SPACE}", in_front=True),
    "title removed": lambda c: _remove_line(c, c.sources, r"^title: "),
    "summary removed": lambda c: _remove_line(c, c.sources, r"^summary: "),
    "title too long": lambda c: c.changed(c.pages, r"^title: (.*)$", "title: " + "word " * 60, in_front=True),
    "first fence removed": lambda c: _remove_line(c, c.pages, r"^---$", in_front=False),
    "second fence removed": lambda c: _remove_line(c, c.pages, r"^---$", in_front=True),
    "fact in a translation": _fact_in_translation,
    "language of the file's name": _other_language,
    "link misspelt": _misspelt_link,
    "anchor misspelt": lambda c: c.changed(c.pages, r"\]\((/[^)#]+/)#([^)]+)\)", r"](\1#x\2)", in_front=False),
    "link to no file": lambda c: c.changed(c.pages, r"^(\S.{30,})$", r"\1 [x](x.pdf)", in_front=False),
    "link that runs script": lambda c: c.changed(c.pages, r"\]\(/[^)]*\)", "](javascript:alert(1))", in_front=False),
    "picture without words": lambda c: c.changed(c.pages, r"^(\S.{30,})$", r"\1 ![](x.png)", in_front=False),
    "HTML": lambda c: c.changed(c.pages, r"^(\S.{30,})$", r"\1 <br>", in_front=False),
    "heading of the first level": lambda c: c.changed(c.pages, r"^## ", "# ", in_front=False),
    "heading that skips a level": lambda c: c.changed(c.pages, r"^## ", "#### ", in_front=False),
    "heading without a space": lambda c: c.changed(c.pages, r"^## ", "##", in_front=False),
    "bullet of a word processor": lambda c: c.changed(c.pages, r"^- ", "• ", in_front=False),
    "bold words not closed": lambda c: c.changed(c.pages, r"^(\w.{30,})$", r"**\1", in_front=False),
    "space within a link": lambda c: c.changed(c.pages, r"\]\(/", "] (/", in_front=False),
    "link not closed": lambda c: c.changed(c.pages, r"\]\((/[^)#]*/)\)", r"](\1", in_front=False),
    "note that is not written": lambda c: c.changed(c.pages, r"^(\w.{30,})$", r"\1[^9]", in_front=False),
    "address of the site itself": lambda c: c.changed(c.pages, r"\]\(/", f"]({_own(c)}", in_front=False),
    "source version deleted": _no_source,
    "picture of another site": lambda c: c.changed(c.pages, r"^(\w.{30,})$", r"\1 ![x](https://example.org/x.png)", in_front=False),
    "heading of a translation removed": lambda c: _remove_line(c, c.translations, r"^## ", in_front=False),
    "number of a translation": _number_in_translation,
    "paragraph left in the source's words": _paragraph_of_source,
    "not UTF-8": lambda c: _bytes_in(c, b"\xe9"),
    "NUL": lambda c: _bytes_in(c, b"\0"),
    "direction turned around": lambda c: _bytes_in(c, "\u202e".encode()),
    "alias that is a page": lambda c: c.changed(c.sources, r"^title: ", "aliases: [/news/]\ntitle: ", in_front=True),
    "slug with a space": lambda c: c.changed(c.pages, r"^title: ", "slug: a page\ntitle: ", in_front=True),
    "placeholder of a message": lambda c: c.changed(_catalogs(c), r'^msgstr "([^"]*)%\((\w+)\)s', r'msgstr "\1%(x\2)s'),
    "quote of a message": lambda c: c.changed(_catalogs(c), r'^msgstr "(.{5,})"$', r'msgstr "\1'),
    "message removed": lambda c: c.changed(_catalogs(c), r'^msgstr "[^%"]{5,}"$', 'msgstr ""'),
    "bracket of a template": lambda c: c.changed(_templates(c), r"^(.*\{% (?:if|for) [^%]*) %\}", r"\1"),
    "name of a template": lambda c: c.changed(["templates/home.html"], r"\{\{ (page|site|locale)\.(\w+)", r"{{ \1.x\2"),
    "key of site.yaml": lambda c: c.changed(["content/site.yaml"], r"^(menus|title|languages|time_zone):", r"x\1:"),
    "page of a menu": lambda c: c.changed(["content/site.yaml"], r"^  (main|footer): \[/", r"  \1: [/x"),
    "type of kinds.yaml": lambda c: c.changed(["content/kinds.yaml"], r"\{type: (text|page|date|list)\b", r"{type: x\1"),
    "template of kinds.yaml": lambda c: c.changed(["content/kinds.yaml"], r"template: (\w+)\.html", r"template: x\1.html"),
}  # fmt: skip


def _catalogs(content: Content) -> list[str]:
    found = (content.root / "translations").rglob("messages.po")
    return sorted(path.relative_to(content.root).as_posix() for path in found)


def _templates(content: Content) -> list[str]:
    return sorted(path.relative_to(content.root).as_posix() for path in (content.root / "templates").glob("*.html"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a slip: reported in its file and near its line, or what was wrong."""

    kind: str
    slip: Slip
    problems: tuple[Problem, ...]

    @property
    def told(self) -> Problem | None:
        """The problem at the slip's place."""
        near = [p for p in self.problems if p.path == self.slip.path and self._is_near(p)]
        return near[0] if near else None

    def _is_near(self, problem: Problem) -> bool:
        return not self.slip.line or problem.line is None or abs(problem.line - self.slip.line) <= NEAR

    def __str__(self) -> str:
        told = "\n    ".join(str(problem) for problem in self.problems[:3]) or "nothing is told"
        return f"{self.kind}: {self.slip.path}:{self.slip.line}\n    {told}"


def keep_languages(root: Path, kept: Collection[str]) -> None:
    """Take the other languages out of the Center's site."""
    path = root / "content/site.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    other = {own.get("path", own["tag"]) for own in settings["languages"]} - {*kept}
    settings["languages"] = [own for own in settings["languages"] if own.get("path", own["tag"]) in kept]
    for name in ("title", "short_title"):
        settings[name] = {tag: words for tag, words in settings[name].items() if tag in kept}
    del settings["transliterate"]
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000)
    path.write_text(text, encoding="utf-8")
    for tag in other:
        shutil.rmtree(root / "translations" / tag, ignore_errors=True)
        for text_of_page in (root / "content").rglob(f"index.{tag}.md"):
            text_of_page.unlink()


class Injector:
    """A copy of a site in which slips are made and undone, with a warm cache.

    Attributes:
        languages: those that the copy has; all of them if none is named.
    """

    def __init__(self, root: Path, seed: int, languages: Collection[str] = ()) -> None:
        for part in PARTS:
            shutil.copytree(REPOSITORY / part, root / part)
        if languages:
            keep_languages(root, languages)
        (root / "templates/card.yaml").unlink()  # no slip is made in it, and 500 cards take longer than all else
        self.options = Options(root=root, output=root / "public", remembers=True)
        self.chance = random.Random(seed)
        self.content = Content(root, self.chance)
        build(self.options)

    def try_one(self, kind: str) -> Outcome:
        """Make a slip, check the site, and undo it."""
        slip = SLIPS[kind](self.content)
        root = self.options.root
        kept = (root / slip.gone).read_bytes() if slip.gone else b""
        (root / slip.path).write_bytes(slip.after)
        if slip.gone:
            (root / slip.gone).unlink()
        try:
            problems = check(self.options)
        except SiteError as error:
            problems = error.problems
        finally:
            if slip.before is None:
                (root / slip.path).unlink()
            else:
                (root / slip.path).write_bytes(slip.before)
            if slip.gone:
                (root / slip.gone).write_bytes(kept)
        return Outcome(kind, slip, problems)

    def try_all(self, count: int) -> list[Outcome]:
        """The given number of slips, of each kind in turn."""
        kinds = [kind for _ in range(-(-count // len(SLIPS))) for kind in SLIPS][:count]
        return [self.try_one(kind) for kind in kinds]


def main(count: int, seed: int) -> None:
    """Make the slips and print the outcome."""
    with tempfile.TemporaryDirectory(prefix="slips-") as folder:
        outcomes = Injector(Path(folder), seed).try_all(count)
    missed = [outcome for outcome in outcomes if outcome.told is None]
    for outcome in missed:
        print(outcome)
    codes = Counter(outcome.told.code for outcome in outcomes if outcome.told)
    warned = sum(outcome.told.severity == "warning" for outcome in outcomes if outcome.told)
    alone = sum(len(outcome.problems) == 1 for outcome in outcomes)
    print(
        f"{len(outcomes)} slips of {len(SLIPS)} kinds: {len(outcomes) - len(missed)} told in their file and within {NEAR} line "
        f"of their place, {warned} of them as warnings, {alone} by one problem alone, with {len(codes)} codes"
    )
    sys.exit(bool(missed))


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(*(numbers + [300, 1][len(numbers) :]))
