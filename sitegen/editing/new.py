"""A new page in the source language: the fields of its kind are given, asked for, or left to fill in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sitegen.content.content_files import list_content, outside_content
from sitegen.editing.foresight import errors_after
from sitegen.editing.sorting import put_in_order
from sitegen.model.fields import Checker, Field
from sitegen.model.kinds import Kind
from sitegen.model.loading import load_config
from sitegen.model.page import Key
from sitegen.model.settings import Config, today
from sitegen.model.urls import as_path, write_path
from sitegen.problems.problem import Problem, SiteError, listing, refusal
from sitegen.problems.suggestions import nearest, nearest_or_all
from sitegen.source.edits import Text
from sitegen.source.file_writing import replace_texts
from sitegen.source.front_matter import FENCE, page_text
from sitegen.source.scalars import scalar
from sitegen.source.text import Source
from sitegen.source.yaml import parse
from sitegen.translation.source_records import whole_library

#: Asks a question and returns the answer.
Ask = Callable[[str], str]
#: Shows a line, for example why an answer is wrong.
Tell = Callable[[str], None]

Read = TypeVar("Read")

#: Field type → the format of an answer.
_FORMS = {
    "number": "a number",
    "boolean": "true or false",
    "date": "a day, such as 2026-01-31",
    "datetime": "a day and time, such as 2026-01-31T09:30",
    "url": "an address, such as https://example.org/",
    "email": "an e-mail address",
    "country": "a country code, such as KZ",
    "language": "a language tag, such as zh-Hans",
    "page": "a content path, such as /news/",
    "image": "a file beside the page, such as hall.jpg",
    "file": "a file beside the page, such as plan.pdf",
    "captions": "subtitles beside the page, such as opening.vtt",
    "table": "a table beside the page, such as fees.csv",
    "money": "an amount and its currency, such as 1500 CNY",
    "phone": "a number with its country's code, such as +86 10 1234 5678",
    "time": "a time of day, such as 09:30",
    "moment": "a day, such as 2026-01-31, or a day and time, such as 2026-01-31T09:30",
    "time_zone": "an IANA name, such as Asia/Almaty",
    "group": "as {key: value}",
}
#: Maximum number of pages to list.
_MOST_LISTED = 20


def new_page(
    root: Path,
    kind_name: str,
    key: str,
    given: Mapping[str, str] | None = None,
    dialogue: tuple[Ask, Tell] | None = None,
) -> str:
    """Write `index.<source language>.md` of a page and return its path.

    Args:
        kind_name: the kind; if empty, it is asked for.
        key: the content path; if empty, it is asked for.
        given: field → value as a person writes it, such as `open` or `/plan/, /news/`.
        dialogue: asks for required fields that are not given, the summary and the page's date; without it, they are
            left to fill in and the page is a draft.

    Raises:
        SiteError: the kind is unknown, the path is invalid, the page exists, or a given value is wrong.
    """
    config = load_config(root)
    if dialogue and not kind_name:
        dialogue[1](f"kinds are {listing(config.kinds)}")
    kind = _asked("kind of page: ", kind_name, lambda text: _kind(config, text), dialogue)
    path = _asked("content path, such as /news/opening/: ", key, lambda text: _free_path(root, config, text), dialogue)
    answers = _Answers(root, config, kind, path)
    values = answers.check_given(given or {})
    if dialogue:
        missing = (declared for declared in _wanted(config, kind) if declared.name not in values)
        values |= {declared.name: answers.ask(declared, *dialogue) for declared in missing}
        _free_path(root, config, path.removeprefix("content").rpartition("/")[0])  # may have been made meanwhile
    lines = _front_matter(kind, {name: text for name, text in values.items() if text}, today(config.time_zone, None))
    content = (page_text(lines) + "\n").encode()
    if errors := [*_errors_of(root, path, content, values)]:
        raise SiteError(errors)
    replace_texts(root, {path: content})
    return path


def _errors_of(root: Path, path: str, content: bytes, given: Collection[str]) -> Iterator[Problem]:
    """Yield what `check` would find wrong with a new page's address and its given values; what is to be filled in is not.

    Files that it names can only be put beside it once it is there.
    """
    names = [line.partition(":")[0] for line in content.decode().split("\n")]
    with whole_library(root, is_strict=False) as (library, _):
        for problem in errors_after(root, library, {path: content}):
            own = names[problem.line - 1] if problem.path == path and problem.line else ""
            if problem.code == "dead-file" or (own not in ("", FENCE) and own not in given):
                continue
            message = f"{problem.message} ({problem.path})" if problem.path != path else problem.message
            yield Problem(path=path, code=problem.code, message=message, hint=problem.hint)


def left_to_do(root: Path, kind_name: str, given: Mapping[str, str]) -> str:
    """Return what is left to do on a new page, such as `a draft; fill in title`; "" if nothing is."""
    config = load_config(root)
    wanted = _wanted(config, _kind(config, kind_name))
    left = listing(declared.name for declared in wanted if declared.required and declared.name not in given)
    draft = "" if given.get("draft", "true").lower() == "false" else "a draft; "
    return f"{draft}fill in {left}" if left else ""


def _kind(config: Config, name: str) -> Kind:
    if name not in config.kinds:
        hint = nearest_or_all(name, config.kinds, "kinds are")
        raise refusal("content/kinds.yaml", "unknown-kind", f"'{name}' is not a kind", hint)
    return config.kinds[name]


def _free_path(root: Path, config: Config, text: str) -> str:
    """Return the file path of a new page; raise if the content path is invalid or the page exists."""
    key = as_path(text)
    path = f"content{key}index.{config.source_language}.md"
    if hint := write_path(key, outside_content(root, config)):
        raise refusal(path, "slug", f"'{key}' is not a content path", hint)
    if any((root / path).parent.glob("index.*.md")):
        raise refusal(path, "url-clash", "the page exists", "open it, or choose another path")
    return path


def _asked(question: str, given: str, read: Callable[[str], Read], dialogue: tuple[Ask, Tell] | None) -> Read:
    """Return the given value, or ask until there is a valid answer."""
    while not given and dialogue:
        ask, tell = dialogue
        try:
            return read(ask(question).strip())
        except SiteError as error:
            _tell_wrong(error.problems[0], tell)
    return read(given)


def _tell_wrong(problem: Problem, tell: Tell) -> None:
    tell(f"  {problem.message}")
    if problem.hint:
        tell(f"  hint: {problem.hint}")


def _wanted(config: Config, kind: Kind) -> Iterator[Field]:
    """Yield the fields to fill in on a new page, facts first: those required, the summary, and its dates."""
    also = {"summary", *_days(config, kind)}
    for side in ("facts", "words"):
        yield from (declared for declared in kind.of_side(side) if declared.required or declared.name in also)


def _days(config: Config, kind: Kind) -> Iterator[str]:
    """Yield the date fields that calendars and lists use for pages of a kind, even if they are not required."""
    lists = (other.children for other in config.kinds.values() if other.children.kind == kind.name)
    named = [kind.calendar.get("start", ""), *(children.sort.removeprefix("-") for children in lists)]
    yield from (name for name in named if name in kind.fields and kind.fields[name].type in ("date", "datetime"))


class _Answers(Struct, frozen=True):
    """Reads answers as values of a kind's fields."""

    root: Path
    config: Config
    kind: Kind
    path: str  #: of the page's file

    def check_given(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return field → value as YAML, for the given values."""
        problems: list[Problem] = []
        values = {}
        for name, text in given.items():
            if name not in self.kind.fields or name == "kind":
                others = [known for known in self.kind.fields if known != "kind"]
                hint = nearest_or_all(name, others, "known are")
                message = f"'{name}' is not a field of the kind '{self.kind.name}'"
                if name == "kind":
                    message, hint = "the kind is not given as a field", "name it first: new KIND PATH"
                problems.append(Problem(path=self.path, code="unknown-key", message=message, hint=hint))
                continue
            if not text.isascii() and text.encode(errors="replace").decode() != text:  # bytes of another encoding
                wrong = [Problem(path="", code="encoding", message=f"{name}: the text is not UTF-8")]
            else:
                values[name], wrong = self.read(self.kind.fields[name], text)
            problems += [replace(problem, path=problem.path or f"--set {name}") for problem in wrong]
        if problems:
            raise SiteError(problems)
        return values

    def ask(self, declared: Field, ask: Ask, tell: Tell) -> str:
        """Ask for the value of a field until it is valid; return it as YAML, or "" if it is left empty."""
        for line in self._about(declared):
            tell(line)
        while True:
            text = ask(f"{declared.name}: ").strip()
            if not text and not declared.required:
                return ""
            value, problems = self.read(declared, text)
            if text and not problems:
                return value
            if text:
                _tell_wrong(problems[0], tell)
            else:
                tell("  it must be filled in")

    def read(self, declared: Field, text: str) -> tuple[str, list[Problem]]:
        """Return an answer as YAML, with a sorted list in order, and its problems."""
        written, problems = self._written(declared, text), list[Problem]()
        try:
            written = self._in_order(declared, written)
            line = f"{declared.name}: {written}"
            source, what = Source.of(self.path, line), f"the kind '{self.kind.name}'"
            Checker(source, problems, self.config.time_zone).table({declared.name: declared}, parse(source, line), what)
        except SiteError as error:
            problems += error.problems
        problems = problems or [*self._dead_references(declared, written)]
        # There is no file yet in which anything could stand, or be fixed.
        return written, [replace(problem, line=None, column=None, fix=None) for problem in problems]

    def _in_order(self, declared: Field, written: str) -> str:
        page, fields = Text(page_text([f"{declared.name}: {written}"]).encode()), {declared.name: declared}
        edited = page.edited(put_in_order(page, fields, self.config.time_zone)).decode()
        return edited.split("\n")[1].removeprefix(f"{declared.name}: ")

    def _written(self, declared: Field, text: str) -> str:
        match declared.type:
            case "text" | "markdown":
                return scalar(text)
            case "choice":
                labels = {label.casefold(): value for value, label in declared.choices.items()}
                return labels.get(text.casefold(), text)
            case "page":
                return as_path(text) if text.strip("/") else text
            case "list" if declared.item is not None and not text.startswith("["):
                items = [part.strip() for part in text.split(",") if part.strip()]
                return f"[{', '.join(self._written(declared.item, item) for item in items)}]"
        return text

    def _dead_references(self, declared: Field, written: str) -> Iterator[Problem]:
        own = declared.item if declared.item is not None else declared
        if own.type != "page":
            return
        known = list_content(self.root, self.config).pages
        for key in re.findall(r"[^\[\], ]+", written):
            if Key(key) not in known:
                message = f"the page '{key}' does not exist"
                yield Problem(path=self.path, code="reference", message=message, hint=nearest(key, known))

    def _about(self, declared: Field) -> Iterator[str]:
        own = declared.item if declared.item is not None else declared
        form = ", ".join(own.choices) if own.choices else _FORMS.get(own.type, "")
        some = "separated by commas" if declared.item is not None else ""
        need = "" if declared.required else "may be left empty"
        about = "; ".join(part for part in (declared.help, form, some, need) if part)
        if about:
            yield f"{declared.name}: {about}"
        if own.type == "page" and own.kind:
            yield from (f"  {key}  {title}" for key, title in self._pages_of(own.kind))

    def _pages_of(self, kind: str) -> Sequence[tuple[str, str]]:
        """Return the content paths and titles of a kind's pages; none if the site can't be read at the moment."""
        try:
            with whole_library(self.root) as (library, _):
                found = [
                    (key, str(page.versions[page.source].words.get("title", "")))
                    for key, page in library.pages.items()
                    if kind in library.kind(key).lineage
                ]
        except SiteError:
            return []
        return found[:_MOST_LISTED]


def _front_matter(kind: Kind, values: Mapping[str, str], day: dt.date) -> Iterator[str]:
    yield f"kind: {kind.name}"
    if not _is_whole(kind, values) and "draft" not in values:
        yield "draft: true"
    for side in ("facts", "words"):
        for declared in kind.of_side(side):
            if declared.name in values:
                yield f"{declared.name}: {values[declared.name]}"
            elif declared.required or (declared.name == "summary" and not _is_whole(kind, values)):
                yield f"{declared.name}: {_example(declared, day)}"


def _is_whole(kind: Kind, values: Collection[str]) -> bool:
    return all(declared.name in values for declared in kind.fields.values() if declared.required)


def _example(declared: Field, day: dt.date) -> str:
    match declared.type:
        case "date":
            return day.isoformat()
        case "choice":
            return f"{next(iter(declared.choices))}  # or {listing(list(declared.choices)[1:])}"
        case "list":
            return "[]"
        case "boolean":
            return "false"
        case "page":
            return f"/…/  # a page of the kind {declared.kind}" if declared.kind else "/…/"
    return '""'
