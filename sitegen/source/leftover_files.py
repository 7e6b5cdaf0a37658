"""Files that programs leave beside those that people write: backups, partial downloads, thumbnails.

They are neither published nor watched; every other file is, whatever its name begins with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sitegen.problems.problem import Problem, listing

_LITTER = re.compile(
    r"""
    .*~                                             # Emacs, nano, gedit; Vim's undo files
    | \#.*\# | \.\#.* | flycheck_.*                 # Emacs: not saved, locked, being checked
    | .*\.(?:bak|old|orig|rej|save|tmp|sw[m-p])     # editors, patch, merges
    | 4913 | \..*\.sw[a-z]                          # Vim: whether a folder can be written; open in several windows
    | .*___jb_(?:tmp|old|bak)___                    # JetBrains
    | \..*\.kate-swp | \.goutputstream-.*           # Kate; GNOME
    | \.edit-[0-9a-f]+                              # ours: waits to replace another, see `replace_files`
    | \.nfs[0-9a-f]+ | \.fuse_hidden.*              # removed while open
    | .*\.(?:part|crdownload|download)              # downloads
    | ~\$.* | \.~lock\..*                           # Word, LibreOffice
    | (?:eh)?thumbs\.db | desktop\.ini | icon\r | \.ds_store | \._.*
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
#: A problem names at most this many.
_NAMED = 5


def is_litter(name: str) -> bool:
    """Whether only programs give a file such a name."""
    return _LITTER.fullmatch(name) is not None


def litter_problem(folder: str, paths: Sequence[str]) -> Problem:
    """One warning for everything that is left out of a folder."""
    named = listing(path.removeprefix(f"{folder}/") for path in sorted(paths)[:_NAMED])
    rest = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    what = "a backup or a leftover of a program" if len(paths) == 1 else "backups or leftovers of programs"
    message = f"{named}{rest}: {what}, not published"
    return Problem(path=folder, code="litter", message=message, hint="delete them, or rename those that are meant")
