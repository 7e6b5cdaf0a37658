"""Publications and rollbacks that are killed at each of their steps, here and on a host: readers have a whole release.

The next command does what it would have done otherwise.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import MakeSite, TinySite
from killed import MOMENTS, run_until

from sitegen.problems.problem import SiteError
from sitegen.publish.manifest import Manifest, find_wrong, manifest_of
from sitegen.publish.targets import How, publish, releases, roll_back

#: A host that is this machine, whose shell is killed at its n-th command that changes something.
SHELL = r"""#!/bin/sh
shift
case $* in rsync*) exec sh -c "$*";; esac
steps() {
  for name in mkdir mktemp mv touch ln sync rm; do echo "$name() { step; command $name \"\$@\"; }"; done
}
exec sh -c "step() { echo >>$STEPS; [ \$(wc -l <$STEPS) -ne $MOMENT ] || { kill -9 \$\$; exit 1; }; }
$(steps)
$*"
"""


class Trial:
    """A folder with two releases, and the site as it is now, the third."""

    def __init__(self, site: TinySite, folder: Path) -> None:
        self.site, self.root, self.host = site, site.root, folder / "host"
        self.known: dict[str, Manifest] = {}
        for text in ("first", "second", "third"):
            site.write("content/index.en.md", f"---\ntitle: {text}\n---\n")
            site.write("static/assets/site.css", f"p {{content: '{text}'}}")
            site.report()
            self.known[text] = manifest_of(site.public)
            if text != "third":
                publish(site.public, str(self.host), How(keep=2))
        shutil.copytree(self.host, folder / "before", symlinks=True)
        self.before = folder / "before"

    def restore(self) -> None:
        shutil.rmtree(self.host)
        shutil.copytree(self.before, self.host, symlinks=True)

    def current(self) -> str:
        """Which version readers get, whole."""
        name = (self.host / "current").resolve().name
        text = next(text for text, manifest in self.known.items() if manifest.name == name)
        assert {*find_wrong(self.known[text], self.host / "current").values()} <= {"not part of it"}
        return text

    def check(self, target: str, words: list[str]) -> None:
        """After a command was killed."""
        expected = {"third", "second"} if not words else {"first", "second"}
        assert self.current() in expected
        if words and self.current() == "second":
            roll_back(target)
        assert not words or self.current() == "first"
        publish(self.site.public, target, How(keep=2))
        assert self.current() == "third"
        assert [release.is_current for release in releases(target)] == [False, True]
        roll_back(target)
        assert self.current() == ("first" if words else "second")


@pytest.fixture
def trial(make_site: MakeSite, tmp_path: Path) -> Trial:
    page = '<link href="{{ asset("site.css") }}"><h1>{{ page.title }}</h1>{{ page.content }}'
    return Trial(make_site({"templates/page.html": page, "static/assets/site.css": ""}), tmp_path)


def check_folder(trial: Trial, words: list[str], moments: Callable[[int], list[int]]) -> None:
    command = ["publish", str(trial.host), "--keep", "2", *words]
    _, count = run_until(trial.host, command, 0, trial.root)
    for moment in moments(count):
        trial.restore()
        status, _ = run_until(trial.host, command, moment, trial.root)
        assert status == -signal.SIGKILL
        trial.check(str(trial.host), words)
        assert not list((trial.host / "releases").glob(".*"))


def check_host(
    trial: Trial, words: list[str], moments: Callable[[int], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell, steps = trial.host.with_name("shell"), trial.host.with_name("steps")
    shell.write_text(SHELL)
    shell.chmod(0o755)
    monkeypatch.setenv("RSYNC_RSH", str(shell))
    monkeypatch.setenv("STEPS", str(steps))
    target = f"rsync:here:{trial.host}"

    def run(moment: int) -> bool:
        steps.write_text("")
        monkeypatch.setenv("MOMENT", f"{moment}")
        try:
            roll_back(target) if words else publish(trial.site.public, target, How(keep=2))
        except SiteError:
            return False
        return True

    assert run(0)
    for moment in moments(len(steps.read_text())):
        trial.restore()
        run(moment)
        monkeypatch.setenv("MOMENT", "0")
        trial.check(target, words)


WORDS = pytest.mark.parametrize("words", [[], ["--rollback"]], ids=["publish", "rollback"])


@WORDS
def test_a_publication_to_a_folder_that_is_killed_is_completed_by_the_next(trial: Trial, words: list[str]) -> None:
    check_folder(trial, words, lambda count: [count - 6])


@pytest.mark.slow
@WORDS
def test_a_publication_to_a_host_that_is_killed_is_completed_by_the_next(
    trial: Trial, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check_host(trial, words, lambda count: [count // 2, count], monkeypatch)


@pytest.mark.soak
@WORDS
def test_a_publication_to_a_folder_that_is_killed_at_200_moments_is_completed(trial: Trial, words: list[str]) -> None:
    check_folder(trial, words, MOMENTS)


@pytest.mark.soak
@WORDS
def test_a_publication_to_a_host_that_is_killed_at_each_step_is_completed(
    trial: Trial, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check_host(trial, words, lambda count: list(range(1, count + 1)), monkeypatch)
