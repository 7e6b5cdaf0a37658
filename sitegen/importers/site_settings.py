"""The first lines of content/site.yaml, which are the same whatever a site is imported from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sitegen.model.base_url import is_site_url
from sitegen.source.scalars import scalar


def first_lines(
    origin: str, *, titles: Mapping[str, str], base_url: str, source: str, tags: Mapping[str, str]
) -> Iterator[str]:
    """Yield the lines for the title, the address and the languages.

    Args:
        origin: what the site was, such as `a Hugo site`.
        titles: path of a language → the site's title in it.
        base_url: its old address; an example is written instead of what is not the address of a site.
        source: path of the source language.
        tags: path of a language → its tag.
    """
    yield f"# Made from {origin}; from now on it is yours."
    yield "title:"
    yield from (f"  {path}: {scalar(title)}" for path, title in titles.items())
    yield f"base_url: {scalar(base_url if is_site_url(base_url) else 'https://example.org/')}"
    yield f"source_language: {source}"
    yield "languages:"
    for path, tag in tags.items():
        own = "" if path == tag else f", path: {path}"
        yield f"  - {{tag: {tag}{own}}}"
