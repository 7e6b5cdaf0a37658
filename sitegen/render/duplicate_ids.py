"""Finds headings whose id is also in their page's template: with duplicate ids, links lead to the first of them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sitegen.library.library import Library
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at
from sitegen.source.theme_layers import Layers

_ID = lazily(r"""\sid=(?:"([^"{}%\s]+)"|'([^'{}%\s]+)'|([\w-]+)[\s>])""")
_NAMED = lazily(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
_BEHIND = "theme/"


def find_shared_ids(layers: Layers, library: Library, taken: dict[str, dict[str, str]]) -> Iterator[Problem]:
    """Report headings whose id is also used by an element of their page's template.

    Args:
        taken: template → id → file, of those read before; others are added.
    """
    for page in library.pages.values():
        template = library.kind(page.key).template
        if template not in taken:
            taken[template] = _ids(layers, template)
        document = page.versions[page.source]
        for heading in document.body.headings:
            if heading.anchor in taken[template]:
                message = f"the heading '{heading.title}' has the id '{heading.anchor}', as an element of {taken[template][heading.anchor]}"
                hint = f"give it another: {{#{heading.anchor}-part}} after the heading"
                mark = Mark(heading.line, 1, heading.level)
                yield replace(problem_at(document.path, "heading", message, mark, hint), severity="warning")


def _ids(layers: Layers, template: str) -> dict[str, str]:
    """Return id → file, for the ids in a template and in those that it extends, includes or imports."""
    found: dict[str, str] = {}
    seen, waiting = set[tuple[str, int]](), [(template, 0)]
    while waiting:
        name, layer = waiting.pop()
        file = layers.find(f"templates/{name}", layer)
        if file is None or (name, file.layer) in seen:
            continue
        seen.add((name, file.layer))
        try:
            text = file.text()
        except SiteError:  # reported with the templates
            continue
        for ids in _ID.findall(text):
            found.setdefault("".join(ids), file.shown)
        for other in _NAMED.findall(text):
            behind = other.startswith(_BEHIND)
            waiting.append((other.removeprefix(_BEHIND), file.layer + 1 if behind else 0))
    return found
