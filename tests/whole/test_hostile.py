"""Hostile content is reported or harmless: it never runs, leaves the site's folder or ends in a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import Bare, page_of, served
from conftest import TinySite
from hostile import cases, outcome
from waiting import at_most

CASES = cases()


def test_there_are_enough_cases_of_every_kind() -> None:
    assert len(CASES) >= 200


def is_harmless(folder: Path, files: dict[str, str | bytes]) -> bool:
    """Build a site of these files; whether it is reported or published, and nothing is read or written elsewhere."""
    (folder / "secret.txt").write_text("secret")
    with at_most(300):  # `python tests/helpers/hostile.py` prints how long each takes
        told = outcome(folder, files)
    parts = {"content", "templates", "translations", "public", ".cache"}
    return (
        bool(told)
        and {path.name for path in folder.iterdir()} == {"site", "secret.txt"}
        and {path.name for path in (folder / "site").iterdir()} <= parts
        and not Path("pwned").exists()
        and not any(b"root:x:0" in path.read_bytes() for path in (folder / "site/public").rglob("*") if path.is_file())
    )


#: How many different pages the cases of a kind publish at least.
PUBLISHED = {"text": 38, "words": 90, "heavy": 16, "yaml": 2, "name": 10, "po": 3, "svg": 0}


def test_there_is_no_other_kind() -> None:
    assert {name.split()[0] for name in CASES} == PUBLISHED.keys()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "size"), [*((kind, 90_000) for kind in PUBLISHED), pytest.param("heavy", 200_000, marks=pytest.mark.soak)]
)
def test_hostile_content_is_harmless_and_never_runs(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, size: int
) -> None:
    """Every published page is opened without its policy, which could only block more; a large one takes a browser seconds."""
    harmful = []
    for number, (name, files) in enumerate(CASES.items()):
        if name.split()[0] == kind:
            (tmp_path / str(number)).mkdir()
            if not is_harmless(tmp_path / str(number), files):
                harmful.append(name)
    assert harmful == []

    pages: dict[bytes, str] = {}
    for path in sorted(tmp_path.glob("*/site/public/**/*.html")):
        content = path.read_bytes()
        if len(content) < size and b'http-equiv="refresh"' not in content:
            pages.setdefault(content, path.relative_to(tmp_path).as_posix())  # the same bytes do the same thing
    assert len(pages) >= PUBLISHED[kind]
    assert dialogs(request.getfixturevalue("browser"), tmp_path, list(pages.values())) == ["control"]


def dialogs(browser: Any, folder: Path, pages: list[str]) -> list[str]:
    """What the scripts of pages in a folder say, and one that certainly runs."""
    ran: list[str] = []

    def stop(dialog: Any) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    (folder / "control.html").write_text("<script>alert('control')</script>")
    frames = [*pages, "control.html"]
    with served(folder, Bare) as address, page_of(browser, bypass_csp=True) as page:
        page.on("dialog", stop)
        for first in range(0, len(frames), 20):  # at once, in frames of a page of the same origin
            own = "".join(f"<iframe src='{address}{quote(path)}'></iframe>" for path in frames[first : first + 20])
            (folder / f"frames-{first}.html").write_text(f"<!doctype html>{own}")
            page.goto(f"{address}frames-{first}.html")
    return ran


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
