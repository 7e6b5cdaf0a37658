"""Pictures made of bands, as other programs read them."""

from __future__ import annotations

import io
import random
import zlib

import pytest
from PIL import Image

from sitegen.media.banded_png import BandedPng, Patch

PALETTE = [number for colour in range(256) for number in (colour, 255 - colour, colour // 2)]


def noise(size: tuple[int, int], source: random.Random) -> Image.Image:
    return Image.frombytes("L", size, source.randbytes(size[0] * size[1]))


@pytest.mark.parametrize("height", [1, 29, 30, 31, 100])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_patched_picture_is_read_as_it_was_painted(height: int, count: int) -> None:
    source = random.Random(100 * height + count)
    picture = noise((70, height), source)
    shared = BandedPng.of(picture, PALETTE)
    patches = []
    for _ in range(count):
        size = source.randint(1, 70), source.randint(1, height)
        mask = noise(size, source).point(lambda value: 255 if value > 100 else 0)
        patches.append(
            Patch(noise(size, source), mask, source.randint(0, 70 - size[0]), source.randint(0, height - size[1]))
        )
        picture.paste(patches[-1].colours, patches[-1][2:], mask)

    png = shared.patched(patches)

    with Image.open(io.BytesIO(png)) as opened:
        assert opened.size == (70, height)
        assert opened.tobytes() == picture.tobytes()
        assert opened.getpalette() == PALETTE


def test_checksum_is_that_of_the_whole_picture() -> None:
    """Many readers don't look at it; those that do refuse a picture whose checksum is wrong."""
    source = random.Random(7)
    shared = BandedPng.of(noise((70, 200), source), PALETTE)
    patch = noise((10, 50), source)

    png = shared.patched([Patch(patch, patch.point(lambda value: 255), 5, 70)])

    at = png.index(b"IDAT")
    size = int.from_bytes(png[at - 4 : at], "big")
    assert len(zlib.decompress(png[at + 4 : at + 4 + size])) == 71 * 200
