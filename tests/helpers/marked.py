"""Sites in which every text that a person can write is hostile, and the same ones with harmless texts of the same length.

A text ends in a mark of its own, so that each place where it is published is known. Each file of the two sites is read by
an independent parser; with the harmless texts put back in place of the hostile ones nothing may differ.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import icalendar
import yaml
from lxml import etree
from selectolax.lexbor import LexborHTMLParser, LexborNode

from sitegen.problems.problem import WARNINGS

#: Ends of texts, each of which leaves some grammar or is at home in it; N is the number of the text.
HOSTILE = (
    "\"'><img src=x onerror=alert(N)>",
    "'-alert(N)-'",
    '"-alert(N)-"',
    "</script><script>alert(N)</script>",
    "</title></textarea></style></noscript><svg onload=alert(N)>",
    "<!--",
    "--><b>",
    "]]><b>",
    "&quot;&lt;img&gt;&#60;&amp;",
    "{{7*7}}{%x%}{#x#}%(x)s%d{x}",
    "javascript:alert(N)",
    "` onfocus=alert(N) autofocus x=`",
    "\\;,:\\n\\N\\\\\\\"\\'",
    "%0a%0d%22%3C%2e%2e%2f",
    "${N}$(N)`N`#{N}",
    "=1+1|x;^~*_[x](javascript:alert)",
)
#: Who writes which: fields of these types are texts.
_TEXT = "text"
_FRONT_MATTER = re.compile(r"---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(r"^(\w+):[^\n]*\n(?:[ \t-][^\n]*\n)*", re.MULTILINE)
_PROSE = re.compile(r"(?P<mark>(?:#+ |> |[-*+] |\d+\. |: )*)(?=[^\W\d_])[^|]*[^\W_][.!?]?")
_LABEL = re.compile(r"^(?P<before>[ >]*:::*\w+)\[(?P<text>[^\]]+)\]")
_WORDS = re.compile(r'\b(?P<key>alt|credit|caption|title|note|role|address|hours|columns)="(?P<text>[^"]*)"')


@dataclass
class Marks:
    """The texts of a site, in the order in which they were marked.

    Attributes:
        endings: number of a text → its hostile end.
        refused: the numbers of texts that are to be harmless in both sites.
        escaped: how a text is written in Markdown so that readers see it unchanged; with backslashes unless said.
        places: where each stands.
        texts: the hostile mark of each.
    """

    is_hostile: bool
    endings: Callable[[int], str] = lambda _: "".join(HOSTILE)
    refused: set[int] = field(default_factory=set)
    escaped: Callable[[str], str] = lambda text: re.sub(f"[{re.escape(string.punctuation)}]", r"\\\g<0>", text)
    places: list[str] = field(default_factory=list, init=False)
    texts: list[str] = field(default_factory=list, init=False)

    def of(self, place: str, without: str = "") -> str:
        """The mark of the next text; `without` has the characters that the place can't hold."""
        number = len(self.places)
        ending = self.endings(number).replace("N", str(number)).translate(dict.fromkeys(map(ord, without)))
        self.places.append(place)
        text = f"qz{number}z.{ending}qe{number}e"
        self.texts.append(harmless(text) if number in self.refused else text)
        return self.texts[-1] if self.is_hostile else harmless(text)

    def on_line(self, place: str, without: str = "") -> str:
        """The same for a text that ends with its line."""
        return self.of(place, f"{without}\n")


def harmless(text: str) -> str:
    """A text of the same length, lines and words that no grammar has a use for."""
    return re.sub(r"[^\w .\n]", "x", text)


def mark_site(root: Path, marks: Marks) -> None:
    """Give each text of a site its mark."""
    kinds = _read(root / "content/kinds.yaml")
    words = _text_fields(kinds)
    _mark_kinds(kinds, marks)
    _write(root / "content/kinds.yaml", kinds)
    settings = _read(root / "content/site.yaml")
    _mark_settings(settings, marks)
    _write(root / "content/site.yaml", settings)
    for path in sorted(root.rglob("translations/*/LC_MESSAGES/messages.po")):
        path.write_text(_mark_catalog(path.read_text(), path.parts[-3], marks))
    for path in sorted((root / "content").rglob("*")):
        if path.suffix == ".md":
            path.write_text(_mark_page(path.read_text(), path.relative_to(root).as_posix(), words, marks))
        elif path.suffix == ".csv":
            path.write_text(_mark_table(path.read_text(), path.name, marks))


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1))


