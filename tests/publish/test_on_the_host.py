"""A folder of this machine and one of a host get the same answers: folder.py and on_the_host.sh are two of one grammar."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import MakeSite
from published import require

from sitegen.problems.problem import SiteError
from sitegen.publish.manifest import Manifest
from sitegen.publish.targets import How, publish, releases
from sitegen.storage.output import MANIFEST, PUBLISHED

#: A row of a manifest.
ROW = f'  "mine": "4 {hashlib.sha256(b"mine").hexdigest()}"'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that is this machine, reached by a shell instead of SSH."""
    require("rsync", shutil.which("rsync") is not None)
    shell = tmp_path / "shell"
    shell.write_text('#!/bin/sh\nshift\nexec sh -c "$*"\n')
    shell.chmod(0o755)
    monkeypatch.setenv("RSYNC_RSH", str(shell))


def release(folder: Path, text: str) -> Path:
    """Put a release there, as a publication would; return its folder."""
    texts = {"en/index.html": text, "assets/site.css": "p {}", 'he said "no".txt': "a name that JSON writes otherwise"}
    files = {path: (len(text), hashlib.sha256(text.encode()).hexdigest()) for path, text in texts.items()}
    kept = {"assets/old.css": files.pop("assets/site.css")}
    manifest = Manifest(files, kept if text > "5" else {})
    made = folder / "releases" / manifest.name
    for path in manifest.all:
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_text(texts.get(path, "p {}"))
    (made / MANIFEST).write_bytes(manifest.as_json())
    return made


def published(folder: Path, *texts: str) -> list[Path]:
    """A folder in which these were published, the last one is current."""
    made = [release(folder, text) for text in texts]
    (folder / ".sitegen").write_text(PUBLISHED)
    (folder / "history").write_text("".join(f"{own.name}\n" for own in made))
    (folder / "current").symlink_to(f"releases/{made[-1].name}")
    return made


def answer(target: str) -> str:
    """The releases that are told, or what is refused."""
    try:
        return " ".join(f"{own.name}{'*' * own.is_current}" for own in releases(target)) or "none"
    except SiteError as error:
        return error.problems[0].message


def change(folder: Path, commands: str, **values: str) -> None:
    subprocess.run(["sh", "-euc", commands], cwd=folder, env={**os.environ, **values}, check=True)


#: What becomes of a folder with two releases, of which $new is current → what of it is not ours, or "" if all is.
FOLDERS = {
    ":": "",
    "rm .sitegen": "",
    "echo >>.sitegen": ".sitegen",
    "truncate -s -1 .sitegen": ".sitegen",
    "mv .sitegen x; ln -s x .sitegen": ".sitegen",
    "rm history; mkdir history": "history",
    "ln -s nowhere .lock": ".lock",
    "mkfifo .lock": ".lock",
    "echo mine >.lock": "",
    "echo of us >>history; echo $new x >>history; echo ' $new' >>history": "",
    "echo $new >>history": "",
    "printf $new >history": "",
    "rm current": "",
    "ln -sfn releases/0000000000000000 current": "",
    "ln -sfn ./releases/$new current": "current",
    "ln -sfn releases/$new/ current": "current",
    "ln -sfn 'releases/0123456789abcdef\n' current": "current",
    "ln -sfn elsewhere current": "current",
    "mkdir releases/.stage-0123abcd": "",
    "mkdir releases/.stage-$new": "",
    "mkdir releases/.stage-mine": "releases/.stage-mine",
    "mkdir releases/.stage-": "releases/.stage-",
    "echo mine >releases/.stage-0123abcd": "releases/.stage-0123abcd",
    "mkdir releases/..x": "releases/..x",
    "ln -s $new releases/0000000000000000": "releases/0000000000000000",
    "mkdir releases/AAAAAAAAAAAAAAAA": "releases/AAAAAAAAAAAAAAAA",
    "rm releases/$new/release.json": "",
    "mv releases/$new/release.json x; ln -s ../../x releases/$new/release.json": "",
    "rm .sitegen; echo mine >>releases/$new/release.json": "releases/$new",
    "rm .sitegen; mkdir releases/.stage-0123abcd": "releases/.stage-0123abcd",
    "rm -r .sitegen current releases; mkdir releases": "history",
}


@pytest.mark.usefixtures("here")
def test_a_folder_and_a_host_find_the_same_not_made_by_publish(tmp_path: Path) -> None:
    for number, (commands, strange) in enumerate(FOLDERS.items()):
        folder = tmp_path / f"{number}"
        _, new = published(folder, "1", "2")
        change(folder, commands, new=new.name)

        told, told_by_host = answer(str(folder)), answer(f"rsync:here:{folder}")

        assert told_by_host == told, commands
        assert told.endswith("was not made by `publish`") == bool(strange), commands
        assert not strange or told == f"{strange.replace('$new', new.name)} was not made by `publish`"


#: What becomes of an old release → whether it is removed; $row is one that a manifest may have.
OLD = {
    ":": True,
    "rm en/index.html": True,
    "rm -r en *.txt": True,
    "echo mine >mine.txt": False,
    "echo mine >en/.stage-0123456789ab": False,
    "mkdir en/mine": False,
    "rm en/index.html; mkdir en/index.html": False,
    """mkdir 'en
.'""": False,
    "echo mine >en/index.html": False,
    "ln -sf ../release.json en/index.html": False,
    "rm en/index.html; mkfifo en/index.html": False,
    "mkdir .sitegen-stage": False,
    'printf mine >mine; echo "$row" >>release.json': False,
    r'printf mine >mine; sed -i "s/^}/,\n$row\n}/" release.json': False,
    r'printf mine >mine; sed -i "s/^ .kept/$row,\n&/" release.json': False,
    "truncate -s -1 release.json": False,
    r"printf '\0' >>release.json": False,
    "sed -i 's/: /:  /' release.json": False,
    "mv $PWD ../0123456789abcdef": False,
}


@pytest.mark.usefixtures("here")
def test_a_folder_and_a_host_keep_the_same_old_releases(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()
    site.build()
    for target in (str(tmp_path / "local"), f"rsync:here:{tmp_path}/host"):
        folder = tmp_path / Path(target).name
        olds = published(folder, *(f"{number}" for number in range(len(OLD))))
        for old, commands in zip(olds, OLD, strict=True):
            change(old, commands, row=ROW)
        before = {path.name for path in (folder / "releases").iterdir()}

        now = publish(site.public, target, How(keep=1)).name

        gone = before - {path.name for path in (folder / "releases").iterdir()}
        assert [commands for commands, old in zip(OLD, olds, strict=True) if old.name in gone] == [
            commands for commands, is_removed in OLD.items() if is_removed
        ]
        assert {path.name for path in (folder / "releases").iterdir()} == {*before - gone, now}
