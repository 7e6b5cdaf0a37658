"""Small pictures in every mode and depth, and the colour profiles that they need, written byte by byte."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Sequence
from functools import cache

from PIL import Image

WIDE, HIGH = 64, 48


def png(bits: int, kind: int, rows: Iterable[Sequence[int]], *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of a bit depth and colour type, with more chunks before its pixels."""
    lines = list(rows)
    packed = b"".join(b"\0" + _packed(row, bits) for row in lines)
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    head = struct.pack(">IIBBBBB", len(lines[0]) // channels, len(lines), bits, kind, 0, 0, 0)
    parts = ((b"IHDR", head), *chunks, (b"IDAT", zlib.compress(packed)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, content) for name, content in parts)


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _packed(row: Sequence[int], bits: int) -> bytes:
    if bits == 16:
        return struct.pack(f">{len(row)}H", *row)
    if bits == 8:
        return bytes(row)
    text = "".join(f"{value:0{bits}b}" for value in row)
    return int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8), "big")


@cache
def ramp(bits: int, channels: int) -> list[list[int]]:
    """Rows that run from dark to light, each channel in its own direction; the fourth, or second, is opacity."""
    most = 2**bits - 1

    def value(x: int, y: int, channel: int) -> int:
        shares = (x / (WIDE - 1), y / (HIGH - 1), 1 - x / (WIDE - 1), 0.3 + 0.7 * y / (HIGH - 1))
        is_opacity = channels in (2, 4) and channel == channels - 1
        return int(0.5 + most * (shares[3] if is_opacity else shares[channel]))

    return [[value(x, y, channel) for x in range(WIDE) for channel in range(channels)] for y in range(HIGH)]


def jpeg(mode: str, *, orientation: int = 1, profile: bytes = b"") -> bytes:
    """A JPEG of mode L, RGB or CMYK."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    rows = ramp(8, 3 if channels == 4 else channels)
    flat = bytes(value for row in rows for value in row)
    image = Image.frombytes("L" if channels == 1 else "RGB", (WIDE, HIGH), flat).convert(mode)
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, subsampling=0, exif=exif, icc_profile=profile or None)
    return buffer.getvalue()


def gif(frames: int = 2) -> bytes:
    """An animated GIF with a comment."""
    images = [Image.new("RGB", (WIDE, HIGH), (90 * number, 40, 200)) for number in range(frames)]
    buffer = io.BytesIO()
    images[0].save(
        buffer, "GIF", save_all=True, append_images=images[1:], loop=0, duration=100, comment=b"secret place"
    )
    return buffer.getvalue()


# colour profiles (ICC.1:2001-04)


def _profile(space: bytes, connection: bytes, kind: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"desc": _description(), b"cprt": b"text\0\0\0\0None\0", b"wtpt": _xyz(0.9642, 1.0, 0.8249), **tags}
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        padded = content.ljust(-(-len(content) // 4) * 4, b"\0")
        table += struct.pack(">4sII", name, at + len(body), len(content))
        body += padded
    size = at + len(body)
    head = struct.pack(
        ">I4sI4s4s4s12x4s4s28x", size, b"test", 0x02100000, kind, space, connection, b"acsp", b"\0\0\0\0"
    )
    head = head[:68] + struct.pack(">iii", 63190, 65536, 54061) + head[80:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _description() -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(8) + bytes(3) + bytes(67)


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(65536 * value) for value in values))


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(256 * value))


def grey_profile() -> bytes:
    """Grey with an exponent of 1.8."""
    return _profile(b"GRAY", b"XYZ ", b"mntr", {b"kTRC": _gamma(1.8)})


def wide_profile() -> bytes:
    """RGB with the primaries of Display P3 and an exponent of 2.2."""
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _gamma(2.2))
    primaries = {
        b"rXYZ": _xyz(0.5151, 0.2412, -0.0011),
        b"gXYZ": _xyz(0.2919, 0.6922, 0.0419),
        b"bXYZ": _xyz(0.1572, 0.0666, 0.7841),
    }
    return _profile(b"RGB ", b"XYZ ", b"mntr", {**curves, **primaries})


def ink_profile() -> bytes:
    """A CMYK profile that lightens the inks: a table of two steps each."""
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    steps = bytes(range(256))
    corners = b""
    for number in range(16):
        c, m, y, k = (number >> 3 & 1, number >> 2 & 1, number >> 1 & 1, number & 1)
        light = (1 - k * 0.85) * (1 - 0.2 * c - 0.25 * m - 0.05 * y)
        corners += bytes((round(255 * light), 128 + 40 * (m - c), 128 + 40 * (y - m // 2 - c // 2)))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity + steps * 4 + corners + steps * 3
    return _profile(b"CMYK", b"Lab ", b"prtr", {b"A2B0": table})
