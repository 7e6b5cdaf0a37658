"""Texts to translate as PO and XLIFF files, and those files back as answers; and what has been translated before.

XLIFF is 1.2 (OASIS), written here: translate-toolkit and gettext know 1.1, and drop contexts and earlier sources on the way.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from sitegen.i18n.plurals import plural_forms
from sitegen.i18n.po_files import MESSAGES, parse_po, without_dates
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError, listing
from sitegen.source.sequences import matcher

#: A near source text is offered from this likeness on, in percent.
NEAR = 75
#: Texts up to this are compared by characters, longer ones by words.
_SHORT = 1000
#: What stands for a page in the ids of messages.
NO_PAGE = "messages"

_XLIFF = "urn:oasis:names:tc:xliff:document:1.2"
_XLIFF_STATES = {
    "missing": "new",
    "stale": "needs-adaptation",
    "untracked": "needs-adaptation",
    "current": "translated",
}
_DONE = frozenset({"translated", "final", "signed-off", "reviewed"})
#: What every file has that was exported: the end of a unit's id, the first line of a PO file, or that there are no units.
_EXPORTED = re.compile(rb"""\|[0-9a-f]{8}(?:\[\d\])?["']|`build\.py translate import`|<xliff[^>]{0,200}/>""")


class Unit(NamedTuple):
    """One text to translate.

    Attributes:
        page: its key; "" for a message of the templates.
        name: of the segment, or the message's context and text.
        target: what stands there now; "" where nothing does.
        state: as `translate status` names it: "missing", "stale", "untracked" or "current".
        earlier: the source that `target` renders, where it is stale and git knows it.
        notes: for the translator.
        plural: the message's plural text, if it has one; `target` then holds its forms, parted by NUL.
    """

    page: str
    name: str
    source: str
    target: str
    state: str
    earlier: str = ""
    notes: tuple[str, ...] = ()
    plural: str = ""

    @property
    def id(self) -> str:
        """Stable as long as nobody edits the source or the translation."""
        return f"{self.page or NO_PAGE}|{self.name}|{_check(self.source, self.target)}"


class Answer(NamedTuple):
    """A unit as a translator gives it back; `is_done` where it is not marked as needing work."""

    id: str
    source: str
    target: str
    is_done: bool

    @property
    def is_untouched(self) -> bool:
        """Whether it is as it was exported."""
        return self.id.rpartition("|")[2] == _check(self.source, self.target.strip("\0") and self.target)


def _check(source: str, target: str) -> str:
    both = f"{source}\0{target}"
    return f"{zlib.crc32(both.encode()):08x}"


@dataclass(frozen=True, slots=True)
class Format:
    """How units are written and read: `read` gives the language's tag, "" if the file does not say, and the answers."""

    write: Callable[[Sequence[Unit], Config, str], bytes]
    read: Callable[[Path, str], tuple[str, list[Answer]]]


def _write_po(units: Sequence[Unit], config: Config, language: str) -> bytes:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    comment = f"# {config.base_url}: texts to translate; import with `build.py translate import`."
    catalog = Catalog(locale=config.languages[language].tag.replace("-", "_"), charset="utf-8", header_comment=comment)
    catalog.fuzzy = False
    number, rule = plural_forms(config.languages[language].tag)
    if all(unit.target.count("\0") == number - 1 for unit in units if unit.plural and unit.target):
        catalog.mime_headers = [("Plural-Forms", f"nplurals={number}; plural={rule};")]
    for unit in units:
        catalog.add(
            (unit.source, unit.plural) if unit.plural else unit.source,
            tuple(unit.target.split("\0")) if unit.plural and unit.target else unit.target or None,
            flags=["fuzzy"] if unit.state in ("stale", "untracked") else [],
            auto_comments=[line for note in unit.notes for line in note.split("\n")],
            previous_id=unit.earlier,
            context=unit.id,
        )
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, include_previous=True)
    written: bytes = without_dates(buffer.getvalue())
    return written


