"""Pictures of every mode, depth, profile and orientation in a real browser: each format looks like the original."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pytest
from browsing import page_of, served
from conftest import SITE, MakeSite
from pictured import HIGH, WIDE, chunk, grey_profile, ink_profile, jpeg, png, ramp, wide_profile
from PIL import Image, ImageCms

#: How far a form may be from the original: in the mean of all channels of all pixels, and in 99 of 100 of them. AVIF and WebP
#: lose the most, at their usual qualities.
MEAN, MOST = 3.0, 16
PALETTE = b"".join(bytes((4 * n, 255 - 4 * n, 128)) for n in range(64))
COLUMNS = [list(range(WIDE))] * HIGH


def _icc(profile: bytes) -> tuple[bytes, bytes]:
    return b"iCCP", b"test\0\0" + zlib.compress(profile)


SRGB_PRIMARIES = b"".join(
    round(100_000 * value).to_bytes(4, "big") for value in (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
)
PICTURES: dict[str, bytes] = {
    # mode and depth
    "bilevel.png": png(1, 0, [[x // 8 % 2 for x in range(WIDE)]] * HIGH),
    "grey4.png": png(4, 0, ramp(4, 1)),
    "grey8.png": png(8, 0, ramp(8, 1)),
    "grey16.png": png(16, 0, ramp(16, 1)),
    "grey-alpha8.png": png(8, 4, ramp(8, 2)),
    "grey-alpha16.png": png(16, 4, ramp(16, 2)),
    "rgb8.png": png(8, 2, ramp(8, 3)),
    "rgb16.png": png(16, 2, ramp(16, 3)),
    "rgba8.png": png(8, 6, ramp(8, 4)),
    "rgba16.png": png(16, 6, ramp(16, 4)),
    "palette.png": png(8, 3, COLUMNS, (b"PLTE", PALETTE)),
    "grey.jpg": jpeg("L"),
    "rgb.jpg": jpeg("RGB"),
    # transparency of one colour, or of a palette's
    "bilevel-key.png": png(1, 0, [[x // 8 % 2 for x in range(WIDE)]] * HIGH, (b"tRNS", b"\0\1")),
    "grey8-key.png": png(8, 0, [[200 if x < 20 else x for x in range(WIDE)]] * HIGH, (b"tRNS", b"\0\xc8")),
    "grey16-key.png": png(16, 0, [[40_000 if x < 20 else 500 * x for x in range(WIDE)]] * HIGH, (b"tRNS", (40_000).to_bytes(2, "big"))),
    "rgb8-key.png": png(8, 2, [[c for x in range(WIDE) for c in ((10, 20, 30) if x < 20 else (x, 90, 200))]] * HIGH,
                        (b"tRNS", b"\0\x0a\0\x14\0\x1e")),
    "palette-key.png": png(8, 3, COLUMNS, (b"PLTE", PALETTE), (b"tRNS", b"\0" * 16)),
    "palette-alpha.png": png(8, 3, COLUMNS, (b"PLTE", PALETTE), (b"tRNS", bytes(4 * n for n in range(64)))),
    # profiles
    "grey-profile.jpg": jpeg("L", profile=grey_profile()),
    "wide-profile.jpg": jpeg("RGB", profile=wide_profile()),
    "grey8-profile.png": png(8, 0, ramp(8, 1), _icc(grey_profile())),
    "grey-alpha-profile.png": png(8, 4, ramp(8, 2), _icc(grey_profile())),
    "grey16-profile.png": png(16, 0, ramp(16, 1), _icc(grey_profile())),
    "wide8-profile.png": png(8, 2, ramp(8, 3), _icc(wide_profile())),
    "wide-alpha-profile.png": png(8, 6, ramp(8, 4), _icc(wide_profile())),
    "wide-palette.png": png(8, 3, COLUMNS, _icc(wide_profile()), (b"PLTE", PALETTE)),
    "no-profile.png": png(8, 2, ramp(8, 3), _icc(b"nothing of the sort")),
    "other-space.png": png(8, 0, ramp(8, 1), _icc(wide_profile())),
    "gamma.png": png(8, 2, ramp(8, 3), (b"gAMA", (100_000).to_bytes(4, "big")), (b"cHRM", SRGB_PRIMARIES)),
    # how the camera was held
    **{f"turned-{n}.jpg": jpeg("RGB", orientation=n) for n in range(2, 9)},
    "turned-6-grey-profile.jpg": jpeg("L", orientation=6, profile=grey_profile()),
    "turned-8-wide-profile.jpg": jpeg("RGB", orientation=8, profile=wide_profile()),
}  # fmt: skip
#: How far each of some pictures is from another one, or from its pixels: (mean, 99th percentile) of all channels, as a
#: browser draws them in sRGB over a coloured ground; null where they differ in size.
DIFFERENCES = """async ([original, urls]) => {
  const drawn = async url => {
    if (typeof url !== 'string') return url;
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight), context = canvas.getContext('2d');
    context.fillStyle = '#7a5';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0);
    return [canvas.width, canvas.height, ...context.getImageData(0, 0, canvas.width, canvas.height).data];
  };
  const expected = await drawn(original);
  return Promise.all(urls.map(async url => {
    const got = await drawn(url);
    if (got[0] !== expected[0] || got[1] !== expected[1]) return null;
    const apart = got.map((value, at) => Math.abs(value - expected[at])).slice(2).sort((a, b) => a - b);
    return [apart.reduce((sum, value) => sum + value) / apart.length, apart[Math.floor(.99 * apart.length)]];
  }));
}"""


def _site(make_site: MakeSite, pictures: dict[str, bytes]) -> Any:
    text = "---\ntitle: S\n---\n" + "\n".join(f"![x]({name})" for name in pictures)
    files = {f"content/{name}": content for name, content in pictures.items()}
    return make_site(
        {"content/index.en.md": text, **files}, site=SITE + "pictures: {widths: [100, 200], sizes: 100vw}\n"
    )


def _forms(name: str) -> list[str]:
    """The names under which a picture is published; those turned by a quarter are as wide as they were high."""
    wide = HIGH if name.startswith(("turned-5", "turned-6", "turned-7", "turned-8")) else WIDE
    return [f"en/{name}", *(f"en/{name.rpartition('.')[0]}.{wide}.{ending}" for ending in ("avif", "webp"))]


def _too_far(page: Any, url: str, original: Any, forms: list[str]) -> dict[str, Any]:
    far = page.evaluate(DIFFERENCES, [original, [url + form for form in forms]])
    return {form: own for form, own in zip(forms, far, strict=True) if own is None or own[0] > MEAN or own[1] > MOST}


@pytest.mark.slow
def test_each_format_looks_like_the_original(browser: Any, make_site: MakeSite) -> None:
    made = _site(make_site, PICTURES)
    assert not made.report().warnings
    for name, content in PICTURES.items():
        (made.public / f"original-{name}").write_bytes(content)

    with served(made.public) as url, page_of(browser) as page:
        page.goto(f"{url}robots.txt")
        wrong = [_too_far(page, url, f"{url}original-{name}", _forms(name)) for name in PICTURES]

    assert [far for far in wrong if far] == []


def test_cmyk_is_converted_with_its_profile(browser: Any, make_site: MakeSite) -> None:
    content = jpeg("CMYK", profile=ink_profile())
    own = ImageCms.ImageCmsProfile(io.BytesIO(ink_profile()))
    picture = Image.open(io.BytesIO(content))
    meant = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert meant is not None
    made = _site(make_site, {"inks.jpg": content})
    assert not made.report().warnings

    with served(made.public) as url, page_of(browser) as page:
        page.goto(f"{url}robots.txt")
        wrong = _too_far(page, url, [WIDE, HIGH, *meant.convert("RGBA").tobytes()], _forms("inks.jpg"))

    assert wrong == {}


def test_cmyk_without_a_profile_is_shown_and_reported_as_approximate(browser: Any, make_site: MakeSite) -> None:
    made = _site(make_site, {"inks.jpg": jpeg("CMYK")})

    (problem,) = made.report().warnings

    assert (problem.severity, problem.code, problem.path) == ("warning", "picture", "content/inks.jpg")
    with served(made.public) as url, page_of(browser) as page:
        page.goto(f"{url}robots.txt")
        own, *others = _forms("inks.jpg")
        assert _too_far(page, url, url + own, others) == {}


def test_animated_png_stays_animated(make_site: MakeSite) -> None:
    frames = [Image.new("RGB", (WIDE, HIGH), colour) for colour in ("red", "green", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:], duration=100)
    made = _site(make_site, {"moving.png": buffer.getvalue()})
    made.report()

    with Image.open(made.public / "en/moving.png") as moving:
        assert moving.n_frames == 3  # type: ignore[attr-defined]
    assert not list(made.public.rglob("*.avif"))
    assert chunk(b"IEND", b"") in (made.public / "en/moving.png").read_bytes()


@pytest.mark.parametrize("bits", [8, 16])
def test_exact_pixels_of_a_png_are_kept_in_png(make_site: MakeSite, bits: int) -> None:
    made = _site(make_site, {"exact.png": png(bits, 2, ramp(bits, 3))})
    made.report()

    own = Image.open(io.BytesIO((made.public / "en/exact.png").read_bytes())).convert("RGB")
    assert own.tobytes() == Image.open(io.BytesIO(png(bits, 2, ramp(bits, 3)))).convert("RGB").tobytes()
