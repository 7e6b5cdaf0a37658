"""Compiled modules that end early: Python takes what it can write of one to a full disk for all of it.

It then fails at each import of the module, until somebody deletes the file. Nothing of ours is imported here, as it may be cut off.
"""

from __future__ import annotations

import marshal
import traceback
from pathlib import Path

#: What to print once they are removed.
CUT_OFF = "compiled modules of Python had been cut off, as by a full disk, and are removed: run the command again"
#: What begins each of Python's files.
_HEAD = 16
#: What reading one raises.
FAILURES = (EOFError, ValueError, TypeError)


def remove_cut_off_modules(error: BaseException) -> bool:
    """Remove compiled modules that end early, if one was the cause of an error; return whether there were any."""
    places = [frame.f_locals.get("bytecode_path") for frame, _ in traceback.walk_tb(error.__traceback__)]
    found = next((Path(place) for place in places if isinstance(place, str)), None)
    if found is None or not isinstance(error, FAILURES):
        return False
    compiled = {*found.parent.glob("*.pyc"), *Path(__file__).parents[1].rglob("*.pyc")}
    cut_off = [path for path in compiled if is_cut_off(path.read_bytes()[_HEAD:])]
    for path in cut_off:
        path.unlink(missing_ok=True)
    return bool(cut_off)


def is_cut_off(code: bytes) -> bool:
    """Whether the code of a compiled module ends early, or can't be read at all."""
    try:
        marshal.loads(code)  # noqa: S302 - what Python would load
    except FAILURES:
        return True
    return False
