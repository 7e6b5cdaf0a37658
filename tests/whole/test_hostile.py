"""Hostile content is reported or harmless: it never runs, leaves the site's folder or ends in a traceback."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import Bare, page_of, served
from conftest import TinySite
from hostile import cases, outcome

CASES = cases()


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """A hanging build is stopped; `python tests/helpers/hostile.py` prints how long each takes."""

    def stop(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_there_are_enough_cases_of_every_kind() -> None:
    assert len(CASES) >= 200


def is_harmless(folder: Path, files: dict[str, str | bytes]) -> bool:
    """Build a site of these files; whether it is reported or published, and nothing is read or written elsewhere."""
    (folder / "secret.txt").write_text("secret")
    with at_most(30):
        told = outcome(folder, files)
    parts = {"content", "templates", "translations", "public", ".cache"}
    return (
        bool(told)
        and {path.name for path in folder.iterdir()} == {"site", "secret.txt"}
        and {path.name for path in (folder / "site").iterdir()} <= parts
        and not Path("pwned").exists()
        and not any(b"root:x:0" in path.read_bytes() for path in (folder / "site/public").rglob("*") if path.is_file())
    )


def test_hostile_content_is_harmless_and_never_runs(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Every published page is opened without its policy, which could only block more."""
    harmful = []
    for number, (name, files) in enumerate(CASES.items()):
        (tmp_path / str(number)).mkdir()
        if not is_harmless(tmp_path / str(number), files):
            harmful.append(name)
    assert harmful == []

    browser, pages, ran = request.getfixturevalue("browser"), dict[bytes, str](), list[str]()
    for path in sorted(tmp_path.glob("*/site/public/**/*.html")):
        content = path.read_bytes()
        if len(content) < 200_000 and b'http-equiv="refresh"' not in content:
            pages.setdefault(content, path.relative_to(tmp_path).as_posix())  # the same bytes do the same thing

    def stop(dialog: Any) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    (tmp_path / "control.html").write_text("<script>alert('control')</script>")
    frames = [*pages.values(), "control.html"]
    with served(tmp_path, Bare) as address, page_of(browser, bypass_csp=True) as page:
        page.on("dialog", stop)
        for first in range(0, len(frames), 20):  # at once, in frames of a page of the same origin
            own = "".join(f"<iframe src='{address}{quote(path)}'></iframe>" for path in frames[first : first + 20])
            (tmp_path / f"frames-{first}.html").write_text(f"<!doctype html>{own}")
            page.goto(f"{address}frames-{first}.html")

    assert ran == ["control"]
    assert len(pages) > 100


@pytest.mark.parametrize(
    "name", [name for name in CASES if name.startswith(("yaml python", "yaml bomb", "yaml tag", "yaml slug"))]
)
def test_content_that_cannot_be_intended_is_reported(tmp_path: Path, name: str) -> None:
    assert outcome(tmp_path, CASES[name]) != "published"


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "java&#9;script:alert(1)"]
)
def test_dangerous_link_is_reported_at_its_position(tmp_path: Path, target: str) -> None:
    site = TinySite(tmp_path / "site")
    outcome(tmp_path, {"content/a/index.en.md": f"---\ntitle: A\n---\nText [x]({target})\n"})

    assert any((problem.line, problem.path) == (4, "content/a/index.en.md") for problem in site.problems())


@pytest.mark.parametrize("kind", ["file", "folder", "page"])
def test_symlink_never_leads_out(tmp_path: Path, kind: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "index.en.md").write_text("---\ntitle: Secret\n---\n")
    (outside / "secret.txt").write_text("secret")
    site = TinySite(tmp_path / "site")
    outcome(tmp_path, {"content/a/index.en.md": "---\ntitle: A\n---\n"})
    link = {"file": "content/a/secret.txt", "folder": "content/b", "page": "content/a/index.fr.md"}[kind]
    target = {"file": outside / "secret.txt", "folder": outside, "page": outside / "index.en.md"}[kind]
    (site.root / link).symlink_to(target)

    assert "error[symlink]" in site.told()