def _text_fields(kinds: Mapping[str, Any]) -> dict[str, Any]:
    """The declarations of all kinds' fields, by name; fields of one name have one type in all kinds."""
    built_in = {
        "title": {"type": "text"},
        "summary": {"type": "text"},
        "keywords": {"type": "list", "of": {"type": "text"}},
    }
    fields = {
        name: own for kind in kinds.values() for part in ("words", "facts") for name, own in kind.get(part, {}).items()
    }
    return {**built_in, **fields}


def _mark_kinds(kinds: Any, marks: Marks) -> None:
    for name, kind in kinds.items():
        calendar = kind.get("calendar", {})
        if "label" in calendar:
            calendar["label"] += " " + marks.of(f"kinds {name} calendar label")
        for part in ("words", "facts"):
            for own, declared in kind.get(part, {}).items():
                _mark_declaration(declared, f"kinds {name} {own}", marks)


def _mark_declaration(declared: Any, place: str, marks: Marks) -> None:
    declared.pop("max", None)
    if "help" in declared:
        declared["help"] += " " + marks.of(f"{place} help")
    choices = declared.get("of")
    if declared["type"] == "choice" and isinstance(choices, dict):
        for value in choices:
            choices[value] += " " + marks.of(f"{place} choice")
    elif isinstance(choices, dict):
        _mark_declaration(choices, place, marks)
    for name, own in declared.get("fields", {}).items():
        _mark_declaration(own, f"{place} {name}", marks)


def _mark_settings(settings: Any, marks: Marks) -> None:
    for key in ("title", "short_title", "publisher"):
        for language in settings.get(key, {}):
            settings[key][language] += " " + marks.of(f"site {key}")
    for menu in settings.get("menus", {}).values():
        for entry in menu:
            if isinstance(entry, dict):
                for language in entry.get("label", {}):
                    entry["label"][language] += " " + marks.of("site menu")
    settings["checks"] = dict.fromkeys([*WARNINGS, "glyph", "dead-anchor"], "off")
    settings.pop("budgets", None)
    settings["editor"] = {"backend": "gitlab", "repository": "group/site", "app": "abc"}
    settings["pictures"] = {"widths": [480]}
    settings["edit"], settings["report"] = "https://git.example/edit/{path}", "o'x@example.org"


def _mark_page(text: str, path: str, words: Mapping[str, Any], marks: Marks) -> str:
    found = _FRONT_MATTER.match(text)
    assert found
    front = _ENTRY.sub(lambda entry: _mark_entry(entry, path, words, marks), found[1])
    return f"---\n{front}---\n{_mark_body(text[found.end() :], path, marks)}"


def _mark_entry(entry: re.Match[str], path: str, words: Mapping[str, Any], marks: Marks) -> str:
    if entry[1] not in words:
        return entry[0]
    value = yaml.load(entry[0], yaml.BaseLoader)[entry[1]]
    marked = _mark_value(value, words[entry[1]], f"{path} {entry[1]}", marks)
    return f"{entry[1]}: {json.dumps(marked, ensure_ascii=False)}\n" if marked != value else entry[0]


def _mark_value(value: Any, declared: Mapping[str, Any], place: str, marks: Marks) -> Any:
    match declared["type"], value:
        case "text", str():
            return f"{value} {marks.of(place)}"
        case "list", list():
            return [_mark_value(item, declared["of"], place, marks) for item in value]
        case "group", dict():
            fields = declared["fields"]
            return {key: _mark_value(item, fields[key], f"{place} {key}", marks) for key, item in value.items()}
        case (("url" | "link"), str()) if value.startswith("http"):
            return f"{value}#{marks.of(place, without=_NOT_IN_URLS)}"
    return value


#: What addresses can't hold, as a problem says.
_NOT_IN_URLS = ' <>"'


