"""Photographs beside pages, as browsers of today and of yesterday want them: AVIF, WebP and the file's own format, in
the widths that `pictures:` in site.yaml names, without what a camera wrote into the file."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen.media.colours import as_shown, profile_space
from sitegen.media.metadata import without_metadata
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import open_file, read_file
from sitegen.source.html import escape
from sitegen.source.text import problem_at

#: Ending of a file → its format, as Pillow names it.
FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
#: Endings of pictures that every browser shows.
SHOWN = frozenset({*FORMATS, ".avif", ".gif", ".svg", ".webp"})
#: What to do with a picture in another format.
AS_PICTURE = "save it as JPEG or PNG"
#: Formats that browsers choose from, the smallest first, and how each is written.
CHOICES: dict[str, dict[str, Any]] = {"avif": {"quality": 60, "speed": 6}, "webp": {"quality": 78, "method": 6}}
_OWN: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 80, "progressive": True, "optimize": True},
    "PNG": {"optimize": True},
}
#: How pictures are made, by number; another one makes them anew.
RECIPE = 2
#: A picture with more is an attack or a mistake; a JPEG can be read smaller than it is, any other is first in memory whole.
MOST_PIXELS, MOST_WHOLE = 100_000_000, 40_000_000
#: The longest side that WebP has.
MOST_SIDE = 16_383
#: Larger ones are halved, or more, before anything else is done with them.
_LARGE = 12_000_000
#: What Pillow raises over bytes that are no picture.
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
    """Whether a file is one of those that are made anew."""
    return Path(name).suffix.lower() in FORMATS


def is_shown(name: str) -> bool:
    """Whether browsers show a picture as it is; those of telephones and cameras they do not all know."""
    return Path(name).suffix.lower() in SHOWN


def variant(path: str, width: int, ending: str) -> str:
    """The name of a smaller copy: `zh/plan/campus.jpg` → `zh/plan/campus.480.avif`."""
    return f"{path.rpartition('.')[0]}.{width}.{ending}"


def widths_of(own: int, wanted: Iterable[int]) -> tuple[int, ...]:
    """The widths in which a picture is published: those wanted that are smaller, and the largest that it has."""
    wanted = sorted(wanted)
    return (*(width for width in wanted if width < own and width != wanted[-1]), min(own, wanted[-1]))


class _Look(Struct, frozen=True):
    """What is known of a picture before it is decoded.

    Attributes:
        size: width and height as it is shown.
        is_animated: a copy would stop at the first frame, so there are none.
        loss: what of it can't be kept.
    """

    size: tuple[int, int]
    is_animated: bool
    loss: Problem | None


class Pictures(Struct, frozen=True):
    """The sizes of a site's pictures, each read once.

    Attributes:
        widths: those wanted, in pixels; none where the site leaves pictures as they are.
        sizes: how wide the layout shows them, as HTML's `sizes` says it.
    """

    root: Path
    widths: tuple[int, ...]
    sizes: str
    _known: dict[str, _Look | Problem] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, config: Config) -> Pictures:
        """Those of a site."""
        return cls(root, config.picture_widths, config.picture_sizes)

    def applies_to(self, path: str) -> bool:
        """Whether a file below the root is published in several forms."""
        found = self._look(path) if self.widths and is_picture(path) else None
        return isinstance(found, _Look) and not found.is_animated

    def problem(self, path: str) -> Problem | None:
        """What is wrong with a picture, or what of it can't be kept."""
        found = self._look(path)
        return found if isinstance(found, Problem) else found.loss

    def size(self, path: str) -> tuple[int, int]:
        """Width and height of a picture as it is shown, in pixels."""
        found = self._look(path)
        assert isinstance(found, _Look)
        return found.size

    def _look(self, path: str) -> _Look | Problem:
        if path not in self._known:
            self._known[path] = _measure(self.root, path)
        return self._known[path]

    def html(self, path: str, url: str, attributes: str) -> str:
        """The `<picture>` of a file at an address; `attributes` are those of its `<img>`, as ` alt="…"`."""
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
        """A digest of everything that a copy of a picture depends on."""
        from importlib.metadata import version  # slow to import, and used only where a site has pictures

        told = (version("pillow"), RECIPE, width, ending, CHOICES, _OWN)
        return sha256(repr(told).encode() + read_file(self.root, path)).hexdigest()

    def make(self, path: str, width: int, ending: str) -> bytes:
        """A copy of a picture, upright, at most as wide as said, with its colours and without anything else.

        Args:
            ending: a key of `CHOICES`; any other for the file's own format.

        Raises:
            SiteError: the file can't be read.
        """
        from PIL import Image

        try:
            content = read_file(self.root, path)
            picture, profile = _decoded(content, max(width, *self.widths))
            is_whole = picture.width <= width
            if not is_whole:
                height = max(1, round(picture.height * width / picture.width))
                picture = picture.resize((width, height), Image.Resampling.LANCZOS)
            own = FORMATS[Path(path).suffix.lower()]
            made = _written(picture, ending, own, profile)
        except (*_BROKEN, Image.DecompressionBombError) as error:
            raise SiteError([_unreadable(path, error)]) from error
        is_copied = is_whole and own == "PNG" and ending not in CHOICES
        return min(made, without_metadata(content), key=len) if is_copied else made


