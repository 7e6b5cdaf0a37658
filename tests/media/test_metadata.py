"""Camera metadata is removed from every format without visible changes; read back by Pillow."""

from __future__ import annotations

import base64
import io
import re
import struct
from functools import partial
from typing import Any

import pytest
from conftest import SITE, MakeSite
from hypothesis import given, settings
from hypothesis import strategies as st
from pictured import chunk, gif, ramp, wide_profile
from PIL import Image, ImageOps, ImageSequence, TiffImagePlugin
from work import calls

from sitegen.media.metadata import is_damaged, orientation_of, stripped, without_metadata

PLACE = b"53 deg 12' 34 N secret place"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">secret place</x:xmpmeta>'
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")


def photo(kind: str, *, orientation: int = 1, profile: bytes | None = None, frames: int = 1) -> bytes:
    """A picture with Exif of a camera, its location, and XMP."""
    flat = bytes(value for row in ramp(8, 3) for value in row)
    image = Image.frombytes("RGB", (64, 48), flat)
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x0110] = orientation, PLACE.decode(), "Camera"
    exif.get_ifd(0x8825)[2] = (53.0, 12.0, 34.0)
    options = (
        {"save_all": True, "append_images": [image.rotate(90 * number) for number in range(1, frames)]}
        if frames > 1
        else {}
    )
    if kind == "JPEG":
        options |= {"comment": b"secret place", "progressive": True}
    buffer = io.BytesIO()
    image.save(buffer, kind, exif=exif, xmp=XMP, icc_profile=profile, **options)
    return buffer.getvalue()


def scan(order: bytes, pages: int = 1, **options: Any) -> bytes:
    """A TIFF with Exif of a camera, its location, and XMP, with the bytes of its numbers in one of the two orders."""
    known = TiffImagePlugin.ImageFileDirectory_v2(order + (b"*\0" if order == b"II" else b"\0*") + bytes(4))
    known[0x010E], known[0x0110], known[0x0112], known[700] = PLACE.decode(), "Camera", 6, XMP
    if "compression" not in options:  # which Pillow can't write these with
        known[0x8769] = {0x9003: "2026:01:01 10:00:00 secret", 0x927C: b"secret" * 20}
        known[0x8825] = {2: (53.0, 12.0, 34.0), 29: "secret day"}
    image = Image.frombytes("RGB", (64, 48), bytes(value for row in ramp(8, 3) for value in row))
    more = {"save_all": True, "append_images": [image.rotate(180)] * (pages - 1)} if pages > 1 else {}
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", tiffinfo=known, **more, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("order", [b"II", b"MM"])
@pytest.mark.parametrize(
    "options", [{}, {"pages": 3}, {"icc_profile": wide_profile()}, {"compression": "jpeg"}, {"compression": "tiff_lzw"}]
)
def test_tiff_loses_the_camera_and_the_place_and_keeps_all_its_pages(order: bytes, options: dict[str, Any]) -> None:
    whole = scan(order, **options)
    bare = bare_of(whole)
    before, after = opened(whole), opened(bare)

    assert whole.count(b"secret") > (1 if "compression" in options else 20)
    assert not any(secret in bare for secret in (PLACE, b"secret", b"Camera", b"2026", b"xmpmeta"))
    assert Image.open(io.BytesIO(bare)).getexif()[0x0112] == 6
    assert after.info.get("icc_profile") == before.info.get("icc_profile")
    assert [frame.tobytes() for frame in ImageSequence.Iterator(after)] == [
        frame.tobytes() for frame in ImageSequence.Iterator(before)
    ]
    assert bare_of(bare) == bare


def bare_of(content: bytes) -> bytes:
    """A picture without its metadata; only a TIFF needs the ending of one."""
    return without_metadata("a.tif", content)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("orientation", [1, 6])
def test_location_and_camera_are_removed_and_pixels_profile_and_orientation_stay(kind: str, orientation: int) -> None:
    whole = photo(kind, orientation=orientation, profile=wide_profile())
    bare = bare_of(whole)

    for secret in (PLACE, b"secret", b"Camera", b"xmpmeta"):
        assert secret in whole or kind in ("PNG", "WEBP", "AVIF")
        assert secret not in bare
    assert set(dict(opened(bare).getexif())) <= {0x0112}
    before, after = ImageOps.exif_transpose(opened(whole)), ImageOps.exif_transpose(opened(bare))
    assert (after.size, after.tobytes()) == (before.size, before.tobytes())
    assert opened(bare).info["icc_profile"] == wide_profile()
    assert bare_of(bare) == bare


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_animation_is_kept(kind: str) -> None:
    bare = bare_of(photo(kind, frames=3))

    assert opened(bare).n_frames == 3  # type: ignore[attr-defined]
    assert b"secret" not in bare


