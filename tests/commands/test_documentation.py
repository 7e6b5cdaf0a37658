"""`sitegen docs`: the documentation of the installed version, for those who have the wheel alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from commands import run
from conftest import REPOSITORY
from reference import FOLDER, write
from waiting import SOON, free_port, within

from sitegen.commands import documentation
from sitegen.problems.problem import SiteError


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The documentation as `make package` puts it into the wheel."""
    folder = tmp_path / "documentation"
    monkeypatch.setattr(documentation, "_CLONED", REPOSITORY / "docs")
    folder.mkdir()
    documentation.lay_out_documentation(folder)
    write(folder / FOLDER.relative_to(REPOSITORY / "docs"))
    monkeypatch.setattr(documentation, "_INSTALLED", folder)
    return folder


@pytest.mark.slow
def test_documentation_can_be_read_in_a_browser_and_leaves_nothing_behind(installed: Path, tmp_path: Path) -> None:
    port, temporary = free_port(), tmp_path / "temporary"
    temporary.mkdir()
    script = (
        "import sys; from pathlib import Path; from sitegen.cli import main; from sitegen.commands import documentation;"
        f"documentation._INSTALLED = Path({str(installed)!r}); sys.exit(main(['docs', '--languages', 'en', '--port', '{port}']))"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
    )
    try:
        assert within(SOON, lambda: bool(_page(port)) or server.poll() is not None)
        page = _page(port)
    finally:
        server.send_signal(signal.SIGTERM)
        told = server.communicate(timeout=SOON)[1]

    assert "base_url" in page, told
    assert b"error" not in told
    assert list(temporary.iterdir()) == []


def _page(port: int) -> str:
    """A page of the server at this port; nothing before it is there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/en/reference/settings/", timeout=SOON) as answer:
            return str(answer.read().decode())
    except ConnectionError:
        return ""
    except OSError as error:
        if not isinstance(getattr(error, "reason", None), ConnectionError):
            raise
        return ""


@pytest.mark.usefixtures("installed")
def test_language_that_the_documentation_lacks_is_reported(tmp_path: Path) -> None:
    done = run(tmp_path, "docs", "--languages", "en", "xx")

    assert done.returncode == 1
    assert "error[unknown-language]: --languages: 'xx' is not one of en, zh, ru" in done.stderr


def test_installation_without_the_documentation_says_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documentation, "_CLONED", tmp_path / "none")
    monkeypatch.setattr(documentation, "_INSTALLED", tmp_path / "none")

    with pytest.raises(SiteError) as caught:
        documentation.lay_out_documentation(tmp_path)

    assert caught.value.problems[0].hint == "install the wheel of a release, or run `make docs` in a clone"


def test_clone_without_the_pages_made_of_the_code_says_how_to_make_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs/content").mkdir(parents=True)
    monkeypatch.setattr(documentation, "_CLONED", tmp_path / "docs")
    monkeypatch.setattr(documentation, "_INSTALLED", tmp_path / "none")

    done = run(tmp_path, "docs")

    assert done.returncode == 1
    assert done.stderr.count("error[") == 1
    assert "docs/content/reference: error[missing-content]" in done.stderr
    assert "hint: run `make docs` once, which makes them of the code" in done.stderr