@lru_cache(maxsize=1)
def _decoded(content: bytes, width: int) -> tuple[Any, bytes | None]:
    """A picture and its profile, decoded once for all its copies, of which none is wider than said."""
    from PIL import Image

    with _silent(), Image.open(io.BytesIO(content)) as opened:
        return as_shown(_smaller(opened, width))


def _smaller(opened: Any, width: int) -> Any:
    """A large picture at least half as wide and tall again as is wanted, so that little of it is in memory at once."""
    factor = 2 * min(opened.size) // (3 * width)
    if opened.width * opened.height < _LARGE or factor < 2 or opened.mode.startswith(("I", "F")):
        return opened
    if opened.format == "JPEG":
        opened.draft(None, (opened.width // factor, opened.height // factor))
        return opened
    if opened.mode in ("P", "1") or "transparency" in opened.info:
        opened = opened.convert("RGBA")
        opened.info.pop("transparency", None)
    return opened.reduce(factor)


def _written(picture: Any, ending: str, own: str, profile: bytes | None) -> bytes:
    options = CHOICES.get(ending, _OWN[own])
    if ending in CHOICES:
        picture = picture.convert("RGBA" if "A" in picture.mode else "RGB")
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
            open_file(root, path) as handle,
            open(handle, "rb", closefd=False) as file,
            _opened(file) as opened,
        ):
            wide, tall = opened.size
            turned = opened.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            is_animated = getattr(opened, "is_animated", False)
            is_guessed = opened.mode == "CMYK" and profile_space(opened.info.get("icc_profile")) != b"CMYK"
            most = MOST_PIXELS if opened.format == "JPEG" else MOST_WHOLE
    except (*_BROKEN, Image.DecompressionBombError) as error:
        return _unreadable(path, error)
    if wide * tall > most or max(wide, tall) > MOST_SIDE:
        allowed = f"at most {most // 1_000_000} million and {MOST_SIDE} a side"
        message = f"the picture has {wide} × {tall} pixels, {allowed}"
        return problem_at(path, "picture", message, None, "make it smaller before you put it here")
    loss = _guessed_colours(path) if is_guessed else None
    return _Look((tall, wide) if turned else (wide, tall), is_animated, loss)


@contextmanager
def _silent() -> Iterator[None]:
    """Without what Pillow prints of odd bytes: a file is shown or reported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _opened(file: BinaryIO) -> Any:
    from PIL import Image

    return Image.open(file, formats=sorted(set(FORMATS.values())))


def _guessed_colours(path: str) -> Problem:
    message = "the picture is in CMYK without a colour profile, so its colours are only approximate"
    return replace(problem_at(path, "picture", message, None, "save it in RGB"), severity="warning")


def _unreadable(path: str, error: Exception) -> Problem:
    hint = "save it again as JPEG or PNG, with the ending that its format has"
    message = f"the picture can't be read: {str(error).partition(' <')[0]}"
    return problem_at(path, "picture", message.replace(str(Path(path).absolute()), path), None, hint)
