"""Ctrl+C while memory is being freed."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from conftest import REPOSITORY, MakeSite
from previewed import FILES, page, serving
from waiting import SOON, within

#: A filter that is interrupted in the callback of a weak reference, in which nothing can be raised, and goes on.
INTERRUPTED = """
import os, signal, time, weakref

class Freed: pass

def extend(registry):
    registry.filter("interrupted", interrupted)

def interrupted(locale, value, number):
    freed = Freed()
    watched = weakref.ref(freed, lambda _: os.kill(os.getpid(), number))
    del freed
    for _ in range(500):
        time.sleep(0.01)
    return value
"""


def _template(number: int) -> str:
    return f"<title>{{{{ page.title|interrupted({number}) if page.title == 'Now' else page.title }}}}</title>"


def test_ctrl_c_that_comes_while_memory_is_being_freed_ends_a_command(make_site: MakeSite) -> None:
    files = {"extensions.py": INTERRUPTED, "templates/page.html": _template(signal.SIGINT)}
    site = make_site({**FILES, **files, "content/a/index.en.md": page("Now")})
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a process in the background ignores it

    try:
        command = [sys.executable, str(REPOSITORY / "build.py"), "--jobs", "1"]
        ended = subprocess.run(command, cwd=site.root, capture_output=True, text=True, timeout=SOON, check=False)
    finally:
        signal.signal(signal.SIGINT, before)

    assert ended.stdout + ended.stderr == ""
    assert ended.returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be handled")
def test_a_preview_that_is_ended_while_memory_is_being_freed_ends(make_site: MakeSite) -> None:
    files = {"extensions.py": INTERRUPTED, "templates/page.html": _template(signal.SIGTERM)}
    with serving(make_site({**FILES, **files})) as preview:
        preview.site.write("content/a/index.en.md", page("Now"))

        assert within(SOON, lambda: preview.process.poll() is not None)
        assert preview.process.returncode == 0
        assert "Traceback" not in "".join(preview.said)
