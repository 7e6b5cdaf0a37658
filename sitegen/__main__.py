"""The command `sitegen`, and `python -m sitegen`."""

from __future__ import annotations

import gc
import os
import sys

gc.set_threshold(50_000)  # importing the engine creates many long-lived objects: look for cycles less often

if "typing_extensions" not in sys.modules:
    sys.modules["typing_extensions"] = None  # type: ignore[assignment] # msgspec takes `typing` instead, many times faster
    import msgspec  # noqa: F401

    del sys.modules["typing_extensions"]

try:
    from sitegen.cli import main  # most of them are created here
    from sitegen.problems.interrupts import repeat_lost_interrupts
except (EOFError, ValueError, TypeError) as error:
    sys.pycache_prefix = os.devnull  # read no compiled module, as any may be cut off
    from sitegen.problems.cut_off_modules import CUT_OFF, remove_cut_off_modules

    sys.pycache_prefix = None
    if not remove_cut_off_modules(error):
        raise
    sys.exit(CUT_OFF)


def run() -> int:
    """Run the command line of this process, which ends with it."""
    repeat_lost_interrupts()
    status = main(sys.argv[1:])
    gc.freeze()  # an ending interpreter looks for cycles twice more, which takes a seventh of a build
    return status


if __name__ == "__main__":
    sys.exit(run())