def _read_po(path: Path, text: str) -> tuple[str, list[Answer]]:
    _refuse_doubles(path, re.findall(r'^msgctxt "(.+)"$', text, re.MULTILINE))
    catalog = parse_po(str(path), text)
    answers = []
    for message in catalog:
        if message.id and message.context:
            source = message.id if isinstance(message.id, str) else message.id[0]
            target = message.string if isinstance(message.string, str) else "\0".join(message.string)
            answers.append(Answer(message.context, source, target, not message.fuzzy))
    headers = dict(catalog.mime_headers)
    return str(headers.get("Language", "")).replace("_", "-"), answers


def _write_xliff(units: Sequence[Unit], config: Config, language: str) -> bytes:
    """XLIFF 1.2 (OASIS): a file element for each page, Markdown as plain text."""
    root = ET.Element("xliff", {"version": "1.2", "xmlns": _XLIFF})
    bodies: dict[str, ET.Element] = {}
    for unit in units:
        if unit.page not in bodies:
            about = {
                "original": unit.page or MESSAGES,
                "source-language": config.languages[config.source_language].tag,
                "target-language": config.languages[language].tag,
                "datatype": "x-markdown" if unit.page else "po",
            }
            bodies[unit.page] = ET.SubElement(ET.SubElement(root, "file", about), "body")
        _xliff_unit(bodies[unit.page], unit)
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _xliff_unit(body: ET.Element, unit: Unit) -> None:
    forms = unit.target.split("\0")
    for number, form in enumerate(forms):
        name = f"{unit.id}[{number}]" if unit.plural else unit.id
        element = ET.SubElement(
            body, "trans-unit", {"id": name, "{http://www.w3.org/XML/1998/namespace}space": "preserve"}
        )
        ET.SubElement(element, "source").text = unit.plural if number and unit.plural else unit.source
        state = _XLIFF_STATES[unit.state]
        ET.SubElement(element, "target", {"state": state}).text = form
        if unit.earlier:
            before = ET.SubElement(element, "alt-trans")
            ET.SubElement(before, "source").text = unit.earlier
            ET.SubElement(before, "target").text = form
        for note in unit.notes:
            ET.SubElement(element, "note").text = note


def _read_xliff(path: Path, text: str) -> tuple[str, list[Answer]]:
    """XLIFF 1.1, 1.2 and 2.0, whatever tool has written it."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text):
        raise SiteError([bad_file(path, "a document type declaration", "remove it; XLIFF needs none")])
    declared = re.match(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"'>]*)", text[:1000])
    if declared and declared[1].lower().replace("-", "") not in ("utf8", "usascii", "ascii"):
        raise SiteError(
            [bad_file(path, f"the file says that it is in {declared[1]}, and is read as UTF-8", "save it as UTF-8")]
        )
    try:
        root = ET.fromstring(text.encode("utf-8", "replace"))  # noqa: S314 - without a document type there are no entities to expand
    except ET.ParseError as error:
        line, column = error.position
        message = f"the file is no readable XML: {str(error).partition(':')[0]}"
        hint = "mend this line, or save the file once more in the program that you translate with"
        raise SiteError(
            [Problem(path=str(path), code="exchange", message=message, line=line, column=column + 1, hint=hint)]
        ) from error
    tags = {element.get("target-language") or element.get("trgLang") or "" for element in root.iter()} - {""}
    if len(tags) > 1:
        raise SiteError(
            [bad_file(path, f"the file is in several languages: {listing(sorted(tags))}", "import them one by one")]
        )
    answers = [answer for element in root.iter() if (answer := _xliff_answer(element)) is not None]
    _refuse_doubles(path, [answer.id for answer in answers])
    return next(iter(tags), ""), _joined_forms(answers)


def _xliff_answer(element: ET.Element) -> Answer | None:
    name = _local_name(element)
    if name not in ("trans-unit", "unit"):
        return None
    if segments := [child for child in element.iter() if _local_name(child) in ("segment", "ignorable")]:
        return _joined_segments(element, segments)
    parts = {"source": "", "target": ""}
    state = element.get("state") or ""
    for child in element.iter():
        kind = _local_name(child)
        if kind in parts and not parts[kind] and not _is_alternative(element, child):
            parts[kind] = "".join(child.itertext())
            state = (child.get("state") or state) if kind == "target" else state
    return Answer(element.get("id") or "", parts["source"], parts["target"], state in _DONE)


def _joined_segments(unit: ET.Element, segments: list[ET.Element]) -> Answer:
    """A unit of XLIFF 2, which a translator's tool may have cut into sentences, as one text again."""
    sources, targets, states = list[str](), list[str](), list[str]()
    for segment in segments:
        parts = {_local_name(child): "".join(child.itertext()) for child in segment}
        sources.append(parts.get("source", ""))
        if _local_name(segment) == "segment":
            states.append((segment.get("state") or unit.get("state") or "") if "target" in parts else "")
            targets.append(parts.get("target", ""))
        else:  # what stands between sentences
            targets.append(parts.get("target") or sources[-1])
    is_filled = any(target.strip() for target in targets)
    return Answer(
        unit.get("id") or "", "".join(sources), "".join(targets) if is_filled else "", _DONE.issuperset(states)
    )


