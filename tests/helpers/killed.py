"""A command that is killed at its n-th step on the disk, by a real signal."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from conftest import REPOSITORY

_CODE = """
import os, signal, sys
sys.path.insert(0, {repository!r})
steps = 0
def step(event, arguments):
    global steps
    if event in ("os.rename", "open", "os.remove", "os.mkdir", "os.chmod", "shutil.rmtree", "os.rmdir", "os.link", "os.symlink") and {root!r} in str(arguments[0]):
        steps += 1
        if steps == {moment}:
            os.kill(os.getpid(), signal.SIGKILL)
from sitegen.cli import main
sys.addaudithook(step)
status = main({words!r})
print(steps)
sys.exit(status)
"""

#: 200 moments of so many, evenly.
MOMENTS: Callable[[int], list[int]] = lambda count: sorted({1 + count * part // 200 for part in range(200)})  # noqa: E731


def run_until(root: Path, words: list[str], moment: int, site: Path | None = None) -> tuple[int, int]:
    """Run a command and kill it at its n-th step below a folder: its status, and how many steps it took if it was not.

    Args:
        site: where the site is; the same folder if None.
    """
    words = [*words, "--root", str(site or root)]
    code = _CODE.format(repository=str(REPOSITORY), root=str(root), moment=moment, words=words)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1, -signal.SIGKILL), done.stderr
    return done.returncode, int(done.stdout.split()[-1]) if done.returncode == 0 else 0
