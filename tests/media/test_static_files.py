"""static/ is published; files in static/assets/ get a name that changes with their content."""

from __future__ import annotations

import hashlib
import posixpath
import re

import pytest
from conftest import MakeSite, TinySite

PAGE = "{{ asset('site.css') }} {{ asset('fonts/a.woff2') }}"
FILES: dict[str, str | bytes] = {
    "templates/page.html": PAGE,
    "static/favicon.ico": b"\x00icon",
    "static/.well-known/security.txt": "Contact: mailto:a@example.org\n",
    "static/assets/site.css": "@font-face{src:url(fonts/a.woff2)} a{background:url('p.svg')} b{background:url(data:x)} c{background:url(/p.svg)}",
    "static/assets/parts/more.css": 'a{background:url("../p.svg")}',
    "static/assets/fonts/a.woff2": b"font",
    "static/assets/p.svg": "<svg/>",
}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]


def assets(site: TinySite) -> dict[str, str]:
    """Name without digest → path, of everything below assets/."""
    return {re.sub(r"\.[0-9a-f]{8}(?=\.\w+$)", "", path): path for path in site.files() if path.startswith("assets/")}


@pytest.mark.parametrize(
    ("css", "published"),
    [
        ("/* A sheet */\na { color: red } /* red */ b{}", "a { color: red } b{}"),
        ("/*! Licence */ a{}", "/*! Licence */ a{}"),
        ("a::before { content: '/* text */' } /* it's */", "a::before { content: '/* text */' } "),
        ("a { background: url(data:text/*x*/) }", "a { background: url(data:text/*x*/) }"),
        ("a/* parts tokens */b {}", "a/* parts tokens */b {}"),
        ("a{} /* never closed", "a{} /* never closed"),
    ],
)
def test_comments_of_a_style_sheet_are_left_out(make_site: MakeSite, css: str, published: str) -> None:
    site = make_site({"static/assets/plain.css": css})

    site.build()

    assert [text.decode() for path, text in site.files().items() if path.startswith("assets/plain.")] == [published]


def test_merge_conflict_is_reported_in_static_files_and_templates(make_site: MakeSite) -> None:
    conflict = "\n<<<<<<< HEAD\na{}\n=======\nb{}\n>>>>>>> other\n"

    for path in ("static/assets/site.css", "templates/page.html"):
        problems = make_site({**FILES, path: conflict}).problems()
        assert [(p.code, p.path, p.line) for p in problems] == [("merge-conflict", path, 2)]


def test_merge_conflict_is_reported_in_data_beside_pages_but_not_in_a_text_that_may_show_one(
    make_site: MakeSite,
) -> None:
    conflict = "a,b\r\n<<<<<<< HEAD\r\n1,2\r\n=======\r\n1,3\r\n>>>>>>> other\r\n"
    beside = {f"content/a/{name}": conflict for name in ("a.csv", "a.JSON", "a.txt")}

    problems = make_site({**beside, "content/a/index.en.md": "---\ntitle: A\n---\n"}).problems()

    assert [(p.code, p.path, p.line) for p in problems] == [
        ("merge-conflict", "content/a/a.JSON", 2),
        ("merge-conflict", "content/a/a.csv", 2),
    ]


def test_plain_files_keep_their_names_and_bytes(make_site: MakeSite) -> None:
    site = make_site(FILES)

    site.build()

    assert site.files()["favicon.ico"] == b"\x00icon"
    assert b"Contact" in site.files()[".well-known/security.txt"]


def test_asset_has_the_digest_of_its_content_in_its_name(make_site: MakeSite) -> None:
    site = make_site(FILES)

    site.build()

    for path, content in site.files().items():
        if path.startswith("assets/"):
            assert f".{digest(content)}." in path


def test_asset_function_returns_the_address_of_the_published_file(make_site: MakeSite) -> None:
    site = make_site(FILES)

    css, font = site.build(base_url="https://example.org/repo/")["fr/index.html"].split(" ")

    assert css == f"/repo/{assets(site)['assets/site.css']}"
    assert font == f"/repo/{assets(site)['assets/fonts/a.woff2']}"


def test_style_sheet_refers_to_published_files(make_site: MakeSite) -> None:
    site = make_site(FILES)

    site.build()

    for name in ("assets/site.css", "assets/parts/more.css"):
        path = assets(site)[name]
        targets = re.findall(r"url\([\"']?([^\"')]+)", site.files()[path].decode())
        own = [target for target in targets if not target.startswith(("data:", "/"))]
        assert own
        assert {posixpath.normpath(f"{posixpath.dirname(path)}/{target}") for target in own} <= set(site.files())
    assert b"url(data:x)" in site.files()[assets(site)["assets/site.css"]]
    assert b"url(/p.svg)" in site.files()[assets(site)["assets/site.css"]]


def test_style_sheet_has_a_new_name_when_a_file_it_uses_changes(make_site: MakeSite) -> None:
    site = make_site(FILES)
    site.build()
    before = assets(site)

    site.write("static/assets/fonts/a.woff2", b"other font")
    site.build()

    changed = {name for name, path in assets(site).items() if before[name] != path}
    assert changed == {"assets/fonts/a.woff2", "assets/site.css"}


def test_old_asset_is_removed_with_the_pages_that_used_it(make_site: MakeSite) -> None:
    site = make_site(FILES)
    site.build()
    old = assets(site)["assets/site.css"]

    site.write("static/assets/site.css", "a{}")
    pages = site.build()

    assert old not in site.files()
    assert old not in pages["en/index.html"]


def test_style_sheet_refers_to_another_by_its_published_name(make_site: MakeSite) -> None:
    site = make_site(
        {
            **FILES,
            "static/assets/a.css": "@import url(z.css);",
            "static/assets/z.css": "a{}",
        }
    )

    site.build()

    imported = re.findall(r"url\([\"']?([^\"')]+)", site.files()[assets(site)["assets/a.css"]].decode())
    assert [f"assets/{name}" in site.files() for name in imported] == [True]


def test_backup_files_of_editors_are_not_published_and_reported_once(make_site: MakeSite) -> None:
    names = (
        "favicon.ico~",
        ".#favicon.ico",
        "#site.css#",
        "site.css.bak",
        "Thumbs.db",
        "~$plan.docx",
        "a.orig",
        "a.rej",
        "a.swp",
        "4913",
        ".a.swa",
        "a.css___jb_tmp___",
        ".edit-0123456789ab",
    )
    litter = {f"{folder}/{name}": "old" for folder in ("static", "content", "content/a") for name in names}
    site = make_site({**FILES, **litter, "content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/Thumbs.pdf": "x"})

    warnings = site.report().warnings

    assert [(problem.path, problem.code) for problem in warnings] == [("content", "litter"), ("static", "litter")]
    assert "#site.css#" in warnings[0].message
    assert [path for path in site.files() if path.rpartition("/")[2] in names] == []
    assert "en/a/Thumbs.pdf" in site.files()


def test_site_without_static_files_is_built(make_site: MakeSite) -> None:
    assert "en/index.html" in make_site().build()
