"""Problems that a person must fix, with their places and their text form; nothing here reads the disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import PurePath
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from sitegen.problems.safe_output import one_line

Severity = Literal["error", "warning"]

#: Every problem code, with the rule that must hold. `checks:` in site.yaml uses these codes.
CODES: dict[str, str] = {
    "address": "an address can be requested and stored: no characters that other programs read differently, no part longer than 240 bytes",
    "alias-clash": "an alias is not the address of a page, and only one page has it",
    "alt": "a picture has a description in every language",
    "block": "a block follows its declaration and is closed",
    "budget": "a file, as it is sent, stays within the `budgets` of site.yaml",
    "catalog-placeholder": "a translated message has the placeholders and tags of its source",
    "catalog-syntax": "a catalog is a valid .po file",
    "choice": "a choice is one of the values that its field lists",
    "control-character": "text contains no control characters",
    "country": "a country is an ISO 3166-1 code such as KZ",
    "date": "a date is written 2026-01-31, a date with time 2026-01-31T09:30+08:00",
    "dead-anchor": "a link's anchor is a heading of the page it leads to",
    "dead-file": "a linked file or picture is beside the page",
    "dead-page": "a link leads to a page of the site",
    "email": "an e-mail address has one @ and a host",
    "encoding": "text files are UTF-8",
    "exchange": "a file to import belongs to this site and language, is readable, and is no older than the texts it changes",
    "expires": "nothing names a page that expires",
    "expected": "a value has the type that its field declares",
    "external-link": "an address of another site answers, and has not moved for good",
    "extension": "the site's extensions load without an error",
    "failed": "the generator itself has no error",
    "fallback-loop": "a fallback chain never returns to its own language",
    "file-type": "a file beside a page is of a type that is published there",
    "front-matter": "a page begins with front matter between two lines of ---",
    "glossary": "a translation uses the names of the glossary",
    "glyph": "the fonts of templates/card.yaml have every character of a title",
    "heading": "the headings of a text begin at level 2 and skip no level",
    "hosting": "a host sends the headers and error pages that `hosts` configures",
    "html": "Markdown contains no raw HTML",
    "in-use": "a page that is removed has no links to it",
    "incomplete": "a language that is `complete: true` has every message of the templates",
    "language-data": "the formats of dates and numbers are known for a language",
    "language": "a language is a BCP 47 tag such as zh-Hans",
    "litter": "folders contain no backups or leftover files of programs",
    "local-address": "a link leads to an address that readers can open",
    "markdown": "a text has no slips in Markdown, which readers would see as typed",
    "merge-conflict": "a text has no merge conflict markers",
    "missing-content": "a site has a folder content/ with site.yaml and a home page",
    "missing-message": "every message of the templates is translated",
    "missing-editor": "the browser editor that site.yaml publishes has been built",
    "missing-source": "translations have the source version beside them",
    "missing-template": "a kind's template exists",
    "missing-theme": "a theme is the generator's own, a folder of the site or an installed package",
    "misplaced-catalog": "a catalog is where its language's messages are read",
    "misplaced-fact": "facts are written in a page's source version only",
    "misplaced-word": "`source` and `review` are written in translations only",
    "money": "an amount of money has the ISO 4217 code of its currency",
    "not-empty": "a new site begins in a folder that is new or empty",
    "not-imported": "everything in another generator's site has a counterpart here",
    "number": "a number is written in digits",
    "own-address": "a link to a page of the site is its content path",
    "phone": "a telephone number begins with + and the country code",
    "picture": "a picture is readable, in a format that browsers show, and has at most 100 million pixels, or 40 million unless it is a JPEG",
    "plural-rule": "a catalog has a form for each group of numbers that its language distinguishes",
    "publish": "the publishing target can be reached and written to",
    "reference": "a reference names a page of the site",
    "reference-kind": "a reference names a page of the kind its field declares",
    "release": "a release holds the files of its manifest, byte for byte",
    "required": "required fields are filled in",
    "shortcode": "a shortcode of Hugo has a counterpart in Markdown",
    "slug": "a slug is one part of an address",
    "structure": "a translation has the headings, lists, links, pictures and numbers of its source",
    "svg": "an SVG drawing contains no scripts, links or external resources",
    "symlink": "content has no symbolic links that lead out of the site",
    "template-error": "a template renders without an error",
    "template-syntax": "a template is valid Jinja",
    "template-undefined": "a template uses only names that exist",
    "too-costly": "a file is read, checked and made into a page within bounded time, memory and depth",
    "too-deep": "YAML is nested at most 20 levels deep, and folders 100",
    "too-large": "a text file is at most 2 MB, its front matter 64 KB, a line 100 KB, and any other file beside a page 100 MB",
    "too-long": "a text is no longer than its field allows",
    "unknown-block": "a block is declared in blocks.yaml or comes with the generator",
    "unknown-key": "a key is a field of the page's kind",
    "unknown-kind": "a kind is declared in kinds.yaml",
    "unknown-language": "a page's file is named after a language of site.yaml",
    "unreadable": "every file of the site can be read",
    "unsaved": "git can restore a page that is removed",
    "unsorted": "a list whose field is `sorted: true` is in ascending order",
    "untracked": "a translation records which version of the source it renders",
    "untranslated": "a field or paragraph of a translation is not the same as the source's",
    "unwritable": "the output folder can be written to, and the disk has room",
    "url": "a web address begins with https:// or http://",
    "url-clash": "an address belongs to one page only",
    "yaml-alias": "YAML uses no anchors, aliases or tags",
    "yaml-duplicate": "a key appears once",
    "yaml-syntax": "YAML is valid",
    "yaml-tab": "YAML is indented with spaces",
}

#: Problems of one file after which a reader leaves the rest of it, as nobody reads more, and each may take a search for what
#: was meant.
MOST_PROBLEMS = 200
#: Problems of one code in a file that are listed, and that `check --fix` mends; of a site with very many problems, fewer.
MOST_OF_A_SORT, _VERY_MANY, _FEW_OF_A_SORT = 1_000, 100_000, 100
#: Words that a message lists.
MOST_LISTED = 40
#: Codes that always stop a build, and why.
ALWAYS_ERRORS: dict[str, str] = {
    **dict.fromkeys(("catalog-placeholder", "file-type", "svg"), "what it finds could run in readers' browsers"),
    **dict.fromkeys(
        """address alias-clash control-character encoding front-matter merge-conflict missing-content symlink too-costly too-deep
        too-large unreadable url-clash yaml-alias yaml-duplicate yaml-syntax yaml-tab""".split(),  # noqa: SIM905
        "a page or file would be missing without a word",
    ),
}
#: Codes that do not stop a build unless site.yaml says so.
WARNINGS = frozenset(
    """expires external-link glossary hosting language-data litter markdown missing-message not-imported
    local-address misplaced-catalog own-address plural-rule shortcode structure untracked untranslated""".split()  # noqa: SIM905
)


class Problem(Struct, frozen=True, kw_only=True):
    """One thing a person must fix, and where.

    Attributes:
        path: POSIX path relative to the site's root, such as "content/index.en.md".
        line: 1-based line; None if the problem is in the whole file.
        column: 1-based column in code points; None if the problem is in the whole line.
        width: how many code points the caret marks.
        code: one of `CODES`.
        message: what is wrong, in one sentence without a full stop.
        hint: what to do about it; empty if the message says enough.
        excerpt: the line itself, as it is in the file.
        fix: the replacement for the marked text, if it is certain; `check --fix` applies it.
    """

    path: str
    code: str
    message: str
    line: int | None = None
    column: int | None = None
    width: int = 1
    hint: str = ""
    excerpt: str = ""
    fix: str | None = None
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """`path:line:column`, which editors and terminals make a link."""
        return ":".join(str(part) for part in (one_line(self.path), self.line, self.column) if part is not None)

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.severity}[{self.code}]: {one_line(self.message)}"]
        if self.excerpt and self.line is not None:
            from sitegen.problems.excerpt_drawing import draw  # not needed for a site without problems

            lines += draw(self)
        if self.hint:
            lines.append(f"  hint: {one_line(self.hint)}")
        return "\n".join(lines)


class SiteError(Exception):
    """All problems of one stage; raised when at least one is an error."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__(counted(len(self.problems), "problem"))

    def __reduce__(self) -> tuple[type[SiteError], tuple[tuple[Problem, ...]]]:
        return SiteError, (self.problems,)  # for pickling, when a forked process hands it to its parent


