"""The picture of a shared page; its letters are read back from its pixels."""

from __future__ import annotations

import io
import re
import shutil
import struct
import zlib
from pathlib import Path

import pytest
from conftest import REPOSITORY, MakeSite, TinySite
from PIL import Image
from published import Published

from sitegen.i18n.locale import Locale
from sitegen.media.card_design import HEIGHT, WIDTH, load_card
from sitegen.media.social_cards import cut, draw
from sitegen.model.loading import load_config
from sitegen.source.theme_layers import Layers

TITLES = {
    "en": "A short title",
    "ru": "Короткий заголовок",
    "zh": "上合组织国家卓越工程人才培养与评价标准研究项目",
    "hi": "चीन-एससीओ उच्च शिक्षा सहयोग केंद्र (XJTU)",
    "fa": "مرکز همکاری آموزش عالی چین (XJTU) 2025",
    "ur": "چین-ایس سی او اعلیٰ تعلیمی تعاون مرکز",
}
THEME = REPOSITORY / "sitegen/theme"
#: Where the title stands, and paper around it.
TITLE = (80, 60, 1120, 490)


def with_card(site: TinySite) -> TinySite:
    """A site with a card of its own, as the theme's is."""
    shutil.copytree(THEME / "templates/card", site.root / "templates/card")
    site.write("templates/card.yaml", (THEME / "templates/card.yaml").read_bytes())
    return site


def picture(title: str, language: str) -> Image.Image:
    card = load_card(Layers.of(REPOSITORY / "tests", ["default"]))  # no card of its own
    assert card is not None
    locale = Locale.of(load_config(REPOSITORY).languages[language])
    return Image.open(io.BytesIO(draw(card, locale, title, "Site", "content/index.en.md"))).convert("L")


def test_date_is_rendered_in_its_box_if_the_card_has_one() -> None:
    """The Center's card: light letters on a dark ground."""
    card = load_card(Layers.of(REPOSITORY, ["default"]))
    assert card is not None
    assert card.label is not None
    locale = Locale.of(load_config(REPOSITORY).languages["en"])
    box = (card.label.x, card.label.y, card.label.x + card.label.width, card.label.y + card.label.height)

    with_date, without = (
        Image.open(io.BytesIO(draw(card, locale, "Title", "Site", "content/index.en.md", label))).convert("L").crop(box)
        for label in ("2 February 2026", "")
    )

    assert max(with_date.tobytes()) > 200
    assert max(without.tobytes()) < 100


