"""Compressed versions have the same content, are written once, and are removed with their files."""

from __future__ import annotations

import gzip

import brotli
from commands import run
from conftest import MakeSite, TinySite

LONG = "---\ntitle: Home\n---\n" + "Words that are long enough to be worth it. " * 40 + "\n"
STYLE = "/* long */ " + "main { color: black }\n" * 80


def make(make_site: MakeSite) -> TinySite:
    return make_site(
        {
            "content/index.en.md": LONG,
            "content/a/index.en.md": "---\ntitle: A\n---\nShort.\n",
            "content/campus.jpg": b"\xff\xd8" * 2000,
            "static/assets/site.css": STYLE,
        }
    )


def versions(site: TinySite) -> list[str]:
    return [path for path in site.files() if path.endswith((".br", ".gz"))]


def test_large_texts_get_compressed_versions_with_the_same_bytes(make_site: MakeSite) -> None:
    site = make(make_site)

    site.report(compress=True)

    files = site.files()
    style = next(path for path in files if path.endswith(".css"))
    assert versions(site) == sorted(
        path + ending for path in ("en/index.html", "fr/index.html", style) for ending in (".br", ".gz")
    )
    for path in ("en/index.html", style):
        assert brotli.decompress(files[path + ".br"]) == files[path]
        assert gzip.decompress(files[path + ".gz"]) == files[path]
        assert len(files[path + ".br"]) < len(files[path + ".gz"]) < len(files[path])


def test_no_compressed_versions_are_written_by_default(make_site: MakeSite) -> None:
    site = make(make_site)

    site.report()

    assert versions(site) == []


def test_second_build_writes_nothing(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report(compress=True)

    again = site.report(compress=True).change

    assert (again.written, again.removed) == ((), 0)


def test_two_clean_builds_have_the_same_bytes(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report(compress=True)
    first = site.files()
    for path in versions(site):
        (site.public / path).unlink()

    site.report(compress=True, clean=True)

    assert site.files() == first


def test_only_versions_of_changed_files_are_compressed_again(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report(compress=True)
    site.write("static/assets/site.css", STYLE + "p { margin: 0 }\n")
    site.write("content/a/index.en.md", LONG.replace("Home", "A"))

    written = site.report(compress=True).change.written

    style = next(path for path in site.files() if path.endswith(".css"))
    assert {path for path in written if path.endswith(".gz")} == {
        style + ".gz",
        "en/a/index.html.gz",
        "fr/a/index.html.gz",
    }
    assert brotli.decompress(site.files()["en/a/index.html.br"]) == site.files()["en/a/index.html"]


def test_versions_are_removed_with_their_file_or_when_it_becomes_short(make_site: MakeSite) -> None:
    site = make(make_site)
    site.write("content/a/index.en.md", LONG)
    site.report(compress=True)
    (site.root / "static/assets/site.css").unlink()
    site.write("content/a/index.en.md", "---\ntitle: A\n---\nShort.\n")

    site.report(compress=True)

    assert versions(site) == [path + ending for path in ("en/index.html", "fr/index.html") for ending in (".br", ".gz")]


def test_build_without_compression_removes_the_versions(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report(compress=True)

    site.report()

    assert versions(site) == []


def test_version_that_somebody_edited_is_written_again(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report(compress=True)
    (site.public / "en/index.html.br").write_bytes(b"not brotli")

    site.report(compress=True)

    assert brotli.decompress(site.files()["en/index.html.br"]) == site.files()["en/index.html"]


def test_version_of_a_page_left_behind_by_a_crash_is_written_again(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report(compress=True)
    before = (site.public / "en/index.html.br").read_bytes()
    site.write("content/index.en.md", LONG.replace("Words", "Other words"))
    site.report(compress=True)
    (site.public / "en/index.html.br").write_bytes(before)  # as if only the page had been put in place

    site.report(compress=True)

    assert b"Other words" in brotli.decompress(site.files()["en/index.html.br"])


def test_own_file_of_the_site_is_not_mistaken_for_a_version(make_site: MakeSite) -> None:
    site = make(make_site)
    site.write("static/data.csv", "name,number\n" * 200)
    site.write("static/data.csv.gz", b"the site's own")

    site.report(compress=True)

    assert site.files()["data.csv.gz"] == b"the site's own"
    assert brotli.decompress(site.files()["data.csv.br"]) == site.files()["data.csv"]


def test_command_compresses(make_site: MakeSite) -> None:
    site = make(make_site)

    assert run(site.root, "--compress").returncode == 0

    assert "en/index.html.br" in versions(site)
