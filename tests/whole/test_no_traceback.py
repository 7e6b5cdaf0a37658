"""Whatever a site holds, no command ends in a traceback: mistakes are reported, the rest as our own bugs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import anycommand
import pytest
from anycommand import attempt, copied, damage, every_command, make_foreign, preview, try_every_command
from conftest import HOME, REPOSITORY, MakeSite, TinySite
from hostile import cases
from published import require, sampled

from sitegen import cli
from sitegen.build import pipeline

SITES = Path(__file__).parents[1] / "sites"
NAMES = sorted(path.name for path in SITES.iterdir())
#: Nothing wrong, and several problems at once.
SAMPLE = ("good", "several")
#: What takes long by design has tests of its own.
HOSTILE = {name: files for name, files in cases().items() if not name.startswith("heavy")}
PAGE = "{{ _('Hi') }} {{ page.title }}{{ page.content }}"
#: The locale, and whether Python may take it for UTF-8 all the same.
LOCALES = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "POSIX": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "tr_TR": {"LC_ALL": "tr_TR.ISO-8859-9", "PYTHONUTF8": "0"},
}


def laid(name: str, to: Path) -> Path:
    """A site of tests/sites, laid over the good one."""
    root = copied(SITES / "good", to)
    if name != "good":
        shutil.copytree(SITES / name, root, dirs_exist_ok=True, symlinks=True)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("name", sampled(NAMES, SAMPLE))
def test_every_command_reports_what_is_wrong_with_a_bad_site(tmp_path: Path, name: str) -> None:
    try_every_command(laid(name, tmp_path / "site"), tmp_path / "aside")


@pytest.mark.slow
@pytest.mark.parametrize("name", sampled(HOSTILE, list(HOSTILE)[::90]))
def test_every_command_survives_hostile_content(make_site: MakeSite, tmp_path: Path, name: str) -> None:
    site = make_site({"content/index.fr.md": HOME, "templates/page.html": PAGE, **HOSTILE[name]})

    try_every_command(site.root, tmp_path / "aside")


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [damage, make_foreign])
@pytest.mark.parametrize("name", sampled(NAMES, ("good",)))
def test_every_command_discards_a_damaged_cache(tmp_path: Path, name: str, spoil: Callable[[Path], None]) -> None:
    root, aside = laid("good", tmp_path / "site"), tmp_path / "aside"
    attempt(["build", "--root", str(root)])
    shutil.copytree(SITES / name, root, dirs_exist_ok=True, symlinks=True)
    aside.mkdir()

    for words in every_command(root, aside):
        spoil(root / ".cache")
        attempt(words)
    spoil(root / ".cache")
    preview(root)


@pytest.mark.parametrize("spoil", [damage, make_foreign])
def test_content_of_a_damaged_cache_is_rebuilt(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    root = laid("good", tmp_path / "site")
    attempt(["build", "--root", str(root)])
    hosting, checked = attempt(["hosts", "nginx", "--root", str(root)]), attempt(["check", "--root", str(root)])

    spoil(root / ".cache")

    assert attempt(["hosts", "nginx", "--root", str(root)]) == hosting
    assert attempt(["check", "--root", str(root)]) == checked
    assert "0 errors" in checked


BYTES = b"\xff\xfe \xd0.txt"


@pytest.mark.parametrize(
    "place", [b"content/a", b"content/" + BYTES, b"static", b"static/assets", b"templates", b"translations"]
)
def test_every_command_survives_file_names_that_are_not_utf_8(
    make_site: MakeSite, tmp_path: Path, place: bytes
) -> None:
    site = make_site({"content/index.fr.md": HOME, "templates/page.html": PAGE, "content/a/index.en.md": HOME})
    folder = os.fsencode(site.root) + b"/" + place
    os.makedirs(folder, exist_ok=True)
    for name in (BYTES, b"index.en.md", b"\xff.html", b"\xe9.png"):
        with open(folder + b"/" + name, "ab") as file:
            file.write(b"")

    try_every_command(site.root, tmp_path / "aside")


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the Turkish locale, in which `i` has another capital and no text is UTF-8."""
    require("localedef", Path("/usr/share/i18n/locales/tr_TR").exists())
    folder = tmp_path_factory.mktemp("locales")
    turkish = str(folder / "tr_TR.ISO-8859-9")
    subprocess.run(["localedef", "--no-archive", "-i", "tr_TR", "-f", "ISO-8859-9", turkish], check=True)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("locale", sampled(LOCALES, ("POSIX", "tr_TR")))
