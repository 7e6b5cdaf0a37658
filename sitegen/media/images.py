"""Photographs beside pages, for new and old browsers: as AVIF, WebP and in the original format, in the widths that
`pictures:` in site.yaml lists, without the metadata of cameras."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from math import isqrt
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen.media.colours import apart, as_shown, profile_space
from sitegen.media.metadata import count_scans, is_damaged, is_raster, without_metadata
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import MOST_BYTES, LargeError, open_file, read_file, unreadable
from sitegen.source.html import escape
from sitegen.source.text import problem_at

#: File extension → Pillow's name of the format.
FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
#: Pillow's names of the formats that are published as they are; a picture in another one behind these names is shown too.
AS_THEY_ARE = ("AVIF", "GIF", "WEBP", *sorted(set(FORMATS.values())))
#: Extensions of pictures that every browser shows.
SHOWN = frozenset({*FORMATS, ".avif", ".gif", ".svg", ".webp"})
#: The hint for a picture in another format.
AS_PICTURE = "save it as JPEG or PNG"
#: Formats that browsers choose from, smallest first, and the options for saving each.
CHOICES: dict[str, dict[str, Any]] = {"avif": {"quality": 60, "speed": 6}, "webp": {"quality": 78, "method": 6}}
_OWN: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 80, "progressive": True, "optimize": True},
    "PNG": {"optimize": True},
}
#: Options for pictures that are transparent in parts, which take longest: at method 6, WebP takes up to 90 times as long
#: as at 5, and at speed 6, AVIF three times as long as at 8, for files of the same size within some percent.
_TRANSPARENT: dict[str, dict[str, Any]] = {"avif": {"quality": 60, "speed": 8}, "webp": {"quality": 78, "method": 5}}
#: Version of the conversion; increase it to convert all pictures again.
RECIPE = 5
#: More pixels are an attack or a mistake. JPEG can be decoded at a reduced size; other formats are decoded in full.
MOST_PIXELS, MOST_WHOLE = 100_000_000, 40_000_000
#: The maximum side length of WebP.
MOST_SIDE = 16_383
#: Each scan of a JPEG is decoded over the whole picture, and a few bytes are enough for one; programs write about ten.
MOST_SCANS = 30
#: Pixels for each byte of a picture beyond which it is nearly empty: a drawing of lines has some 100, a scanned page fewer.
MOST_PIXELS_A_BYTE = 500
#: Pictures with more pixels are reduced before any other step, this many pixels at a time, to at most so many.
_LARGE, _STRIP, _MOST_REDUCED = 12_000_000, 1_000_000, 16_000_000
#: Exceptions that Pillow raises for invalid pictures.
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    RuntimeError,
    OverflowError,
    TypeError,
    KeyError,
    IndexError,
    struct.error,
    zlib.error,
)


def is_picture(name: str) -> bool:
    """Whether a file is a picture that is converted."""
    return Path(name).suffix.lower() in FORMATS


def is_shown(name: str) -> bool:
    """Whether every browser shows pictures of this format; some formats of phones and cameras are not supported."""
    return Path(name).suffix.lower() in SHOWN


def is_raster_name(name: str) -> bool:
    """Whether a file is named as a picture made of pixels."""
    return Path(name).suffix.lower() in SHOWN - {".svg"}


def variant(path: str, width: int, ending: str) -> str:
    """Return the name of a variant: `zh/plan/campus.jpg` → `zh/plan/campus.480.avif`."""
    return f"{path.rpartition('.')[0]}.{width}.{ending}"


def widths_of(own: int, wanted: Iterable[int]) -> tuple[int, ...]:
    """Return the widths to publish: the wanted ones that are smaller than the picture, and the largest available."""
    wanted = sorted(wanted)
    return (*(width for width in wanted if width < own and width != wanted[-1]), min(own, wanted[-1]))


class _Look(Struct, frozen=True):
    """The properties of a picture that are known before decoding."""

    size: tuple[int, int]  #: width and height as displayed
    is_animated: bool  #: whether it is animated; then it has no variants, as they would show only the first frame
    loss: Problem | None  #: a warning if conversion would lose something
    empty: int  #: pixels beyond `MOST_PIXELS_A_BYTE`


class Pictures(Struct, frozen=True):
    """The sizes of a site's pictures; each picture is read once."""

    root: Path
    widths: tuple[int, ...]  #: configured widths in pixels; empty if the site publishes pictures as they are
    sizes: str  #: the width of pictures in the layout, as in HTML's `sizes`
    _known: dict[str, _Look | Problem] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, config: Config) -> Pictures:
        """Return the pictures of a site."""
        return cls(root, config.picture_widths, config.picture_sizes)

    def applies_to(self, path: str) -> bool:
        """Whether a file is published in several variants; `path` is relative to the root."""
        found = self._look(path) if self.widths and is_picture(path) else None
        return isinstance(found, _Look) and not found.is_animated

    def problem(self, path: str) -> Problem | None:
        """Return the problem with a picture, or a warning if conversion would lose something."""
        if not is_picture(path):
            return _misnamed(self.root, path)
        found = self._look(path)
        return found if isinstance(found, Problem) else found.loss

    def size(self, path: str) -> tuple[int, int]:
        """Return the width and height of a picture as displayed, in pixels."""
        found = self._look(path)
        assert isinstance(found, _Look)
        return found.size

    def empty_pixels(self, path: str) -> int:
        """Return how many pixels a picture has beyond those that a file of its size has if there is something to see."""
        found = self._look(path) if is_picture(path) else None
        return found.empty if isinstance(found, _Look) else 0

    def _look(self, path: str) -> _Look | Problem:
        if path not in self._known:
            self._known[path] = _measure(self.root, path)
        return self._known[path]

    def html(self, path: str, url: str, attributes: str) -> str:
        """Return the `<picture>` of a file at an address; `attributes` go to its `<img>`, such as ` alt="…"`."""
        own, high = self.size(path)
        widths = widths_of(own, self.widths)
        wide, tall = widths[-1], round(high * widths[-1] / own)
        sources = "".join(
            f'<source type="image/{ending}" sizes="{escape(self.sizes)}" srcset="'
            + ", ".join(f"{variant(url, width, ending)} {width}w" for width in widths)
            + '">'
            for ending in CHOICES
        )
        img = f'<img src="{url}" width="{wide}" height="{tall}" loading="lazy" decoding="async"{attributes}>'
        return f"<picture>{sources}{img}</picture>"

    def key(self, path: str, width: int, ending: str) -> str:
        """Return a digest of everything that a variant of a picture depends on."""
        from importlib.metadata import version  # slow to import, and used only where a site has pictures

        told = (version("pillow"), RECIPE, width, self._decoded_width(width), ending, CHOICES, _OWN)
        return sha256(repr(told).encode() + read_file(self.root, path)).hexdigest()

    def _decoded_width(self, width: int) -> int:
        """Return how wide a picture must be decoded for all its variants; from it each is reduced."""
        return max(width, *self.widths)

    def make(self, path: str, width: int, ending: str) -> bytes:
        """Return a variant of a picture: upright, at most `width` pixels wide, without metadata other than colours.

        Args:
            ending: a key of `CHOICES`; anything else means the original format.

        Raises:
            SiteError: the file can't be read.
        """
        from PIL import Image

        try:
            content = read_file(self.root, path)
            picture, profile = _decoded(content, self._decoded_width(width))
            is_whole = picture.width <= width
            if not is_whole:
                height = max(1, round(picture.height * width / picture.width))
                picture = picture.resize((width, height), Image.Resampling.LANCZOS)
            own = FORMATS[Path(path).suffix.lower()]
            made = _written(picture, ending, own, profile)
        except (*_BROKEN, Image.DecompressionBombError) as error:
            raise SiteError([_unreadable(path, error)]) from error
        is_copied = is_whole and own == "PNG" and ending not in CHOICES
        return min(made, without_metadata(path, content), key=len) if is_copied else made


