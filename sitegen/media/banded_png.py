"""PNG pictures that are equal but for some of their rows: what they share is compressed once.

Deflate is cut into bands of rows, none of which refers to another, so a picture is put together of those that are at hand
and those that it has of its own.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import groupby
from typing import Any, NamedTuple

from msgspec import Struct

from sitegen.media.metadata import PNG, png_chunk

#: Rows of a band: fewer cost bytes, as each band begins without knowing the rows above it.
_ROWS = 30
#: zlib's level: two thirds of the time of 6, for a tenth more bytes.
_LEVEL = 3
_MODULUS = 65_521


class Patch(NamedTuple):
    """What a picture has of its own: colours (indexes in the palette), where they are seen, and their place."""

    colours: Any
    mask: Any
    left: int
    top: int


class _Band(NamedTuple):
    """Rows as a part of a Deflate stream that ends at a whole byte, with their Adler-32 and their size."""

    data: bytes
    check: int
    size: int


class BandedPng(Struct, frozen=True):
    """A picture with a palette, of which others are made."""

    rows: Any  #: the picture with a column of zeros before it: PNG has the number of a filter there
    head: bytes  #: the PNG before the rows
    bands: tuple[_Band, ...]

    @classmethod
    def of(cls, picture: Any, palette: Sequence[int]) -> BandedPng:
        """Take a picture of palette indexes (mode "L"), and the palette: red, green and blue one after another."""
        from PIL import Image

        width, height = picture.size
        rows = Image.new("L", (width + 1, height), 0)
        rows.paste(picture, (1, 0))
        header = b"".join(number.to_bytes(4, "big") for number in (width, height)) + bytes((8, 3, 0, 0, 0))
        head = PNG + png_chunk(b"IHDR", header) + png_chunk(b"PLTE", bytes(palette))
        bands = tuple(_band(_cut(rows, top, top + _ROWS).tobytes()) for top in range(0, height, _ROWS))
        return cls(rows, head, bands)

    def patched(self, patches: Sequence[Patch]) -> bytes:
        """Return the picture with patches on it, as PNG."""
        bands = list(self._with(patches))
        check = reduce(_joined_check, bands, 1)
        data = b"\x78\x5e" + b"".join(band.data for band in bands) + b"\x03\x00" + check.to_bytes(4, "big")
        return self.head + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")

    def _with(self, patches: Sequence[Patch]) -> Iterator[_Band]:
        changed = {number for patch in patches for number in _bands_of(patch)}
        for is_changed, numbers in groupby(range(len(self.bands)), changed.__contains__):
            if is_changed:
                run = list(numbers)
                yield self._drawn(patches, run[0] * _ROWS, (run[-1] + 1) * _ROWS)
            else:
                yield from (self.bands[number] for number in numbers)

    def _drawn(self, patches: Iterable[Patch], top: int, bottom: int) -> _Band:
        rows = _cut(self.rows, top, bottom)
        for patch in patches:
            rows.paste(patch.colours, (patch.left + 1, patch.top - top), patch.mask)
        return _band(rows.tobytes())


def _bands_of(patch: Patch) -> range:
    return range(patch.top // _ROWS, (patch.top + patch.mask.height - 1) // _ROWS + 1)


def _cut(rows: Any, top: int, bottom: int) -> Any:
    return rows.crop((0, top, rows.width, min(bottom, rows.height)))


def _band(raw: bytes) -> _Band:
    compressor = zlib.compressobj(_LEVEL, wbits=-zlib.MAX_WBITS)
    data = compressor.compress(raw) + compressor.flush(zlib.Z_SYNC_FLUSH)
    return _Band(data, zlib.adler32(raw), len(raw))


def _joined_check(check: int, band: _Band) -> int:
    """The Adler-32 of what has one checksum with a band behind it."""
    low, high = check & 0xFFFF, check >> 16
    more_low, more_high = band.check & 0xFFFF, band.check >> 16
    low_sum = (low + more_low - 1) % _MODULUS
    high_sum = (high + more_high + band.size * (low - 1)) % _MODULUS
    return high_sum << 16 | low_sum