@pytest.mark.parametrize("name", sampled(NAMES, ("several",)))
def test_no_locale_causes_a_traceback(tmp_path: Path, locales: Path, name: str, locale: str) -> None:
    root = laid(name, tmp_path / "site")

    done = subprocess.run(
        [sys.executable, anycommand.__file__, str(root), str(tmp_path / "aside")],
        env={**os.environ, **LOCALES[locale], "LOCPATH": str(locales), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr.decode(errors="replace")
    spoken = "C" if locale == "POSIX" else LOCALES[locale]["LC_ALL"]  # as the C library names it
    assert done.stdout.decode().splitlines()[-1] == f"{spoken} spoken"


def test_names_of_any_script_are_printed_whatever_the_locale(make_site: MakeSite) -> None:
    site = make_site({"content/щ/index.en.md": "---\ntitle: Щ\n---\n[ж](/ж/)\n"})

    for locale in ("C", "POSIX"):
        done = subprocess.run(
            [sys.executable, str(REPOSITORY / "build.py"), "check", "--root", str(site.root)],
            env={**os.environ, **LOCALES[locale]},
            capture_output=True,
            check=False,
        )
        assert "content/щ/index.en.md:4:5: error[dead-page]: the page '/ж/' does not exist" in done.stderr.decode()


LONG = "n" * 5_000
#: Commands with a path that no disk has: {root} is a site, {long} the path.
TOO_LONG = (
    "init {long} --languages en", "init {root}/{long}/a --languages en --minimal", "build --root {long}", "build --root {root} --output {long}", "check --root {root}/{long}", "new --root {root} page /{long}/",
    "new --root {root} {long} /a/", "rename --root {root} / /{long}/", "rename --root {root} /{long}/ /a/", "remove --root {root} /{long}/", "publish --root {root} {long}", "publish --root {root} {root}/{long}",
    "publish --root {root} --output {long} {root}/host", "publish --root {root} git:{long}#b", "publish --root {root} git:{root}#{long}", "publish --root {root} {long} --history", "publish --root {root} {long} --rollback",
    "publish --root {root} {root}/host --release {long}", "archive --root {root} {long}", "archive --root {root} --output {long} {root}/a", "import --root {root}/new {long}", "import --root {long} {root}", "import --root {root} {long} --kind page --into /a/",
    "import --root {root} {root}/t.csv --kind {long} --into /a/", "import --root {root} {root}/t.csv --kind page --into /{long}/", "verify --root {root} {long}", "merge --root {root} {long}", "hosts --root {root} nginx --folder {long}", "hosts --root {root} {long}",
    "schema --root {long}", "upgrade --root {long}", "compare --root {root} {long}", "check --root {root} --manifest {long} --live http://127.0.0.1:1/", "explain {long}", "serve --root {long}",
    "translate status --root {long}", "translate import --root {root} {long}", "translate export --root {root} ru {long}", "translate accept --root {root} all /{long}/", "translate diff --root {root} ru /{long}/", "build --root {root} --languages {long}",
)  # fmt: skip


@pytest.mark.parametrize("words", TOO_LONG)
def test_a_path_longer_than_a_disk_has_is_no_internal_error(
    words: str, make_site: MakeSite, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site: TinySite = make_site()
    site.write("t.csv", "path,title\na,A\n")
    site.build()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    given = [word.format(root=site.root, long=LONG) for word in words.split()]
    before = sorted(site.root.rglob("*"))

    try:
        status = cli.main(given)
    except SystemExit as ended:
        status = int(str(ended.code))

    told = capsys.readouterr().err
    assert "internal error" not in told
    assert status in (1, 2) or words.startswith(("hosts", "translate status"))
    assert "nnn" in told or "file name too long" in told
    assert [path for path in site.root.rglob("*") if path not in before and ".cache" not in path.parts] == []


LOOPS = (
    "build --root {loop}", "build --root {root} --output {loop}", "check --root {loop}/a", "publish --root {root} {loop}", "publish --root {root} --output {loop} {root}/host", "upgrade --root {loop}", "schema --root {loop}",
    "translate status --root {loop}", "hosts --root {root} nginx --output {loop}", "new --root {loop} page /a/", "rename --root {loop} /a/ /b/", "archive --root {root} {loop}", "init {loop} --languages en", "import --root {root} {loop}", "verify --root {root} {loop}",
)  # fmt: skip


@pytest.mark.parametrize("words", LOOPS)
def test_a_link_to_itself_is_no_internal_error(
    words: str, make_site: MakeSite, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    site: TinySite = make_site()
    site.build()
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    status = cli.main([word.format(root=site.root, loop=loop) for word in words.split()])

    told = capsys.readouterr().err
    assert "internal error" not in told
    assert told.count("error[") == 1
    assert status == 1


def test_internal_error_is_one_line_that_says_where_the_details_are(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("of \ud800 nothing")

    site: TinySite = make_site()
    monkeypatch.setattr(pipeline, "check", fail)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    status = cli.main(["check", "--root", str(site.root)])

    (line,) = capsys.readouterr().err.splitlines()
    assert status == 1
    assert line.startswith("build.py: internal error, not a mistake in your site (ZeroDivisionError: of ")
    details = Path(line.rpartition(" ")[2])
    assert details.parent == tmp_path
    assert "in fail" in details.read_text(encoding="utf-8")
    assert f"'check', '--root', '{site.root}'" in details.read_text(encoding="utf-8")
