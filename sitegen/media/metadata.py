"""Removes metadata from pictures: locations, serial numbers, names, times, thumbnails, comments.

The pixel data stays identical. Metadata that affects display is kept: colour profile, orientation, animation. The
format is detected from the first bytes; files in other formats stay unchanged, as do damaged pictures, which the check of
pictures reports.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from mmap import mmap

from msgspec import Struct, field

from sitegen.media.tiff_metadata import without_tiff_metadata

#: Endings of TIFF.
TIFF = (".tif", ".tiff")
_ORIENTATION = 0x0112
#: What a PNG begins with.
PNG = b"\x89PNG\r\n\x1a\n"
#: PNG chunks that affect display; chunks with a lower-case first letter are optional for viewers.
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs acTL fcTL fdAT".split()
)
_GIF_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
#: What an AVIF or HEIC may say it is: pictures and sequences, of one or several layers or views.
BRANDS = frozenset(b"avif avis heic heim heis heix hevc hevm hevs hevx mif1 msf1".split())
#: AVIF and HEIC boxes at the top that decoders need, and those with metadata at any depth: phones add films and more.
_NEEDED = frozenset(b"ftyp styp meta mdat moov moof mfra sidx".split())
_OF_CAMERAS = frozenset(b"udta uuid keys ilst free skip".split())
#: AVIF and HEIC boxes that contain other boxes → number of bytes before these; and the maximum depth to read.
_BOXES_WITHIN = {b"meta": 4, b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0}
_DEEPEST = 6
#: Parts that a JPEG, PNG, AVIF or HEIC may have; real ones have some thousands.
MOST_PARTS = 100_000
#: Bytes between a JPEG's segments: one may be many of them, but Pillow reads each by itself.
_MOST_SKIPPED = 1_000_000
#: Where a JPEG's next segment begins, which any number of FF may precede; and where its scan ends, in which FF 00 is data
#: and FF D0 to D7 are restarts, which FF may precede too.
_MARKER, _AFTER_SCAN = re.compile(rb"\xff[^\x00\xff]"), re.compile(rb"\xff(?<!\xff\xff)\xff*+[^\x00\xff\xd0-\xd7]")
_DAMAGE = (struct.error, IndexError, ValueError)


def without_metadata(path: str, content: bytes) -> bytes:
    """Return a picture without its metadata; any other file, and a damaged picture, is returned unchanged."""
    bare = stripped(path, content)
    return content if bare is None else bare


def is_damaged(content: bytes) -> bool:
    """Whether a picture's parts don't fit its length, so that its metadata can't be found."""
    return stripped("", content) is None


def stripped(path: str, content: bytes) -> bytes | None:
    """Return a picture without its metadata, and any other file as it is; None for a damaged picture.

    TIFF under other endings, as of raw pictures and of microscopes, stays as it is: its programs need more of it.
    """
    strips = (strip for starts, strip in _FORMATS if starts(content))
    strip = _tiff if is_tiff(content) and path.lower().endswith(TIFF) else next(strips, None)
    try:
        return strip(content) if strip else content
    except _DAMAGE:
        return None


def is_tiff(begin: bytes) -> bool:
    """Whether a file that begins in this way is a TIFF."""
    return begin[:4] in (b"II*\0", b"MM\0*")


def is_raster(begin: bytes) -> bool:
    """Whether a file that begins in this way is a picture in one of these formats."""
    return any(starts(begin) for starts, _ in _FORMATS)


def orientation_of(exif: bytes) -> int:
    """Return the orientation, 1 to 8, from an Exif block (TIFF); 1 if it is not set."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 14:
        return 1
    (at,) = struct.unpack_from(f"{order}I", exif, 4)
    if at + 2 > len(exif):
        return 1
    (count,) = struct.unpack_from(f"{order}H", exif, at)
    for entry in range(at + 2, min(at + 2 + 12 * count, len(exif) - 11), 12):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, entry)
        if tag == _ORIENTATION:
            return int(value) if 1 <= value <= 8 else 1
    return 1


def _exif(orientation: int) -> bytes:
    """Return an Exif block that contains only the orientation."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def _counted(most: int = MOST_PARTS) -> Iterator[None]:
    """Is asked once for each part of a picture, as a few bytes can announce any number of parts."""
    for _ in range(most):
        yield
    raise ValueError("too many parts")


def _tiff(content: bytes) -> bytes:
    return without_tiff_metadata(content, _blank_in_jpeg)


# JPEG


def count_scans(content: bytes | mmap) -> int:
    """Return the number of scans of a JPEG; 0 for any other file.

    Raises:
        ValueError, struct.error: a JPEG or PNG has more parts, or bytes between them, than programs read in a moment.
    """
    if content[: len(PNG)] == PNG:
        return sum(0 for _ in _png_chunks(content))
    return sum(marker == 0xDA for marker, *_ in _jpeg_places(content)) if content[:2] == b"\xff\xd8" else 0


