"""Social cards: a picture of 1200 × 630 pixels with the titles of page and site, in the page's script.

ICU breaks lines and resolves directions, HarfBuzz shapes and FreeType draws, so the picture is the same on every machine,
regardless of its fonts.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from sitegen.i18n import icu
from sitegen.i18n.locale import Locale
from sitegen.media.banded_png import BandedPng, Patch
from sitegen.media.card_design import HEIGHT, SETTINGS, WIDTH, Box, Card
from sitegen.media.images import decode_sized
from sitegen.problems.problem import SiteError, refusal
from sitegen.source.text import problem_at

#: Number of shades from paper to ink, for anti-aliasing.
_STEPS = 24
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f"


def draw(card: Card, locale: Locale, title: str, site: str, path: str, label: str = "") -> bytes:
    """Draw the card of a page, as PNG.

    Args:
        path: the file that contains the title, for problems.

    Raises:
        SiteError: no font has a character, or a font or the background can't be used.
    """
    try:
        easel = _easel(card, locale)
        title, site, label = (easel.drawable(text, path) for text in (title, site, label))
        inked = [easel.inked(card.title, title), easel.inked(card.label, label) if card.label else None]
        return _ground(easel, site).patched([patch for patch in inked if patch])
    except (SiteError, MemoryError):
        raise
    except Exception as error:  # each library has its own, and a damaged font may fail at any glyph
        message = f"a font of the card can't be used: {error or type(error).__name__}"
        raise refusal(card.shown, "unreadable", message, "save it again, or name another") from error


#: The characters of a script, or of one font, that are set together: the text, its width, its width at the end of a line.
_Part = tuple[str, float, float]
#: A glyph: its font, its number, and its place from the start of the line.
_Placed = tuple["_Face", int, float, float]


class _Easel(Struct, frozen=True, eq=False):
    """What the cards of a language are drawn with: sets texts in its fonts."""

    card: Card
    locale: Locale
    faces: tuple[_Face, ...]
    canvas: Any  #: the background as palette indexes
    palette: Sequence[int]  #: its colours, and the shades from paper to ink
    shades: Sequence[int]  #: coverage → palette index of its shade

    def inked(self, box: Box, text: str, *, in_the_middle: bool = False) -> Patch | None:
        """Return a text in its box, in shades from paper to ink; None if nothing of it is visible."""
        coverage = self._set(box, text, in_the_middle=in_the_middle) if text else None
        if coverage is None:
            return None
        picture, left, top = coverage
        return Patch(picture.point(self.shades), picture.point(_VISIBLE), left, top)

    def drawable(self, text: str, path: str) -> str:
        """Return a text that the fonts have; without the characters that they lack if they are the theme's.

        Args:
            path: the file that contains the text, for problems.
        """
        missing = sorted(char for char in set(text) if not self._has_glyph(char))
        if missing and self.card.is_own:
            hint = f"write the title in the page's language, or name one more font in {SETTINGS}"
            raise refusal(path, "glyph", f"no font of the card has '{missing[0]}' (U+{ord(missing[0]):04X})", hint)
        return "".join(char for char in text if char not in missing) if missing else text

    def _has_glyph(self, char: str) -> bool:
        """Whether a character can be drawn or is invisible."""
        return char.isspace() or char in _UNSEEN or any(char in face.characters for face in self.faces)

    def _set(self, box: Box, text: str, *, in_the_middle: bool) -> tuple[Any, int, int] | None:
        """Set a text in a box, aligned to the start of the line, in the largest size that fits.

        Return the coverage of the pixels that it touches, and where these begin; None if there are none.
        """
        from PIL import Image

        placed = list(self._placed(box, text, in_the_middle=in_the_middle))
        left, top = (max(0, min((glyph[side] for glyph in placed), default=0)) for side in (1, 2))
        right = min(WIDTH, max((across + glyph.width for glyph, across, _ in placed), default=0))
        bottom = min(HEIGHT, max((down + glyph.height for glyph, _, down in placed), default=0))
        if left >= right or top >= bottom:
            return None
        coverage = Image.new("L", (right - left, bottom - top), 0)
        for glyph, across, down in placed:
            place = across - left, down - top, across - left + glyph.width, down - top + glyph.height
            coverage.paste(255, place, glyph)
        return coverage, left, top

    def _placed(self, box: Box, text: str, *, in_the_middle: bool) -> Iterator[tuple[Any, int, int]]:
        """Yield the picture of each glyph of a text in its box, and its place on the card."""
        size, lines = self._fitted(box, text)
        ascent, height = (length * size for length in self.faces[0].line)
        top = box.y + (max(0, box.height - height * len(lines)) / 2 if in_the_middle else 0)
        for number, line in enumerate(lines):
            glyphs, width = self._shaped(line)
            left = box.x if self.locale.dir == "ltr" else WIDTH - box.x - width * size
            for face, glyph, x, y in glyphs:
                drawn = face.glyph(glyph, size)
                if drawn is not None:
                    image, right, above = drawn
                    down = round(top + ascent + number * height - y * size) - above
                    yield image, round(left + x * size) + right, down

    def _fitted(self, box: Box, text: str) -> tuple[int, list[str]]:
        """Return the largest size in which a text fits a box, and its balanced lines; truncate it if no size fits."""
        parts = [self._measured(part) for part in cut(text, self.locale)]
        if not parts:  # nothing but characters that no font has, which are reported
            return box.sizes[0], []
        for size in sorted(box.sizes, reverse=True):
            room, width = max(1, int(box.height / (self.faces[0].line[1] * size))), box.width / size
            lines = _broken(parts, width)
            if len(lines) <= room and max(end for _, _, end in parts) <= width:
                return size, _evened(parts, width, lines)
        last = min(room, len(lines)) - 1  # there may be room for more lines, if a word is wider than the box
        return size, [*lines[:last], lines[last] + "…"]

    def _measured(self, part: str) -> _Part:
        width, end = self._shaped(part)[1], part.rstrip()
        return part, width, width if end == part else self._shaped(end)[1]

    def _shaped(self, line: str) -> tuple[list[_Placed], float]:
        """Return the glyphs of a line, each with its face and position, and the total width, for font size 1."""
        import uharfbuzz

        glyphs: list[_Placed] = []
        pen = 0.0
        for text, is_rtl in icu.visual_runs(line, is_rtl=self.locale.dir == "rtl"):
            pieces = list(_by_face(text, self.faces))
            for face, piece in reversed(pieces) if is_rtl else pieces:
                buffer = uharfbuzz.Buffer()
                buffer.add_str(piece)
                buffer.guess_segment_properties()
                buffer.direction = "rtl" if is_rtl else "ltr"
                buffer.language = self.locale.tag
                uharfbuzz.shape(face.hb, buffer)
                scale = 1 / face.hb.face.upem
                for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
                    glyphs.append((face, info.codepoint, pen + position.x_offset * scale, position.y_offset * scale))
                    pen += position.x_advance * scale
        return glyphs, pen


#: Coverage → whether anything of it is visible, as a mask.
_VISIBLE = [255 if value > 255 // _STEPS else 0 for value in range(256)]


@lru_cache(maxsize=64)
def _easel(card: Card, locale: Locale) -> _Easel:
    faces = tuple(_face(card, path) for path in card.fonts_of(locale))
    canvas, palette = _canvas(card, locale.dir)
    first = len(palette) // 3 - _STEPS
    shades = [first + value * (_STEPS - 1) // 255 for value in range(256)]
    return _Easel(card, locale, faces, canvas, palette, shades)


@lru_cache(maxsize=64)
def _ground(easel: _Easel, site: str) -> BandedPng:
    """Return what all cards of a language share: the background with the site's name."""
    picture = easel.canvas.copy()
    patch = easel.inked(easel.card.site, site, in_the_middle=True)
    if patch:
        picture.paste(patch.colours, (patch.left, patch.top), patch.mask)
    return BandedPng.of(picture, easel.palette)


