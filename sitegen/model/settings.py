"""content/site.yaml, kinds.yaml and blocks.yaml → Config: the site's settings and its content model."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from sitegen.i18n.language import Language
from sitegen.model.blocks import BlockType, shipped_blocks
from sitegen.model.fields import Field
from sitegen.model.kinds import Kind
from sitegen.model.menus import MenuEntry
from sitegen.model.values import Reference
from sitegen.problems.problem import Problem
from sitegen.source.mark import Mark

#: Where a site declares blocks of its own.
BLOCKS = "content/blocks.yaml"
#: Where it declares what tables beside pages hold.
TABLES = "content/tables.yaml"
CHECK_LEVELS = ("error", "warning", "off")


class Budget(Struct, frozen=True):
    """How many bytes a file may weigh as it is sent, texts compressed, and where that is written."""

    most: int
    mark: Mark


class Editor(Struct, frozen=True, kw_only=True):
    """Where the editor in the browser puts what is written in it.

    Attributes:
        repository: as "owner/name".
        auth: address of what signs people in, for GitHub; "" for the backend's own way.
        app: id of the application at GitLab, by which people sign in without anything between.
        api: address of a backend's own installation; "" for the public one.
    """

    backend: str
    repository: str
    branch: str
    auth: str = ""
    app: str = ""
    api: str = ""


class Markdown(Struct, frozen=True, kw_only=True):
    """What of Markdown a site's texts are written in.

    Attributes:
        engine: "commonmark", or "python-markdown" for texts that are written for it.
        extensions: of Python-Markdown, by the names that it knows them by.
        math: whether `$x$` is a formula.
        highlight: whether code is coloured, by classes.
    """

    engine: str = "commonmark"
    extensions: tuple[str, ...] = ()
    math: bool = False
    highlight: bool = False


#: The editor of a preview, which writes to a folder of the same machine.
LOCAL_EDITOR = Editor(backend="github", repository="this/machine", branch="main")


class Config(Struct, frozen=True, kw_only=True, dict=True):
    """A site's settings.

    Attributes:
        base_url: scheme, host and path of the published site, with a trailing slash.
        menus: name → entries.
        own_blocks: those of blocks.yaml.
        tables: name of a file beside a page, without its ending → the columns that it has, out of tables.yaml.
        severities: code → "error", "warning" or "off".
        languages: path → language.
        report: address to which readers report mistakes.
        edit: address at which a page is edited, with `{path}` for its file; "" for none.
        picture_widths: in pixels, those in which pictures are published; none to leave them as they are.
        picture_sizes: how wide the layout shows them, as HTML's `sizes` says it.
        file_types: ends of names, without the dot, of files that are published beside pages besides the usual ones.
        budgets: end of a file's name, as "html" → what such a file may weigh.
        editor: None where no editor is published.
        theme: names of the themes behind the site's own templates, style and messages, the first first.
        unprefixed: language to which addresses without one lead on; "" where they lead nowhere.
        built: paths of the languages that are published now; all but for `--languages`.
    """

    title: Mapping[str, str]
    short_title: Mapping[str, str]
    publisher: Mapping[str, str]
    base_url: str
    source_language: str
    languages: Mapping[str, Language]
    menus: Mapping[str, tuple[MenuEntry, ...]]
    organisation: Reference | None
    glossary: Reference | None
    time_zone: zoneinfo.ZoneInfo
    severities: Mapping[str, str]
    report: str | None
    edit: str
    picture_widths: tuple[int, ...]
    picture_sizes: str
    budgets: Mapping[str, Budget]
    file_types: frozenset[str]
    editor: Editor | None
    markdown: Markdown
    unprefixed: str
    theme: tuple[str, ...]
    kinds: Mapping[str, Kind]
    own_blocks: Mapping[str, BlockType]
    tables: Mapping[str, Mapping[str, Field]]
    built: tuple[str, ...]

    @cached_property
    def blocks(self) -> Mapping[str, BlockType]:
        """What may stand in a text: the blocks of the package, and the site's own, which go first."""
        return {**shipped_blocks(), **self.own_blocks}

    @cached_property
    def base_path(self) -> str:
        """Path of the site on its host: `/`, or `/repository/` for a project site."""
        return urlsplit(self.base_url).path

    @cached_property
    def origin(self) -> str:
        """Scheme and host, without a slash at the end."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def origin_of(self, path: str) -> str:
        """Scheme and host on which a language is published: its own, or the site's."""
        language = self.languages[path]
        own = language.base_url or (self.languages[language.base].base_url if language.base in self.languages else "")
        parts = urlsplit(own)
        return f"{parts.scheme}://{parts.netloc}" if own else self.origin

    def graded(self, problems: list[Problem]) -> list[Problem]:
        """The problems with the severity that the site gives their codes; those switched off are left out."""
        graded = []
        for problem in problems:
            level = self.severities.get(problem.code, problem.severity)
            if level != "off":
                graded.append(problem if level == problem.severity else replace(problem, severity=level))
        return graded


# site.yaml


def today(time_zone: zoneinfo.ZoneInfo, epoch: int | None) -> dt.date:
    """The day on which a build takes place: of `epoch` seconds since 1970 if given, else of the clock."""
    now = dt.datetime.fromtimestamp(epoch, tz=time_zone) if epoch is not None else dt.datetime.now(tz=time_zone)
    return now.date()