def _jpeg(content: bytes) -> bytes:
    parts, orientation = [content[:2]], 1
    for marker, segment in _jpeg_segments(content):
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            orientation = orientation_of(segment[10:])
        else:
            parts.append(_kept(marker, segment))
    parts = [part for part in parts if part]
    if orientation != 1:
        exif = b"Exif\0\0" + _exif(orientation)
        parts.insert(
            1 + (len(parts) > 1 and parts[1][:2] == b"\xff\xe0"), struct.pack(">BBH", 0xFF, 0xE1, len(exif) + 2) + exif
        )
    return b"".join(parts)


def _kept(marker: int, segment: bytes) -> bytes:
    """What decoders need of a segment."""
    if marker == 0xE0 and segment[4:9] == b"JFIF\0":
        return b"\xff\xe0\0\x10" + segment[4:16] + b"\0\0" if len(segment) >= 18 else b""  # without a thumbnail
    if marker == 0xEE and segment[4:9] == b"Adobe":  # the last byte tells RGB from YCbCr, and CMYK from YCCK
        return (
            struct.pack(">BBH5sHHHB", 0xFF, 0xEE, 14, b"Adobe", 100, 0, 0, segment[15]) if len(segment) >= 16 else b""
        )
    is_profile = marker == 0xE2 and segment[4:16] == b"ICC_PROFILE\0"
    return segment if is_profile or not (0xE0 <= marker <= 0xEF or marker == 0xFE) else b""


def _blank_in_jpeg(content: bytes) -> bytes:
    """Return a JPEG with zeros for its metadata, as long as it was: what it stands in may refer to its parts."""
    made = bytearray(len(content))
    made[:2] = content[:2]
    for marker, begin, end in _jpeg_places(content):
        segment = content[begin:end]
        kept = segment[:4] + _kept(marker, segment)[4:]
        made[begin : begin + len(kept)] = kept
    return bytes(made)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and content of each segment."""
    for marker, begin, end in _jpeg_places(content):
        yield marker, content[begin:end]


def _jpeg_places(content: bytes | mmap) -> Iterator[tuple[int, int, int]]:
    """Yield marker, begin and end of each segment; a scan includes its data. Skip trailing data, as other pictures or films."""
    at, skipped = 2, 0
    for _ in _counted():
        found = _MARKER.search(content, at)  # decoders skip bytes that are not a marker
        if found is None:
            return
        if (skipped := skipped + found.start() - at) > _MOST_SKIPPED:
            raise ValueError("too many bytes between its parts")
        at, marker = found.start(), found[0][1]
        if marker == 0xD9:
            yield marker, at, at + 2
            return
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # which have no length, and say nothing outside of a scan
            at += 2
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:
            if content[end - 1 : end] == b"\xff":
                raise ValueError("no head of a scan")
            after = _AFTER_SCAN.search(content, end)
            end = after.start() if after else len(content)
        yield marker, at, end
        at = end


# PNG


def _png(content: bytes) -> bytes:
    parts = [PNG]
    for name, begin, end in _png_chunks(content):
        if name in _PNG_KEPT:
            parts.append(content[begin:end])
        elif name == b"eXIf" and (orientation := orientation_of(content[begin + 8 : end - 4])) != 1:
            parts.append(png_chunk(name, _exif(orientation)))
    return b"".join(parts)


def _png_chunks(content: bytes | mmap) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, begin and end of each chunk."""
    at = len(PNG)
    for _ in _counted():
        if at + 12 > len(content):
            return
        length, name = struct.unpack_from(">I4s", content, at)
        yield name, at, at + 12 + length
        at += 12 + length
        if name == b"IEND":
            return


def png_chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG, with its length and checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


# WebP


def _webp(content: bytes) -> bytes:
    parts, at = list[bytes](), 12
    orientation = 1
    end = min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    for _ in _counted():
        if at + 8 > end:
            break
        name, length = struct.unpack_from("<4sI", content, at)
        chunk, at = content[at : at + 8 + length + length % 2], at + 8 + length + length % 2
        if name == b"EXIF":
            orientation = orientation_of(chunk[8:].removeprefix(b"Exif\0\0"))
        elif name in (b"VP8X", b"VP8 ", b"VP8L", b"ICCP", b"ANIM", b"ANMF", b"ALPH"):
            parts.append(chunk)
    if parts and parts[0][:4] == b"VP8X":
        flags = parts[0][8] & ~(_WEBP_EXIF | _WEBP_XMP) | (_WEBP_EXIF if orientation != 1 else 0)
        parts[0] = parts[0][:8] + bytes([flags]) + parts[0][9:]
        if orientation != 1:
            exif = _exif(orientation)
            parts.append(struct.pack("<4sI", b"EXIF", len(exif)) + exif)
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# GIF


