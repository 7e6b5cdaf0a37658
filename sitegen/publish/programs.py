"""Programs that talk to other machines, of whose answers only so much is read."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO

#: Bytes that a program may say: the lists of a release with 300,000 files have some 40 MB; and bytes of its messages that
#: are kept.
MOST_SAID, MOST_KEPT = 100_000_000, 1_000_000
_PIECE = 64 * 1024


class TooMuchError(Exception):
    """A program has said more than anybody would need to know."""


def run_program(
    command: Sequence[str], given: bytes = b"", env: Mapping[str, str] | None = None, most: int = MOST_SAID
) -> subprocess.CompletedProcess[bytes]:
    """Run a program and return its output, and the beginning of its messages; no shell reads the command.

    Args:
        given: what the program reads from its input.
        most: bytes of output or messages after which it is ended.

    Raises:
        OSError: there is no such program.
        TooMuchError: it was ended, as its output or its messages were longer.
    """
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=env) as process,  # noqa: S603 - no shell
        ThreadPoolExecutor(2) as readers,
    ):
        try:
            output = readers.submit(_read, process, process.stdout, most, most)
            messages = readers.submit(_read, process, process.stderr, most, MOST_KEPT)
            _write(process.stdin, given)
            said, told = output.result(), messages.result()
        except BaseException:  # as Ctrl+C
            process.kill()
            raise
    if said is None or told is None:
        raise TooMuchError(command[0])
    return subprocess.CompletedProcess(command, process.returncode, said, told)


def _write(stream: IO[bytes] | None, given: bytes) -> None:
    assert stream is not None
    with suppress(BrokenPipeError), stream:  # the program may end before it has read all
        stream.write(given)


def _read(process: subprocess.Popen[bytes], stream: IO[bytes] | None, most: int, kept: int) -> bytes | None:
    """The first bytes of a stream; None if it was too long, for which the process is ended.

    The stream is closed, so that a program that this one has started, and that still writes to it, ends too.
    """
    assert stream is not None
    parts, length = list[bytes](), 0
    with stream:
        while part := stream.read1(_PIECE):  # type: ignore[attr-defined]
            if length < kept:
                parts.append(part)
            length += len(part)
            if length > most:
                process.kill()
                return None
    return b"".join(parts)[:kept]
