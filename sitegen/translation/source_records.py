"""Records of translations: `source:` in the front matter lists which version of each source part they translate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sitegen.content.content_files import list_content
from sitegen.content.reader import load_content
from sitegen.i18n.locale import Locale
from sitegen.library.assembly import build_library
from sitegen.library.block_pairs import blocks_in_order, blocks_of_sections
from sitegen.library.library import Library
from sitegen.library.section_pairs import NO_DIGEST, Pairing, heading_names, pair_sections, recorded_sections
from sitegen.library.translated_parts import (
    RECORD,
    below_headings,
    block_digest,
    lost_fields,
    notes_name,
    other_items,
    recorded_below,
    recorded_blocks,
    records_of,
    translatable_parts,
    unconfirmed,
)
from sitegen.media.images import Pictures
from sitegen.model.loading import load_config
from sitegen.model.page import Document
from sitegen.model.settings import today
from sitegen.problems.problem import SiteError, listing, refusal
from sitegen.source.edits import END, Edit, Text
from sitegen.source.front_matter import find_entry, front_matter_span, with_values
from sitegen.storage.blobs import Shelf
from sitegen.storage.processes import available
from sitegen.storage.temporary_folder import temporary_folder

if TYPE_CHECKING:
    from sitegen.source.yaml_entries import Comment

#: The most blocks of a section that are recorded; a line of a file has a limit.
_MOST_BLOCKS = 1000
#: Stands for a block of a translation whose counterpart was not known.
_NO_BLOCK = "0" * 8


@contextmanager
def whole_library(root: Path, *, is_strict: bool = True) -> Iterator[tuple[Library, tuple[str, ...]]]:
    """Load the whole site with drafts, and the paths of translations without a source version.

    Args:
        is_strict: whether content must have no errors; otherwise, pages that can't be read are left out.

    Raises:
        SiteError: content has errors.
    """
    config = load_config(root)
    locales = {path: Locale.of(language) for path, language in config.languages.items()}
    with temporary_folder() as folder, closing(Shelf(folder)) as shelf:
        files = list_content(root, config)
        content = load_content(root, config, files, shelf, workers=available())
        graded = config.graded(list(content.problems))
        errors = [p for p in graded if p.severity == "error" and p.code != "missing-source"]
        if errors and is_strict:
            raise SiteError(errors)
        gone = {problem.path for problem in content.problems if problem.code == "missing-source"}
        name = f"index.{config.source_language}.md"
        orphans = (path for key, own in files.pages.items() if f"content{key}{name}" in gone for path in own.values())
        day, pictures = today(config.time_zone, None), Pictures.of(root, config)
        library = build_library(content, config, locales, shelf, pictures, as_of=day, with_drafts=True)
        yield library, tuple(sorted(orphans))


def make_records(
    library: Library,
    document: Document,
    names: Iterable[str] | None,
    pairing: Pairing | None = None,
    begun: Collection[str] = (),
) -> list[str]:
    """Return the lines of `source:`: for each source part its digest, the digest of its translation, and its name.

    Sections are in the order of the translation's file, so that it is known later where each of them is.

    Args:
        names: the parts that are up to date with the source; None for all that the translation has. Others keep their
            records, and so do lists with other items than in the source.
        pairing: which sections the translation has, where this is known.
        begun: other parts, whose translation has new words that nobody has confirmed.

    Raises:
        SiteError: a name is not a part of the source.
    """
    page = library.pages[document.key]
    source, kind = page.versions[page.source], library.kind(document.key)
    parts, own, before = translatable_parts(source, kind), translatable_parts(document, kind), records_of(document)
    is_whole = names is None
    chosen = set(parts if names is None else names)
    for section in sorted(chosen - parts.keys()):
        message = f"'{section}' is not a part of {source.path}"
        raise refusal(document.path, "reference", message, f"parts are {listing(parts)}")
    chosen -= other_items(kind, source, document, chosen).keys()
    pairing = pairing or pair_sections(source, document, is_accepted=is_whole)
    lines, now, then = [], _Below(below_headings(source), _blocks(source, document, pairing)), _Below.recorded(document)
    gone = () if is_whole else lost_fields(document, kind, parts)
    of_sections = set(pairing.rendered if pairing else ())
    for was, name, rendered in (
        *((name, "", "") for name in gone),
        *_rows(source, document, parts, own, pairing, is_whole),
    ):
        known = name if name in before else was
        is_of_another = name in begun and known not in (name, "")  # it has the words of another section than before
        if name not in chosen and known in before and not is_of_another:
            digest, own_digest = before[known]
            own_digest = unconfirmed(parts.get(name, ""), own_digest) if name in begun else own_digest
            lines.append(f"s{digest} t{own_digest} {then.told(known)}{known}")
        elif name in chosen or is_of_another or name in of_sections:
            digest = parts[name] if name in chosen else NO_DIGEST
            lines.append(f"s{digest} t{rendered} {now.told(name)}{name}")
        elif name in begun and name in own:  # for the day on which the source has it no more
            lines.append(f"s{NO_DIGEST} t{unconfirmed(parts.get(name, ''))} {name}")
    return lines


def _blocks(source: Document, document: Document, pairing: Pairing | None) -> dict[str, list[str]]:
    """Return section → for each block of the translation a digest of the source's; of the sections where blocks have facts."""
    if pairing is None:
        return {}
    blocks, found = source.body.blocks, dict[str, list[str]]()
    theirs = blocks_of_sections(source, heading_names(source))
    for name, mine in blocks_of_sections(document, pairing.rendered).items():
        pairs = dict(blocks_in_order(source, document, mine, theirs.get(name, ())))
        if len(mine) <= _MOST_BLOCKS and any(blocks[other].facts for other in pairs.values()):
            found[name] = [block_digest(blocks, pairs[n]) if n in pairs else _NO_BLOCK for n in mine]
    return found