def _gif(content: bytes) -> bytes:
    at = 13 + _colours(content[10])
    parts, count = [content[:at]], _counted(MOST_PARTS + len(content) // 64)  # of 255 bytes each, but for the last
    while at + 9 < len(content) and content[at] in (0x2C, 0x21):
        next(count)
        begin, label = at, content[at + 1]
        is_picture = content[at] == 0x2C
        at = _after_blocks(content, at + 11 + _colours(content[at + 9]) if is_picture else at + 2, count)
        if is_picture or label in (0x01, 0xF9) or (label == 0xFF and content[begin + 3 : begin + 14] in _GIF_KEPT):
            parts.append(content[begin:at])
    return b"".join((*parts, b";"))


def _colours(flags: int) -> int:
    """Return the size of the colour table in bytes; 0 if there is none."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, at: int, count: Iterator[None]) -> int:
    while at < len(content) and content[at]:
        next(count)
        at += content[at] + 1
    return min(at + 1, len(content))


# AVIF and HEIC


class _Heif(Struct):
    """What is read of an AVIF or HEIC."""

    content: bytes
    bytes_left: int  #: that may still be overwritten
    parts: Iterator[None] = field(default_factory=_counted)

    def boxes(self, at: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, int, int]]:
        """Yield (name, start of the content, end) of each box in a range, including nested boxes."""
        while at + 8 <= end and depth < _DEEPEST:
            next(self.parts)
            size, name = struct.unpack_from(">I4s", self.content, at)
            begin = at + 8
            if size == 1:
                size, begin = struct.unpack_from(">Q", self.content, begin)[0], begin + 8
            after = end if size == 0 else at + size
            if after <= at or after > end or begin > after:
                raise ValueError("no box")
            yield name, begin, after
            if name in _BOXES_WITHIN:
                yield from self.boxes(begin + _BOXES_WITHIN[name], after, depth + 1)
            at = after


def _heif(content: bytes) -> bytes:
    """Overwrite metadata in place, because boxes refer to each other by offset."""
    made, file, top = bytearray(content), _Heif(content, len(content)), 0
    for name, begin, end in file.boxes(0, len(content)):
        if name == b"meta":
            _blank_items(made, file, begin, end)
        is_whole = begin >= top  # not within another
        top = max(top, end)
        if name in _OF_CAMERAS or (is_whole and name not in _NEEDED):
            at = content.rindex(name, max(0, begin - 12), begin)  # its size, if of 64 bits, is behind
            made[at : at + 4] = b"free"
            made[begin:end] = bytes(end - begin)
    return bytes(made)


def _blank_items(made: bytearray, file: _Heif, begin: int, end: int) -> None:
    """Overwrite the Exif and XMP items of a `meta` box."""
    boxes = {name: (at, after) for name, at, after in file.boxes(begin + 4, end)}
    if b"iinf" not in boxes or b"iloc" not in boxes:
        return
    types = _item_types(file, *boxes[b"iinf"])
    inner = boxes.get(b"idat", (0, 0))[0]
    for item, method, offset, length in _item_places(file, *boxes[b"iloc"]):
        if types.get(item) in (b"Exif", b"mime"):
            at = offset + (inner if method == 1 else 0)
            file.bytes_left -= length
            if at + length > len(made) or file.bytes_left < 0:
                raise ValueError("outside the file, or more than it holds")
            made[at : at + length] = (b"\0\0\0\0" + _exif(1))[:length].ljust(length, b"\0")


def _item_types(file: _Heif, begin: int, end: int) -> dict[int, bytes]:
    """Return item number → type."""
    content = file.content
    head = 6 if content[begin] == 0 else 8
    found = {}
    for name, at, _ in file.boxes(begin + head, end):
        version = content[at]
        if name == b"infe" and version >= 2:
            number, kind = (">H", 8) if version == 2 else (">I", 10)
            found[struct.unpack_from(number, content, at + 4)[0]] = content[at + kind : at + kind + 4]
    return found


def _item_places(file: _Heif, begin: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (item number, construction method, offset, length) of each extent; the method says what offsets are relative to."""
    content = file.content
    version = content[begin]
    sizes = content[begin + 4] >> 4, content[begin + 4] & 15, content[begin + 5] >> 4, content[begin + 5] & 15
    offset_size, length_size, base_size, index_size = sizes
    at = begin + 6

    def read(size: int) -> int:
        nonlocal at
        if at + size > end:
            raise ValueError("cut off")
        at += size
        return int.from_bytes(content[at - size : at], "big")

    for _ in range(read(2 if version < 2 else 4)):
        next(file.parts)
        item = read(2 if version < 2 else 4)
        method = read(2) & 15 if version > 0 else 0
        read(2)
        base = read(base_size)
        for _ in range(read(2)):
            next(file.parts)
            read(index_size if version > 0 else 0)
            offset = base + read(offset_size)
            yield item, method, offset, read(length_size)


#: Test for a format, and the function that removes its metadata.
_FORMATS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], bytes]], ...] = (
    (lambda content: content.startswith(b"\xff\xd8"), _jpeg),
    (lambda content: content.startswith(PNG), _png),
    (lambda content: content.startswith(b"RIFF") and content[8:12] == b"WEBP", _webp),
    (lambda content: content[:6] in (b"GIF87a", b"GIF89a"), _gif),
    (lambda content: content[4:8] == b"ftyp" and content[8:12] in BRANDS, _heif),
)
