"""A build in parts equals one build, and parts that do not belong together are never merged."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import REPOSITORY, TinySite

from sitegen.build.options import Options
from sitegen.build.pipeline import build
from sitegen.build.shards import Shard, merge
from sitegen.cli import main
from sitegen.problems.problem import SiteError
from sitegen.publish.manifest import manifest_of
from sitegen.storage.output import MARKER, PART

GOOD = REPOSITORY / "tests/sites/good"


@pytest.fixture
def site(tmp_path: Path) -> TinySite:
    """A site with every kind of output."""
    shutil.copytree(GOOD, tmp_path / "site")
    return TinySite(tmp_path / "site")


def build_parts(site: TinySite, count: int, **options: object) -> list[Path]:
    """Build a site in parts, each in a folder of its own."""
    folders = [site.root.with_name(f"part-{number}") for number in range(1, count + 1)]
    for number, folder in enumerate(folders, 1):
        build(Options(root=site.root, output=folder, shard=Shard(number, count), **options))  # type: ignore[arg-type]
    return folders


def add_file(part: Path, name: str) -> None:
    """Add a file to a part as if a build had made it."""
    (part / name).parent.mkdir(parents=True, exist_ok=True)
    (part / name).write_text("x")
    with (part / MARKER).open("a", encoding="utf-8") as marker:
        marker.write(f"{hashlib.sha256(b'x').hexdigest()}  {name}\n")


def files_of(part: Path) -> list[Path]:
    """What a part has built of the site."""
    files = [path.relative_to(part) for path in part.rglob("*") if path.is_file()]
    return [path for path in files if path.name not in (MARKER, PART)]


def refused(parts: Sequence[Path], site: TinySite) -> str:
    """Merge parts, which must fail; return what is reported."""
    with pytest.raises(SiteError) as caught:
        merge(parts, site.public)
    return "\n".join(str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize(("count", "compress"), [(1, False), (3, True), (8, False)])
def test_merged_parts_equal_one_build(site: TinySite, count: int, compress: bool) -> None:
    site.report(compress=compress)
    whole = site.files()
    shutil.rmtree(site.public)
    parts = build_parts(site, count, compress=compress)
    merge(parts, site.public)

    assert site.files() == whole
    assert sum(len(files_of(part)) > 0 for part in parts) > count / 2


def test_no_file_is_in_two_parts(site: TinySite) -> None:
    parts = build_parts(site, 4)
    files = [path for part in parts for path in files_of(part)]

    assert len(files) > 10
    assert len(files) == len(set(files))


def test_parts_are_merged_into_an_existing_site(site: TinySite) -> None:
    site.report()
    (site.root / "content/index.en.md").write_text("---\ntitle: Another\n---\nAnother text\n")
    change = merge(build_parts(site, 2), site.public)

    assert "en/index.html" in change.written
    assert change.unchanged > 5
    assert manifest_of(site.public)


def test_a_part_alone_cannot_be_published(site: TinySite) -> None:
    part = build_parts(site, 2)[0]

    with pytest.raises(SiteError) as caught:
        manifest_of(part)
    assert "merge all parts first" in str(caught.value.problems[0])


def test_a_missing_part_is_named_and_the_site_stays(site: TinySite) -> None:
    site.report()
    before = site.files()
    parts = build_parts(site, 3)

    assert "parts are missing: 2" in refused([parts[0], parts[2]], site)
    assert site.files() == before


def test_a_part_that_is_given_twice_is_reported(site: TinySite) -> None:
    parts = build_parts(site, 2)
    shutil.copytree(parts[0], site.root.with_name("again"))

    assert "one part is given twice" in refused([*parts, site.root.with_name("again")], site)


def test_parts_of_two_states_of_a_site_are_not_merged(site: TinySite) -> None:
    first, _ = build_parts(site, 2)
    shutil.copytree(first, site.root.with_name("old"))
    (site.root / "content/index.en.md").write_text("---\ntitle: Another\n---\nAnother text\n")
    _, second = build_parts(site, 2)

    assert "belong to different sites" in refused([site.root.with_name("old"), second], site)


def test_parts_for_two_days_are_not_merged(site: TinySite) -> None:
    first, _ = build_parts(site, 2, as_of=dt.date(2026, 1, 1))
    shutil.copytree(first, site.root.with_name("old"))
    _, second = build_parts(site, 2, as_of=dt.date(2026, 1, 2))

    assert "belong to different sites" in refused([site.root.with_name("old"), second], site)


def test_a_truncated_part_is_reported(site: TinySite) -> None:
    first, second = build_parts(site, 2)
    (second / ".sitegen").unlink()

    assert "not a complete part of a site" in refused([first, second], site)


def test_building_parts_leaves_the_cache_of_the_whole_site_alone(site: TinySite) -> None:
    site.report()
    build_parts(site, 2)

    assert site.report().change.written == ()


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "1/1001", "-1/3"])
def test_invalid_part_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Shard.of(text)


@pytest.mark.parametrize("change", ["emptied", "removed", "longer"])
def test_a_part_that_was_changed_after_it_was_built_is_refused(site: TinySite, change: str) -> None:
    parts = build_parts(site, 2)
    page = next(path for path in sorted(parts[1].rglob("*.html")))
    content = {"emptied": b"", "longer": page.read_bytes() + b"<script>"}.get(change)
    page.unlink()
    if content is not None:
        page.write_bytes(content)

    told = refused(parts, site)

    assert f"'{page.relative_to(parts[1]).as_posix()}' was changed or removed after the part was built" in told
    assert not (site.public / MARKER).exists()


@pytest.mark.parametrize(
    "label",
    ["[1, 2]", '{"shard": "1", "of": [2], "site": 5}', "[" * 200_000, '{"shard": 1, "of": 999999999, "site": "x"}', ""],
    ids=["list", "other types", "deep", "many", "empty"],
)
def test_a_part_with_a_strange_label_is_reported(site: TinySite, label: str) -> None:
    parts = build_parts(site, 2)
    (parts[0] / PART).write_text(label)

    assert "the folder is not a complete part of a site" in refused(parts, site)


def test_pipe_in_place_of_the_marker_keeps_nobody_waiting(site: TinySite) -> None:
    parts = build_parts(site, 2)
    (parts[0] / MARKER).unlink()
    os.mkfifo(parts[0] / MARKER)

    assert "the folder is not a complete part of a site" in refused(parts, site)


@pytest.mark.parametrize("name", [".git/hooks/post-checkout", "en/.GIT/config", "release.json", "a\u202eb.html"])
def test_part_with_a_file_that_no_site_has_is_refused(site: TinySite, name: str) -> None:
    first, second = build_parts(site, 2)
    add_file(second, name)

    assert "no site has a file" in refused([first, second], site)


@pytest.mark.parametrize("name", ["EN/index.html", "en/INDEX.html", "en/index.html/x.html"])
def test_parts_with_names_that_some_disks_take_for_one_are_refused(site: TinySite, name: str) -> None:
    first, second = build_parts(site, 2)
    add_file(second if (first / "en/index.html").is_file() else first, name)

    assert f"'{name}'" in refused([first, second], site)
    assert not (site.public / name).exists()


@pytest.mark.parametrize("folder", ["content", "static/new", ".git/hooks"])
def test_parts_are_not_merged_into_the_sites_own_folders(
    site: TinySite, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = build_parts(site, 2)
    (site.root / folder).mkdir(parents=True, exist_ok=True)
    site.public.symlink_to(site.root / folder)
    before = sorted(site.root.rglob("*"))

    assert main(["merge", "--root", str(site.root), *map(str, parts)]) == 1
    assert "the output folder can't be one of the site's own folders" in capsys.readouterr().err
    assert sorted(site.root.rglob("*")) == before


def test_link_in_a_part_is_reported_with_its_file(site: TinySite) -> None:
    (part,) = build_parts(site, 1)
    own = part / files_of(part)[0]
    own.unlink()
    own.symlink_to("/etc/hostname")

    assert str(own) in refused([part], site)
