"""Pictures of any mode, depth and profile become pixels that the web shows alike; `browser/test_pictures.py` looks at them."""

from __future__ import annotations

import io

import pytest
from pictured import HIGH, WIDE, grey_profile, ink_profile, jpeg, png, ramp, wide_profile
from PIL import Image

from sitegen.media.colours import as_shown

PRIMARIES = (b"cHRM", b"".join(n.to_bytes(4, "big") for n in (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)))


def shown(content: bytes) -> tuple[Image.Image, bytes | None]:
    with Image.open(io.BytesIO(content)) as opened:
        picture, profile = as_shown(opened)
        return picture, profile


def pixel(picture: Image.Image, x: int = WIDE // 2, y: int = HIGH // 2) -> tuple[int, ...]:
    found = picture.convert("RGBA").getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def test_sixteen_bits_of_grey_become_the_same_grey_in_eight() -> None:
    deep, _ = shown(png(16, 0, ramp(16, 1)))
    plain, _ = shown(png(8, 0, ramp(8, 1)))

    assert deep.mode == plain.mode == "L"
    assert max(abs(a - b) for a, b in zip(deep.tobytes(), plain.tobytes(), strict=True)) <= 1


def test_transparent_grey_of_sixteen_bits_stays_transparent_and_no_other_does() -> None:
    row = [40_000 if x < 20 else 40_001 for x in range(WIDE)]  # the same grey in eight bits

    picture, _ = shown(png(16, 0, [row] * HIGH, (b"tRNS", (40_000).to_bytes(2, "big"))))

    assert pixel(picture, 10)[3] == 0
    assert pixel(picture, 30) == (156, 156, 156, 255)


def test_transparent_black_of_a_bilevel_picture_stays_transparent() -> None:
    picture, _ = shown(png(1, 0, [[x // 8 % 2 for x in range(WIDE)]] * HIGH, (b"tRNS", b"\0\0")))

    assert pixel(picture, 0)[3] == 0
    assert pixel(picture, 8) == (255, 255, 255, 255)


def test_inks_are_converted_by_their_profile_to_rgb_without_one() -> None:
    converted, profile = shown(jpeg("CMYK", profile=ink_profile()))
    plain, _ = shown(jpeg("CMYK"))

    assert (converted.mode, profile) == ("RGB", None)
    assert pixel(converted) != pixel(plain)


def test_grey_with_another_gamma_is_converted() -> None:
    converted, profile = shown(jpeg("L", profile=grey_profile()))
    plain, _ = shown(jpeg("L"))

    assert profile is None, "AVIF and WebP have no grey profiles"
    assert pixel(converted)[0] > pixel(plain)[0], "an exponent of 1.8 is lighter than sRGB"


def test_profile_of_wide_colours_stays_with_the_pixels() -> None:
    picture, profile = shown(jpeg("RGB", profile=wide_profile()))

    assert profile == wide_profile()
    assert picture.tobytes() == shown(jpeg("RGB"))[0].tobytes()


@pytest.mark.parametrize("profile", [b"nothing of the sort", ink_profile()[:60]])
def test_unusable_profile_leaves_the_pixels_unchanged(profile: bytes) -> None:
    picture, kept = shown(jpeg("CMYK", profile=profile))

    assert kept is None
    assert picture.tobytes() == shown(jpeg("CMYK"))[0].tobytes()


def test_gamma_of_a_png_is_applied_unless_it_is_that_of_srgb() -> None:
    linear, _ = shown(png(8, 2, ramp(8, 3), (b"gAMA", (100_000).to_bytes(4, "big")), PRIMARIES))
    usual, _ = shown(png(8, 2, ramp(8, 3), (b"gAMA", (45_455).to_bytes(4, "big")), PRIMARIES))
    plain, _ = shown(png(8, 2, ramp(8, 3)))

    assert usual.tobytes() == plain.tobytes()
    assert pixel(linear)[0] > pixel(plain)[0] + 40, "linear light is much lighter in sRGB"


def test_palette_with_transparency_keeps_both() -> None:
    palette = bytes(value for n in range(64) for value in (4 * n, 0, 0))
    rows = [list(range(WIDE))] * HIGH

    picture, _ = shown(png(8, 3, rows, (b"PLTE", palette), (b"tRNS", bytes(4 * n for n in range(64)))))

    assert picture.mode == "RGBA"
    assert pixel(picture, 10) == (40, 0, 0, 40)
