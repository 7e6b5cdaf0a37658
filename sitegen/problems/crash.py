"""Reports of failures in the program itself, one line for the user and a file for the developers, and in extensions."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

from sitegen.problems.problem import Problem


def report_crash(error: BaseException, arguments: Sequence[str]) -> str:
    """Write a report of a failure to a temporary file, and return the line to print."""
    told = f"{type(error).__name__}: {_said(error)}".partition("\n")[0][:200]
    from sitegen.problems.cut_off_modules import CUT_OFF, remove_cut_off_modules

    with contextlib.suppress(OSError):
        if remove_cut_off_modules(error):
            return CUT_OFF
    try:
        path = _write(error, arguments)
    except OSError:
        return f"internal error, not a mistake in your site ({told}); please report this line and the command"
    return f"internal error, not a mistake in your site ({told}); please report it and attach {path}"


def extension_problem(path: Path, error: BaseException, line: int | None = None) -> Problem:
    """The problem of an error in a site's extension, which is a file.

    Args:
        line: the line of an error that isn't in there.
    """
    import re
    import traceback

    told = "".join(traceback.format_exception(error))  # where another process was, a note says: see forking.py
    lines = re.findall(rf'^[ |]+File "{re.escape(str(path))}", line (\d+)', told, re.MULTILINE)
    its_own = error.lineno if isinstance(error, SyntaxError) and error.filename == str(path) else None
    line = int(lines[-1]) if lines else its_own or line
    message = f"{type(error).__name__}: {_said(error)}".partition("\n")[0]
    hint = "the documentation has a worked example of each kind of extension"
    return Problem(path=path.name, code="extension", message=message, line=line, hint=hint)


def _said(error: BaseException) -> str:
    """What an error says, which may fail where an extension has defined it."""
    try:
        return str(getattr(error, "msg", error))
    except (Exception, SystemExit):
        return "its message can't be shown"


def _write(error: BaseException, arguments: Sequence[str]) -> Path:
    import platform  # three modules that only a failure needs
    import tempfile
    import traceback

    about = [
        f"arguments: {list(arguments)!r}",
        f"Python {sys.version}",
        f"on {platform.platform()}, {sys.getfilesystemencoding()}, {sys.stdout.encoding}",
        "",
        *traceback.format_exception(error),
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix="sitegen-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write("\n".join(about))
    return Path(file.name)
