"""`explain`: a page on each problem code, with an example that has the problem and one that does not."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, field

from sitegen.problems.problem import CODES, WARNINGS, refusal
from sitegen.problems.suggestions import nearest

PAGES = Path(__file__).with_name("explanations.yaml")
#: The file of an example that consists of a text only.
EXAMPLE = "content/events/opening/index.en.md"


class Example(Struct, frozen=True):
    """The files of an example site, in addition to those that every example has."""

    files: Mapping[str, str]  #: path → text
    run: tuple[str, ...] = ("build",)  #: commands, each as typed after `python build.py`; a build by default
    absent: tuple[str, ...] = ()  #: files that are missing
    links: Mapping[str, str] = field(default_factory=dict)  #: symbolic link → its target
    times: int = 1  #: how often each text is repeated
    encode: str = "utf-8"  #: the encoding in which texts are written


class Page(Struct, frozen=True):
    """The explanation of a code; some codes can't be shown by an example."""

    code: str
    why: str
    do: str
    wrong: Example | None
    right: Example | None


@functools.cache
def load_pages() -> tuple[Mapping[str, str], Mapping[str, Page]]:
    """The files that every example has, and code → page."""
    found = yaml.safe_load(PAGES.read_text(encoding="utf-8"))
    pages = {
        code: Page(code, row["why"], row["do"], _example(row.get("wrong")), _example(row.get("right")))
        for code, row in found["codes"].items()
    }
    return found["site"], pages


def _example(row: Any) -> Example | None:
    if row is None:
        return None
    if isinstance(row, str):
        return Example({EXAMPLE: row})
    named = {name: value for name, value in row.items() if name in Example.__struct_fields__}
    files = {path: text for path, text in row.items() if path not in named}
    lists = {name: tuple(value) for name, value in named.items() if isinstance(value, list)}
    return Example(files, **{**named, **lists})


def explain(code: str) -> str:
    """The page of a code, as text; raises SiteError if there is no such code."""
    if code not in CODES:
        hint = nearest(code, CODES) or f"codes are {', '.join(CODES)}"
        raise refusal(code, "unknown-key", f"'{code}' is not a problem code", hint)
    page = load_pages()[1][code]
    severity = "warning" if code in WARNINGS else "error"
    lines = [f"{severity}[{code}]: {CODES[code]}", "", page.why, "", f"What to do: {page.do}"]
    for name, example in (("Wrong", page.wrong), ("Right", page.right)):
        lines += ["", f"{name}:", *_shown(example)] if example else []
    return "\n".join(lines)


def _shown(example: Example) -> Iterator[str]:
    """The indented lines of an example; characters that can't be seen are described."""
    for path, text in example.files.items():
        yield f"  {path}" + (f" (in {example.encode})" if example.encode != "utf-8" else "")
        yield from (f"    {_visible(line)}" for line in text.rstrip("\n").split("\n"))
        if example.times > 1:
            yield f"    … {example.times:,} times"
    yield from (f"  no file {path}" for path in example.absent)
    yield from (f"  {path} → {target}, a symbolic link" for path, target in example.links.items())
    if example.run != ("build",) or not (example.files or example.absent or example.links):
        yield from (f"  python build.py {words}" for words in example.run)


def _visible(line: str) -> str:
    return "".join(c if c.isprintable() else "→" if c == "\t" else f"<U+{ord(c):04X}>" for c in line)


def list_codes() -> str:
    """Every code with its rule, one per line."""
    width = max(map(len, CODES))
    return "\n".join(f"{code:{width}}  {text}" for code, text in CODES.items())


def as_markdown() -> str:
    """All pages as one document."""
    _, pages = load_pages()
    lines = [
        "# Problems",
        "",
        "Made by `sitegen explain --markdown > docs/problems.md`; each example is built by a test.",
    ]
    for code, must in CODES.items():
        page = pages[code]
        kind = "A warning" if code in WARNINGS else "An error"
        lines += ["", f"## {code}", "", f"{kind}: {must}.", "", page.why, "", f"What to do: {page.do}"]
        for name, example in (("Wrong", page.wrong), ("Right", page.right)):
            if example:
                lines += ["", f"{name}:", "", "```text", *(line[2:] for line in _shown(example)), "```"]
    return "\n".join(lines).replace("python build.py", "sitegen") + "\n"