def _mark_body(text: str, path: str, marks: Marks) -> str:
    lines, is_code = [], False
    for line in text.split("\n"):
        is_code ^= line.lstrip().startswith(("```", "~~~"))
        lines.append(line if is_code else _mark_line(line, path, marks))
    return "\n".join(lines)


def _mark_line(line: str, path: str, marks: Marks) -> str:
    if _SIGN.search(line):
        return _SIGN.sub(lambda own: _mark_sign(own[0], f"{path} {line}", marks), line)
    if line.startswith("|") and not re.fullmatch(r"[|:\- ]+", line):
        return re.sub(r" \|$", lambda _: f" {marks.escaped(marks.on_line(f'{path} cell'))} |", line)
    if _PROSE.fullmatch(line) and line.count("`") % 2 == 0:
        return f"{line} {marks.escaped(marks.on_line(f'{path} prose'))}"
    line = _LABEL.sub(
        lambda own: f"{own['before']}[{own['text']} {marks.escaped(marks.on_line(f'{path} label'))}]", line
    )
    if not line.lstrip(" >").startswith("::"):
        return line
    return _WORDS.sub(lambda own: _mark_attribute(own, path, marks), line)


def _mark_attribute(own: re.Match[str], path: str, marks: Marks) -> str:
    return f'{own["key"]}="{own["text"]} {in_attribute(marks.on_line(path + " " + own["key"], "," if own["key"] == "columns" else ""))}"'


def as_references(text: str) -> str:
    """The same with character references, which Python-Markdown decodes too."""
    return re.sub(f"[{re.escape(string.punctuation)}]", lambda own: f"&#{ord(own[0])};", text)


def in_attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;")


#: What stands for a mark in a text: among words, within code, as an attribute of a block.
_SIGN = re.compile("[§¶¤]")


def _mark_sign(sign: str, place: str, marks: Marks) -> str:
    text = marks.on_line(place, "`|" if sign == "¶" else "")
    if sign == "¶":
        return text
    return marks.escaped(text) if sign == "§" else in_attribute(text)


def _mark_catalog(text: str, language: str, marks: Marks) -> str:
    """Mark each message of one line."""

    def marked(own: re.Match[str]) -> str:
        mark = marks.on_line(f"catalog {language} {own[1]}", _NOT_IN_CATALOGS)
        return f'msgid "{own[1]}"\nmsgstr "{own[2]} {mark.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"\n'

    return re.sub(r'^msgid "(.+)"\nmsgstr "(.+)"\n', marked, text, flags=re.MULTILINE)


#: What messages cannot hold unless their source does; `&` begins a character reference in them.
_NOT_IN_CATALOGS = "<%&"


def _mark_table(text: str, name: str, marks: Marks) -> str:
    head, *rows = csv.reader(io.StringIO(text))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"{cell} {marks.on_line(f'{name} cell')}" if cell[:1].isalpha() else cell for cell in row])
    return out.getvalue()


Told = tuple[str, ...]
#: Files in which nothing can be compared: pictures; indexes of words, which hold each once; digests and counts.
_NOT_READ = re.compile(r".*\.(?:png|webp|avif|jpg|gz|br|woff2|pdf)|.*search-terms-\d+\.json|\.sitegen")


def read_file(path: str, data: bytes) -> list[Told]:
    """What an independent parser finds in a file, in its order."""
    if _NOT_READ.fullmatch(path):
        return []
    text = data.decode()
    if path.endswith(".html"):
        root = LexborHTMLParser(text).root
        assert root is not None
        return list(_joined(_of_html(root, 0)))
    if path.endswith((".xml", ".svg")):
        parts = etree.fromstring(data).iter()
        return [(str(own.tag), *(f"{k}={v}" for k, v in own.items()), str(own.text), str(own.tail)) for own in parts]
    if path.endswith((".json", ".webmanifest")):
        return list(_of_json(json.loads(data)))
    if path.endswith(".ics"):
        return list(_of_calendar(data))
    if path.endswith(".csv"):
        return [tuple(row) for row in csv.reader(io.StringIO(text))]
    return [("line", line) for line in text.splitlines()]