@lru_cache(maxsize=1)
def _decoded(content: bytes, width: int) -> tuple[Any, bytes | None]:
    """Return a picture and its profile, decoded once for all its variants; none is wider than `width`."""
    with _opened_whole(content) as opened:
        return as_shown(_smaller(opened, width))


def decode_sized(file: Path, size: tuple[int, int]) -> Any:
    """A picture of the site's design in RGB, which is decoded only if it has the right size.

    Raises:
        ValueError: it has another size, or can't be read.
    """
    from PIL import Image

    try:
        with open(file, "rb") as handle, _opened_whole(handle.read(), formats=AS_THEY_ARE) as opened:
            if opened.size == size:
                return opened.convert("RGB")
            message = f"{file.name} is not {size[0]} × {size[1]}, but {opened.width} × {opened.height}"
    except (*_BROKEN, Image.DecompressionBombError) as error:
        message = f"{file.name} can't be read: {_reason(error)}"
    raise ValueError(message)


def _smaller(opened: Any, width: int) -> Any:
    """Reduce a large picture to save memory, but keep it at least 1.5 times as wide as needed, unless it is very tall."""
    pixels = opened.width * opened.height
    factor = max(2 * _shown_size(opened)[0] // (3 * width), isqrt(max(pixels - 1, 0) // _MOST_REDUCED) + 1)
    if pixels < _LARGE or factor < 2:
        return opened
    if opened.format == "JPEG":
        opened.draft(None, (opened.width // factor, opened.height // factor))
        return opened
    return _in_strips(opened, factor)


def _in_strips(opened: Any, factor: int) -> Any:
    """Reduce a picture strip by strip, as Pillow would copy it whole for its transparency and again for its mode."""
    from PIL import Image

    rows = factor * max(1, _STRIP // (opened.width * factor))
    strips = []
    for top in range(0, opened.height, rows):
        strip = opened.crop((0, top, opened.width, min(top + rows, opened.height)))
        part, alpha = apart(strip, opened.info.get("transparency"))
        if alpha is not None:
            part.putalpha(alpha)
        strips.append(part.reduce(factor))
    reduced = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    top = 0
    for strip in strips:
        reduced.paste(strip, (0, top))
        top += strip.height
    reduced.info = {name: value for name, value in opened.info.items() if name != "transparency"}
    return reduced


def _shown_size(opened: Any) -> tuple[int, int]:
    """Return the width and height of a picture as displayed, upright."""
    wide, tall = opened.size
    return (tall, wide) if opened.getexif().get(0x0112, 1) in (5, 6, 7, 8) else (wide, tall)


def _written(picture: Any, ending: str, own: str, profile: bytes | None) -> bytes:
    has_alpha = "A" in picture.mode
    options = (_TRANSPARENT if has_alpha else CHOICES).get(ending, _OWN[own])
    if ending in CHOICES:
        picture = picture.convert("RGBA" if has_alpha else "RGB")
    elif own == "JPEG":
        picture = picture.convert("L" if picture.mode in ("L", "LA") else "RGB")
    picture.info = {}
    buffer = io.BytesIO()
    kept = {"icc_profile": profile} if profile else {}
    picture.save(buffer, ending.upper() if ending in CHOICES else own, **options, **kept)
    return buffer.getvalue()


def _measure(root: Path, path: str) -> _Look | Problem:
    from PIL import Image

    try:
        with (
            _silent(),
            open_file(root, path, MOST_BYTES) as handle,
            mmap(handle, 0, access=ACCESS_READ) as content,
            open(handle, "rb", closefd=False) as file,
            _opened_whole(content, file) as opened,
        ):
            most = MOST_PIXELS if opened.format == "JPEG" else MOST_WHOLE
            if opened.width * opened.height > most or max(opened.size) > MOST_SIDE:
                return _too_large(path, opened.size, most)
            size = _shown_size(opened)  # decodes a PNG, whose orientation may follow its pixels
            weight = len(content)
            is_animated = getattr(opened, "is_animated", False)
            is_guessed = opened.mode == "CMYK" and profile_space(opened.info.get("icc_profile")) != b"CMYK"
    except (*_BROKEN, Image.DecompressionBombError) as error:
        return _unreadable(path, error)
    loss = _guessed_colours(path) if is_guessed else None
    return _Look(size, is_animated, loss, max(0, size[0] * size[1] - MOST_PIXELS_A_BYTE * weight))


def _misnamed(root: Path, path: str) -> Problem | None:
    """Return the problem with a picture that is published in its own format: it is none, or it is damaged."""
    try:
        content = read_file(root, path)
    except OSError as error:
        return _unreadable(path, error)
    if not is_raster(content[:16]):
        return _unreadable(path, ValueError("its content is not that of a picture"))
    if is_damaged(content):
        return _unreadable(path, ValueError("a part of it is missing or damaged"))
    return _not_shown(path, content)


def _not_shown(path: str, content: bytes) -> Problem | None:
    """Return the problem with a picture that Pillow does not convert: browsers could not show it either."""
    from PIL import Image

    try:
        with _silent(), _opened(io.BytesIO(content), AS_THEY_ARE) as opened:
            is_large = opened.width * opened.height > MOST_WHOLE or max(opened.size) > MOST_SIDE
            return _too_large(path, opened.size, MOST_WHOLE) if is_large else None
    except (*_BROKEN, Image.DecompressionBombError) as error:
        return _unreadable(path, error)


@contextmanager
def _silent() -> Iterator[None]:
    """Suppress Pillow's warnings about unusual files: a file is either published or reported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _opened_whole(
    content: bytes | mmap, file: BinaryIO | None = None, formats: Iterable[str] = FORMATS.values()
) -> Iterator[Any]:
    """A picture that may be decoded, once its size is known to be right.

    Args:
        file: what Pillow reads, if it need not read all.
    """
    if count_scans(content) > MOST_SCANS:
        raise ValueError(f"it has more than {MOST_SCANS} scans")
    with _silent(), _opened(file or io.BytesIO(content), formats) as opened:
        yield opened


def _opened(file: BinaryIO, formats: Iterable[str] = FORMATS.values()) -> Any:
    """The one place where Pillow gets a file: it has read no more than the head."""
    from PIL import Image

    return Image.open(file, formats=sorted(set(formats)))


def _too_large(path: str, size: tuple[int, int], most: int) -> Problem:
    allowed = f"at most {most // 1_000_000} million and {MOST_SIDE} a side"
    message = f"the picture has {size[0]} × {size[1]} pixels, {allowed}"
    return problem_at(path, "picture", message, None, "make it smaller before you put it here")


def _guessed_colours(path: str) -> Problem:
    message = "the picture is in CMYK without a colour profile, so its colours are only approximate"
    return replace(problem_at(path, "picture", message, None, "save it in RGB"), severity="warning")


def _reason(error: Exception) -> str:
    """What Pillow says, without the object that it names by its place in memory."""
    return str(error).partition(" <")[0]


def _unreadable(path: str, error: Exception) -> Problem:
    if isinstance(error, LargeError):
        return unreadable(path, error)
    hint = "save it again as JPEG or PNG, with the ending that its format has"
    message = f"the picture can't be read: {_reason(error)}"
    return problem_at(path, "picture", message.replace(str(Path(path).absolute()), path), None, hint)
