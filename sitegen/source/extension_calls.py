"""The boundary at which the engine calls a site's extensions: whatever fails there, or comes back, ends in one problem.

Each function is wrapped as it is registered, so that what calls it need not know whose it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sitegen.problems.crash import extension_problem
from sitegen.problems.problem import SiteError
from sitegen.source.limits import TimeIsUpError

#: (kind, name) of an output or host that an extension has registered → its line in extensions.py.
LINES: dict[tuple[str, str], int] = {}


def guarded(
    function: Callable[..., Any], read: Callable[[Any], Any], path: Path, through: tuple[type[Exception], ...] = ()
) -> Callable[..., Any]:
    """A function that an extension registers; what it raises and a result of a wrong type are problems at its line.

    Args:
        read: returns what the engine uses of a result, all of it read; raises TypeError or ValueError for a wrong one.
        path: the extensions.py. What another file defines is reported where it is registered.
        through: errors that the caller reports itself.

    Raises:
        TypeError: it is no function.
    """
    expect(callable(function), "a function", function)
    code = getattr(function, "__code__", None)
    line = code.co_firstlineno if code is not None and code.co_filename == str(path) else line_now(path)

    def call(*given: Any) -> Any:
        with told(path, line):
            try:
                result = function(*given)
            except through as error:
                result = error
            else:
                return read(result)
        raise result

    return call


@contextmanager
def told(path: Path, line: int | None = None) -> Iterator[None]:
    """Report whatever an extension raises as one problem, at its line or, if the error isn't in there, at this one."""
    try:
        yield
    except (TimeIsUpError, MemoryError):
        raise
    except BaseException as error:
        if _is_interrupt(error, path) or (isinstance(error, SiteError) and error.problems):
            raise
        raise SiteError([extension_problem(path, error, line)]) from error


def _is_interrupt(error: BaseException, path: Path) -> bool:
    """Whether this is Ctrl+C, which comes between two instructions, and not what the extension itself raises."""
    from opcode import opmap

    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    is_own = at is not None and at.tb_frame.f_code.co_filename == str(path)
    is_raised = at is not None and is_own and at.tb_frame.f_code.co_code[at.tb_lasti] == opmap["RAISE_VARARGS"]
    return isinstance(error, KeyboardInterrupt) and not is_raised


def line_now(path: Path) -> int | None:
    """The line of an extensions.py that is being executed."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code.co_filename == str(path):
            return frame.f_lineno
    return None


def expect(is_right: object, wanted: str, given: object) -> None:
    """Raises TypeError, which tells what is wanted, unless it was given."""
    if not is_right:
        is_short = given is None or type(given) in (str, int)
        other = ascii(given)[:80] if is_short else f"a value of type {type(given).__name__}"
        raise TypeError(f"{wanted} is expected, not {other}")
