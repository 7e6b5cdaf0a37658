"""What every build reads first: settings, languages, layers, static files, and the list of content files."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sitegen.build.dependencies import frame_digests, messages_digest
from sitegen.build.options import Options
from sitegen.build.serialization import decoder, encode
from sitegen.checks.registry import Known
from sitegen.content.content_files import Listing, list_content
from sitegen.i18n.catalogs import Catalogs, Messages, chain_catalogs, read_messages
from sitegen.i18n.locale import Locale
from sitegen.i18n.po_files import misplaced_catalogs
from sitegen.media.static_files import Assets, load_assets
from sitegen.model.loading import load_config
from sitegen.model.settings import Config, local_editor, today
from sitegen.problems.problem import Problem, SiteError, refusal
from sitegen.source.theme_layers import Layers
from sitegen.source.yaml import Parse, parse
from sitegen.storage.blobs import DamagedError
from sitegen.storage.cache import CATALOGS, Cache
from sitegen.storage.processes import available

if TYPE_CHECKING:
    from sitegen.media.card_design import Card
    from sitegen.render.templates import SharedCode


class Warm:
    """Messages, card, templates and problems, kept for later builds of the process while their files are unchanged."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._frames: Mapping[str, str] | None = None
        self._found: tuple[Catalogs, Card | None, tuple[Problem, ...]] | None = None
        self._settings = ""
        self._known: Known = {}
        self._ids: tuple[Mapping[str, str], dict[str, dict[str, str]]] = ({}, {})

    @cached_property
    def code(self) -> SharedCode:
        """Compiled templates; those of a site with extensions, which may do anything, are not kept for other processes."""
        from sitegen.build.engine_digest import EXTENSIONS, version
        from sitegen.render.templates import SharedCode
        from sitegen.storage.compiled_templates import compiled_templates

        if EXTENSIONS:
            return SharedCode()
        return SharedCode(compiled_templates(self._options.root, is_read=not self._options.clean), version())

    def find(
        self, layers: Layers, config: Config, frames: Mapping[str, str]
    ) -> tuple[Catalogs, Card | None, list[Problem]]:
        """The catalogs, the card, and the problems found in them."""
        if self._found is None or self._frames != frames:
            self._found, self._frames = self._read(layers, config), frames
        catalogs, card, problems = self._found
        return catalogs, card, [*problems, *_in_translations(layers, config, problems)]

    def ids(self, frames: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """The ids in templates that were read since the frames became these: template → id → file."""
        if self._ids[0] != frames:
            self._ids = (frames, {})
        return self._ids[1]

    def known(self, settings: str) -> Known:
        """What was found in pages; it is forgotten when the settings, given as a digest, have changed."""
        if self._settings != settings:
            self._settings, self._known = settings, {}
        return self._known

    def _read(self, layers: Layers, config: Config) -> tuple[Catalogs, Card | None, tuple[Problem, ...]]:
        from sitegen.media.card_design import load_card

        catalogs = chain_catalogs(self._messages(layers, config), config.languages, config.source_language)
        try:
            return catalogs, load_card(layers), catalogs.problems
        except SiteError as error:
            return catalogs, None, (*catalogs.problems, *error.problems)

    def _messages(self, layers: Layers, config: Config) -> Messages:
        """The messages of the catalogs, as an earlier build read them from the same files."""
        options = self._options
        cache = Cache.of(options.root, CATALOGS, is_read=options.remembers and not options.clean)
        key = messages_digest(layers, config)
        with suppress(DamagedError):
            if content := cache.find(key):
                return _decode_messages(content)
        messages = read_messages(layers, config.languages, config.source_language)
        if options.remembers:
            with suppress(UnicodeEncodeError):  # a name that is not valid Unicode
                cache.keep_only(key, encode(messages))
        return messages


_decode_messages = decoder(Messages)


def _in_translations(layers: Layers, config: Config, found: Sequence[Problem]) -> Iterator[Problem]:
    """What is wrong with the files in translations/, but for what was found in the catalogs; files come and go there unseen."""
    known = {problem.path for problem in found if problem.code == "symlink"}
    names, faults = layers.own_files("translations")
    yield from (problem for problem in faults if problem.path not in known)
    yield from misplaced_catalogs(names, config.languages)


#: Where SOURCE_DATE_EPOCH must end, so that the day exists in every time zone: the year 9999.
_LAST_SECOND = 253_370_764_800


class Inputs(Struct, frozen=True):
    """What every build reads, however little has changed."""

    options: Options
    config: Config
    layers: Layers
    locales: Mapping[str, Locale]
    assets: Assets
    listing: Listing
    frames: Mapping[str, str]
    as_of: dt.date
    warm: Warm

    @property
    def workers(self) -> int:
        return self.options.jobs or available()


def read_inputs(
    options: Options, listing: Listing | None = None, warm: Warm | None = None, parse: Parse = parse
) -> Inputs:
    """Read the settings, and list the content files unless a listing is given.

    Args:
        parse: reads YAML; it may know the nodes of files that were read before.

    Raises:
        SiteError: with the problems of site.yaml, kinds.yaml or static/.
    """
    root = options.root
    asked = {"base_url": options.base_url, "languages": options.languages, "pseudo": options.pseudo}
    config = load_config(root, **asked, held=options.drafts, parse=parse)  # type: ignore[arg-type]
    if options.editor and config.editor is None:
        config = replace(config, editor=local_editor(root))
    locales = {path: Locale.of(language) for path, language in config.languages.items()}
    layers = Layers.of(root, config.theme)
    assets = load_assets(layers, with_editor=config.editor is not None)
    frames = frame_digests(layers, config, assets, (str(options.base_url), options.drafts, options.editor))
    as_of = options.as_of or today(config.time_zone, _epoch())
    return Inputs(
        options,
        config,
        layers,
        locales,
        assets,
        listing or list_content(root, config),
        frames,
        as_of,
        warm or Warm(options),
    )


def _epoch() -> int | None:
    """SOURCE_DATE_EPOCH, as reproducible-builds.org defines it.

    Raises:
        SiteError: it names no second of the years up to 9998; the day of the build may not be another than was wanted.
    """
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 13 and int(value) < _LAST_SECOND):
        hint = "leave it out, or set it as `git log -1 --format=%ct` prints it"
        raise refusal("SOURCE_DATE_EPOCH", "date", "it must be a number of seconds since 1970", hint)
    return int(value)