def refusal(path: str | PurePath, code: str, message: str, hint: str = "") -> SiteError:
    """The error of a single problem in a whole file or folder."""
    return SiteError([Problem(path=str(path), code=code, message=message, hint=hint)])


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by file: files with errors first; in each, errors before warnings, by line and column.

    Of problems that differ only in their hints, as a template's may from page to page, one is kept. Of those with the
    same code in a file, the first are kept, and one that says how many more there are.
    """
    found = tuple(problems)
    found = first_of_each(found, most=_FEW_OF_A_SORT) if len(found) > _VERY_MANY else found
    by_hint = sorted(found, key=lambda problem: problem.hint, reverse=True)
    unique = {(p.path, p.line, p.column, p.code, p.message, p.severity): p for p in by_hint}.values()
    bad = {problem.path for problem in unique if problem.severity == "error"}

    def place(p: Problem) -> tuple[bool, str, str, int, int, str, str]:
        return p.path not in bad, p.path, p.severity, p.line or 0, p.column or 0, p.code, p.message

    return first_of_each(sorted(unique, key=place))


def first_of_each(problems: Iterable[Problem], host: str = "", most: int = 0) -> tuple[Problem, ...]:
    """The first problems with each code in a file, and one that says how many more there are; order is kept.

    Args:
        host: where all of them are; each in its own file if "".
        most: how many of a code are listed in a file; `MOST_OF_A_SORT` if 0.
    """
    found, most = tuple(problems), most or MOST_OF_A_SORT
    counts = Counter((host or problem.path, problem.code) for problem in found)
    if not counts or max(counts.values()) <= most:
        return found
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for problem in found:
        of_one_sort = host or problem.path, problem.code
        seen[of_one_sort] += 1
        more = counts[of_one_sort] - most
        if more <= 0 or seen[of_one_sort] < most:
            kept.append(problem)
        elif seen[of_one_sort] == most:  # the sum of all stays the same if they are put in order again
            where = f"at {host}" if host else "in this file"
            message = f"{more + 1:,} more problems of this sort {where} are not listed; the first of them is here"
            kept.append(replace(problem, message=message, hint="correct those before it first", fix=None))
    return tuple(kept)


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 page`, `2 pages`, `1,200 entries`."""
    several = noun[:-1] + "ies" if noun.endswith("y") else noun + "es" if noun.endswith("s") else noun + "s"
    return f"{number:,} {noun if number == 1 else several}"


def listing(words: Iterable[str]) -> str:
    """The words as one readable list: `a, b, c`; of more than `MOST_LISTED`, the first and how many more there are."""
    every = words if isinstance(words, Collection) else tuple(words)
    first, more = ", ".join(islice(every, MOST_LISTED)), len(every) - MOST_LISTED
    return f"{first} and {more:,} more" if more > 0 else first
