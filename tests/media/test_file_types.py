"""Files beside a page: what a browser or a server would run is reported; common file types pass."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite

PAGE = {"content/a/index.en.md": "---\ntitle: A\n---\n"}


@pytest.mark.parametrize(
    "name",
    ["evil.html", "evil.HTM", "page.xhtml", "data.xml", "style.xsl", "sw.js", "x.mjs", "x.php", "x.shtml", "x.svgz", "x.css", "x.wasm",
     "notes.php.txt", "plan.jsp.pdf", "x.PHP5.pdf", "x.phar.zip", "x.asp;.jpg", "x.mhtml", "x.swf", "x.hta", "x.exe", "README", "feed.atom", "x.kml", "app.webmanifest", "x.htc",
     "evil.html.gz", "index.html.gz", "e.JS.GZ", "a.svg.gz", "sitemap.xml.gz",
     "a.html.yaml", "a.svg.jsonl", "a.js.parquet"],
)  # fmt: skip
def test_executable_file_is_reported(make_site: MakeSite, name: str) -> None:
    site = make_site({**PAGE, f"content/a/{name}": "x"})

    problems = site.problems()

    assert (f"content/a/{name}", "file-type") in [(problem.path, problem.code) for problem in problems]
    assert f"en/a/{name}" not in site.files()


@pytest.mark.parametrize(
    "name",
    ["Plan.PDF", "minutes.docx", "list.xlsx", "talk.pptx", "talk.mp4", "talk.srt", "song.mp3", "all.zip", "map.geojson", "v1.2.pdf",
     "a.b.c.csv", "Устав.pdf", "plan (1).odt", "dates.ics", "table.yaml", "face.woff2", "all.tar.gz", "data.csv.gz", "node.js.pdf", "page.html.zip",
     "v1.2.yaml"],
)  # fmt: skip
def test_common_file_types_are_published(make_site: MakeSite, name: str) -> None:
    site = make_site({**PAGE, f"content/a/{name}": "x"})
    site.report()

    assert site.files()[f"en/a/{name}"] == b"x"


def test_packed_attachment_takes_the_place_of_no_file(make_site: MakeSite) -> None:
    site = make_site({**PAGE, "content/a/list.csv": "a", "content/a/list.csv.gz": "b", "content/search.json.gz": "c"})

    assert [(problem.path, problem.code) for problem in site.problems()] == [("content/a/list.csv.gz", "url-clash")]


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


HTML = b"\n<!DOCTYPE html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.png", HTML, "HTML"),
        ("a.JPG", b"<script>1</script>", "HTML"),
        ("a.jpg", b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"),
        ("a.jpeg", b"<?xml version='1.0'?><svg/>", "XML"),
        ("a.jpg", b"%PDF-1.7\n", "PDF"),
        ("a.pdf", HTML, "HTML"),
        ("a.pdf", b"PK\x03\x04word", "Zip"),
        ("a.docx", HTML, "HTML"),
        ("a.zip", b"MZ" + bytes(58) + b"\x80\0\0\0PE", "program"),
        ("a.mp4", b"\x89PNG\r\n\x1a\n", "picture"),
        ("a.mp3", b"#!/bin/sh\n", "program"),
        ("a.woff2", b"<?php 1;", "program"),
        ("a.ico", HTML, "HTML"),
        ("a.tiff", b"<html>", "HTML"),
        ("a.yaml", HTML, "HTML"),
        ("a.bib", b"<!-- --><script>1</script>", "HTML"),
        ("a.GEOJSON", b"<?xml version='1.0'?>", "HTML"),
        ("a.ris", b"\x0b\n<article>", "HTML"),
        ("a.ndjson", b" " * 1000 + b"<Button>", "HTML"),
        ("a.own", HTML, "HTML"),
        ("a.vtt", b"1\n00:00:00,000 --> 00:00:01,000\nWords\n", "no browser shows it"),
        ("a.vtt", b"", "no browser shows it"),
        ("a.VTT", b"WEBVTT\n\n00:00:00,000 --> 00:00:01,000\nWords\n", "times"),
        ("a.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHöre".encode("latin-1"), "not UTF-8"),
        ("a.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nWords\n".encode("utf-16"), "not UTF-8"),
    ],
)
@pytest.mark.parametrize("pictures", [False, True])
def test_a_file_whose_content_is_of_another_type_is_reported_whatever_the_settings(
    make_site: MakeSite, name: str, content: bytes, told: str, pictures: bool
) -> None:
    more = "file_types: [own]\n" + ("pictures: {widths: [300]}\n" if pictures else "")
    site = make_site({**PAGE, f"content/a/{name}": content}, site=SITE + more)

    (problem,) = site.problems()

    assert (problem.path, problem.code) in [(f"content/a/{name}", "file-type"), (f"content/a/{name}", "picture")]
    assert problem.code == "picture" or told in problem.message
    assert problem.hint
    assert f"en/a/{name}" not in site.files()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n"), ("a.png", b"\xff\xd8\xff\xe0"), ("a.ico", b"\0\0\x01\0\x01\0"), ("a.ico", b"\x89PNG\r\n\x1a\n"),
        ("a.pdf", b"%PDF-1.4"), ("a.pdf", b"\n%PDF-1.4"), ("a.docx", b"PK\x03\x04"), ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.doc", b"{\\rtf1"), ("a.xls", b"<html xmlns:x"), ("a.mov", b"\0\0\0\x14ftypqt  "), ("a.m4a", b"\0\0\0\x20ftypM4A "),
        ("a.mp3", b"ID3\x04\0"), ("a.mp3", b"\xff\xfb\x90"), ("a.tgz", b"\x1f\x8b\x08"), ("a.txt", HTML), ("a.csv", b"<b>,c\n"),
        ("a.ttf", b"\0\x01\0\0\0\x10"), ("a.woff2", b"wOF2"), ("a.heic", b"\0\0\0\x0cftypheic"), ("a.zip", b"PK\x05\x06"), ("a.ps", b"%!PS"),
        ("a.yaml", b"#!x\n"), ("a.yml", b"%PDF"), ("a.bib", b"@book{a}"), ("a.yml", b"<<: 1"), ("a.ris", b"< 3"), ("a.json", b"[]"),
        ("a.vtt", b"\xef\xbb\xbfWEBVTT - Talk\r\n\r\n1\r\n00:00.000 --> 00:01.000 line:0\r\nW\r\n"), ("a.vtt", b"WEBVTT\n\nNOTE a, b\n\n100:00:00.000 --> 100:00:01.000\nW"),
        ("a.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + "ж".encode() * 2000),
    ],
)  # fmt: skip
def test_a_file_whose_content_fits_its_name_or_is_unknown_is_published(
    make_site: MakeSite, name: str, content: bytes
) -> None:
    site = make_site({**PAGE, f"content/a/{name}": content})
    site.report()

    assert site.files()[f"en/a/{name}"].startswith(content[:2])