def _of_html(node: LexborNode, depth: int) -> Iterator[Told]:
    """The tags with their attributes, and the texts; not what depends on letters: isolated runs, places to break a line."""
    tag = node.tag or ""
    if tag == "-text":
        yield from _of_text(node)
    elif tag in ("bdi", "wbr"):
        for child in node.iter(include_text=True):
            yield from _of_html(child, depth)
    else:
        yield (f"{depth} {tag}", *(f"{name}={_as_read(value)}" for name, value in node.attributes.items()))
        if tag in ("-comment", "template"):
            yield ("source", node.html or "")
        for child in node.iter(include_text=True):
            yield from _of_html(child, depth + 1)


def _as_read(value: str | None) -> str:
    """An attribute's value; an address of e-mail as the program that opens it reads it."""
    return unquote(value) if value and value.startswith("mailto:") else str(value)


def _of_text(node: LexborNode) -> Iterator[Told]:
    text = node.text_content or ""
    if node.parent and node.parent.tag == "script" and text.lstrip().startswith("{"):
        yield from _of_json(json.loads(text))
    else:
        yield ("text", text)


def _joined(told: Iterator[Told]) -> Iterator[Told]:
    """The same with texts side by side as one."""
    for kind, own in itertools.groupby(told, lambda one: one[0] == "text"):
        if kind:
            yield ("text", "".join(text for _, text in own))
        else:
            yield from own


def _of_json(value: Any) -> Iterator[Told]:
    if isinstance(value, dict):
        for key, own in value.items():
            yield ("key", key)
            yield from _of_json(own)
    elif isinstance(value, list):
        yield ("list", str(len(value)))
        for own in value:
            yield from _of_json(own)
    else:
        yield ("number" if isinstance(value, int) else "value", str(value))


#: Texts of which the parser does not know that they are (RFC 7986, 5.1); and what is escaped in one (RFC 5545, 3.3.11).
_CALENDAR_TEXTS, _ESCAPED = frozenset({"NAME", "X-WR-CALNAME"}), re.compile(r"\\([\\;,])")


def _of_calendar(data: bytes) -> Iterator[Told]:
    for part in icalendar.Calendar.from_ical(data).walk():
        for name, value in part.property_items(recursive=False):
            text = str(getattr(value, "dt", value))
            text = _ESCAPED.sub(r"\1", text) if name in _CALENDAR_TEXTS else text
            yield (str(part.name), name, text, str(dict(getattr(value, "params", {}))))


def compare(plain: Path, hostile: Path, marks: Marks) -> tuple[list[str], set[int]]:
    """Where the hostile site differs from the harmless one in more than its texts, and which texts it has unchanged."""
    names = sorted(path.relative_to(hostile).as_posix() for path in hostile.rglob("*") if path.is_file())
    found: set[int] = set()
    differences: list[str] = []
    for name in names:
        expected = read_file(name, (plain / name).read_bytes())
        told = read_file(name, (hostile / name).read_bytes())
        differences += _differences(name, expected, [_with_harmless(own, marks, found) for own in told])
    return differences, found


def _differences(name: str, expected: list[Told], told: list[Told]) -> Iterator[str]:
    for one, other in itertools.zip_longest(expected, told):
        if one != other and not (one and other and _without_slugs(one) == _without_slugs(other)):
            yield f"{name}: {one} became {other}"
            return


#: A mark in the address of a heading, or a digest.
_SLUG = re.compile(r"qz(\d+)z-[\w-]*?qe\1e|\b[0-9a-f]{16}\b")


def _without_slugs(told: Told) -> Told:
    return ("number",) if told[0] == "number" else tuple(_SLUG.sub("slug", part) for part in told)


def _with_harmless(told: Told, marks: Marks, found: set[int]) -> Told:
    """What was found, with the harmless text in place of each mark that is unchanged."""

    def replaced(own: re.Match[str]) -> str:
        number = int(own[1])
        if own[0].split() != marks.texts[number].split():  # the name of a page is a line
            return own[0]
        found.add(number)
        return harmless(own[0])

    return tuple(re.sub(r"qz(\d+)z\..*?qe\1e", replaced, part, flags=re.DOTALL) for part in told)
