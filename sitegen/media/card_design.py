"""The design of social cards: `templates/card.yaml`, with the positions, colours and fonts (see `_FIELDS`).

The fonts and the background are stored next to it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sitegen.i18n.language_tags import full_tag
from sitegen.i18n.locale import Locale
from sitegen.i18n.transliteration import PSEUDO
from sitegen.model.fields import Checker, Field
from sitegen.problems.problem import SiteError
from sitegen.source.mark import Mark
from sitegen.source.text import Source
from sitegen.source.theme_layers import LayerFile, Layers
from sitegen.source.yaml import Node, parse

SETTINGS = "templates/card.yaml"
WIDTH, HEIGHT = 1200, 630
#: A colour as most are written, which needs no library.
_HEX = re.compile("#(?:[0-9a-fA-F]{3,4}){1,2}")
_LIBRARIES = ("uharfbuzz", "freetype-py", "pillow")

_TEXT = Field(name="", type="text")
_SIDES = {side: Field(name=side, type="number", required=True) for side in ("x", "y", "width", "height")}
_SIZES = Field(name="sizes", type="list", required=True, item=Field(name="sizes", type="number"))
_BOX = Field(name="title", type="group", required=True, fields={**_SIDES, "sizes": _SIZES})
_FIELDS: Mapping[str, Field] = {
    **{name: Field(name=name, type="text", required=True) for name in ("background", "paper", "ink")},
    "title": _BOX,
    "site": replace(_BOX, name="site"),
    "label": replace(_BOX, name="label", required=False, help="where the page's date goes, if it has one"),
    "scripts": Field(name="scripts", type="list", item=replace(_TEXT, name="scripts")),
}


class Box(Struct, frozen=True):
    """The position of a text, in pixels from the start and the top, and its possible font sizes."""

    x: int
    y: int
    width: int
    height: int
    sizes: tuple[int, ...]


class Card(Struct, frozen=True, eq=False):
    """The design of a site's social cards."""

    background: Path  #: a PNG of 1200 × 630 pixels; mirrored for right-to-left languages
    paper: str
    ink: str
    title: Box
    site: Box
    label: Box | None
    #: Language path, script or "default" → fonts; the first one that has a character draws it.
    fonts: Mapping[str, tuple[Path, ...]]
    scripts: frozenset[str]  #: scripts of the languages that have cards; all if empty
    digest: str  #: digest of everything that the cards depend on, except their texts
    shown: str = SETTINGS  #: path of the settings in problems
    marks: Mapping[str, Mark] = {}  #: setting → its place
    is_own: bool = True  #: whether the card is the site's; a theme's card omits characters that its fonts lack

    def __eq__(self, other: object) -> bool:
        """Whether two are drawn alike, so that a preview finds the colours of a background once for all its builds."""
        return isinstance(other, Card) and (self.digest, self.is_own) == (other.digest, other.is_own)

    def __hash__(self) -> int:
        return hash(self.digest)

    def has(self, locale: Locale) -> bool:
        """Whether pages in a language have cards."""
        return locale.tag not in PSEUDO and (not self.scripts or locale.script in self.scripts)

    def fonts_of(self, locale: Locale) -> tuple[Path, ...]:
        """Return the fonts of a language or its script, or the default fonts."""
        names = (locale.path, locale.base, full_tag(locale.tag).language, locale.script, "default")
        return next(self.fonts[name] for name in names if name in self.fonts)

    def key(self, locale: Locale, title: str, site: str, label: str = "") -> str:
        """Return a digest of everything that a card depends on."""
        fonts = [path.name for path in self.fonts_of(locale)]
        return sha256(repr((self.digest, locale.tag, locale.dir, fonts, title, site, label)).encode()).hexdigest()


