"""The shape of a section, which its translations must keep."""

from __future__ import annotations

from sitegen.content.section_shape import Shape


def seen(html: str) -> set[str]:
    """The numbers by which a section is compared."""
    return {plain for number in Shape(html).numbers for plain in number.plain}


def test_shape_is_equal_if_lists_links_pictures_and_numbers_match() -> None:
    english = '<ul>\n<li>86 of <a href="\x01/plan/\x03">plan</a></li>\n</ul>\n<p><img src="\x01a.jpg\x03" alt="A"></p>'
    hindi = '<ul>\n<li><a href="\x01/plan/\x03">योजना</a> के ८६</li>\n</ul>\n<p><img src="\x01a.jpg\x03" alt="क"></p>'

    assert Shape(english).digest == Shape(hindi).digest
    assert Shape(english).digest != Shape(english.replace("86", "87")).digest
    assert Shape(english).digest != Shape(english.replace("/plan/", "/center/")).digest
    assert Shape(english).digest != Shape(english.replace("<li>", "<li></li><li>")).digest


def test_shape_ignores_small_numbers_which_may_be_words() -> None:
    assert seen("<p>10 states</p>") == set()
    assert seen("<p>Article 20, WCAG 2.2, in 2025</p>") == {"2.2", "2025"}


def test_shape_ignores_numbers_and_words_inside_tags() -> None:
    assert seen('<p><a href="https://example.org/2025/">2026</a></p>') == {"2026"}
    assert list(Shape("<p>One <em>two</em> three &amp; four five</p><p>Too short</p>").paragraphs) == [
        "One two three & four five"
    ]
