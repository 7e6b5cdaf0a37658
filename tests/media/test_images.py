"""Photographs beside pages, in the formats and widths that browsers want; read back by lxml, Pillow and bytewise."""

from __future__ import annotations

import io
import random
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import MakeSite, TinySite
from lxml import html
from PIL import Image
from work import calls

from sitegen.build.options import Options
from sitegen.build.pipeline import build, check
from sitegen.checks import file_checks
from sitegen.media.images import Pictures, _decoded, _in_strips
from sitegen.problems.problem import Problem, SiteError

SITE = """\
title: {en: Site, fr: Site}
base_url: https://example.org/
source_language: en
languages:
  - {tag: en}
  - {tag: fr}
pictures: {widths: [100, 200, 400], sizes: "(min-width: 40rem) 30rem, 100vw"}
"""
PLACE = b"53 deg 12' 34 N secret place"


def photo(width: int = 300, height: int = 150, *, orientation: int = 1, kind: str = "JPEG") -> bytes:
    """A photograph with its location in the metadata."""
    image = Image.new("RGB", (width, height), "navy")
    image.paste("orange", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = PLACE.decode()
    buffer = io.BytesIO()
    image.save(buffer, kind, exif=exif)
    return buffer.getvalue()


def make(make_site: MakeSite, name: str = "campus.jpg", content: bytes | None = None) -> TinySite:
    return make_site(
        {
            "content/a/index.en.md": f"---\ntitle: A\n---\n![The campus & more]({name})\n",
            "content/a/index.fr.md": f"---\ntitle: A\n---\n![Le campus]({name})\n",
            f"content/a/{name}": photo() if content is None else content,
        },
        site=SITE,
    )


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_picture_is_published_in_each_format_and_width(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()
    files = site.files()
    sizes = {path: opened(content).size for path, content in files.items() if "campus" in path}

    assert sizes == {
        "en/a/campus.jpg": (300, 150),
        **{
            f"en/a/campus.{width}.{form}": (width, width // 2) for width in (100, 200, 300) for form in ("avif", "webp")
        },
    }
    assert files["en/a/campus.100.avif"][4:12] == b"ftypavif"
    assert files["en/a/campus.100.webp"][:4] == b"RIFF"


def test_page_offers_all_formats_with_size_and_description(make_site: MakeSite) -> None:
    page = html.document_fromstring(make(make_site).build()["en/a/index.html"])
    (picture,) = page.xpath("//picture")
    sources, (img,) = picture.xpath(".//source"), picture.xpath(".//img")

    assert [source.get("type") for source in sources] == ["image/avif", "image/webp"]
    assert (
        sources[0].get("srcset") == "/en/a/campus.100.avif 100w, /en/a/campus.200.avif 200w, /en/a/campus.300.avif 300w"
    )
    assert sources[0].get("sizes") == "(min-width: 40rem) 30rem, 100vw"
    assert dict(img.attrib) == {
        "src": "/en/a/campus.jpg",
        "width": "300",
        "height": "150",
        "loading": "lazy",
        "decoding": "async",
        "alt": "The campus & more",
    }


def test_every_address_of_a_picture_exists(make_site: MakeSite) -> None:
    site = make(make_site)
    pages = site.build()

    for path in ("en/a/index.html", "fr/a/index.html"):
        page = html.document_fromstring(pages[path])
        urls = [part.split()[0] for srcset in page.xpath("//source/@srcset") for part in srcset.split(",")]
        for url in (*urls, *page.xpath("//img/@src")):
            assert url.lstrip("/") in site.files()


def test_camera_metadata_is_not_published(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()

    for path, content in site.files().items():
        if "campus" in path:
            assert PLACE not in content
            assert b"Exif" not in content
            assert not opened(content).getexif()


def test_picture_is_rotated_by_its_orientation(make_site: MakeSite) -> None:
    site = make(make_site, content=photo(orientation=6))
    page = html.document_fromstring(site.build()["en/a/index.html"])

    assert opened(site.files()["en/a/campus.jpg"]).size == (150, 300)
    assert (page.xpath("//img/@width"), page.xpath("//img/@height")) == (["150"], ["300"])


def test_large_picture_is_no_wider_than_the_largest_width(make_site: MakeSite) -> None:
    site = make(make_site, content=photo(1000, 500))
    site.report()

    assert opened(site.files()["en/a/campus.jpg"]).size == (400, 200)
    assert "en/a/campus.400.avif" in site.files()


def test_png_keeps_its_transparency(make_site: MakeSite) -> None:
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    site = make(make_site, "sign.png", buffer.getvalue())
    site.report()

    assert opened(site.files()["en/a/sign.100.webp"]).convert("RGBA").getpixel((5, 5)) == (0, 0, 0, 0)


def test_picture_of_a_language_wins_in_that_language(make_site: MakeSite) -> None:
    site = make(make_site)
    site.write("content/a/campus.fr.jpg", photo(200, 200))
    page = html.document_fromstring(site.build()["fr/a/index.html"])

    assert page.xpath("//img/@src") == ["/fr/a/campus.fr.jpg"]
    assert "/fr/a/campus.fr.100.avif 100w" in page.xpath("//source/@srcset")[0]


def test_picture_named_by_a_fact_is_offered_in_all_formats(make_site: MakeSite) -> None:
    kinds = "page:\n  template: page.html\n  facts:\n    photo: {type: image}\n"
    site = make_site(
        {
            "content/a/index.en.md": "---\nphoto: campus.jpg\ntitle: A\n---\n",
            "content/a/campus.jpg": photo(),
            "templates/page.html": "{% if page.facts.photo %}{{ page.picture(page.facts.photo, 'A \"hall\"') }}{% endif %}",
        },
        site=SITE,
        kinds=kinds,
    )
    (img,) = html.document_fromstring(site.build()["en/a/index.html"]).xpath("//picture//img")

    assert (img.get("src"), img.get("alt")) == ("/en/a/campus.jpg", 'A "hall"')


def test_picture_without_a_description_is_an_error_in_each_language(make_site: MakeSite) -> None:
    site = make(make_site)
    site.write("content/a/index.fr.md", "---\ntitle: A\n---\nAvant ![ ](campus.jpg)\n")
    told = site.told()

    assert "content/a/index.fr.md:4:7: error[alt]: the picture has no description" in told
    assert "index.en.md" not in told


@pytest.mark.parametrize(
    "content", [b"no picture", b"\xff\xd8\xff\xe0 cut short", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, b""]
)
def test_file_that_is_not_a_picture_is_reported(make_site: MakeSite, content: bytes) -> None:
    assert "content/a/campus.jpg: error[picture]: the picture can't be read" in make(make_site, content=content).told()


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.AVIF"])
@pytest.mark.parametrize("content", [b"", b"<script>1</script>", b"version https://git-lfs.github.com/spec/v1"])
def test_a_file_that_is_only_named_as_a_picture_is_reported(make_site: MakeSite, name: str, content: bytes) -> None:
    told = make(make_site, name, content).told()

    assert f"content/a/{name}: error[picture]: the picture can't be read: its content is not that of a picture" in told


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF"])
def test_a_picture_that_is_published_as_it_is_is_not_reported(make_site: MakeSite, kind: str) -> None:
    name = f"campus.{kind.lower()}"
    site = make(make_site, name, photo(kind=kind))

    site.report()

    assert opened(site.files()[f"en/a/{name}"]).size == (300, 150)


def test_a_picture_whose_metadata_cant_be_found_is_not_published(make_site: MakeSite) -> None:
    exif = Image.Exif()
    exif[0x10F] = "A camera"
    buffer = io.BytesIO()
    Image.new("RGB", (300, 150)).save(buffer, "AVIF", exif=exif)
    content = buffer.getvalue()
    assert b"A camera" in content

    for name, damaged in {"cut.avif": content[:-3], "late.avif": b"\0\0\0\x08free" + content}.items():
        assert f"content/a/{name}: error[picture]: the picture can't be read" in make(make_site, name, damaged).told()


@pytest.mark.parametrize(
    ("name", "content"),
    {
        "huge.gif": b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\2\2D\1\0;",
        "none.webp": b"RIFF\xff\xff\xff\xffWEBPVP8X" + bytes(30),
        "none.avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(100),
    }.items(),
)
def test_a_picture_that_browsers_could_not_show_is_reported(make_site: MakeSite, name: str, content: bytes) -> None:
    assert f"content/a/{name}: error[picture]: the picture can't be read" in make(make_site, name, content).told()


def test_bytes_and_chunks_that_pillow_would_read_one_by_one_are_bounded(make_site: MakeSite) -> None:
    whole, chunk = photo(kind="JPEG"), bytes(3) + b"\1tEXt\0" + bytes(4)
    costly = {"a.jpg": whole[:2] + b"\xff" * 1_500_000 + whole[2:], "a.png": photo(kind="PNG")[:33] + chunk * 110_000}
    for name, content in costly.items():
        site = make(make_site, name, content)
        assert f"content/a/{name}: error[picture]: the picture can't be read: too many" in site.told()
        assert calls(site.told) < 1_000_000


def test_truncated_picture_is_reported(make_site: MakeSite) -> None:
    assert "content/a/campus.jpg: error[picture]" in make(make_site, content=photo(900, 900)[:1500]).told()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
@pytest.mark.parametrize("lost", [1, 30, 300])
@pytest.mark.parametrize("settings", [SITE, SITE.partition("pictures:")[0]], ids=["in widths", "as it is"])
def test_check_and_build_say_the_same_of_a_picture_that_is_cut_off(
    make_site: MakeSite, kind: str, lost: int, settings: str
) -> None:
    name = f"content/a/a.{kind.lower()}"
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", name: photo(kind=kind)[:-lost]}, site=settings)
    found = list[tuple[Problem, ...]]()
    for command in (check, build, check):
        try:
            command(Options(root=site.root, output=site.public))
            found.append(())
        except SiteError as error:
            found.append(error.problems)

    assert found[0] == found[1] == found[2]


def test_picture_with_too_many_pixels_is_reported(make_site: MakeSite) -> None:
    image = Image.new("1", (20_000, 20_000))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")

    assert "error[picture]" in make(make_site, "bomb.png", buffer.getvalue()).told()


def test_nearly_empty_pictures_have_bounded_pixels_together(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five KB may hold 40 million pixels, which take 0.4 s to convert: 400 of them would take minutes."""
    monkeypatch.setattr(file_checks, "MOST_EMPTY_PIXELS", 5_000_000)
    Image.new("1", (2_000, 2_000)).save(empty := io.BytesIO(), "PNG")
    site = make(make_site, "a.png", empty.getvalue())
    assert "too-costly" not in str(site.report().warnings)

    site.write("content/a/b.png", empty.getvalue())
    site.write("content/a/c.png", empty.getvalue())

    told = site.told()
    assert (
        "content/a/b.png: error[too-costly]: 7 million pixels of this picture and those before it show nothing\n"
        in told
    )
    assert "c.png" not in told


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    cut = of_size(9000, 9000)[:60]  # what follows the header is missing: to decode it would be another problem
    (tmp_path / "content/x.png").write_bytes(cut)
    problem = Pictures(tmp_path, (480,), "100vw").problem("content/x.png")

    assert problem is not None
    assert "9000 × 9000 pixels" in problem.message


def test_a_jpeg_of_many_scans_is_reported(make_site: MakeSite) -> None:
    """Each scan is decoded over the whole picture, and takes a few bytes: a file full of them took over two minutes."""
    buffer = io.BytesIO()
    Image.new("RGB", (300, 150), "navy").save(buffer, "JPEG", progressive=True)
    plain = buffer.getvalue()
    last = plain[plain.rindex(b"\xff\xda") : -2]

    make(make_site, content=plain[:-2] + 15 * last + b"\xff\xd9").report()
    told = make(make_site, content=plain[:-2] + 40 * last + b"\xff\xd9").told()
    assert "content/a/campus.jpg: error[picture]: the picture can't be read: it has more than 30 scans" in told


@pytest.mark.parametrize("mode", ["RGBA", "LA", "RGB", "L", "P", "1"])
def test_a_picture_is_reduced_in_strips_as_it_would_be_whole(mode: str) -> None:
    noise = Image.effect_noise((1501, 1403), 90)
    alpha = Image.linear_gradient("L").resize(noise.size)
    coloured = Image.merge("RGBA", (noise, alpha, noise.rotate(180), alpha)).convert(mode)
    whole = coloured.convert({"P": "RGB", "1": "L"}.get(mode, mode)).reduce(3)

    assert _in_strips(coloured, 3).tobytes() == whole.tobytes()


def test_picture_is_converted_once_for_all_builds(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()
    kept = {path: path.stat().st_mtime_ns for path in (site.root / ".cache/pictures").glob("??/*")}
    first = site.files()
    shutil.rmtree(site.root / ".cache/build")
    site.report()

    assert len(kept) == 7
    assert {path: path.stat().st_mtime_ns for path in (site.root / ".cache/pictures").glob("??/*")} == kept
    assert site.files() == first


def test_changed_picture_is_published_again(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()
    site.write("content/a/campus.jpg", photo(250, 250))
    page = html.document_fromstring(site.build()["en/a/index.html"])

    assert page.xpath("//img/@height") == ["250"]
    assert "en/a/campus.300.avif" not in site.files()


def test_another_greatest_width_gives_what_a_clean_build_gives(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large picture is reduced to what its widest variant needs before any is made."""
    monkeypatch.setattr("sitegen.media.images._LARGE", 1)
    noise = Image.frombytes("RGB", (1200, 600), random.Random(1).randbytes(1200 * 600 * 3))
    noise.save(buffer := io.BytesIO(), "JPEG")
    site = make(make_site, content=buffer.getvalue())
    site.write("content/site.yaml", SITE.replace(", 200, 400", ""))
    site.report(jobs=1)
    narrow = site.files()
    site.write("content/site.yaml", SITE)
    site.report(jobs=1)
    warm = site.files()
    site.report(jobs=1, clean=True)

    assert warm == site.files()
    assert narrow["en/a/campus.100.avif"] != warm["en/a/campus.100.avif"]


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_very_tall_picture_is_reduced_though_it_is_narrow(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.media.images._LARGE", 1_000)
    monkeypatch.setattr("sitegen.media.images._MOST_REDUCED", 16_000)
    Image.new("RGB", (100, 600)).save(buffer := io.BytesIO(), form)

    assert _decoded(buffer.getvalue(), 100)[0].size == (50, 300)


def test_site_without_widths_publishes_pictures_in_one_format(make_site: MakeSite) -> None:
    site = make_site(
        {"content/a/index.en.md": "---\ntitle: A\n---\n![Campus](campus.jpg)\n", "content/a/campus.jpg": photo()}
    )
    pages = site.build()

    published = site.files()["en/a/campus.jpg"]
    assert PLACE not in published
    assert opened(published).tobytes() == opened(photo()).tobytes()
    assert "<picture>" not in pages["en/a/index.html"]


def odd_exif() -> bytes:
    """A PNG whose EXIF says nothing that makes sense."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64)).save(
        buffer, "PNG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\xff\xff\xff\xff\xff\xff\xff\xff"
    )
    return buffer.getvalue()


def of_size(wide: int, tall: int, mode: str = "1") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (wide, tall)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content", [of_size(20, 70_000), of_size(70_000, 20), of_size(6400, 6400), b"\x89PNG\r\n\x1a\n" + b"\0" * 99]
)
def test_a_picture_that_no_format_supports_is_reported(make_site: MakeSite, content: bytes) -> None:
    assert "content/a/odd.png: error[picture]" in make(make_site, "odd.png", content).told()


def test_every_truncation_and_bit_flip_of_a_picture_is_handled(tmp_path: Path) -> None:
    """Bytes on which Pillow raises unusual exceptions: struct.error, TypeError, KeyError and the like."""
    chance = random.Random(1)
    (tmp_path / "content").mkdir()
    whole = [odd_exif(), of_size(9, 9), of_size(9, 9, "P"), of_size(9, 9, "LA")]
    for name, content in ((f"content/{number % 4}.png", whole[number % 4]) for number in range(400)):
        bent = bytearray(content[: chance.randint(20, len(content))])
        for _ in range(chance.randint(0, 4)):
            bent[chance.randrange(8, len(bent))] = chance.randrange(256)
        (tmp_path / name).write_bytes(bent)
        pictures = Pictures(tmp_path, (4, 8), "100vw")
        if pictures.problem(name) is None:
            with suppress(SiteError):
                assert pictures.make(name, 4, "webp")


@pytest.mark.parametrize(("mode", "effort"), [("RGB", (6, 6)), ("RGBA", (8, 5)), ("LA", (8, 5))])
def test_a_picture_that_is_transparent_in_parts_costs_no_more_effort_than_it_is_worth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, effort: tuple[int, int]
) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content/x.png").write_bytes(of_size(9, 9, mode))
    pictures, saved, save = Pictures(tmp_path, (8,), "100vw"), {}, Image.Image.save
    monkeypatch.setattr(Image.Image, "save", lambda *own, **given: saved.update({own[2]: given}) or save(*own, **given))

    made = [pictures.make("content/x.png", 8, ending) for ending in ("avif", "webp")]

    assert [Image.open(io.BytesIO(content)).format for content in made] == ["AVIF", "WEBP"]
    assert (saved["AVIF"]["speed"], saved["WEBP"]["method"]) == effort


@pytest.mark.slow
def test_a_large_picture_takes_little_memory_and_keeps_its_colours(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content/x.png").write_bytes(of_size(5000, 5000, "RGBA"))
    with Image.open(tmp_path / "content/x.png") as opened:
        opened.paste((10, 200, 30, 255), (0, 0, 2500, 5000))
        opened.save(tmp_path / "content/x.png")
    pictures = Pictures(tmp_path, (480, 960), "100vw")

    for width in (480, 960):
        with Image.open(io.BytesIO(pictures.make("content/x.png", width, "png"))) as made:
            assert made.size == (width, width)
            assert made.convert("RGBA").getpixel((width // 4, width // 2)) == (10, 200, 30, 255)
            assert made.convert("RGBA").getchannel("A").getpixel((3 * width // 4, width // 2)) == 0
