"""`import` is killed by a real signal: the whole site is there, or nothing, and the next run says which."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from conftest import MakeSite, TinySite
from killed import MOMENTS, run_until

from sitegen.importers.importer import import_site
from sitegen.problems.problem import SiteError
from sitegen.storage.working_folder import working_folder

OLD = {
    "hugo.toml": 'title = "Old"\nbaseURL = "https://e.org/"\n',
    "content/a/index.md": "---\ntitle: A\n---\n![x](p.png)\n\n{{< unheard >}}\n",
    "content/a/p.png": "no picture",
    **{f"content/p{number}.md": f"---\ntitle: P{number}\n---\nText\n" for number in range(12)},
    "static/s.txt": "s",
}
TABLE = "key,title,summary\n" + "".join(f"k{number},Title {number},Lead {number}\n" for number in range(70))


def files_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0][0] != "."
    }


def old_site(folder: Path) -> Path:
    old = TinySite(folder)
    for path, text in OLD.items():
        old.write(path, text)
    return old.root


def import_again(old: Path, new: Path) -> str:
    """What a second run says: why it refuses, whether it has completed the first, or nothing."""
    try:
        return "completed" if import_site(old, new).is_completed else ""
    except SiteError as error:
        return error.problems[0].message


def check_import(tmp_path: Path, moments: Callable[[int], list[int]]) -> None:
    old, new = old_site(tmp_path / "old"), tmp_path / "new"
    new.mkdir()
    (new / "mine.txt").write_text("mine")
    status, count = run_until(new, ["import", str(old)], 0)
    assert status == 0
    whole = files_of(new)
    for moment in moments(count):
        shutil.rmtree(new)
        new.mkdir()
        (new / "mine.txt").write_text("mine")

        status, _ = run_until(new, ["import", str(old)], moment)

        assert status == -signal.SIGKILL
        if is_there := (new / "content").exists():
            assert files_of(new) == whole
        is_done = is_there and not list(new.glob(".import-*/ready"))  # it was killed when all was done
        assert import_again(old, new) in ("", "completed") or is_done
        assert import_again(old, new) == "there is a site already"
        assert files_of(new) == whole
        assert list(new.glob(".import-*")) == []


@pytest.mark.slow
def test_an_import_that_is_killed_leaves_all_or_nothing(tmp_path: Path) -> None:
    check_import(tmp_path, lambda count: [count // 2, count - 8, count])


@pytest.mark.soak
def test_an_import_that_is_killed_at_200_moments_leaves_all_or_nothing(tmp_path: Path) -> None:
    check_import(tmp_path, MOMENTS)


@pytest.mark.parametrize("missing", [("content",), ("content", "templates"), ("content", "templates", "static")])
def test_a_finished_import_is_moved_into_place_by_the_next_run(tmp_path: Path, missing: tuple[str, ...]) -> None:
    old, new = old_site(tmp_path / "old"), tmp_path / "new"
    import_site(old, new)
    whole = files_of(new)
    work = new / ".import-x"
    work.mkdir()
    for name in missing:
        (new / name).rename(work / name)
    (work / "begun").touch()
    (work / "ready").write_text("import.txt\nstatic\ntemplates\ncontent")

    assert import_again(old, new) == "completed"

    assert files_of(new) == whole
    assert not work.exists()


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_folder_of_other_origin_is_left_alone(tmp_path: Path, *, is_linked: bool) -> None:
    old, new, other = old_site(tmp_path / "old"), tmp_path / "new", tmp_path / "other"
    import_site(old, new)
    before = files_of(new)
    mine = other if is_linked else new / ".import-mine"
    mine.mkdir()
    (mine / "ready").touch()
    if is_linked:
        (mine / "begun").touch()
        (new / ".import-mine").symlink_to(other)

    import_again(old, new)

    assert files_of(new) == before
    assert (mine / "ready").exists()


def test_an_import_beside_another_is_refused(tmp_path: Path) -> None:
    old, new = old_site(tmp_path / "old"), tmp_path / "new"

    with working_folder(new, ".import-") as work:
        (work / "content").mkdir()
        with mock.patch("sitegen.storage.working_folder._TRIES", 1):
            message = import_again(old, new)

        assert message == "another command is at work there; run this again when it has finished"
        assert (work / "content").exists()
    assert import_again(old, new) == ""


def test_an_import_onto_a_disk_without_locks_goes_on(tmp_path: Path) -> None:
    old, new = old_site(tmp_path / "old"), tmp_path / "new"
    (new / ".import-x").mkdir(parents=True)
    (new / ".import-x/begun").touch()

    with mock.patch("fcntl.flock", side_effect=OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))):
        imported = import_site(old, new)

    assert imported.pages == 14
    assert list(new.glob(".import-*")) == []


def test_a_forked_process_that_has_not_ended_yet_is_waited_for(tmp_path: Path) -> None:
    old, new = old_site(tmp_path / "old"), tmp_path / "new"
    seen, told = os.pipe()
    pid = os.fork()
    if pid == 0:  # as `import` does when it is killed while another process writes into its folder
        with working_folder(new, ".import-") as work:
            if os.fork() == 0:
                os.write(told, b".")
                for number in range(20):
                    (work / f"late{number}").mkdir()
                    time.sleep(0.01)
                os._exit(0)
            os.read(seen, 1)
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)

    with mock.patch("sitegen.storage.working_folder._TRIES", 6_000):  # that process may be given its 200 ms late
        assert import_again(old, new) == ""

    assert list(new.glob(".import-*")) == []


def check_init(folder: Path, moments: Callable[[int], list[int]]) -> None:
    folder.mkdir()
    words = ["init", str(folder), "--languages", "en,fr"]
    status, count = run_until(folder, words, 0)
    assert status == 0
    whole = files_of(folder)
    assert "content/site.yaml" in whole
    for moment in moments(count):
        shutil.rmtree(folder)
        folder.mkdir()

        status, _ = run_until(folder, words, moment)

        assert status == -signal.SIGKILL
        assert not (folder / "content").exists() or files_of(folder) == whole
        is_done = files_of(folder) == whole and not list(
            folder.glob(".init-*/ready")
        )  # it was killed when all was done
        status, _ = run_until(folder, words, 0)
        assert status == 0 or is_done
        assert files_of(folder) == whole
        assert list(folder.glob(".init-*")) == []


@pytest.mark.slow
def test_an_init_that_is_killed_leaves_all_or_nothing(tmp_path: Path) -> None:
    check_init(tmp_path / "site", lambda count: [count - 14, count - 8])


@pytest.mark.soak
def test_an_init_that_is_killed_at_200_moments_leaves_all_or_nothing(tmp_path: Path) -> None:
    check_init(tmp_path / "site", MOMENTS)


def check_table(site: TinySite, moments: Callable[[int], list[int]]) -> None:
    before = files_of(site.root)
    table = site.root.parent / "t.csv"
    table.write_text(TABLE)
    words = ["import", str(table), "--kind", "page", "--into", "/t/"]
    status, count = run_until(site.root, words, 0)
    assert status == 0
    whole = files_of(site.root)
    assert len(whole) > len(before) + 70
    for moment in moments(count):
        shutil.rmtree(site.root / "content/t")

        status, _ = run_until(site.root, words, moment)

        assert status == -signal.SIGKILL
        left = {path: text for path, text in files_of(site.root).items() if "/.edit-" not in path}
        assert left.items() <= whole.items()
        assert run_until(site.root, words, 0)[0] == 0
        assert {path: text for path, text in files_of(site.root).items() if "/.edit-" not in path} == whole


def test_an_import_of_a_table_that_is_killed_leaves_each_file_whole(make_site: MakeSite) -> None:
    check_table(make_site(), lambda count: [count - 3])


@pytest.mark.soak
def test_an_import_of_a_table_that_is_killed_at_200_moments_leaves_each_file_whole(make_site: MakeSite) -> None:
    check_table(make_site(), MOMENTS)
