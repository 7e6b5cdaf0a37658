"""A folder of this machine and one of a host get the same answers: folder.py and on_the_host.sh are two of one grammar."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import MakeSite
from published import require

from sitegen.cli import main
from sitegen.problems.problem import SiteError
from sitegen.publish.manifest import Manifest, manifest_of
from sitegen.publish.targets import How, publish, releases, roll_back
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
    "rm history; mkfifo history": "history",
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
    "mkdir releases/.stage-1": "releases/.stage-1",
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


@pytest.mark.slow
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


@pytest.mark.usefixtures("here")
def test_a_history_that_an_editor_has_saved_names_the_same_releases(tmp_path: Path) -> None:
    for number, commands in enumerate(
        (
            "sed -i 's/$/\\r/' history",
            "sed -i '1s/^/\\xef\\xbb\\xbf/; s/$/\\t /' history",
            "sed -i 's/$/\\r/' history; iconv -t UTF-16 history >new; mv new history",
            "iconv -t UTF-16BE history >new; mv new history",
        )
    ):
        folder = tmp_path / f"{number}"
        old, new = published(folder, "1", "2")
        change(folder, commands)

        assert answer(str(folder)) == answer(f"rsync:here:{folder}") == f"{old.name} {new.name}*", commands


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


#: Places below the folder `host`, to which a site is published; `link` leads to its current release.
WITHIN = [
    "host/current",
    "host/releases",
    "host/releases/new",
    "host/releases/{new}/en/deep",
    "host/../host/none/../releases/x",
    "link",
    "link/x",
]


@pytest.mark.parametrize("place", WITHIN)
@pytest.mark.usefixtures("here")
def test_nothing_is_put_among_the_releases_of_a_publication(
    make_site: MakeSite, tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site()
    site.build()
    _, new = published(tmp_path / "host", "1", "2")
    (tmp_path / "link").symlink_to("host/current")
    place = f"{tmp_path}/{place.format(new=new.name)}"
    before = sorted(tmp_path.rglob("*"))

    own = ["--root", str(site.root)]
    for words in (
        *(["publish", place, *own], ["publish", f"rsync:here:{place}", *own], ["archive", place, *own]),
        *(["--output", place, *own], ["init", place, "--languages", "en"], ["import", str(site.root), "--root", place]),
    ):
        assert main(words) == 1, words
        told = capsys.readouterr().err
        is_up = "rsync" in words[1] and ".." in place  # refused as such
        assert ("'..' follows" if is_up else "can't be within a site that was built or published: ") in told, words

    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("here")
def test_nothing_is_put_into_the_built_site_of_another(
    make_site: MakeSite, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, other = make_site(), tmp_path / "other"
    site.build()
    shutil.copytree(site.public, other)
    before = sorted(tmp_path.rglob("*"))

    for place in (f"{other}/en", f"{other}/new"):
        for words in (["publish", place], ["publish", f"rsync:here:{place}"], ["archive", place], ["--output", place]):
            assert main([*words, "--root", str(site.root)]) == 1, words
            assert f"can't be within a site that was built or published: {other}" in capsys.readouterr().err, words
    assert main(["archive", "--root", str(site.root), str(other)]) == 1
    assert main(["publish", "--root", str(site.root), str(other)]) == 1

    assert sorted(tmp_path.rglob("*")) == before
    assert main(["--root", str(site.root), "--output", str(other)]) == 0


@pytest.mark.usefixtures("here")
def test_a_site_beside_the_releases_of_another_is_published(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()
    site.build()
    published(tmp_path / "host", "1")

    for target in (f"{tmp_path}/host/preview", f"rsync:here:{tmp_path}/host/second"):
        assert publish(site.public, target, How()).name == publish(site.public, target, How()).name
    publish(site.public, str(tmp_path / "host"), How())

    assert {path.parent.name for path in tmp_path.glob("host/*/current")} == {"preview", "second"}


@pytest.mark.parametrize("name", ["a b", 'he said "no"', "it's", "-delete", "$(touch x)", "a\nb", "*", "~/x", "\udcff"])
@pytest.mark.usefixtures("here")
def test_a_folder_may_have_any_name(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    site = make_site()
    site.build()
    for word, where in (("folder:", tmp_path / "local"), ("rsync:here:", tmp_path / "host")):
        where.mkdir()
        monkeypatch.setenv("HOME", str(where))
        monkeypatch.chdir(where)

        assert main(["publish", "--root", str(site.root), word + name]) == 0
        assert main(["publish", "--root", str(site.root), word + name, "--history"]) == 0

        assert (where / name.removeprefix("~/") / "current/en/index.html").is_file()
        assert len(list(where.iterdir())) == 1


def test_the_home_folder_of_another_is_no_folder_of_ours(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site()
    site.build()
    monkeypatch.chdir(tmp_path)

    for target in ("~nobody-of-this-name/x", "folder:~nobody-of-this-name", "rsync:here:~ada/x", "rsync:here:~ada"):
        assert main(["publish", "--root", str(site.root), target]) == 1
        assert "name the whole path of the folder" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["link/..", "/srv/link/../x", "../a/b/../../c"])
def test_a_path_of_a_host_that_goes_up_after_a_folder_is_refused(make_site: MakeSite, place: str) -> None:
    """What is above a link is above the folder to which it leads, but not for a shell and rsync."""
    site = make_site()
    site.build()

    with pytest.raises(SiteError) as caught:
        publish(site.public, f"rsync:here:{place}", How())

    assert caught.value.problems[0].message in (
        "'..' follows a folder in the path",
        "releases have a folder of their own",
    )


@pytest.mark.usefixtures("here")
def test_two_sites_are_published_to_two_folders_of_a_host_or_to_one(make_site: MakeSite, tmp_path: Path) -> None:
    """In one folder, the second is a release that follows the first."""
    site = make_site()
    sites = []
    for name in ("one", "two"):
        site.write("content/index.en.md", f"---\ntitle: {name}\n---\n")
        site.build()
        shutil.copytree(site.public, tmp_path / name)
        sites.append(tmp_path / name)
    for start in (f"{tmp_path}/local", f"rsync:here:{tmp_path}/host"):
        for own in sites:
            publish(own, f"{start}/{own.name}", How())
            publish(own, f"{start}/both", How())
        assert [len(releases(f"{start}/{name}")) for name in ("one", "two", "both")] == [1, 1, 2]
        folder = Path(start.rpartition(":")[2])
        assert b"two" in (folder / "both/current/en/index.html").read_bytes()
        roll_back(f"{start}/both")
        assert b"one" in (folder / "both/current/en/index.html").read_bytes()
        assert b"two" in (folder / "two/current/en/index.html").read_bytes()


def test_a_rollback_of_a_folder_without_releases_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SiteError):
        roll_back(str(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_what_leads_out_of_an_old_release_is_removed_before_it_is_made_right(
    make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site()
    site.build()
    first = publish(site.public, str(tmp_path / "host"), How()).name
    shutil.copytree(site.public, tmp_path / "first")
    site.write("content/a/index.en.md", "---\ntitle: A\n---\n")
    site.build()
    publish(site.public, str(tmp_path / "host"), How())
    old = tmp_path / "host/releases" / first
    shutil.rmtree(old / "en")
    change(old, f"mkdir ../../../mine; ln -s {tmp_path}/mine en; rm -r fr/*; mkdir -p fr/index.html/mine")

    publish(tmp_path / "first", str(tmp_path / "host"), How())

    assert list((tmp_path / "mine").iterdir()) == []
    assert {
        path: (tmp_path / "host/current" / path).read_bytes() for path in manifest_of(tmp_path / "first").files
    } == {path: (tmp_path / "first" / path).read_bytes() for path in manifest_of(tmp_path / "first").files}


@pytest.mark.parametrize(
    ("login", "told"),
    [
        ('echo "Welcome to the host"; exec sh -c "$*"', ""),
        ('exec sh -c "$*; echo good bye"', "the host answers otherwise than a shell"),
        ("echo 1: reboot, 2: mail", "the host answers otherwise than a shell"),
        (":", "the host answers otherwise than a shell"),
    ],
)
def test_a_host_that_greets_is_understood_and_one_that_does_something_else_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str, told: str
) -> None:
    published(tmp_path / "there", "1", "2")
    shell = tmp_path / "login"
    shell.write_text(f"#!/bin/sh\nshift\n{login}\n", encoding="utf-8")
    shell.chmod(0o755)
    monkeypatch.setenv("RSYNC_RSH", str(shell))
    target = f"rsync:h:{tmp_path / 'there'}"

    if not told:
        assert [release.is_current for release in releases(target)] == [False, True]
        assert roll_back(target).files
        return
    for ask in (releases, roll_back):
        with pytest.raises(SiteError) as caught:
            ask(target)
        assert caught.value.problems[0].message in (told, "the manifest of the release is damaged")


STYLED = {
    "content/index.en.md": "---\ntitle: Home\n---\n",
    "static/assets/site.css": "p {}",
    "templates/page.html": '<link href="{{ asset("site.css") }}"><h1>{{ page.title|words }}</h1>',
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("is_changed", [True, False])
@pytest.mark.parametrize("way", ["", "rsync:h:"], ids=["folder", "host"])
def test_what_was_once_published_for_nobody_is_readable_when_it_is_published_again(
    make_site: MakeSite, tmp_path: Path, way: str, is_changed: bool
) -> None:
    site, there = make_site(STYLED), tmp_path / "there"
    there.mkdir()
    before = os.umask(0o077)
    try:
        site.build()
        publish(site.public, f"{way}{there}", How())
        os.umask(0o022)
        if is_changed:
            site.write("content/index.en.md", "---\ntitle: Other\n---\n")
            site.build()
        publish(site.public, f"{way}{there}", How())
    finally:
        os.umask(before)

    places = [there / "releases", *(there / "current").resolve().rglob("*"), (there / "current").resolve()]
    assert {stat.S_IMODE(place.stat().st_mode) for place in places if place.is_file()} == {0o644}
    assert {stat.S_IMODE(place.stat().st_mode) for place in places if place.is_dir()} == {0o755}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("way", ["", "rsync:h:"], ids=["folder", "host"])
def test_what_could_be_read_can_be_read_whoever_publishes_it_again(
    make_site: MakeSite, tmp_path: Path, way: str
) -> None:
    site, there = make_site(STYLED), tmp_path / "there"
    site.build()
    publish(site.public, f"{way}{there}", How())
    before = os.umask(0o077)
    try:
        publish(site.public, f"{way}{there}", How())
    finally:
        os.umask(before)

    places = [there / "releases", *(there / "current").resolve().rglob("*")]
    assert all(place.stat().st_mode & 0o044 == 0o044 for place in places if place.name != MANIFEST)


@contextmanager
def as_nobody(way: str) -> Iterator[None]:
    """Do what a folder is published to with as a user who may not read everything; a host does so by itself."""
    is_root = os.geteuid() == 0
    if is_root and not way:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of a user who is not root, and a host that logs in as this user."""
    require("rsync", shutil.which("rsync") is not None)
    folder = Path(tempfile.mkdtemp())
    change = f"setpriv --reuid 65534 --regid {os.getegid()} --clear-groups" if os.geteuid() == 0 else ""
    (folder / "login").write_text(f'#!/bin/sh\nshift\nexec {change} sh -c "$*"\n', encoding="utf-8")
    (folder / "login").chmod(0o755)
    monkeypatch.setenv("RSYNC_RSH", str(folder / "login"))
    if os.geteuid() == 0:
        os.chown(folder, 65534, -1)
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("damage", ["releases/$old", "current/en", "current/release.json"])
@pytest.mark.parametrize("way", ["", "rsync:h:"], ids=["folder", "host"])
def test_what_cannot_be_read_among_the_releases_does_not_keep_the_next_from_being_published(
    make_site: MakeSite, open_folder: Path, way: str, damage: str
) -> None:
    site, there = make_site(STYLED), open_folder / "there"

    def publish_now(text: str) -> str:
        site.write("content/index.en.md", f"---\ntitle: {text}\n---\n")
        site.build()
        shutil.copytree(site.public, open_folder / "site", dirs_exist_ok=True)
        with as_nobody(way):
            return publish(open_folder / "site", f"{way}{there}", How()).name

    old, now = publish_now("First"), publish_now("Second")
    place = there / damage.replace("$old", old).replace("current", f"releases/{now}")
    place.chmod(0)
    published = [publish_now(text) for text in ("Third", "Fourth")]

    assert (there / "current").readlink().name == published[-1]
    with as_nobody(way):
        told = {release.name: release.is_current for release in releases(f"{way}{there}")}
    assert told.pop(published[-1])
    assert published[0] in told
    place.chmod(0o755)
    assert place.exists()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "damage",
    [
        "rm $css",
        "rm $css; echo x >$css",
        "rm $css; ln -s /etc/passwd $css",
        "rm $css; mkdir $css",
        "rm $css; mkfifo $css",
        "cd ..; mv assets ../../$css; ln -s ../../$css assets",
    ],
)
@pytest.mark.parametrize("way", ["", "rsync:h:"], ids=["folder", "host"])
def test_a_style_sheet_that_is_damaged_there_does_not_keep_the_next_release_from_being_published(
    make_site: MakeSite, tmp_path: Path, way: str, damage: str
) -> None:
    site, there = make_site(STYLED), tmp_path / "there"
    names = list[str]()
    for colour in ("red", "blue", "green"):
        site.write("static/assets/site.css", f"p {{color: {colour}}}")
        site.build()
        publish(site.public, f"{way}{there}", How())
        names.append(next(path.name for path in (site.public / "assets").iterdir()))
        if colour == "green":
            break
        assert names[-1] in os.listdir(there / "current/assets")
        change(there / "current/assets", damage, css=names[-1])

    assert os.listdir(there / "current/assets") == [names[-1]]
    site.write("static/assets/site.css", "p {}")
    site.build()
    publish(site.public, f"{way}{there}", How())
    assert names[-1] in os.listdir(there / "current/assets")  # kept for pages that are still open
    change(there / "current/assets", damage, css=names[-1])
    publish(site.public, f"{way}{there}", How())
    assert names[-1] not in os.listdir(there / "current/assets")
    assert roll_back(f"{way}{there}").files