def load_card(layers: Layers) -> Card | None:
    """Read `templates/card.yaml` of the site or its theme; return None if there is none.

    Raises:
        SiteError: the file has problems.
    """
    settings = layers.find(SETTINGS)
    if settings is None:
        return None
    text = settings.text()
    source = Source.of(settings.shown, text)
    check = Checker(source, [])
    node = parse(source, text)
    entries = dict(node.value)
    found: dict[str, LayerFile] = {}
    fonts = _fonts(check, layers, entries.pop("fonts", node), found)
    values = check.table(_FIELDS, Node(entries, node.text, node.mark), "the card")
    files = [*dict.fromkeys(name for names in fonts.values() for name in names)]
    if "background" in values:
        files.append(f"templates/{values['background']}")
        _find_file(check, layers, files[-1], entries["background"], found)
    _check_sizes(check, entries)
    _check_colours(check, entries, values)
    if check.problems:
        raise SiteError(check.problems)
    from importlib.metadata import version  # slow to import, and used only where cards are drawn

    versions = [zlib.ZLIB_RUNTIME_VERSION, *(version(name) for name in _LIBRARIES)]
    digest = sha256(repr(versions).encode() + text.encode())
    for name in files:
        digest.update(found[name].content())
    boxes = {name: Box(**values[name].values) for name in ("title", "site", "label") if name in values}
    return Card(
        background=found[files[-1]].path,
        paper=values["paper"],
        ink=values["ink"],
        title=boxes["title"],
        site=boxes["site"],
        label=boxes.get("label"),
        fonts={language: tuple(found[name].path for name in names) for language, names in fonts.items()},
        scripts=frozenset(values.get("scripts", ())),
        digest=digest.hexdigest(),
        shown=settings.shown,
        marks={name: entry.mark for name, entry in entries.items()},
        is_own=settings.layer == 0,
    )


def _check_colours(check: Checker, entries: Mapping[str, Node], values: Mapping[str, str]) -> None:
    for name in ("paper", "ink"):
        if name in values and not _HEX.fullmatch(values[name]) and not _is_colour(values[name]):
            hint = "write it as #rrggbb, or as a name of CSS"
            check.reject(entries[name], "expected", f"{name}: {entries[name].quoted} is not a colour", hint)


def _is_colour(text: str) -> bool:
    from PIL import ImageColor  # slow to import, and few colours have another form

    try:
        return all(0 <= part <= 255 for part in ImageColor.getrgb(text))
    except ValueError:
        return False


def _check_sizes(check: Checker, entries: Mapping[str, Node]) -> None:
    boxes = [node.value for name, node in entries.items() if name in ("title", "site", "label")]
    lists = [box["sizes"].value for box in boxes if isinstance(box, dict) and "sizes" in box]
    for item in (item for sizes in lists if isinstance(sizes, tuple) for item in sizes):
        if not re.fullmatch(r"0*[1-9]\d{0,2}", item.text) or int(item.text) > HEIGHT:
            check.reject(
                item, "expected", f"sizes: {item.quoted} is no size in pixels", f"write one from 1 to {HEIGHT}"
            )


def _fonts(check: Checker, layers: Layers, node: Node, found: dict[str, LayerFile]) -> dict[str, tuple[str, ...]]:
    """Return language path or script → font file names; add each file to `found`."""
    if not isinstance(node.value, dict) or "default" not in node.value:
        check.reject(node, "required", "fonts: must name fonts for languages, and `default` for the others")
        return {}
    fonts: dict[str, tuple[str, ...]] = {}
    for language, child in node.value.items():
        names = check.value(Field(name="fonts", type="list", item=_TEXT), child) or ()
        fonts[language] = tuple(f"templates/{name}" for name in names)
        for name in fonts[language]:
            _find_file(check, layers, name, child, found)
    return fonts


def _find_file(check: Checker, layers: Layers, path: str, node: Node, found: dict[str, LayerFile]) -> None:
    file = layers.find(path)
    if file is None:
        check.reject(node, "dead-file", f"there is no file {path}", "put it there, or name another")
    else:
        found[path] = file
