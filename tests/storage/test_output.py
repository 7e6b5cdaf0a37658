"""The output folder only changes where the site does, file by file, and not at all if a build fails."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import HOME, MakeSite, TinySite
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.build.options import Options
from sitegen.build.pipeline import build
from sitegen.build.shards import Shard
from sitegen.cli import main
from sitegen.problems.problem import SiteError
from sitegen.storage.output import MARKER, Change, Stage, list_output
from sitegen.storage.output_lock import alone


def write_tree(target: Path, tree: Mapping[str, bytes]) -> Change:
    """Make an output folder equal to a tree."""
    with alone(target) as work:
        stage = Stage(target, work, list_output(target))
        for path, content in tree.items():
            _, is_new = stage.keep(path, content)
            stage.note({path: stage.digests[path]} if is_new else {}, not is_new)
        return stage.commit(tree)


def page(title: str) -> str:
    return f"---\ntitle: {title}\n---\n"


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A built site of two pages and a picture."""
    made = make_site({"content/a/index.en.md": page("A"), "content/b/index.en.md": page("B"), "content/b/p.png": b"p"})
    made.report()
    return made


def stamps(site: TinySite) -> dict[str, tuple[int, int]]:
    """Shows whether a file was rewritten: path → inode and time of change."""
    return {
        path: ((site.public / path).stat().st_ino, (site.public / path).stat().st_mtime_ns) for path in site.files()
    }


def test_build_without_a_change_writes_nothing(site: TinySite) -> None:
    before = stamps(site)

    change = site.report().change

    assert stamps(site).items() >= {path: stamp for path, stamp in before.items() if path != MARKER}.items()
    assert (change.written, change.removed) == ((), 0)


def test_build_rewrites_only_the_files_that_changed(site: TinySite) -> None:
    before = stamps(site)

    site.write("content/a/index.en.md", page("New A"))
    change = site.report().change

    after = stamps(site)
    assert {path for path in after if after[path] != before[path]} - {MARKER} == set(change.written)
    assert set(change.written) == {"en/a/index.html", "fr/a/index.html"}
    assert change.unchanged == len(after) - len(change.written) - 1


def test_deleted_page_is_removed_with_its_folders(site: TinySite) -> None:
    shutil.rmtree(site.root / "content/b")

    change = site.report().change

    assert change.removed == 3
    assert not (site.public / "en/b").exists()
    assert not (site.public / "fr/b").exists()


def test_page_replaces_a_file_and_a_file_replaces_a_page(site: TinySite) -> None:
    """/en/a.zip/ was a page and becomes a file, and back."""
    site.write("content/x/index.en.md", page("X").replace("title", "slug: a.zip\ntitle"))
    assert "en/a.zip/index.html" in site.build()

    shutil.rmtree(site.root / "content/x")
    site.write("content/a.zip", b"a file")
    site.report()
    assert site.files()["en/a.zip"] == b"a file"

    (site.root / "content/a.zip").unlink()
    site.write("content/a.zip/index.en.md", page("X"))
    assert "en/a.zip/index.html" in site.build()


def test_failed_build_leaves_everything_unchanged(site: TinySite) -> None:
    before = stamps(site)
    site.write("content/a/index.en.md", page("New A"))
    site.write("templates/page.html", "{{ page.title }}{% if page.key == '/b/' %}{{ page.nothing }}{% endif %}")

    site.problems()

    assert stamps(site) == before
    assert [path.name for path in site.root.iterdir() if path.name.startswith(".public")] == []


def test_first_build_that_fails_leaves_no_folder(make_site: MakeSite) -> None:
    site = make_site({"templates/page.html": "{{ page.nothing }}"})

    site.problems()

    assert sorted(path.name for path in site.root.iterdir() if path.name != ".cache") == ["content", "templates"]


def test_build_into_an_existing_empty_folder_succeeds(make_site: MakeSite) -> None:
    site = make_site()
    site.public.mkdir()

    assert "en/index.html" in site.build()


def test_folder_with_foreign_files_is_refused(make_site: MakeSite) -> None:
    site = make_site({"public/thesis.txt": "years of work"})

    assert "the output folder contains files that no build made" in site.told()
    assert list(site.files()) == ["thesis.txt"]


def test_output_that_is_a_file_is_refused(make_site: MakeSite) -> None:
    site = make_site({"public": "years of work"})

    assert site.problems()
    assert (site.root / "public").read_text() == "years of work"


