"""SVG beside pages: drawings pass, and what is more than a drawing is told at its line."""

from __future__ import annotations

import pytest
from conftest import MakeSite

PLAIN = """\
<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 24 24">
  <style>path { fill: url(#shade) }</style>
  <title>A sign</title>
  <defs><linearGradient id="shade"><stop offset="0" stop-color="red"/></linearGradient></defs>
  <path id="leaf" d="M4 0v9" style="stroke: url(#shade)"/>
  <use xlink:href="#leaf" x="4"/>
  <image href="data:image/png;base64,iVBORw0KGgo=" width="1" height="1"/>
</svg>
"""
WRONG = [
    ("<script>alert(1)</script>", "<script> is no part of a drawing"),
    ('<path onload="alert(1)" d="M0 0"/>', "'onload' would run a script"),
    ('<a href="javascript:alert(1)"><text>x</text></a>', "<a> is no part of a drawing"),
    ('<use href="https://example.org/x.svg#a"/>', "leads out of the drawing"),
    ('<use xlink:href="data:image/svg+xml,x#a"/>', "leads out of the drawing"),
    ('<image href="https://example.org/pixel.png"/>', "leads out of the drawing"),
    ("<foreignObject><p>x</p></foreignObject>", "<foreignObject> is no part of a drawing"),
    ('<iframe xmlns="http://www.w3.org/1999/xhtml" src="x"/>', "<iframe> is no part of a drawing"),
    ("<style>@import 'https://example.org/x.css';</style>", "the style leads out of the drawing"),
    ('<rect style="fill: url(https://example.org/x)"/>', "leads out of the drawing"),
    ('<set attributeName="href" to="javascript:alert(1)"/>', "<set> is no part of a drawing"),
    ('<animate attributeName="href" values="javascript:alert(1)"/>', "<animate> is no part of a drawing"),
]


def test_plain_drawing_is_published_as_it_is(make_site: MakeSite) -> None:
    site = make_site(
        {"content/a/index.en.md": "---\ntitle: A\n---\n![A sign](sign.svg)\n", "content/a/sign.svg": PLAIN}
    )
    site.report()

    assert site.files()["en/a/sign.svg"] == PLAIN.encode()


@pytest.mark.parametrize(("wrong", "told"), WRONG)
def test_more_than_a_drawing_is_told_at_its_line(make_site: MakeSite, wrong: str, told: str) -> None:
    text = PLAIN.replace("  <title>", f"  {wrong}\n  <title>")
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/sign.svg": text})
    problems = [problem for problem in site.problems() if problem.code == "svg"]

    assert any(told in problem.message for problem in problems)
    assert (problems[0].path, problems[0].line) == ("content/a/sign.svg", 4)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "a document type"),
        ('<?xml-stylesheet href="x.css"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "may load a style"),
        ("<svg", "no readable SVG"),
        ("", "no readable SVG"),
        ("<html><script>alert(1)</script></html>", "<html> is no part of a drawing"),
    ],
)
def test_file_that_is_no_plain_svg_is_told(make_site: MakeSite, text: str, told: str) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/sign.svg": text})

    assert told in site.told()
