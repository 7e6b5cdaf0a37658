"""Files beside a page: what a browser or a server would run is reported; common file types pass."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite

PAGE = {"content/a/index.en.md": "---\ntitle: A\n---\n"}


@pytest.mark.parametrize(
    "name",
    ["evil.html", "evil.HTM", "page.xhtml", "data.xml", "style.xsl", "sw.js", "x.mjs", "x.php", "x.shtml", "x.svgz", "x.css", "x.wasm",
     "notes.php.txt", "plan.jsp.pdf", "x.mhtml", "x.swf", "x.hta", "x.exe", "README", "feed.atom", "x.kml", "app.webmanifest", "x.htc"],
)  # fmt: skip
def test_executable_file_is_reported(make_site: MakeSite, name: str) -> None:
    site = make_site({**PAGE, f"content/a/{name}": "x"})

    problems = site.problems()

    assert (f"content/a/{name}", "file-type") in [(problem.path, problem.code) for problem in problems]
    assert f"en/a/{name}" not in site.files()


@pytest.mark.parametrize(
    "name",
    ["Plan.PDF", "minutes.docx", "list.xlsx", "talk.pptx", "talk.mp4", "talk.vtt", "song.mp3", "all.zip", "map.geojson", "v1.2.pdf",
     "a.b.c.csv", "Устав.pdf", "plan (1).odt", "dates.ics", "table.yaml", "face.woff2"],
)  # fmt: skip
def test_common_file_types_are_published(make_site: MakeSite, name: str) -> None:
    site = make_site({**PAGE, f"content/a/{name}": "x"})
    site.report()

    assert site.files()[f"en/a/{name}"] == b"x"


def test_site_adds_types_of_its_own(make_site: MakeSite) -> None:
    site = make_site({**PAGE, "content/a/walls.dwg": "x"}, site=SITE + "file_types: [dwg]\n")
    site.report()

    assert "en/a/walls.dwg" in site.files()


def test_file_extension_is_written_without_its_dot(make_site: MakeSite) -> None:
    site = make_site(PAGE, site=SITE + "file_types: [.dwg]\n")

    assert "file_types: '.dwg' is not the end of a file's name" in site.told()


def test_static_folder_may_hold_any_type_of_file(make_site: MakeSite) -> None:
    site = make_site({"static/game/index.html": "<p>", "static/game/play.js": "1"})
    site.report()

    assert {"game/index.html", "game/play.js"} <= site.files().keys()
