"""The command line of the engine beside it: `python build.py --help`."""

import sys

from sitegen.__main__ import run

if __name__ == "__main__":
    sys.exit(run())