class _Below(NamedTuple):
    """What is recorded of sections beside their digests."""

    texts: Mapping[str, str]  #: section → digest of what is below its heading
    blocks: Mapping[str, Sequence[str]]

    @classmethod
    def recorded(cls, document: Document) -> _Below:
        return cls(recorded_below(document), recorded_blocks(document))

    def told(self, name: str) -> str:
        text = f"h{self.texts[name]} " if name in self.texts else ""
        return text + (f"b{','.join(self.blocks[name])} " if name in self.blocks else "")


def _rows(
    source: Document,
    document: Document,
    parts: Mapping[str, str],
    own: Mapping[str, str],
    pairing: Pairing | None,
    is_whole: bool,
) -> Iterator[tuple[str, str, str]]:
    """Yield the parts to record, in the order of the translation: recorded name, name in the source, digest of the translation.

    A section that the source no longer has stays as long as the translation has it, without a name in the source.
    """
    headings, notes, own_notes = heading_names(source), *(notes_name(d.body.headings) for d in (source, document))
    yield from ((name, name, own.get(name, NO_DIGEST)) for name in parts if not name.startswith("#"))
    if "#" in parts or "#" in own:
        yield "#", "#" if "#" in parts else "", own.get("#", NO_DIGEST)
    digests = [own[name] for name in heading_names(document)]
    recorded = recorded_sections(source, document)
    if pairing is not None:
        yield from zip(*pairing, digests, strict=True)
    else:
        by_position = dict(zip(headings, digests, strict=False))
        for name in headings if is_whole else dict.fromkeys((*recorded, *headings)):
            yield name, name, by_position.get(name, NO_DIGEST)
    if notes in parts:
        yield notes, notes, own.get(own_notes, NO_DIGEST)
    elif own_notes in own and not is_whole:
        yield from (
            (name, "", "") for name in records_of(document) if name.startswith("#notes") and name not in recorded
        )


