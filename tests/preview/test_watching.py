"""Every saved change is noticed, once."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from functools import partial
from pathlib import Path

import pytest
from conftest import MakeSite
from previewed import FILES, PAGE, Preview, page, serving, write_at_once
from waiting import SOON, within

from sitegen.preview.watching import is_watched


def test_change_saved_while_the_preview_starts_is_noticed_too(make_site: MakeSite) -> None:
    with serving(make_site(FILES)) as preview:
        preview.site.write("content/a/index.en.md", page("A", "Second text"))

        assert within(SOON, lambda: "Second text" in preview.text("/en/a/"))


def test_saved_text_is_shown_soon_and_built_once(preview: Preview) -> None:
    write_at_once(preview.site, "content/a/index.en.md", page("A", "Second text"))

    assert within(SOON, lambda: "Second text" in preview.text("/en/a/"))
    preview.settle()
    assert preview.rebuilds() == 1


def test_save_through_a_temporary_file_is_one_change(preview: Preview) -> None:
    """The way vim, emacs and many others save."""
    new = preview.site.root / "content/a/index.en.md.tmp~"
    backup = preview.site.root / "content/a/index.en.md~"
    old = preview.site.root / "content/a/index.en.md"
    shutil.copy(old, backup)
    new.write_text(page("A", "Second text"))
    os.replace(new, old)
    backup.unlink()

    assert within(SOON, lambda: "Second text" in preview.text("/en/a/"))
    preview.settle()
    assert preview.rebuilds() == 1


@pytest.mark.parametrize(
    ("path", "text", "seen"),
    [
        ("templates/page.html", PAGE.replace("</body>", "A new footer</body>"), "A new footer"),
        ("content/site.yaml", "", ""),
    ],
    ids=["template", "settings"],
)
def test_change_of_any_input_is_noticed(preview: Preview, path: str, text: str, seen: str) -> None:
    if path == "content/site.yaml":
        old = (preview.site.root / path).read_text()
        text, seen = old.replace("- {tag: fr}", "- {tag: fr}\n  - {tag: ru}"), "First text"
        address = "/ru/a/"
    else:
        address = "/en/a/"

    preview.site.write(path, text)

    assert within(SOON, lambda: seen in preview.text(address))


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system has no such names")
def test_name_that_is_no_text_is_reported_and_does_not_end_the_preview(preview: Preview) -> None:
    odd = preview.site.root / "content/a" / os.fsdecode(b"\xff.txt")
    odd.write_text("x")

    assert within(SOON, lambda: "the name is not valid UTF-8" in preview.text("/en/a/"))
    odd.unlink()
    assert within(SOON, lambda: "the name is not valid UTF-8" not in preview.text("/en/a/"))
    preview.site.write("content/a/index.en.md", page("A", "Second text"))
    assert within(SOON, lambda: "Second text" in preview.text("/en/a/"))


def test_new_renamed_and_deleted_pages_are_noticed(preview: Preview) -> None:
    content = preview.site.root / "content"

    preview.site.write("content/deep/er/index.en.md", page("New", "New text"))
    assert within(SOON, lambda: "New text" in preview.text("/en/deep/er/"))

    (content / "deep").rename(content / "moved")
    assert within(SOON, lambda: "New text" in preview.text("/en/moved/er/"))
    assert within(SOON, lambda: preview.get("/en/deep/er/")[0] == 404)

    shutil.rmtree(content / "moved")
    assert within(SOON, lambda: preview.get("/en/moved/er/")[0] == 404)


def shows(preview: Preview, text: str) -> bool:
    return text in preview.text("/en/a/")


@pytest.mark.parametrize("folder", ["content", "content/a", "templates"])
def test_folder_that_another_has_replaced_is_watched(preview: Preview, folder: str) -> None:
    own, other = preview.site.root / folder, preview.site.root / "other"
    for number in range(3):
        shutil.copytree(own, other)
        own.rename(preview.site.root / f"old{number}")
        other.rename(own)
        preview.get_ready()

        preview.site.write("content/a/index.en.md", page("A", f"Text {number}"))

        assert within(SOON, partial(shows, preview, f"Text {number}"))
        shutil.rmtree(preview.site.root / f"old{number}")


def test_catalog_added_after_the_start_is_noticed(make_site: MakeSite) -> None:
    with serving(make_site({**FILES, "templates/page.html": "<title>{{ _('Hello') }}</title>"})) as preview:
        preview.get_ready()

        preview.site.write(
            "translations/fr/LC_MESSAGES/messages.po",
            'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Hello"\nmsgstr "Bonjour"\n',
        )

        assert within(SOON, lambda: "Bonjour" in preview.text("/fr/a/"))


def removed(folder: Path) -> bool:
    """Whether a folder is gone after one more try; the preview may still be writing there."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def test_preview_survives_the_loss_of_its_cache(make_site: MakeSite) -> None:
    with serving(make_site(FILES)) as preview:
        assert preview.get("/en/a/")[0] == 200
        assert within(SOON, lambda: removed(preview.site.root / ".cache"))

        assert "First text" in preview.text("/en/a/")
        assert preview.get("/robots-note.txt") == (200, "note")

        assert within(SOON, lambda: removed(preview.site.root / ".cache"))
        preview.site.write("content/a/index.en.md", page("A", "Newer text"))
        assert within(SOON, lambda: "Newer text" in preview.text("/en/a/"))
        preview.site.write("content/a/index.en.md", page("A", "Newest text"))
        assert within(SOON, lambda: "Newest text" in preview.text("/en/a/"))
        assert "Traceback" not in "".join(preview.said)


