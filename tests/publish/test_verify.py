"""A site equals a build of its sources, or the differences are reported file by file."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SITE, MakeSite, TinySite
from PIL import Image

from sitegen.build.options import Options
from sitegen.problems.problem import Problem, SiteError
from sitegen.publish.archive import archive
from sitegen.publish.compare import read_tree
from sitegen.publish.manifest import Manifest, manifest_of
from sitegen.publish.targets import How, publish, roll_back
from sitegen.publish.verify import verify
from sitegen.storage.output import MANIFEST, MARKER, UNFINISHED


def verified(site: TinySite, folder: Path) -> tuple[Problem, ...]:
    """Compare a folder with what the sources make."""
    return verify(Options(root=site.root, output=site.public), folder)[1]


def test_a_built_site_equals_a_build_of_its_sources(make_site: MakeSite) -> None:
    site = make_site()
    site.build()

    assert verified(site, site.public) == ()


def test_every_differing_file_is_reported(make_site: MakeSite) -> None:
    site = make_site()
    site.build()
    (site.public / "en/index.html").write_text("Not ours")
    (site.public / "sitemap.xml").unlink()
    (site.public / "extra.html").write_text("Not ours")

    assert [(problem.path, problem.message) for problem in verified(site, site.public)] == [
        (f"{site.public}/en/index.html", "the file is changed"),
        (f"{site.public}/extra.html", "the file is not part of it"),
        (f"{site.public}/sitemap.xml", "the file is missing"),
    ]


def put_huge(path: Path) -> None:
    """A file without content, which takes a minute to read."""
    path.touch()
    os.truncate(path, 1 << 36)


def bytes_read() -> int:
    """How much this process has read from files, as Linux counts it; 0 on other systems."""
    counts = Path("/proc/self/io")
    return int(counts.read_text().split()[1]) if counts.exists() else 0


def refusal(act: Callable[[], object]) -> list[tuple[str, str]]:
    """The file and the message of what a command refuses, having read nothing but the site."""
    before = bytes_read()
    with pytest.raises(SiteError) as caught:
        act()
    assert bytes_read() - before < 1 << 28
    return [(problem.path.rpartition("/")[2], problem.message) for problem in caught.value.problems]


def test_a_file_that_cannot_be_ours_is_not_read(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()
    site.build()
    for name in ("film.mp4", "en/index.html"):
        (site.public / name).unlink(missing_ok=True)
        put_huge(site.public / name)

    before = bytes_read()
    found = [(problem.path.rpartition("/")[2], problem.message) for problem in verified(site, site.public)]

    assert found == [("index.html", "the file is changed"), ("film.mp4", "the file is not part of it")]
    assert bytes_read() - before < 1 << 28


def test_no_command_on_a_built_site_reads_a_foreign_file(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()
    site.build()
    publish(site.public, str(tmp_path / "host"), How())
    put_huge(site.public / "en/film.html")
    message = [("film.html", "the file was added after the site was built")]

    assert refusal(lambda: publish(site.public, str(tmp_path / "host"), How())) == message
    assert refusal(lambda: archive(site.public, tmp_path / "release")) == message
    assert "en/film.html" not in read_tree(site.public).files
    (current,) = (tmp_path / "host/releases").iterdir()
    put_huge(current / "film.mp4")
    assert refusal(lambda: roll_back(str(tmp_path / "host"), current.name)) == [
        ("film.mp4", "the file is not part of it")
    ]


MARKERS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda marker: b"",
    "of another tool": lambda marker: b"x" + marker,
    "of an interrupted build": lambda marker: UNFINISHED.encode() + marker.partition(b"\n")[2],
    "a file less": lambda marker: b"\n".join(marker.split(b"\n")[:-2]) + b"\n",
    "a file more": lambda marker: marker + b"0" * 64 + b"  en/extra.html\n",
    "another digest": lambda marker: re.sub(
        rb"(?m)^[0-9a-f]{64}  en/index.html$", b"a" * 64 + b"  en/index.html", marker
    ),
}


@pytest.mark.parametrize("how", MARKERS)
def test_a_damaged_record_of_the_build_is_reported_as_publish_would(make_site: MakeSite, how: str) -> None:
    site = make_site()
    site.build()
    marker = site.public / MARKER
    marker.write_bytes(MARKERS[how](marker.read_bytes()))

    with pytest.raises(SiteError):
        manifest_of(site.public)
    assert [problem.path for problem in verified(site, site.public)] == [str(marker)]


def test_a_copy_without_the_record_is_verified_by_its_files(make_site: MakeSite) -> None:
    site = make_site()
    site.build()
    (site.public / MARKER).unlink()

    assert verified(site, site.public) == ()


def test_a_manifest_of_other_files_is_reported(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()
    site.build()
    publish(site.public, str(tmp_path / "host"), How())
    manifest = manifest_of(site.public)
    other = Manifest({**manifest.files, "en/index.html": (1, "a" * 64)})
    (tmp_path / "host/current" / MANIFEST).write_bytes(other.as_json())

    assert [problem.path for problem in verified(site, tmp_path / "host/current")] == [
        f"{tmp_path}/host/current/{MANIFEST}"
    ]


def test_a_release_is_verified_with_the_files_it_keeps_of_the_previous_one(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site({"static/assets/site.css": "p {}"})
    for colour in ("red", "blue"):
        site.write("static/assets/site.css", f"p {{color: {colour}}}")
        site.build()
        publish(site.public, str(tmp_path / "host"), How())

    assert verified(site, tmp_path / "host/current") == ()
    (tmp_path / "host/current/en/index.html").write_text("Not ours")
    assert [problem.message for problem in verified(site, tmp_path / "host/current")] == ["the file is changed"]


def test_verifying_leaves_output_and_cache_alone(make_site: MakeSite) -> None:
    site = make_site()
    site.build()
    before = site.files()
    verified(site, site.public)

    assert site.files() == before
    assert site.report().change.written == ()


def test_a_missing_folder_is_reported(make_site: MakeSite, tmp_path: Path) -> None:
    with pytest.raises(SiteError) as caught:
        verified(make_site(), tmp_path / "nowhere")

    assert [problem.message for problem in caught.value.problems] == ["there is no such folder"]


def test_a_damaged_cache_is_noticed(make_site: MakeSite) -> None:
    """A picture published from a damaged entry differs from a build of the sources, whatever the entry claims."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(picture, "PNG")
    own = SITE + "pictures: {widths: [20]}\n"
    site = make_site(
        {"content/a.png": picture.getvalue(), "content/index.en.md": "---\ntitle: A\n---\n![A](a.png)\n"}, site=own
    )
    first = site.build()
    for path in (site.root / ".cache/pictures").rglob("*"):
        if path.is_file():
            wrong = b"not a picture"
            path.write_bytes(hashlib.sha256(path.name.encode() + wrong).digest() + wrong)
    shutil.rmtree(site.root / ".cache/build")
    site.report()

    assert any(problem.message == "the file is changed" for problem in verified(site, site.public))
    site.report(clean=True)
    assert verified(site, site.public) == ()
    assert site.files().keys() - {".sitegen"} >= {path for path in first if path.endswith(".avif")}