def records_in(content: bytes) -> list[str]:
    """Return the records of a translation as its file has them; sections may have other names in the source today."""
    text = Text(content)
    entry = find_entry(text.whole, "source")
    return [found[0] for found in RECORD.finditer(text.whole, *entry.span)] if entry is not None else []


def changed_parts(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the names of the source parts whose records were added, changed, removed or put elsewhere."""
    changed = [line for line in (*after, *before) if line not in before or line not in after]
    if not changed:
        sections = ([line for line in lines if " #" in line] for lines in (before, after))
        changed = [now for was, now in zip(*sections, strict=False) if was != now]
    nothing = {line for line in after if line.startswith(f"s{NO_DIGEST}")}
    return list(dict.fromkeys(line.rpartition(" ")[2] for line in changed if line not in nothing))


def with_review(content: bytes, review: str) -> bytes:
    """Set `review:` in a translation's file, leaving the rest unchanged."""
    text = Text(content)
    own, source = find_entry(text.whole, "review"), find_entry(text.whole, "source")
    if own and (value := _REVIEW.match(text.whole, *own.span)):
        return text.edited([Edit(*value.span(1), review)])
    if own or not source:
        return text.edited(with_values(text, {"review": review}))
    return text.edited([Edit(source.start, source.start, f"review: {review}{text.line_end}")])


def with_records(content: bytes, records: list[str]) -> bytes:
    """Write `source:` as the last entry of a file's front matter, leaving the rest and its comments unchanged."""
    text = Text(content)
    _, last = front_matter_span(text.whole)
    entry = find_entry(text.whole, "source")
    before = entry.span if entry else (last, last)
    first, above, behind = _comments_on_records(re.split(END, text.whole[slice(*before)]))
    lines, kept = [f"source:{first}"], [first]
    for record in records:
        name = record.rpartition(" ")[2]
        kept += [*above.get(name, ()), behind.get(name, "")]
        lines += [*above.pop(name, ()), f'  - "{record}"{behind.get(name, "")}']
    left = [line for own in above.values() for line in own]
    lines += [*left, *_others(entry.comments if entry else (), [*kept, *left])]
    block = "".join(line + text.line_end for line in lines)
    return text.edited([Edit(*before, ""), Edit(last, last, block)])


def _comments_on_records(lines: Sequence[str]) -> tuple[str, dict[str, list[str]], dict[str, str]]:
    """The comment behind `source:`; name of a part → the comments above its record; → the one behind it."""
    first, above, behind = "", dict[str, list[str]](), dict[str, str]()
    waiting: list[str] = []
    for line in lines:
        if own := _ITEM.match(line):
            above[own[2]], waiting, behind[own[2]] = waiting, [], own[3] or ""
        elif line.lstrip().startswith("#"):
            waiting.append(line)
        elif found := _BEHIND_LIST.search(line):
            first = found[0]
    return first, {**above, "": waiting}, behind


def _others(comments: Iterable[Comment], kept: Iterable[str]) -> Iterator[str]:
    """The comments that are not among those kept: of a record that is gone, or within a list in brackets."""
    left = Counter(line.strip() for line in kept)
    for comment in comments:
        left[comment.text.strip()] -= 1
        if left[comment.text.strip()] < 0:
            yield f"  {comment.text}"


#: The value of `review:`, and a record with the comment behind it; a part's name may begin with #.
_REVIEW = re.compile(r"""[^:\r\n]*:[ \t]*["']?(machine|human)(?=["']?[ \t]*(?:[\r\n]|[ \t]#))""")
_ITEM = re.compile(
    r"""[ \t]*-[ \t]+(["']?)s[0-9a-f]{12} t[0-9a-f]{12} (?:h[0-9a-f]{8} )?(?:b[0-9a-f,]+ )?(\S+?)\1([ \t]+#.*)?$"""
)
_BEHIND_LIST = re.compile(r"""(?<=\])[ \t]+#.*|(?<=source:)[ \t]+#.*""")