@lru_cache(maxsize=2)
def _canvas(card: Card, direction: str) -> tuple[Any, list[int]]:
    """Return the background as palette indexes, and its palette, which ends with the shades from paper to ink."""
    from PIL import Image, ImageColor, ImageOps

    try:
        picture = decode_sized(card.background, (WIDTH, HEIGHT))
    except ValueError as error:
        mark, hint = card.marks.get("background"), f"save it as a PNG of {WIDTH} × {HEIGHT} pixels, or name another"
        raise SiteError([problem_at(card.shown, "picture", str(error), mark, hint)]) from error
    if direction == "rtl":
        picture = ImageOps.mirror(picture)
    numbered = picture.quantize(256 - _STEPS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    colours = (numbered.getpalette() or [])[: 3 * (256 - _STEPS)]
    colours += [0] * (3 * (256 - _STEPS) - len(colours))
    light, dark = ImageColor.getrgb(card.paper), ImageColor.getrgb(card.ink)
    for step in range(_STEPS):
        colours += [round(a + (b - a) * step / (_STEPS - 1)) for a, b in zip(light[:3], dark[:3], strict=True)]
    return Image.frombytes("L", numbered.size, numbered.tobytes()), colours


class _Face:
    """A font file, shaped by HarfBuzz and drawn by FreeType; each glyph is drawn once per size."""

    def __init__(self, path: Path) -> None:
        import freetype
        import uharfbuzz

        self.hb = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))
        self._drawn = freetype.Face(str(path))
        self._glyphs: dict[tuple[int, int], tuple[Any, int, int] | None] = {}

    @cached_property
    def characters(self) -> frozenset[str]:
        return frozenset(map(chr, self.hb.face.unicodes))

    @cached_property
    def line(self) -> tuple[float, float]:
        """Ascent and line height for font size 1."""
        extents, upem = self.hb.get_font_extents("ltr"), self.hb.face.upem
        return extents.ascender / upem, (extents.ascender - extents.descender + extents.line_gap) / upem

    def glyph(self, number: int, size: int) -> tuple[Any, int, int] | None:
        """Return (coverage, offset to the right of the pen, offset above it) of a glyph; None if it is blank."""
        if (number, size) not in self._glyphs:
            self._glyphs[number, size] = self._draw(number, size)
        return self._glyphs[number, size]

    def _draw(self, number: int, size: int) -> tuple[Any, int, int] | None:
        import freetype
        from PIL import Image

        self._drawn.set_pixel_sizes(0, size)
        self._drawn.load_glyph(number, freetype.FT_LOAD_RENDER | freetype.FT_LOAD_NO_HINTING)
        slot = self._drawn.glyph
        bitmap = slot.bitmap
        if not bitmap.width or not bitmap.rows:
            return None
        data = ctypes.string_at(bitmap._FT_Bitmap.buffer, bitmap.rows * bitmap.pitch)
        image = Image.frombytes("L", (bitmap.width, bitmap.rows), data, "raw", "L", bitmap.pitch)
        return image, slot.bitmap_left, slot.bitmap_top