def test_gif_keeps_its_frames_and_loop_and_loses_its_comment() -> None:
    whole = gif(3)
    xmp = b"!\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    bare = bare_of(whole[:-1] + xmp + b";")

    assert b"secret" in whole
    assert b"secret" not in bare
    assert opened(bare).n_frames == 3  # type: ignore[attr-defined]
    assert opened(bare).info["loop"] == 0


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


@pytest.mark.parametrize(
    ("mode", "options"),
    [("CMYK", {}), ("RGB", {"keep_rgb": True}), ("RGB", {}), ("L", {})],
    ids=["CMYK", "RGB", "YCbCr", "grey"],
)
def test_colours_that_a_jpeg_tells_by_its_adobe_segment_stay_and_the_rest_of_it_goes(
    mode: str, options: dict[str, bool]
) -> None:
    """Without the segment, RGB would be shown as YCbCr, and the inks of a CMYK picture inverted."""
    made = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 40, 90)).convert(mode).save(made, "JPEG", **options)
    content = made.getvalue()
    secret = b"serial 1234"
    if (at := content.find(b"\xff\xee")) > 0:
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        own = content[at + 4 : at + 2 + length]
        content = content[:at] + segment(0xEE, own + secret) + content[at + 2 + length :]
    content = content[:2] + segment(0xEE, b"Ducky" + secret) + content[2:]

    stripped = bare_of(content)

    assert secret not in stripped
    assert opened(stripped).mode == mode
    assert opened(stripped).tobytes() == opened(content).tobytes()
    assert (b"Adobe" in stripped) == (mode == "CMYK" or "keep_rgb" in options)


def test_thumbnail_of_a_jpeg_is_removed() -> None:
    content = photo("JPEG")
    at = content.index(b"\xff\xe0")
    thumbnail = bytes(range(48))
    head = content[at + 4 : at + 16] + bytes([4, 4]) + thumbnail
    length = int.from_bytes(content[at + 2 : at + 4], "big")

    stripped = bare_of(content[:at] + segment(0xE0, head) + content[at + 2 + length :])

    assert thumbnail not in stripped
    assert stripped == bare_of(content)


def test_data_after_the_end_of_a_picture_is_removed() -> None:
    film = b"\0\0\0\x18ftypmp42 a film of the secret place"

    assert bare_of(photo("JPEG") + film) == bare_of(photo("JPEG"))
    assert bare_of(photo("PNG") + film) == bare_of(photo("PNG"))


def test_texts_and_times_of_a_png_are_removed() -> None:
    whole = photo("PNG")
    texts = (
        chunk(b"tEXt", b"Author\0secret")
        + chunk(b"iTXt", b"XML\0secret")
        + chunk(b"tIME", bytes(7))
        + chunk(b"eXIf", PLACE)
    )

    assert bare_of(whole[:33] + texts + whole[33:]) == bare_of(whole)


def test_damaged_picture_reveals_no_location_either() -> None:
    whole = photo("JPEG")

    assert PLACE not in bare_of(whole[: len(whole) // 2])
    assert PLACE not in bare_of(whole[:2] + b"\0\0" + whole[2:])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"all",
        b"GIF89a",
        b"\xff\xd8\xff",
        b"%PDF-1.7",
        b"RIFF\xff\xff\xff\xffWEBP",
        b"\0\0\0\x08ftypavif",
        b"II*\0",
        b"MM\0*\0\0\0\x08\1\0",
    ],
)
def test_non_picture_is_not_an_error(content: bytes) -> None:
    bare_of(content)