def inked(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """The part of a box that has ink on it."""
    return image.crop(box).point(lambda value: 255 if value < 160 else 0).getbbox()


@pytest.mark.parametrize("language", TITLES)
def test_title_fits_its_box_and_starts_at_the_line_start(language: str) -> None:
    image = picture(TITLES[language], language)
    found = inked(image, TITLE)

    assert image.size == (WIDTH, HEIGHT)
    assert found is not None
    is_rtl = language in ("fa", "ur")
    assert (found[2] > 1020) if is_rtl else (found[0] < 20)
    margins = [inked(image, (0, 60, 70, 490)), inked(image, (1130, 60, 1200, 490))]
    assert margins == [None, None]


def test_longer_title_gets_smaller_type_and_more_lines() -> None:
    short, long = (inked(picture(title, "en"), TITLE) for title in ("Plan", "Plan of the whole construction " * 4))

    assert short is not None
    assert long is not None
    assert long[3] - long[1] > 2 * (short[3] - short[1])


@pytest.mark.parametrize(
    ("language", "title", "parts"),
    [
        ("zh", "在天津成立、在西安揭牌", ["在天津", "成立、", "在西安", "揭牌"]),
        ("zh", "大学", ["大", "学"]),  # a word alone is cut where it must
        ("en", "Higher education", ["Higher ", "education"]),
    ],
)
def test_lines_end_between_words(language: str, title: str, parts: list[str]) -> None:
    assert cut(title, Locale.of(load_config(REPOSITORY).languages[language])) == parts


def test_title_too_long_for_any_size_is_truncated_in_its_box() -> None:
    image = picture("word " * 200, "en")

    assert inked(image, (80, 480, 1120, 496)) is None


def test_word_wider_than_its_box_is_still_drawn() -> None:
    assert inked(picture("9" * 5_000, "en"), TITLE) is not None


def test_letters_are_shaped_by_their_script() -> None:
    """A word is narrower than its letters one by one if they join or stack."""
    joined, apart = (inked(picture(text, "fa"), TITLE) for text in ("همکاری", "ه م ک ا ر ی"))
    conjunct, letters = (inked(picture(text, "hi"), TITLE) for text in ("क्षेत्र", "क ष त र"))

    assert joined is not None
    assert apart is not None
    assert conjunct is not None
    assert letters is not None
    assert joined[2] - joined[0] < 0.8 * (apart[2] - apart[0])
    assert conjunct[2] - conjunct[0] < 0.8 * (letters[2] - letters[0])


def test_latin_words_in_a_right_to_left_title_keep_their_order() -> None:
    """`XJTU` before a Persian word stands at the right, and is read from left to right."""
    first, last = (picture(text, "fa") for text in ("XJTU مرکز", "مرکز XJTU"))

    assert first.tobytes() != last.tobytes()
    alone = picture("XJTU", "fa")
    box = inked(alone, TITLE)
    assert box is not None
    width = box[2] - box[0]
    right = (1120 - width, 60, 1120, 490)
    assert first.crop(right).tobytes() == alone.crop(right).tobytes()


def test_card_is_only_drawn_again_when_its_words_have_changed(make_site: MakeSite) -> None:
    site = with_card(make_site({"content/a/index.en.md": "---\ntitle: A\n---\nBefore.\n"}))
    site.report()
    kept = {path: path.stat().st_mtime_ns for path in (site.root / ".cache/pictures").glob("??/*")}

    site.write("content/a/index.en.md", "---\ntitle: A\n---\nAfter.\n")
    shutil.rmtree(site.root / ".cache/build")
    site.report()
    assert {path: path.stat().st_mtime_ns for path in (site.root / ".cache/pictures").glob("??/*")} == kept

    site.write("content/a/index.en.md", "---\ntitle: Another\n---\nAfter.\n")
    assert [path for path in site.report().change.written if path.endswith(".png")] == ["en/a/card.png"]


def test_fallback_page_has_the_card_of_the_page_it_shows(make_site: MakeSite) -> None:
    site = with_card(make_site({"templates/page.html": "<h1>{{ page.title }}</h1>{{ page.card_url }}"}))
    pages = site.build()

    assert "https://example.org/en/card.png" in pages["fr/index.html"]
    assert "fr/card.png" not in site.files()


@pytest.mark.parametrize("title", ["\N{GRINNING FACE}", "\N{GRINNING FACE} \N{GRINNING FACE}", "\N{ZERO WIDTH JOINER}"])
def test_title_of_nothing_that_a_font_has_leaves_its_box_empty(title: str) -> None:
    assert picture(title, "en").tobytes() == picture(" ", "en").tobytes()


def test_character_missing_from_every_font_is_reported(make_site: MakeSite) -> None:
    told = with_card(make_site({"content/a/index.en.md": "---\ntitle: A ᠮ\n---\n"})).told()

    assert "content/a/index.en.md: error[glyph]: no font of the card has 'ᠮ' (U+182E)" in told


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (("NotoSerif-Bold.ttf]\n  Hans", "NotoSerif.ttf]\n  Hans"), "there is no file templates/card/NotoSerif.ttf"),
        (("width: 1040, ", ""), "'width' is missing"),
        (("paper:", "papr:"), "'papr' is not a field of the card"),
        (("  default:", "  other:"), "fonts: must name fonts for languages"),
        (
            ('ink: "#1f1a1d"', "ink: blackish"),
            "templates/card.yaml:5:6: error[expected]: ink: 'blackish' is not a colour",
        ),
        (('ink: "#1f1a1d"', "ink: 5"), "templates/card.yaml:5:6: error[expected]: ink: '5' is not a colour"),
        (("sizes: [84,", "sizes: [0,"), "sizes: '0' is no size in pixels"),
        (("sizes: [84,", "sizes: [100000,"), "is no size in pixels"),
        (("[card/NotoSerif-Bold.ttf]", "[card/background.png]"), "a font of the card can't be used"),
    ],
)
def test_slip_in_the_card_settings_is_reported(make_site: MakeSite, slip: tuple[str, str], told: str) -> None:
    site = with_card(make_site())
    text = (site.root / "templates/card.yaml").read_text(encoding="utf-8")
    assert slip[0] in text
    site.write("templates/card.yaml", text.replace(*slip))

    assert told in site.told()


def test_background_of_a_wrong_size_is_reported_before_it_is_decoded(make_site: MakeSite) -> None:
    site = with_card(make_site())
    background = site.root / "templates/card/background.png"
    Image.new("1", (600, 315)).save(background)
    content = bytearray(background.read_bytes())
    content[16:24] = struct.pack(">II", 16_000, 10_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))  # its pixels end early, which nobody reads
    background.write_bytes(content)

    assert re.search(r"card\.yaml:\d+:\d+: .*background.png is not 1200 × 630, but 16000 × 10000", site.told())


def test_background_that_is_no_picture_is_reported_at_its_line(make_site: MakeSite) -> None:
    site = with_card(make_site())
    site.write("templates/card/background.png", "Text")

    assert re.search(
        r"card\.yaml:\d+:\d+: error\[picture\]: background.png can't be read: cannot identify image file\n", site.told()
    )


def test_another_background_is_drawn_by_the_same_process(make_site: MakeSite) -> None:
    site = with_card(make_site())
    site.report()
    colours = []
    for colour in ("white", "#dddddd"):
        Image.new("RGB", (WIDTH, HEIGHT), colour).save(site.root / "templates/card/background.png")
        site.report()
        with Image.open(site.root / "public/en/card.png") as card:
            colours.append(card.convert("RGB").getpixel((2, 2)))

    assert colours == [(255, 255, 255), (221, 221, 221)]


def test_cards_of_the_center_are_complete_and_small(center: Published) -> None:
    cards: list[Path] = sorted(center.folder.rglob("card.png"))

    assert len(cards) > 400
    for path in cards:
        assert path.stat().st_size < 60_000
    for path in cards[::25]:
        with Image.open(path) as opened:
            opened.load()
            assert opened.size == (1200, 630)


def test_page_of_the_center_names_its_card_and_its_other_locales(center: Published) -> None:
    for page in center.real:
        found = {m.get("property"): m.get("content") for m in page.root.xpath("//meta[starts-with(@property,'og:')]")}
        locales = page.root.xpath("//meta[@property='og:locale:alternate']/@content")
        assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
        assert found["og:image:alt"]
        assert center.file_of(found["og:image"]).name == "card.png"
        assert len(locales) == 11
