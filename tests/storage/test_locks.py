"""One command at a time changes the sources of a site: each writes files as it has read them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from commands import run
from conftest import MakeSite
from waiting import SOON

from sitegen.storage import locks
from sitegen.storage.locks import is_locked, one_at_a_time

PAGES = {"content/a/index.en.md": "---\ntitle: A\n---\nOne.\n", "content/a/index.fr.md": "---\ntitle: Z\n---\nUn.\n"}
WAITING = "waiting for another command that is changing this site"


def never() -> None:
    pytest.fail("nobody else has locked it")


def test_second_waits_until_the_first_has_finished(tmp_path: Path) -> None:
    done: list[str] = []
    waits = threading.Event()

    def second() -> None:
        with one_at_a_time(tmp_path, waits.set):
            done.append("second")

    other = threading.Thread(target=second)
    with one_at_a_time(tmp_path, never):
        other.start()
        assert waits.wait(SOON)
        done.append("first")
    other.join(SOON)

    assert done == ["first", "second"]
    with one_at_a_time(tmp_path, never), one_at_a_time(tmp_path / "absent", never):
        pass


@pytest.mark.parametrize(
    "words",
    [
        "new page /b/ --set title=B",
        "rename /a/ /b/",
        "remove /a/ --force",
        "import table.csv --kind page --into /a/",
        "import hugo --root new",
        "upgrade",
        "schema",
        "check --fix",
        "translate accept all fr",
        "translate review all fr --human",
        "translate export fr",
        "translate import fr.po",
        "translate extract",
        "translate update",
    ],
)
def test_commands_that_change_the_sources_wait_for_each_other(
    make_site: MakeSite, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({**PAGES, "table.csv": "path,title\nx,X\n", "hugo/hugo.toml": "", "new/x": ""})
    monkeypatch.setattr(locks, "is_locked", lambda handle, *, otherwise: is_locked(handle, otherwise=otherwise) is None)

    assert WAITING in run(site.root, *words.split()).stderr


@pytest.mark.parametrize("words", ["check", "translate status", "translate diff /a/ fr", "explain url"])
def test_commands_that_only_read_do_not_wait(make_site: MakeSite, words: str) -> None:
    site = make_site(PAGES)

    with one_at_a_time(site.root, never):
        assert WAITING not in run(site.root, *words.split()).stderr
