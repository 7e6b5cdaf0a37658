"""The title, the summary and the text of a page of an MkDocs site."""

from __future__ import annotations

import re
from typing import Any

import yaml

from sitegen.importers.infer import title_of
from sitegen.importers.mkdocs.site import MkDocsPage, MkDocsSite
from sitegen.importers.mkdocs.yaml_values import key_lines, load, reason_of
from sitegen.model.page import Key
from sitegen.source.files import read_text
from sitegen.source.front_matter import FENCE, closing_line
from sitegen.source.mark import Mark
from sitegen.source.text import Source

_TITLE = re.compile(r"\A\s*+#[ \t]+([^\n]+)(?:\n|\Z)")
_ATTRIBUTES = re.compile(r"\{[^{}\n]*\}[ \t]*\Z")


def read_page(site: MkDocsSite, path: str, language: str, key: Key) -> MkDocsPage:
    """Read a page; a heading at its top is its title, and not part of its text: that of its front matter is for menus."""
    source = Source.of(path, read_text(site.folder, path))
    text, end = _split(source)
    front = _front_matter(site, path, text, end)
    heading, body, lines = split_title("\n".join(source.lines[end:]))
    return MkDocsPage(
        path=path,
        language=language,
        key=key,
        title=heading or front.get("title") or title_of(key),
        name=front.get("title", ""),
        summary=front.get("description", ""),
        body=body,
        first_line=end + 1 + lines,
    )


def _split(source: Source) -> tuple[str, int]:
    """Return the YAML at the top of a text, and the index of the line after it; "" and 0 if there is none.

    Braces and three plus signs at the top, and a line without another one to close it, are text for MkDocs.
    """
    first = next((index for index, line in enumerate(source.lines) if line.strip()), 0)
    is_opened = source.lines[first].rstrip() == FENCE
    closing = closing_line(source.lines, first, FENCE) if is_opened else None
    return ("\n".join(source.lines[first + 1 : closing]), closing + 1) if closing is not None else ("", 0)


def _front_matter(site: MkDocsSite, path: str, text: str, end: int) -> dict[str, str]:
    """Return the title and the description that are texts, and report the rest.

    Args:
        end: index of the line after the front matter.
    """
    first = end - text.count("\n") - 1
    fields = _fields(site, path, text, first)
    words = {name: fields.pop(name) for name in ("title", "description") if isinstance(fields.get(name), str)}
    if left := [str(name) for name, value in fields.items() if value is not None]:
        message, hint = f"front matter is left out: {', '.join(left)}", "declare a field in content/kinds.yaml"
        line = first - 1 + key_lines(text).get(left[0], 0)
        site.tell(path, message, hint, Mark(line, 1))
    return words


def _fields(site: MkDocsSite, path: str, text: str, first: int) -> dict[Any, Any]:
    """Return the fields of front matter that begins at a line; none, with a problem, if it can't be read."""
    try:
        fields = load(text) or {}
    except yaml.YAMLError as error:
        fields = None
        reason, mark = reason_of(error, first)
    else:
        reason, mark = "it has no keys", Mark(first, 1)
    if isinstance(fields, dict):
        return fields
    site.tell(path, f"front matter that can't be read is left out: {reason}", "write it as `title: …`", mark)
    return {}


def split_title(text: str) -> tuple[str, str, int]:
    """Split a text into the heading at its top, without marks, and the rest; and count the lines before the rest."""
    found = _TITLE.match(text)
    if found is None:
        return "", text, 0
    plain = re.sub(r"[*_`]", "", _ATTRIBUTES.sub("", found[1]).rstrip(" \t#"))
    return plain, text[found.end() :], text.count("\n", 0, found.end())