def test_every_file_that_is_published_is_watched_whatever_its_name(preview: Preview) -> None:
    hidden = preview.site.root / "static/.nojekyll"

    hidden.write_text("1")
    assert within(SOON, lambda: preview.get("/.nojekyll") == (200, "1"))

    hidden.unlink()
    assert within(SOON, lambda: preview.get("/.nojekyll")[0] == 404)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("static/.nojekyll", True),
        ("static/.well-known", True),
        ("static/.well-known/security.txt", True),
        ("static/4913.css", True),
        ("static/node_modules/a.js", True),
        ("static/.git", True),
        ("static/x.bak", True),  # a folder
        ("static/x.bak/a.css", True),
        ("content/a/.#index.en.md", False),
        ("content/a/#index.en.md#", False),
        ("content/a/.index.en.md.swp", False),
        ("content/a/.index.en.md.swx", False),
        ("content/a/index.en.md~", False),
        ("content/a/4913", False),
        ("content/a/index.en.md___jb_tmp___", False),
        ("content/a/.edit-0123456789ab", False),
        ("static/.DS_Store", False),
        ("themes/own/.git/index.lock", False),
    ],
)
def test_what_programs_leave_beside_files_is_not_watched(tmp_path: Path, path: str, *, expected: bool) -> None:
    root = tmp_path / ".git/node_modules/site"  # where the site is does not matter
    (root / "static/x.bak").mkdir(parents=True)

    assert is_watched(root, str(root / path)) is expected


def watches(process: int) -> int:
    """How many folders a process has asked Linux to watch."""
    told = 0
    for handle in Path(f"/proc/{process}/fdinfo").iterdir():
        with contextlib.suppress(OSError):
            told += handle.read_text().count("inotify wd:")
    return told


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_folder_is_watched_through_a_link_out_of_the_site(make_site: MakeSite, tmp_path: Path) -> None:
    """A link to /usr or /proc, which a branch may bring along, cost ten thousand watches, and could end the preview."""
    for number in range(300):
        (tmp_path / f"big/{number}").mkdir(parents=True)
    site = make_site(FILES)
    (site.root / "content/before").symlink_to(tmp_path / "big")
    with serving(site) as preview:
        assert within(SOON, lambda: watches(preview.process.pid) >= 4)
        (site.root / "static/after").symlink_to(tmp_path / "big")
        assert within(SOON, lambda: "after" in "".join(preview.said))
        (site.root / "content/before").unlink()
        (site.root / "static/after").unlink()
        preview.site.write("content/a/index.en.md", page("A", "Second text"))

        assert within(SOON, lambda: "Second text" in preview.text("/en/a/"))
        assert 4 <= watches(preview.process.pid) < 30


def test_folders_within_a_new_folder_are_watched(preview: Preview) -> None:
    for text in ("Text", "New text"):
        preview.site.write("content/c/d/e/index.en.md", page("E", text))
        assert within(SOON, lambda text=text: text in preview.text("/en/c/d/e/"))  # type: ignore[misc]
