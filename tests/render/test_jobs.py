"""Outputs that can't be published, alone or together, are reported where a person can rename something."""

from __future__ import annotations

import os

import pytest
from conftest import SITE, MakeSite

from sitegen.problems.safe_output import one_line

PAGE = "---\ntitle: A\n---\n"
LONG = "x" * 245


def alias(path: str) -> str:
    return f"---\naliases: [{path}]\ntitle: A\n---\n"


#: Files of a site → path, line and a part of what is reported.
CLASHES = {
    "alias that is a file of the site": ({"content/a/index.en.md": alias("/sitemap.xml/")}, "content/a/index.en.md:2", "/en/sitemap.xml/"),
    "alias that is the robots' file": ({"content/a/index.en.md": alias("/en/feed.xml/x/")}, "content/a/index.en.md:2", "/en/feed.xml/x/"),
    "slug that is a file of the site": ({"content/a/index.en.md": "---\nslug: feed.xml\ntitle: A\n---\n"}, "content/a/index.en.md:2", "/en/feed.xml/"),
    "slug that is the home page's file": ({"content/a/index.en.md": "---\nslug: index.html\ntitle: A\n---\n"}, "content/a/index.en.md:2", "/en/index.html/"),
    "folder and file": ({"static/x": "x", "static/y/z": "y", "static/y2": "", "static/x2/z": ""}, "", ""),
    "file and folder": ({"static/en": "x"}, "static/en", "/en is a file and a folder as well"),
    "static folder of building": ({"static/.sitegen-stage/a.txt": "a"}, "static/.sitegen-stage/a.txt", "/.sitegen-stage/a.txt is a file that `publish` makes itself"),
    "static marker in capitals": ({"static/.SiteGen": "a"}, "static/.SiteGen", "/.SiteGen is a file that `publish` makes itself"),
    "static file of a device": ({"static/docs/con.pdf": b"%PDF-1.4"}, "static/docs/con.pdf", "/docs/con.pdf can't be published: Windows can't store it: a part of it is named as a device,"),
    "static file of no name on Windows": ({"static/docs/a?b.pdf": b"%PDF-1.4"}, "static/docs/a?b.pdf", "ends in a dot or a space, or has one of < > : \" | ? *"),
    "static file of publishing": ({"static/release.json": "{}"}, "static/release.json", "/release.json is a file that `publish` makes itself"),
    "marker of builds": ({"static/.sitegen": "x"}, "static/.sitegen", "/.sitegen is a file that `publish` makes itself"),
    "two files": ({"content/a/index.en.md": PAGE, "content/a/Hall.pdf": "a", "content/a/hall.pdf": "b"}, "content/a/", "differs from another only in capital letters"),
    "two static files": ({"static/Hall.pdf": "a", "static/hall.pdf": "b"}, "static/", "differs from another only in capital letters"),
    "alias of the page in other letters": ({"content/ada/index.en.md": alias("/Ada/")}, "content/ada/index.en.md:2", "/en/Ada/"),
    "long name beside a page": ({f"content/a/{LONG}.pdf": "x", "content/a/index.en.md": PAGE}, f"content/a/{LONG}.pdf", "it is too long"),
    "long static name": ({f"static/{LONG}.txt": "x"}, f"static/{LONG}.txt", "it is too long"),
    "line end in a name": ({"static/a\nb.txt": "x"}, "static/a\nb.txt", "a character that can't be seen"),
    "escape in a name": ({"content/a/index.en.md": PAGE, "content/a/b\x1b[31m.txt": "x"}, "content/a/b\x1b[31m.txt", "a character that can't be seen"),
    "turned name": ({"content/a/index.en.md": PAGE, "content/a/fdp\u202etxt.pdf": "x"}, "content/a/fdp\u202etxt.pdf", "a character that can't be seen"),
    "backslash": ({"static/a\\b.txt": "x"}, "static/a\\b.txt", "a backslash"),
}  # fmt: skip


@pytest.mark.parametrize("name", CLASHES)
def test_clashing_output_is_reported_at_its_source(make_site: MakeSite, name: str) -> None:
    files, place, what = CLASHES[name]
    site = make_site(files)
    if not place:
        assert site.build()
        return

    found = site.problems()

    told = [(problem.place, problem.message) for problem in found]
    assert any(one_line(where).startswith(one_line(place)) and what in message for where, message in told), told
    assert {problem.code for problem in found} <= {"url-clash", "address", "alias-clash"}
    assert not site.public.exists()


def test_alias_that_is_a_file_of_the_theme_is_reported_at_its_line(make_site: MakeSite) -> None:
    site = make_site({"content/a/index.en.md": alias("/favicon.svg/")}, site=f"{SITE}theme: default\nunprefixed: en\n")

    (found,) = site.problems()

    assert (found.place, found.code, found.hint) == ("content/a/index.en.md:2:10", "url-clash", "rename it")


@pytest.mark.parametrize(
    ("path", "text"), [("a", alias("/assets/old/")), ("a", alias("/Admin/")), ("assets", PAGE), ("admin/b", PAGE)]
)
def test_page_or_alias_in_a_folder_with_headers_of_its_own_is_reported(
    make_site: MakeSite, path: str, text: str
) -> None:
    """Browsers would keep it for a year, or it might run what only the editor may."""
    site = make_site({f"content/{path}/index.en.md": text}, site=f"{SITE}unprefixed: en\n")

    (found,) = site.problems()

    assert (found.path, found.code) == (f"content/{path}/index.en.md", "url-clash")
    assert "is in a folder that hosts send with headers of its own" in found.message


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize(
    "place", ["content/a/\udcff.pdf", "content/b\udcff/index.en.md", "static/\udcff.txt", "content/a/index.\udcff.md"]
)
def test_a_file_name_that_is_not_utf_8_is_reported(make_site: MakeSite, place: str) -> None:
    site = make_site({"content/a/index.en.md": PAGE})
    (site.root / place).parent.mkdir(parents=True, exist_ok=True)
    (site.root / place).write_text(PAGE)

    found = site.problems()

    assert [problem.code for problem in found] == ["unreadable"]
    assert found[0].path == place.replace("\udcff", "\\xff").removesuffix("/index.en.md")
    assert "not valid UTF-8" in found[0].message


def test_a_redirect_does_not_stand_in_place_of_a_file_of_publishing(make_site: MakeSite) -> None:
    site = make_site({"content/a/index.en.md": alias("/release.json")}, site=SITE + "unprefixed: en\n")

    assert "content/a/index.en.md:2" in site.told()
    assert "/release.json/ is a file that `publish` makes itself" in site.told()