def _local_name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _is_alternative(unit: ET.Element, child: ET.Element) -> bool:
    return any(child in tuple(other) for other in unit.iter() if str(other.tag).endswith("alt-trans"))


def _joined_forms(answers: list[Answer]) -> list[Answer]:
    """The forms of a plural, each a unit, as one answer."""
    joined: dict[str, Answer] = {}
    for answer in answers:
        name = re.sub(r"\[\d\]$", "", answer.id)
        if name != answer.id and name in joined:
            first = joined[name]
            joined[name] = first._replace(
                target=f"{first.target}\0{answer.target}", is_done=first.is_done and answer.is_done
            )
        else:
            joined[name] = answer._replace(id=name)
    return list(joined.values())


#: File formats: name → how units are written and read.
FORMATS: dict[str, Format] = {"po": Format(_write_po, _read_po), "xliff": Format(_write_xliff, _read_xliff)}
ENDINGS = {"po": "po", "xliff": "xliff", "xlf": "xliff"}


def is_exported(content: bytes) -> bool:
    """Whether a file, in whatever encoding, comes from an export."""
    return bool(_EXPORTED.search(content.replace(b"\0", b"")))


def _refuse_doubles(path: Path, ids: Sequence[str]) -> None:
    doubles = [name for name, count in Counter(ids).items() if count > 1]
    if doubles:
        told = doubles[0].rpartition("|")[0].replace("|", " ")
        raise SiteError([bad_file(path, f"the text {told} stands twice", "export the file anew")])


def bad_file(path: Path, message: str, hint: str = "") -> Problem:
    """A problem of the whole file."""
    return Problem(path=str(path), code="exchange", message=message, hint=hint)


# translation memory


class TranslationMemory:
    """What has been translated anywhere on the site, by its source."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._exact = dict(pairs)
        self._sources = list(self._exact)
        self._with_word: dict[str, list[int]] = {}
        for number, source in enumerate(self._sources):
            for word in _words(source):
                self._with_word.setdefault(word, []).append(number)

    def find(self, source: str) -> tuple[int, str, str] | None:
        """(likeness in percent, source, translation) of the nearest text; None where none is near."""
        if source in self._exact:
            return 100, source, self._exact[source]
        shared = Counter(
            number for word in sorted(_words(source), key=lambda w: len(self._with_word.get(w, ())))[:8]
            for number in self._with_word.get(word, ())[:200]
        )  # fmt: skip
        best = max(
            ((_likeness(source, self._sources[number]), number) for number, _ in shared.most_common(20)), default=(0, 0)
        )
        return (best[0], self._sources[best[1]], self._exact[self._sources[best[1]]]) if best[0] >= NEAR else None


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.lower()))


def _likeness(one: str, other: str) -> int:
    if 200 * min(len(one), len(other)) < NEAR * (len(one) + len(other)):
        return 0
    by_words = len(one) > _SHORT
    found = matcher(_pieces(one), _pieces(other)) if by_words else matcher(one, other)
    return int(100 * found.ratio()) if found else 0


def _pieces(text: str) -> list[str]:
    return re.findall(r"\w+|\W+", text)
