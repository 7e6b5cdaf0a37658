"""Removes metadata from TIFF pictures (TIFF 6.0): all that decoders don't need is zeros, as parts are named by their offset.

The profile of the colours stays, and the place that a map shows (GeoTIFF).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

_SUB_IFDS = 330
_KEPT = frozenset(
    (254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 288, 289, 290,
     291, 292, 293, 296, 297, 301, *range(317, 329), _SUB_IFDS, 332, 334, *range(336, 348), *range(433, 436),
     *range(512, 522), *range(529, 533), 559, *range(32995, 32999), 33550, 33922, 34264, 34675, *range(34735, 34738), 42113, 50674)
)  # fmt: skip
#: Tags with the offsets of data → the tag with their lengths: strips, tiles, a JPEG.
_DATA = {273: 279, 324: 325, 513: 514}
#: The tag of how the data is compressed, and its values for JPEG; the tag of tables that are a JPEG without a picture.
_COMPRESSION, _JPEG, _JPEG_TABLES = 259, ((6,), (7,)), 347
#: Tags with the offsets of a JPEG's tables, and the maximum length of one.
_TABLES, _LONGEST_TABLE = (519, 520, 521), 272
#: Bytes of a value of each type.
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SHORT = 3
#: Bytes of an entry, and of a value that stands in it.
_ENTRY, _INLINE = 12, 4
#: The most entries of all directories together, of which real ones have some hundreds, and the most strips or tiles of a
#: picture; and the most smaller copies of one.
_MOST_ENTRIES, _MOST_COPIES = 100_000, 16


class _Value(Struct, frozen=True):
    """An entry of a directory as it is written, and where its value is."""

    entry: bytes
    place: int
    size: int  #: in bytes
    is_short: bool  #: whether its numbers have 16 bits

    def numbers(self, content: bytes, order: str) -> tuple[int, ...]:
        """The numbers, if that is what it holds."""
        letter, width = ("H", 2) if self.is_short else ("I", 4)
        if self.size // width > _MOST_ENTRIES:
            raise ValueError("too many parts")
        return struct.unpack_from(f"{order}{self.size // width}{letter}", content, self.place)


#: A page, or a smaller copy of one (IFD): tag → value.
_Directory = Mapping[int, _Value]


def without_tiff_metadata(content: bytes, blank: Callable[[bytes], bytes]) -> bytes:
    """Return a TIFF with only what decoders need of it.

    Args:
        blank: returns a JPEG with zeros for its metadata, as long as it was; a TIFF may consist of JPEGs.

    Raises:
        ValueError, struct.error: its parts don't fit its length.
    """
    order = "<" if content.startswith(b"II") else ">"
    made, room, pictures = bytearray(len(content)), 2 * len(content), set[tuple[int, int]]()
    made[:8] = content[:8]
    for at, next_one, directory in _directories(content, order):
        for begin, length in _parts(content, order, directory):
            made[begin : begin + length] = content[begin : begin + length]
            if (room := room - length) < 0:
                raise ValueError("more than it holds")
        table = b"".join(value.entry for value in directory.values()) + next_one
        made[at : at + 2 + len(table)] = struct.pack(f"{order}H", len(directory)) + table
        pictures.update(_jpegs(content, order, directory))
    for begin, length in pictures:
        made[begin : begin + length] = blank(content[begin : begin + length])
    return bytes(made)


def _directories(content: bytes, order: str) -> Iterator[tuple[int, bytes, _Directory]]:
    """Yield the offset of each directory, that of the next one as it is written, and what of it is kept."""
    waiting, seen, entries = [*struct.unpack_from(f"{order}I", content, 4)], {0}, 0
    while waiting:
        if (at := waiting.pop()) in seen:
            continue
        seen.add(at)
        (count,) = struct.unpack_from(f"{order}H", content, at)
        end = at + 2 + _ENTRY * count
        (next_one,) = struct.unpack_from(f"{order}I", content, end)
        if (entries := entries + count) > _MOST_ENTRIES:
            raise ValueError("too many entries")
        directory = dict(_values(content, order, at + 2, end))
        yield at, content[end : end + 4], directory
        copies = directory[_SUB_IFDS].numbers(content, order)[:_MOST_COPIES] if _SUB_IFDS in directory else ()
        waiting += [*copies, next_one]


def _values(content: bytes, order: str, begin: int, end: int) -> Iterator[tuple[int, _Value]]:
    for at in range(begin, end, _ENTRY):
        tag, kind, count, place = struct.unpack_from(f"{order}HHII", content, at)
        size = _SIZES.get(kind, 1) * count
        if tag in _KEPT:
            place = place if size > _INLINE else at + 8
            if place + size > len(content):
                raise ValueError("outside the file")
            yield tag, _Value(content[at : at + _ENTRY], place, size, kind == _SHORT)


def _parts(content: bytes, order: str, directory: _Directory) -> Iterator[tuple[int, int]]:
    """Yield the offset and length of what a directory needs beside its entries."""
    yield from ((value.place, value.size) for value in directory.values() if value.size > _INLINE)
    yield from _data(content, order, directory)
    for tag in _TABLES:
        if tag in directory:
            yield from ((at, _LONGEST_TABLE) for at in directory[tag].numbers(content, order))


def _data(content: bytes, order: str, directory: _Directory) -> Iterator[tuple[int, int]]:
    """Yield the offset and length of each strip, tile and JPEG."""
    for tag, other in _DATA.items():
        if tag in directory:
            offsets = directory[tag].numbers(content, order)
            lengths = directory[other].numbers(content, order) if other in directory else (len(content),)
            yield from zip(offsets, lengths, strict=False)


def _jpegs(content: bytes, order: str, directory: _Directory) -> Iterator[tuple[int, int]]:
    """Yield the offset and length of each part that is a JPEG of its own."""
    if _COMPRESSION not in directory or directory[_COMPRESSION].numbers(content, order)[:1] not in _JPEG:
        return
    tables = directory.get(_JPEG_TABLES)
    parts = [*_data(content, order, directory), *([(tables.place, tables.size)] if tables else [])]
    yield from (part for part in parts if content.startswith(b"\xff\xd8", part[0]))
