"""content/site.yaml, kinds.yaml and blocks.yaml → Config: the site's settings and its content model."""

from __future__ import annotations

import datetime as dt
import os
import re
import zoneinfo
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from sitegen.i18n.language import Language
from sitegen.model.blocks import BlockType, shipped_blocks
from sitegen.model.fields import Field
from sitegen.model.kinds import Kind
from sitegen.model.menus import MenuEntry
from sitegen.model.page import Reference
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark

#: Declares a site's own blocks.
BLOCKS = "content/blocks.yaml"
#: Declares the columns of tables beside pages.
TABLES = "content/tables.yaml"
CHECK_LEVELS = ("error", "warning", "off")


class Budget(Struct, frozen=True):
    """The maximum size of a file in bytes, as sent (text compressed), and the position of the setting."""

    most: int
    mark: Mark


class Editor(Struct, frozen=True, kw_only=True):
    """Where the browser editor saves changes."""

    backend: str
    repository: str  #: "owner/name"
    branch: str
    auth: str = ""  #: address of the sign-in service, for GitHub; "" for the backend's default
    app: str = ""  #: id of the GitLab application with which people sign in directly
    api: str = ""  #: address of a self-hosted backend; "" for the public one


class Markdown(Struct, frozen=True, kw_only=True):
    """The Markdown settings of a site."""

    engine: str = "commonmark"  #: "commonmark", or "python-markdown" for texts written for it
    extensions: tuple[str, ...] = ()  #: names of Python-Markdown extensions
    math: bool = False  #: whether `$x$` is a formula
    highlight: bool = False  #: whether code is highlighted, using CSS classes


#: An owner that no host of repositories has, as a dot may not be in its name.
_THIS_MACHINE = "this.machine/"


def local_editor(root: Path) -> Editor:
    """The editor of a preview, which writes to a local folder.

    A browser remembers the folder that somebody has chosen, and drafts, for each repository: two sites, or two clones of
    one, that are previewed one after the other at the same address need names of their own.
    """
    import hashlib  # slow to import, and not needed by a build

    folder = root.resolve()
    name = re.sub(r"[^\w-]+", "-", folder.name, flags=re.ASCII)
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Editor(backend="github", repository=f"{_THIS_MACHINE}{name}-{digest}", branch="main")


def is_local(editor: Editor | None) -> bool:
    """Whether it is the editor of a preview."""
    return editor is not None and editor.repository.startswith(_THIS_MACHINE)


class Config(Struct, frozen=True, kw_only=True, dict=True):
    """A site's settings."""

    title: Mapping[str, str]
    short_title: Mapping[str, str]
    publisher: Mapping[str, str]
    base_url: str  #: scheme, host and path of the published site, with a trailing slash
    source_language: str
    languages: Mapping[str, Language]  #: path → language
    menus: Mapping[str, tuple[MenuEntry, ...]]  #: name → entries
    organisation: Reference | None
    glossary: Reference | None
    time_zone: zoneinfo.ZoneInfo
    severities: Mapping[str, str]  #: code → "error", "warning" or "off"
    report: str | None  #: e-mail address to which readers report mistakes
    edit: str  #: address at which a page can be edited, with `{path}` for its file; "" if there is none
    #: Widths in pixels in which pictures are published; if empty, pictures are published as they are.
    picture_widths: tuple[int, ...]
    picture_sizes: str  #: the width of pictures in the layout, as in HTML's `sizes`
    budgets: Mapping[str, Budget]  #: file extension, such as "html" → maximum size
    file_types: frozenset[str]  #: additional extensions, without the dot, of files published beside pages
    editor: Editor | None  #: None if no editor is published
    markdown: Markdown
    unprefixed: str  #: language to which addresses without a language redirect; "" for no redirects
    #: Names of the themes that complete the site's own templates, style and messages, in order of precedence.
    theme: tuple[str, ...]
    kinds: Mapping[str, Kind]
    own_blocks: Mapping[str, BlockType]  #: the blocks of blocks.yaml
    #: Name of a table, without its extension → its columns, as declared in tables.yaml.
    tables: Mapping[str, Mapping[str, Field]]
    built: tuple[str, ...]  #: paths of the languages that this build publishes; limited by `--languages`

    @cached_property
    def blocks(self) -> Mapping[str, BlockType]:
        """All blocks: the built-in ones and the site's own, which take precedence."""
        return {**shipped_blocks(), **self.own_blocks}

    @cached_property
    def held(self) -> frozenset[str]:
        """The languages with `published: false` that are not built: nothing may name them or show their texts."""
        return frozenset(
            path for path, own in self.languages.items() if not own.is_published and path not in self.built
        )

    @cached_property
    def base_path(self) -> str:
        """Path of the site on its host: `/`, or `/repository/` for a project site."""
        return urlsplit(self.base_url).path

    @cached_property
    def origin(self) -> str:
        """Scheme and host, without a trailing slash."""
        return _origin(self.base_url)

    def origin_of(self, path: str) -> str:
        """Return the scheme and host of a language: its own, or the site's."""
        language = self.languages[path]
        own = language.base_url or (self.languages[language.base].base_url if language.base in self.languages else "")
        return _origin(own) if own else self.origin

    def graded(self, problems: list[Problem]) -> list[Problem]:
        """Return the problems with the severities that the site configures; omit those that are switched off."""
        graded = []
        for problem in problems:
            level = self.severities.get(problem.code, problem.severity)
            if level != "off":
                graded.append(problem if level == problem.severity else replace(problem, severity=level))
        return graded


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def today(time_zone: zoneinfo.ZoneInfo, epoch: int | None) -> dt.date:
    """Return the day of the build: from `epoch`, in seconds since 1970, if given, otherwise from the clock."""
    now = dt.datetime.fromtimestamp(epoch, tz=time_zone) if epoch is not None else dt.datetime.now(tz=time_zone)
    return now.date()