def test_current_folder_may_be_the_output(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site = make_site()
    site.public.mkdir()
    monkeypatch.chdir(site.public)

    from sitegen.build.options import Options
    from sitegen.build.pipeline import build

    build(Options(root=site.root, output=Path()))

    assert (site.public / "en/index.html").is_file()


def test_nothing_is_published_before_everything_is_rendered(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "public", tmp_path / "work", {})
    stage.keep("a/index.html", b"a")
    stage.note({"a/index.html": ""}, 0)

    assert not (tmp_path / "public").exists()
    stage.commit(["a/index.html"])
    assert (tmp_path / "public/a/index.html").read_bytes() == b"a"


def test_page_is_written_after_the_files_it_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    write_tree(tmp_path / "public", {"a.txt": b""})
    order: list[str] = []
    replace = os.replace

    def note(old: str, new: str) -> None:
        order.append(Path(new).name)
        replace(old, new)

    monkeypatch.setattr(os, "replace", note)

    write_tree(tmp_path / "public", dict.fromkeys(("a.html", "b.css", "c.html", "d.js"), b"new"))

    assert [name for name in order if name != MARKER] == ["b.css", "d.js", "a.html", "c.html"]


SEGMENT = st.sampled_from(["a", "b", "index.html"])
TREE = st.dictionaries(st.lists(SEGMENT, min_size=1, max_size=3).map("/".join), st.binary(max_size=2), max_size=5)


def without_clashes(tree: dict[str, bytes]) -> dict[str, bytes]:
    """A tree in which no file is also a folder."""
    return {path: data for path, data in tree.items() if not any(other.startswith(path + "/") for other in tree)}


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[], Path]:
    """An output folder that does not exist."""

    def make() -> Path:
        shutil.rmtree(tmp_path / "public", ignore_errors=True)
        return tmp_path / "public"

    return make


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(trees=st.lists(TREE.map(without_clashes), min_size=1, max_size=4))
def test_folder_always_equals_the_last_build(fresh: Callable[[], Path], trees: list[dict[str, bytes]]) -> None:
    target = fresh()
    for tree in trees:
        write_tree(target, tree)

        found = {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}
        assert {path: content for path, content in found.items() if path != MARKER} == tree
        assert [path for path in target.rglob("*") if path.is_dir() and not any(path.iterdir())] == []
        assert [path.name for path in target.parent.iterdir()] == ["public"]


def test_folder_is_refused_until_it_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public/mine").write_text("x")

    with pytest.raises(SiteError):
        list_output(tmp_path / "public")

    (tmp_path / "public/mine").unlink()
    assert list_output(tmp_path / "public") == {}


