"""The settings of a site, read from its files."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sitegen.i18n.language import Language
from sitegen.i18n.transliteration import PSEUDO
from sitegen.model.base_url import read_base_url
from sitegen.model.blocks import read_own_blocks
from sitegen.model.fields import Checker
from sitegen.model.kinds import read_kinds, read_tables
from sitegen.model.settings import BLOCKS, TABLES, Config
from sitegen.model.site_yaml import read_settings
from sitegen.problems.problem import Problem, SiteError, listing, refusal
from sitegen.problems.suggestions import nearest
from sitegen.source.files import read_text
from sitegen.source.limits import within_limits
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.yaml import Node, Parse, parse


def load_config(
    root: Path,
    *,
    base_url: str | None = None,
    languages: tuple[str, ...] = (),
    pseudo: bool = False,
    held: bool = True,
    parse: Parse = parse,
) -> Config:
    """Read and check the settings files.

    Args:
        base_url: replaces the one in site.yaml.
        languages: paths of the languages to build; all if empty.
        pseudo: whether to add pseudo-locales derived from the source language.
        held: whether to include languages that are not published yet.
        parse: reads YAML; it may know the nodes of files that were read before.

    Raises:
        SiteError: the files have problems; the error holds all of them.
    """
    require_site(root)
    missing = [path for path in ("content/site.yaml", "content/kinds.yaml") if _is_missing(root / path)]
    if missing:
        raise SiteError(_missing(root, path) for path in missing)
    problems: list[Problem] = []

    def checked(path: str, read_table: Callable[[Checker, Node], Any]) -> Any:
        text = read_text(root, path)
        source = Source.of(path, text)
        check, node = Checker(source, problems, others=len(problems)), parse(source, text)
        check.refuse_long_texts(node)
        return read_table(check, node)

    def read(path: str, read_table: Callable[[Checker, Node], Any]) -> Any:
        try:
            return within_limits(path, lambda: checked(path, read_table))
        except SiteError as error:
            problems.extend(error.problems)
            return None

    kinds = read("content/kinds.yaml", read_kinds)
    settings = read("content/site.yaml", partial(read_settings, root=root))
    blocks = read(BLOCKS, read_own_blocks) if os.path.lexists(root / BLOCKS) else {}
    tables = read(TABLES, read_tables) if os.path.lexists(root / TABLES) else {}
    if problems or kinds is None or settings is None:
        raise SiteError(problems)
    if pseudo:
        settings["languages"].update(_pseudo_locales(settings["languages"][settings["source_language"]]))
    config = Config(kinds=kinds, own_blocks=blocks, tables=tables, built=tuple(settings["languages"]), **settings)
    if base_url:
        here = {path: replace(language, base_url="") for path, language in config.languages.items()}
        config = replace(config, base_url=given_url("--base-url", base_url), languages=here)
    config = _only(config, languages) if languages else config
    return config if held else _without_held(config, languages)


def require_site(root: Path) -> None:
    """Check that a folder contains a site, before anything is written there.

    Raises:
        SiteError: there is no folder content/.
    """
    if not (root / "content").is_dir():
        hint = "run it in a site's folder, or with --root DIR; `python build.py init FOLDER` makes a new one"
        raise refusal("content", "missing-content", f"there is no site in {root.resolve()}", hint)


def _is_missing(path: Path) -> bool:
    """Whether a file isn't there; False if its folder can't be entered, as reading it reports that."""
    with suppress(PermissionError):
        return not path.is_symlink() and not path.exists()
    return False


def _missing(root: Path, path: str) -> Problem:
    other = path.replace(".yaml", ".yml")
    hint = f"rename {other}" if (root / other).is_file() else "a site needs it; see the README"
    return Problem(path=path, code="missing-content", message="the file is missing", hint=hint)


def _pseudo_locales(source: Language) -> dict[str, Language]:
    """Return languages that look foreign but are readable: en-XA, accented and longer; ar-XB, right-to-left."""
    fallback = (source.path, *source.fallback)
    return {tag: replace(source, tag=tag, path=tag, fallback=fallback, base=source.path) for tag in PSEUDO}


def given_url(option: str, text: str) -> str:
    """Check a site's address from the command line like the one in site.yaml, and return it.

    Raises:
        SiteError: it is not an address for a site.
    """
    problems: list[Problem] = []
    node = Node(text, text, Mark(1, 1, len(text)))
    url = read_base_url(Checker(Source.of(option, text), problems), node)
    if problems:
        raise SiteError(problems)
    return url


def _without_held(config: Config, asked: tuple[str, ...]) -> Config:
    """Leave out the languages that are not published, unless they are asked for; no other shows their texts instead of its own."""
    held = {path for path, own in config.languages.items() if not own.is_published and path not in asked}
    languages = {
        path: replace(own, fallback=tuple(other for other in own.fallback if other not in held))
        for path, own in config.languages.items()
    }
    return replace(config, languages=languages, built=tuple(path for path in config.built if path not in held))


def _only(config: Config, paths: tuple[str, ...]) -> Config:
    unknown = [path for path in paths if path not in config.languages]
    if unknown:
        message = f"--languages: '{unknown[0]}' is not one of {listing(config.languages)}"
        raise refusal("content/site.yaml", "unknown-language", message, nearest(unknown[0], config.languages))
    return replace(config, built=tuple(path for path in config.languages if path in paths))
