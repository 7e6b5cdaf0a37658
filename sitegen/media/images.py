"""Photographs beside pages, as browsers of today and of yesterday want them: AVIF, WebP and the file's own format, in
the widths that `pictures:` in site.yaml names, without what a camera wrote into the file."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sitegen.model.settings import Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.yaml import problem_at

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
#: A picture with more is an attack or a mistake.
MOST_PIXELS = 100_000_000


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


@dataclass(frozen=True, slots=True)
class Pictures:
    """The sizes of a site's pictures, each read once.

    Attributes:
        widths: those wanted, in pixels; none where the site leaves pictures as they are.
        sizes: how wide the layout shows them, as HTML's `sizes` says it.
    """

    root: Path
    widths: tuple[int, ...]
    sizes: str
    _known: dict[str, tuple[int, int] | Problem] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, config: Config) -> Pictures:
        """Those of a site."""
        return cls(root, config.picture_widths, config.picture_sizes)

    def applies_to(self, path: str) -> bool:
        """Whether a file below the root is published in several forms."""
        return bool(self.widths) and is_picture(path) and not isinstance(self._look(path), Problem)

    def problem(self, path: str) -> Problem | None:
        """What is wrong with a picture."""
        found = self._look(path)
        return found if isinstance(found, Problem) else None

    def size(self, path: str) -> tuple[int, int]:
        """Width and height of a picture as it is shown, in pixels."""
        found = self._look(path)
        assert not isinstance(found, Problem)
        return found

    def _look(self, path: str) -> tuple[int, int] | Problem:
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
        told = (version("pillow"), width, ending, CHOICES, _OWN)
        return sha256(repr(told).encode() + (self.root / path).read_bytes()).hexdigest()

    def make(self, path: str, width: int, ending: str) -> bytes:
        """A copy of a picture, upright, at most as wide as said, with its colours and without anything else.

        Args:
            ending: a key of `CHOICES`; any other for the file's own format.

        Raises:
            SiteError: the file can't be read.
        """
        from PIL import Image, ImageOps

        try:
            with Image.open(self.root / path) as opened:
                profile = opened.info.get("icc_profile")
                picture = ImageOps.exif_transpose(opened)
                if picture.width > width:
                    height = max(1, round(picture.height * width / picture.width))
                    mode = "RGBA" if picture.mode in ("P", "LA", "PA") else picture.mode
                    picture = picture.convert(mode).resize((width, height), Image.Resampling.LANCZOS)
                return _written(picture, ending, FORMATS[Path(path).suffix.lower()], profile)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise SiteError([_unreadable(path, error)]) from error


def _written(picture: Any, ending: str, own: str, profile: bytes | None) -> bytes:
    options = CHOICES.get(ending, _OWN[own])
    if ending in CHOICES and picture.mode not in ("RGB", "RGBA"):
        picture = picture.convert("RGBA" if "A" in picture.mode or "transparency" in picture.info else "RGB")
    if own == "JPEG" and ending not in CHOICES and picture.mode not in ("RGB", "L", "CMYK"):
        picture = picture.convert("RGB")
    picture.info = {}
    buffer = io.BytesIO()
    kept = {"icc_profile": profile} if profile else {}
    picture.save(buffer, ending.upper() if ending in CHOICES else own, **options, **kept)
    return buffer.getvalue()


def _measure(root: Path, path: str) -> tuple[int, int] | Problem:
    from PIL import Image

    try:
        with Image.open(root / path, formats=sorted(set(FORMATS.values()))) as opened:
            wide, tall = opened.size
            turned = opened.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return _unreadable(path, error)
    if wide * tall > MOST_PIXELS:
        message = f"the picture has {wide} × {tall} pixels, at most {MOST_PIXELS // 1_000_000} million"
        return problem_at(path, "picture", message, None, "make it smaller before you put it here")
    return (tall, wide) if turned else (wide, tall)


def _unreadable(path: str, error: Exception) -> Problem:
    hint = "save it anew as JPEG or PNG, with the ending that its format has"
    message = f"the picture can't be read: {str(error).partition(' <')[0]}"
    return problem_at(path, "picture", message.replace(str(Path(path).absolute()), path), None, hint)
