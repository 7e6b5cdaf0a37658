"""Every link that leads nowhere is reported where it stands, in the language in which it is dead."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite
from linked import make, page

from sitegen.build.options import Options
from sitegen.build.pipeline import check


@pytest.mark.parametrize(
    ("body", "code", "place", "hint"),
    [
        ("Это [x](/aa/)", "dead-page", "4:9", "did you mean '/a/'?"),
        ("[x](../../../gone/)", "dead-page", "4:5", "write the page's path, such as /plan/"),
        ("[x](../../a/#part)", "dead-page", "4:5", "write /a/#part"),
        ("[x](/en/../../a)", "dead-page", "4:5", "write /a/"),
        ("[x](/a/%2e%2e/a/)", "dead-page", "4:5", "write /a/"),
        ("[x](/a//)", "dead-page", "4:5", "write /a/"),
        ("[x](c/../campus.jpeg)", "dead-file", "4:5", "write /b/campus.jpeg"),
        ("[x](/a/#gone)", "dead-anchor", "4:5", ""),
        ("[x](/a/#par)", "dead-anchor", "4:5", "did you mean 'part'?"),
        ("[x](#part)", "dead-anchor", "4:5", ""),
        ("![x](pic.png)", "dead-file", "4:6", "put it into the page's folder"),
        ("![x](../a/pic.png)", "dead-file", "4:6", "put it into the page's folder"),
        ("![x](campus.jpg)", "dead-file", "4:6", "did you mean 'campus.jpeg'?"),
        ("![x](CAMPUS.JPG)", "dead-file", "4:6", "did you mean 'campus.jpeg'?"),
        ("[x](www.example.org)", "dead-file", "4:5", "write https://www.example.org"),
        ("[x](ada@example.org)", "dead-file", "4:5", "write mailto:ada@example.org"),
        ("[x](/a/index.en.md)", "dead-file", "4:5", "a link names the page's folder: write /a/"),
        ("[x](/en/a/)", "dead-page", "4:5", "write '/a/'"),
        ("[x](\\a#part)", "dead-page", "4:5", "write /a/#part"),
        ("[x](..\\a)", "dead-page", "4:5", "write ../a/"),
        ("![x](..\\a\\pic.png)", "dead-file", "4:6", "write ../a/pic.png"),
        ("[x](/site.yaml)", "dead-file", "4:5", "put it into the page's folder"),
        ("[x](../index.en.md)", "dead-file", "4:5", "a link names the page's folder: write ../"),
        (
            "[x](http://localhost:8000/ru/a/)",
            "local-address",
            "4:5",
            "write the page's path, such as /plan/, or the address as code: `http://localhost:8000/`",
        ),
        ("![x](https://example.net/a.png)", "dead-file", "4:6", "put the file into the page's folder"),
        ("![x](hall.HEIC)", "picture", "4:6", "save it as JPEG or PNG"),
        ("[x](https://example.org/ru/a/#part)", "own-address", "4:5", "write /a/#part"),
        ("[x](http://example.org/a/)", "own-address", "4:5", "write /a/"),
        ("[x](https://example.org)", "own-address", "4:5", "write /"),
        ("[x](https://example.org/gone/)", "own-address", "4:5", "write the content path of the page, such as /plan/"),
    ],
    ids=[
        "page", "page above all", "above all", "back", "back in percent", "empty part", "file, back", "anchor", "near anchor", "own anchor", "picture", "picture elsewhere", "near picture", "capital letters",
        "website", "e-mail", "a page's file", "language",
        "turned slashes", "turned slash", "picture with turned slashes",
        "settings", "page's file", "own machine", "picture of another site", "picture of a telephone",
        "own address", "own address without a language", "own address of the home page", "own address of nothing",
    ],
)  # fmt: skip
def test_dead_link_is_reported_at_its_line_and_column(
    make_site: MakeSite, body: str, code: str, place: str, hint: str
) -> None:
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", "## Part\n"),
            "content/b/index.ru.md": page("Б", body),
            "content/b/campus.jpeg": b"",
            "content/b/hall.HEIC": b"",
        },
    )

    (problem,) = site.problems(strict=True)

    assert (problem.code, problem.place, problem.hint) == (code, f"content/b/index.ru.md:{place}", hint)


def test_link_is_reported_only_in_the_language_in_which_it_is_dead(make_site: MakeSite) -> None:
    """A heading that a translation lacks is missing in that translation, not in the source."""
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("A", "## One\n\n## Two\n"),
            "content/a/index.ru.md": page("А", "## Раз\n"),
            "content/b/index.en.md": page("B", "[x](/a/#two)"),
            "content/b/index.ru.md": page("Б", "[x](/a/#two)"),
        },
    )

    dead = [problem.path for problem in site.problems() if problem.severity == "error"]

    assert dead == ["content/b/index.ru.md"]


def test_every_dead_link_of_every_page_is_reported_in_one_run(make_site: MakeSite) -> None:
    site = make(make_site, {f"content/{name}/index.en.md": page(name, "[x](/x1/)\n\n[y](/y1/)") for name in "abc"})

    assert len(site.problems()) == 6


@pytest.mark.parametrize(
    "target", ["../a/", "./../a/", "..", "../", ".", "./", "./campus.jpeg", "../b/campus.jpeg", "/a/", "/"]
)
def test_path_that_begins_with_dots_is_one_that_editors_write(make_site: MakeSite, target: str) -> None:
    files: dict[str, str | bytes] = {
        "content/a/index.en.md": page("A"),
        "content/b/index.en.md": page("B", f"[x]({target})"),
        "content/b/campus.jpeg": b"",
    }
    site = make(make_site, files)

    assert not {"dead-page", "dead-file"} & {
        problem.code for problem in check(Options(root=site.root, output=site.public))
    }


def test_backward_paths_in_fields_and_menus_are_reported(make_site: MakeSite) -> None:
    kinds = "page: {template: page.html, facts: {link: {type: link}, about: {type: page}}}\n"
    path = "content/a/index.en.md"
    files: dict[str, str | bytes] = {path: "---\nabout: /x/../a/\nlink: /a/../a/\ntitle: A\n---\n"}
    site = make_site(files, kinds=kinds, site=f"{SITE}menus: {{main: [/x/../a/]}}\n")

    found = {(problem.place, problem.code) for problem in site.problems()}

    assert {(f"{path}:2:8", "reference"), (f"{path}:3:7", "dead-page")} <= found
    assert "reference" in {code for place, code in found if place.startswith("content/site.yaml")}
