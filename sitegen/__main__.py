"""The command `sitegen`, and `python -m sitegen`."""

from __future__ import annotations

import sys

from sitegen.cli import main


def run() -> int:
    """Run the command line of this process."""
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