@lru_cache(maxsize=64)
def _face(card: Card, path: Path) -> _Face:
    return _Face(path)


def cut(text: str, locale: Locale) -> list[str]:
    """Split a text where its lines may end: of a script without spaces between words alone, as in headings."""
    phrases = locale.phrases(text)
    return phrases if len(phrases) > 1 else icu.line_parts(str(locale.cldr), text)


def _broken(parts: Sequence[_Part], width: float) -> list[str]:
    """Break parts into lines; each part is (text, its width, its width at the end of a line)."""
    lines, used = [""], 0.0
    for text, full, at_end in parts:
        if lines[-1] and used + at_end > width:
            lines.append("")
            used = 0.0
        lines[-1] += text
        used += full
    return [line.rstrip() for line in lines]


def _evened(parts: Sequence[_Part], width: float, lines: list[str]) -> list[str]:
    """Balance the lines: reduce the width as far as the number of lines stays the same."""
    for narrower in range(19, 9, -1):
        tried = _broken(parts, width * narrower / 20)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def _by_face(text: str, faces: Sequence[_Face]) -> Iterator[tuple[_Face, str]]:
    """Split a text by the first face that has each character; invisible ones stay with the previous piece."""
    if faces[0].characters.issuperset(text):
        yield faces[0], text
        return
    face, piece = faces[0], ""
    for char in text:
        own = face if char.isspace() or char in _UNSEEN else _face_of(char, faces)
        if own is not face and piece:
            yield face, piece
            piece = ""
        face, piece = own, piece + char
    if piece:
        yield face, piece


def _face_of(char: str, faces: Sequence[_Face]) -> _Face:
    return next((face for face in faces if char in face.characters), faces[0])