def test_first_build_writes_every_file(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": HOME})

    assert set(site.report().change.written) == set(site.files()) - {MARKER}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a small disk")
def test_full_disk_is_reported_and_leaves_the_site_unchanged(site: TinySite, tmp_path: Path) -> None:
    """A disk of 68 KB, which the site does not fit on."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=68k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        report = build(Options(root=site.root, output=disk / "public"))
        before = {path: path.read_bytes() for path in (disk / "public").rglob("*") if path.is_file()}
        site.write("content/big/index.en.md", "---\ntitle: Big\n---\n" + "word " * 20_000)
        with pytest.raises(SiteError) as caught:
            build(Options(root=site.root, output=disk / "public"))
        after = {path: path.read_bytes() for path in (disk / "public").rglob("*") if path.is_file()}
    finally:
        subprocess.run(["umount", str(disk)], check=True)

    assert report.change.written
    assert [problem.code for problem in caught.value.problems] == ["unwritable"]
    assert "no space left" in caught.value.problems[0].message
    assert after == before


# what is not ours


def test_a_symlink_in_the_output_folder_is_replaced_and_its_target_stays(site: TinySite, tmp_path: Path) -> None:
    """Of a folder, and of a file whose bytes are the page's own."""
    foreign = tmp_path / "foreign"
    shutil.copytree(site.public / "en", foreign)
    (foreign / "a/index.html").write_text("a diary")
    shutil.rmtree(site.public / "en")
    (site.public / "en").symlink_to(foreign)
    (tmp_path / "copy").write_bytes((site.public / "fr/b/index.html").read_bytes())
    (site.public / "fr/b/index.html").unlink()
    (site.public / "fr/b/index.html").symlink_to(tmp_path / "copy")
    site.write("content/a/index.en.md", page("New A"))

    site.report(clean=True)
    built = site.files()

    assert (foreign / "a/index.html").read_text() == "a diary"
    assert (foreign / "b/p.png").is_file()
    assert b"New A" in built["en/a/index.html"]
    assert not [path for path in site.public.rglob("*") if path.is_symlink()]


@pytest.mark.parametrize(
    "marker",
    ["", "years of work\n", "Made by build.py: whatever is not a part of the site is removed from this folder.\n"],
)
def test_a_foreign_marker_does_not_permit_removal(make_site: MakeSite, marker: str) -> None:
    site = make_site({"public/.sitegen": marker, "public/thesis.txt": "years of work"})

    assert (
        "public: error[unreadable]: the output folder contains files that no build made, as thesis.txt" in site.told()
    )
    assert site.files() == {".sitegen": marker.encode(), "thesis.txt": b"years of work"}


def test_a_foreign_file_among_ours_is_not_removed(site: TinySite) -> None:
    site.write("public/en/keep.txt", "mine")

    assert "contains files that no build made, as en/keep.txt" in site.told()
    assert (site.public / "en/keep.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "output", ["static/out", "content", "templates/x/y", "translations", ".git/x", ".github/x", ".", "..", "/"]
)
def test_a_site_is_not_built_into_its_own_sources(make_site: MakeSite, output: str) -> None:
    site = make_site()
    (site.root / "static").mkdir()

    with pytest.raises(SiteError) as caught:
        build(Options(root=site.root, output=site.root / output))

    around = output in (".", "..", "/")
    told = "the site's folder, or one around it" if around else "one of the site's own folders"
    assert caught.value.problems[0].message == f"the output folder can't be {told}"
    assert not (site.root / "static/out").exists()


THROUGH_LINKS = {
    "build": "build --root {root}",
    "build, named": "build --root {root} --output {root}/public",
    "build, a folder of it": "build --root {root} --output {root}/public/site",
    "merge": "merge --root {root} {part}",
    "publish": "publish --root {root} --output {built} {root}/public",
    "publish below": "publish --root {root} --output {built} {root}/public/host",
    "roll back": "publish --root {root} {root}/public --rollback",
    "archive": "archive --root {root} --output {built} {root}/public",
}


def built_elsewhere(make_site: MakeSite, folder: Path) -> TinySite:
    """A site without an output folder; what was built of it lies in a folder, and so does an empty one of somebody else."""
    site = make_site()
    site.build()
    site.public.rename(folder / "built")
    build(Options(root=site.root, output=folder / "part", shard=Shard(1, 1)))
    (folder / "foreign").mkdir()
    return site


@pytest.mark.parametrize("words", THROUGH_LINKS.values(), ids=list(THROUGH_LINKS))
def test_nothing_is_written_through_a_link_in_the_site(
    make_site: MakeSite, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A branch may bring one along: whoever builds it would write into a folder of the attacker's choice."""
    site = built_elsewhere(make_site, tmp_path)
    site.public.symlink_to(tmp_path / "foreign")
    places = {"root": site.root, "built": tmp_path / "built", "part": tmp_path / "part"}

    assert main([word.format(**places) for word in words.split()]) == 1

    assert "can't be a link, or be reached through one" in capsys.readouterr().err
    assert list((tmp_path / "foreign").iterdir()) == []


@pytest.mark.parametrize("words", THROUGH_LINKS.values(), ids=list(THROUGH_LINKS))
def test_nothing_is_written_through_a_link_of_the_site_that_another_leads_to(
    make_site: MakeSite, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The user's own link leads to `public`, and that is a link that a branch brought along."""
    site = built_elsewhere(make_site, tmp_path)
    (site.root / "deep").mkdir()
    (site.root / "deep/out").symlink_to(tmp_path / "foreign")
    site.public.symlink_to("deep/../deep/out")
    (tmp_path / "mine").symlink_to(f"{site.root.name}/./public")
    places = {"root": site.root, "built": tmp_path / "built", "part": tmp_path / "part"}
    words = words.replace("{root}/public", f"{tmp_path}/mine")
    named = [] if str(tmp_path / "mine") in words else ["--output", str(tmp_path / "mine")]

    assert main([*(word.format(**places) for word in words.split()), *named]) == 1

    assert "can't be a link, or be reached through one" in capsys.readouterr().err
    assert list((tmp_path / "foreign").iterdir()) == []


def test_the_marker_of_another_site_is_not_read_through_a_link(make_site: MakeSite, tmp_path: Path) -> None:
    """Its list would permit the removal of the files that are named in it."""
    other, site = tmp_path / "other", make_site()
    site.build()
    site.public.rename(other)
    site.write("public/en/index.html", "mine")
    (site.public / MARKER).symlink_to(other / MARKER)

    assert "contains files that no build made, as en/index.html" in site.told()

    (site.public / "en/index.html").unlink()
    assert f"contains files that no build made, as {MARKER}" in site.told()
    assert (site.public / MARKER).is_symlink()


@pytest.mark.parametrize("text", ["", "years of work\n"])
def test_a_file_that_is_only_named_as_the_marker_stays(make_site: MakeSite, text: str) -> None:
    site = make_site({f"public/{MARKER}": text})

    assert f"contains files that no build made, as {MARKER}" in site.told()
    assert (site.public / MARKER).read_text() == text


def test_a_link_outside_of_the_site_is_the_users_own(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()
    (tmp_path / "disk").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "disk")
    (tmp_path / "site-link").symlink_to(site.root)

    assert main(["build", "--root", str(tmp_path / "site-link"), "--output", str(tmp_path / "linked/public")]) == 0
    assert main(["build", "--root", str(tmp_path / "site-link")]) == 0

    assert (tmp_path / "disk/public/en/index.html").is_file()
    assert (site.public / "en/index.html").is_file()


@pytest.mark.parametrize("folder", [".", "..", "/", "content/.."])
@pytest.mark.parametrize("command", ["archive", "publish"])
def test_a_release_is_not_put_around_the_site(
    make_site: MakeSite, command: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site()
    site.build()

    assert main([command, "--root", str(site.root), str(site.root / folder)]) == 1

    assert " can't be the site's folder, or one around it" in capsys.readouterr().err
    assert not (site.root / folder / "releases").exists()
    assert not (site.root / folder / "release.json").exists()


def test_a_release_is_not_put_into_the_home_folder_but_may_be_below(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    site = make_site()
    site.build()
    publish = ["publish", "--root", str(site.root)]

    assert main([*publish, str(home)]) == 1
    assert "the folder to publish to can't be your home folder" in capsys.readouterr().err
    assert list(home.iterdir()) == []
    assert main([*publish, str(home / "site")]) == 0
    assert (home / "site/current/en/index.html").is_file()


@pytest.mark.parametrize(
    "folder",
    [
        *("content", "templates/new", "static", "translations", ".git/hooks", ".cache", ".cache/release"),
        *(".github/workflows", ".vscode", "../.git/hooks"),
    ],
)
@pytest.mark.parametrize("command", ["archive", "publish"])
def test_a_release_is_not_put_into_the_sources(
    make_site: MakeSite, command: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site()
    site.build()
    before = sorted(site.root.rglob("*"))

    assert main([command, "--root", str(site.root), str(site.root / folder)]) == 1

    assert "can't be one of the site's own folders" in capsys.readouterr().err
    assert sorted(site.root.rglob("*")) == before


@pytest.mark.parametrize(
    "words",
    [
        "translate export --root {root} fr --output {root}/content/a/fr.po",
        "translate export --root {root} fr --output {root}/.git/config.po",
        "translate export --root {root} fr --output {root}/.github/workflows/fr.po",
        "init --root {root} content/new --languages en",
        "init --root {root} .github/new --languages en",
    ],
)
def test_no_command_writes_among_the_sources(
    make_site: MakeSite, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site({"content/a/index.en.md": page("A")})
    before = sorted(site.root.rglob("*"))

    assert main(words.format(root=site.root).split()) == 1

    assert "folder can't be one of the site's own folders" in capsys.readouterr().err
    assert sorted(site.root.rglob("*")) == before


OVER_WHAT_IS_READ = {
    "merge": "merge --root {root} --output {part} {part}",
    "merge into a part": "merge --root {root} --output {part}/en {part}",
    "merge around a part": "merge --root {root} --output {part}/.. {part}",
    "compare": "compare --root {root} --output {built} {built}",
    "compare within": "compare --root {root} --output {built} {built}/en",
}


@pytest.mark.parametrize("words", OVER_WHAT_IS_READ.values(), ids=list(OVER_WHAT_IS_READ))
def test_nothing_is_written_over_what_is_read(
    make_site: MakeSite, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site()
    places = {"root": site.root, "part": tmp_path / "parts/one", "built": tmp_path / "built"}
    build(Options(root=site.root, output=places["part"], shard=Shard(1, 1)))
    build(Options(root=site.root, output=places["built"]))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert main([word.format(**places) for word in words.split()]) == 1

    told = capsys.readouterr().err
    assert "the output folder can't be one that is read, or in or around it: " in told or "that was built" in told
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_file_that_only_the_marker_names_is_forgotten_by_the_next_build(site: TinySite) -> None:
    site.report()
    marker = site.public / ".sitegen"
    before = marker.read_text()
    marker.write_text(f"{before}x")
    site.report()

    assert marker.read_text() == before


@pytest.mark.parametrize("size", [0, 1, 40, len("Made by build.py, which replaces and removes the files named here.")])
def test_damaged_marker_is_told_as_such(site: TinySite, size: int) -> None:
    site.build()
    marker = site.public / MARKER
    marker.write_bytes(marker.read_bytes()[:size])

    with pytest.raises(SiteError) as caught:
        site.build()
    (problem,) = caught.value.problems
    assert problem.message.endswith("; or its .sitegen is damaged")
    assert problem.hint == "delete the folder, if all in it was built"