@pytest.mark.slow
@settings(max_examples=300)
@given(st.sampled_from([photo(kind) for kind in FORMATS] + [gif(), scan(b"II"), scan(b"MM", pages=2)]), st.data())
def test_damage_of_any_kind_is_not_an_error(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    part = data.draw(st.binary(max_size=8))

    bare_of(content[:at] + part + content[at + data.draw(st.integers(0, 8)) :])


@given(st.binary(max_size=64))
def test_orientation_is_one_of_eight(exif: bytes) -> None:
    assert 1 <= orientation_of(exif) <= 8
    assert 1 <= orientation_of(b"MM\0*\0\0\0\x08" + exif) <= 8


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        (b"\xff\xd8\xff", b"\xe1\0\x02\xff"),
        (b"\xff\xd8\xff\xda\0\x02", b"\xff\0"),
        (b"\xff\xd8\xff", b"\0"),
        (b"\x89PNG\r\n\x1a\n", bytes(12)),
        (b"RIFF\xff\xff\xff\x7fWEBP", bytes(8)),
        (b"GIF89a" + bytes(7), b"!\xfe\0"),
        (b"GIF89a" + bytes(7), b"!\xfe\x01"),
        (b"\0\0\0\x10ftypavifavif", b"\0\0\0\x08meta"),
        (b"\0\0\0\x10ftypavifavif", b"\x7f\xff\xff\xffmoov"),
        (b"II*\0\x08\0\0\0\xff\xff", b"\x4a\1\4\0\xff\xff\xff\0\x0c\0\0\0"),
        (b"II*\0\x08\0\0\0\xff\xff", b"\x0e\1\2\0\xff\xff\xff\0\x0c\0\0\0"),
        (b"II*\0\x08\0\0\0\1", b"\0\1\0"),
    ],
)
def test_work_grows_with_the_file(head: bytes, unit: bytes) -> None:
    small, middle, large = (calls(partial(bare_of, head + unit * count)) for count in (5_000, 10_000, 20_000))

    assert large - middle < 2.2 * (middle - small) + 10


@pytest.mark.parametrize("rows", [1, 2])
def test_jpeg_with_bytes_before_its_restarts_keeps_its_pixels(rows: int) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((160, 120), 60).save(buffer, "JPEG", restart_marker_rows=rows, comment=PLACE)
    filled = re.sub(rb"\xff[\xd0-\xd7]", lambda found: b"\xff\xff" + found[0], buffer.getvalue())

    bare = bare_of(filled)

    assert PLACE not in bare
    assert opened(bare).tobytes() == opened(buffer.getvalue()).tobytes()


def of_jpegs(content: bytes, compression: int, begin: int, length: int) -> bytes:
    """A TIFF whose picture is a JPEG, with the tags that name its place and length."""
    entries = [(256, 64), (257, 48), (258, 8), (259, compression), (262, 6), (277, 3), (278, 48)]
    entries += [(begin, 8 + 2 + 12 * 9 + 4), (length, len(content))]
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(entries))
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + bytes(4) + content


@pytest.mark.parametrize(("compression", "begin", "length"), [(7, 273, 279), (6, 273, 279), (6, 513, 514)])
def test_jpegs_in_a_tiff_lose_their_metadata_where_they_are(compression: int, begin: int, length: int) -> None:
    whole = of_jpegs(photo("JPEG"), compression, begin, length)

    bare = stripped("a.tif", whole)

    assert bare is not None
    assert len(bare) == len(whole)
    assert (PLACE in whole, PLACE in bare) == (True, False)
    jpeg = bare[-len(photo("JPEG")) :]
    assert opened(jpeg).tobytes() == opened(photo("JPEG")).tobytes()


def test_data_of_a_tiff_that_only_begins_like_a_jpeg_stays() -> None:
    whole = of_jpegs(photo("JPEG"), 1, 273, 279)

    assert stripped("a.tif", whole) == whole


def test_bytes_before_a_segment_of_a_jpeg_cost_nothing() -> None:
    whole = photo("JPEG")
    padded = whole[:2] + b"\xff" * 1_000_000 + whole[2:]

    assert bare_of(padded) == bare_of(whole)
    assert calls(partial(bare_of, padded)) < calls(partial(bare_of, whole)) + 10


@pytest.mark.parametrize(
    ("kind", "begin", "unit"),
    [
        ("JPEG", 2, b"\xff\xfe\0\2"),
        ("PNG", 33, bytes(4) + b"abCd" + bytes(4)),
        ("WEBP", 12, b"abcd" + bytes(4)),
        ("AVIF", len(photo("AVIF")), b"\0\0\0\x08free"),
        ("GIF", 781, b"!\xfe\0"),
    ],
)
def test_picture_of_countless_parts_is_damaged(kind: str, begin: int, unit: bytes) -> None:
    whole = photo(kind)

    def with_parts(count: int) -> bytes:
        made = whole[:begin] + unit * count + whole[begin:]
        return made[:4] + struct.pack("<I", len(made) - 8) + made[8:] if kind == "WEBP" else made

    assert not is_damaged(with_parts(9_000))
    assert is_damaged(with_parts(110_000))


