"""Records of translations: `source:` in the front matter lists which version of each source part they translate."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sitegen.content.content_files import list_content
from sitegen.content.reader import load_content
from sitegen.i18n.locale import Locale
from sitegen.library.assembly import build_library
from sitegen.library.library import Library
from sitegen.library.translated_parts import RECORD, translatable_parts
from sitegen.media.images import Pictures
from sitegen.model.loading import load_config
from sitegen.model.page import Document
from sitegen.model.settings import today
from sitegen.problems.problem import SiteError, listing, refusal
from sitegen.source.edits import Edit, Text
from sitegen.source.front_matter import find_entry, front_matter_span
from sitegen.storage.blobs import Shelf
from sitegen.storage.processes import available


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
    with tempfile.TemporaryDirectory() as folder, closing(Shelf(Path(folder))) as shelf:
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


def make_records(library: Library, document: Document, names: Iterable[str] | None) -> list[str]:
    """Return the lines of `source:`: for each source part its digest, the digest of its translation, and its name.

    Args:
        names: the parts that are up to date with the source; None for all. Other parts keep their records.

    Raises:
        SiteError: a name is not a part of the source.
    """
    page = library.pages[document.key]
    kind = library.kind(document.key)
    source, own = page.versions[page.source], translatable_parts(document, kind)
    parts = translatable_parts(source, kind)
    chosen = set(parts if names is None else names)
    for section in sorted(chosen - parts.keys()):
        message = f"'{section}' is not a part of {source.path}"
        raise refusal(document.path, "reference", message, f"parts are {listing(parts)}")
    before = {found[3]: line for line in document.words.get("source", ()) if (found := RECORD.fullmatch(line))}
    by_position = dict(zip(_sections(parts), _sections(own), strict=False))
    lines = []
    for name, digest in parts.items():
        if name in chosen:
            rendered = own.get(by_position.get(name, name), "0" * 12)
            lines.append(f"s{digest} t{rendered} {name}")
        elif name in before:
            lines.append(before[name])
    return lines


def changed_parts(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the names of the source parts whose records were added, changed or removed."""
    changed = (line for line in (*after, *before) if line not in before or line not in after)
    return list(dict.fromkeys(line.rpartition(" ")[2] for line in changed))


def _sections(parts: Iterable[str]) -> list[str]:
    return [name for name in parts if name.startswith("#")]


def with_review(content: bytes, review: str) -> bytes:
    """Set `review:` in a translation's file, leaving the rest unchanged."""
    text = Text(content)
    _, last = front_matter_span(text.whole)
    line = f"review: {review}{text.line_end}"
    own = find_entry(text.whole, "review")
    if own:
        return text.edited([Edit(*own, line)])
    place, _ = find_entry(text.whole, "source") or (last, last)
    return text.edited([Edit(place, place, line)])


def with_records(content: bytes, records: list[str]) -> bytes:
    """Write `source:` as the last entry of a file's front matter, leaving the rest unchanged."""
    text = Text(content)
    _, last = front_matter_span(text.whole)
    block = "".join(f"{line}{text.line_end}" for line in ("source:", *(f'  - "{record}"' for record in records)))
    before = find_entry(text.whole, "source") or (last, last)
    return text.edited([Edit(*before, ""), Edit(last, last, block)])
