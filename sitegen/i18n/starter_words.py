"""The words of a new site, in the languages that have them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sitegen.i18n.language import Language
from sitegen.i18n.po_files import tags_of
from sitegen.source.yaml_loader import Loader

STARTER = Path(__file__).parents[1] / "starter"
#: The beginning of a file whose words nobody has reviewed yet.
_DRAFT = "# Machine"


def starter_words(language: Language, otherwise: str = "") -> dict[str, Any] | None:
    """Return the words of a new site in a language, by page; None if there are none.

    Args:
        otherwise: the language to use instead if there are none.
    """
    names = [tag.replace("_", "-") for tag in tags_of(language)] if not language.base else []
    files = (STARTER / "words" / f"{name}.yaml" for name in (*names, *filter(None, [otherwise])))
    file = next((file for file in files if file.is_file()), None)
    if file is None:
        return None
    return {**_read(file)}


@cache
def _read(file: Path) -> Mapping[str, Any]:
    text = file.read_text(encoding="utf-8")
    return {**yaml.load(text, Loader), "is_draft": text.startswith(_DRAFT)}  # noqa: S506 - it is a part of the engine