def heic(content: bytes) -> bytes:
    """An AVIF as a camera's HEIC of several layers would be called."""
    return content[:8] + b"hevm" + content[12:]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.tif", scan(b"II"), ""),
        ("a.TIFF", scan(b"MM", pages=2), ""),
        ("a.heic", heic(photo("AVIF")), ""),
        ("a.heic", heic(photo("AVIF"))[:-3], "a part of it is missing or damaged"),
        ("a.heic", heic(photo("AVIF")) + b"\0\0\0\5free", "a part of it is missing or damaged"),
        ("a.tif", scan(b"II")[:-9_000], "a part of it is missing or damaged"),
        ("a.tif", b"II+\0\x08\0\0\0" + PLACE, "its content is not that of a picture"),
        ("a.tiff", b"\0" + scan(b"II"), "its content is not that of a picture"),
    ],
)
def test_a_picture_to_download_loses_its_location_or_is_reported(
    make_site: MakeSite, name: str, content: bytes, why: str
) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", f"content/a/{name}": content})

    if why:
        (problem,) = site.problems()
        assert (problem.path, problem.code) == (f"content/a/{name}", "picture")
        assert problem.message.endswith(why)
    else:
        site.report()
        assert b"secret" not in site.files()[f"en/a/{name}"]


@pytest.mark.parametrize("name", ["a.dng", "a.nef", "a.dat"])
@pytest.mark.parametrize("cut", [0, 9_000])
def test_tiff_under_another_ending_is_published_as_it_is(make_site: MakeSite, name: str, cut: int) -> None:
    content = scan(b"II")[: -cut or None]
    files = {"content/a/index.en.md": "---\ntitle: A\n---\n", f"content/a/{name}": content, f"static/{name}": content}
    site = make_site(files, site=f"{SITE}file_types: [{name[2:]}]\n")
    site.report()

    assert site.files()[f"en/a/{name}"] == site.files()[name] == content


def embedding(content: bytes, break_: str) -> str:
    """A drawing with an embedded picture, as programs write it."""
    text = base64.b64encode(content).decode()
    lines = break_.join(text[at : at + 76] for at in range(0, len(text), 76))
    return f'<svg xmlns="http://www.w3.org/2000/svg"><image width="9" height="9" href="data:image/jpeg;base64,{lines}"/></svg>'


@pytest.mark.parametrize("break_", ["", "\n", "&#10;", "&#xA;", "&#0010;\n "])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_in_a_drawing_loses_its_location(make_site: MakeSite, kind: str, break_: str) -> None:
    site = make_site(
        {"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/a.svg": embedding(photo(kind), break_)}
    )
    site.report()

    text = re.sub(r"\s|&#\w+;", "", site.files()["en/a/a.svg"].decode())
    assert base64.b64decode(re.findall('base64,([^"]*)', text)[0]) == bare_of(photo(kind))


def styled(content: bytes) -> str:
    """A drawing with an embedded picture in its style sheet."""
    address = f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
    return f"<svg xmlns='http://www.w3.org/2000/svg'><style>rect{{fill:url({address})}}</style></svg>"


PLAIN, STYLED = embedding(photo("JPEG"), ""), styled(photo("JPEG"))


@pytest.mark.parametrize(
    "drawing",
    [
        embedding(photo("JPEG"), "&#x41;"),
        embedding(photo("JPEG"), "&#47;"),
        PLAIN.replace("base64,", "base64&#44;"),
        PLAIN.replace("base64,", "base64&#44;").replace("<image", "<!-- 'data:image/png;base64,AAAA' --><image"),
        PLAIN.replace("base64", "base&#54;4"),
        PLAIN.replace("data:", "d&#97;ta:"),
        PLAIN.replace(";", "&#59;"),
        STYLED.replace("base64", r"base\36 4"),
        STYLED.replace("data:", "da<!-- -->ta:"),
        STYLED.replace("data:", "da<![CDATA[ta:]]>"),
        ('<?xml version="1.0" encoding="utf-16"?>' + PLAIN).encode("utf-16-be"),
        ('<?xml version="1.0" encoding="utf-16"?>' + STYLED).encode("utf-16-le"),
    ],
)
def test_a_picture_in_a_drawing_that_is_written_otherwise_is_reported(
    make_site: MakeSite, drawing: str | bytes
) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/a.svg": drawing})

    assert [(problem.code, problem.line) for problem in site.problems()] == [("picture", 1)]


def test_a_picture_in_a_style_sheet_loses_its_location(make_site: MakeSite) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/a.svg": STYLED})
    site.report()

    text = site.files()["en/a/a.svg"].decode()
    assert base64.b64decode(re.findall(r"base64,([^)]*)", text)[0]) == bare_of(photo("JPEG"))


