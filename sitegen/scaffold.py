"""A new page to fill in, with the fields that its kind asks for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

from sitegen.config import Kind, load_config, today
from sitegen.errors import Problem, SiteError, listing, nearest
from sitegen.fields import Field


def new_page(root: Path, kind_name: str, key: str) -> str:
    """Write `index.<source language>.md` of a page and return its path.

    Raises:
        SiteError: the kind is unknown, the path is none, or the page exists.
    """
    config = load_config(root)
    if kind_name not in config.kinds:
        hint = nearest(kind_name, config.kinds) or f"kinds are {listing(config.kinds)}"
        raise SiteError(
            [Problem(path="content/kinds.yaml", code="unknown-kind", message=f"'{kind_name}' is not a kind", hint=hint)]
        )
    key = "/" + key.strip("/") + "/" if key.strip("/") else "/"
    path = f"content{key}index.{config.source_language}.md"
    if not re.fullmatch(r"/(?:[a-z0-9][a-z0-9-]*/)*", key):
        raise SiteError(
            [
                Problem(
                    path=path,
                    code="slug",
                    message=f"'{key}' is not a content path",
                    hint="use lower-case letters, digits and hyphens, as /news/opening/",
                )
            ]
        )
    if any((root / path).parent.glob("index.*.md")):
        raise SiteError(
            [Problem(path=path, code="url-clash", message="the page exists", hint="open it, or choose another path")]
        )
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(("---", *_front_matter(config.kinds[kind_name], today(config.time_zone, None)), "---", "", ""))
    (root / path).write_text(text, encoding="utf-8")
    return path


def _front_matter(kind: Kind, day: dt.date) -> Iterator[str]:
    yield f"kind: {kind.name}"
    yield "draft: true"
    for side in ("facts", "words"):
        for declared in kind.of_side(side):
            if declared.required or declared.name == "summary":
                yield f"{declared.name}: {_example(declared, day)}"


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