def test_a_picture_in_a_drawing_in_utf_16_is_reported(make_site: MakeSite) -> None:
    drawing = ('<?xml version="1.0" encoding="utf-16"?>\n' + embedding(photo("JPEG"), "")).encode("utf-16")
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/a.svg": drawing})

    assert [(problem.code, problem.line) for problem in site.problems()] == [("picture", 2)]


@pytest.mark.parametrize(
    "drawing",
    [
        embedding(photo("PNG"), "").replace('href="', 'style="fill:url(&quot;').replace('"/>', '&quot;)"/>'),
        '<svg xmlns="http://www.w3.org/2000/svg"><!-- data:image/png;base64,AA --><title>data:image/png;base64,AA</title></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image width="9" height="9" href="data:image/png;base64,"/></svg>',
    ],
)
def test_a_drawing_with_words_like_an_address_or_quotes_as_programs_write_them_is_published(
    make_site: MakeSite, drawing: str
) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/a.svg": drawing})
    site.report()

    assert PLACE not in base64.b64decode(re.findall('base64,([^&<" ]*)', site.files()["en/a/a.svg"].decode())[0] + "==")


def test_a_damaged_picture_in_a_drawing_is_reported(make_site: MakeSite) -> None:
    drawing = embedding(photo("AVIF")[:-3], "")
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/a.svg": drawing})

    (problem,) = site.problems()
    assert (problem.path, problem.code) == ("content/a/a.svg", "picture")
    assert problem.message.endswith("a picture in it is damaged")


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


@pytest.mark.parametrize(
    "more",
    [box(b"mpvd", PLACE), struct.pack(">I4sQ", 1, b"mpvd", 16 + len(PLACE)) + PLACE, box(b"sefd", PLACE), box(b"free", PLACE), box(b"abcd", box(b"mdat", PLACE)),
     box(b"moov", box(b"meta", bytes(4) + box(b"keys", PLACE) + box(b"ilst", PLACE)) + box(b"udta", PLACE))],
)  # fmt: skip
def test_what_phones_put_beside_a_picture_is_removed(more: bytes) -> None:
    whole = photo("AVIF")

    bare = bare_of(whole + more)

    assert PLACE not in bare
    assert len(bare) == len(whole) + len(more)
    assert opened(bare).tobytes() == opened(whole).tobytes()


def test_gif_may_have_many_blocks_but_not_of_one_byte() -> None:
    whole = photo("GIF")
    begin, end = whole[:781] + b"!\xfe", b"\0" + whole[781:]  # behind its colours

    assert not is_damaged(begin + (b"\xff" + bytes(255)) * 110_000 + end)
    assert is_damaged(begin + b"\1a" * 110_000 + end)


def places(items: int, extents: int) -> bytes:
    """Items of an AVIF's table of places, each with a number of extents that take no bytes."""
    return box(b"iloc", bytes(6) + struct.pack(">H", items) + struct.pack(">HHH", 1, 0, extents) * items)


@pytest.mark.parametrize(
    "parts",
    [
        box(b"iinf", bytes(6)) + places(100, 65_535),
        box(b"iinf", bytes(6)) + places(65_535, 0),
        box(b"iinf", bytes(6) + box(b"infe", b"") * 50_000) + places(1, 1),
        box(b"free", b"") * 50_000,
    ],
)
def test_heic_of_countless_parts_is_damaged_before_they_are_read(parts: bytes) -> None:
    content = box(b"ftyp", b"heic" + bytes(4)) + box(b"meta", bytes(4) + parts) * 3

    assert stripped("a.heic", content) is None
    assert calls(partial(stripped, "a.heic", content)) < 1_500_000


def test_tiff_of_countless_strips_is_damaged_before_they_are_read() -> None:
    strips = struct.pack("<HHHIIHHIII", 2, 273, 3, 5_000_000, 38, 279, 3, 5_000_000, 38, 0)

    content = b"II*\0\x08\0\0\0" + strips + bytes(10_000_000)

    assert stripped("a.tif", content) is None
    assert calls(lambda: stripped("a.tif", content)) < 200


@pytest.mark.parametrize("place", ["content/a/", "static/"])
@pytest.mark.parametrize("kind", FORMATS)
def test_location_is_not_published_even_if_pictures_are_not_converted(
    make_site: MakeSite, place: str, kind: str
) -> None:
    made = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", f"{place}campus.{kind.lower()}": photo(kind)})
    made.report()

    (published,) = (content for path, content in made.files().items() if "campus" in path)
    assert b"secret" not in published
    assert opened(published).tobytes() == opened(photo(kind)).tobytes()
