"""What the preview shows: the last good site, and the problems of the current state of its files.

The pages that are being viewed are built and shown first, the rest of the site after them.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import queue
import sys
import traceback
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import TypeVar

from msgspec.structs import replace

from sitegen.build.options import Options
from sitegen.build.pipeline import Ahead, Builder, Report
from sitegen.preview.overlay import draw
from sitegen.preview.toolbar import make_bar
from sitegen.problems.crash import extension_problem
from sitegen.problems.problem import Problem, SiteError, counted
from sitegen.problems.program_name import as_run
from sitegen.problems.reporters import format_first
from sitegen.problems.safe_output import one_line
from sitegen.render.jobs import Job
from sitegen.storage.blobs import DamagedError

Result = TypeVar("Result")

#: How many of the pages requested last are built before the others.
LOOKED_AT = 8


class Preview:
    """What the preview serves: the last good site, and the problems in the current state of the files."""

    def __init__(self, options: Options, token: str = "") -> None:
        self.options = options
        self.token = token
        self.problems: tuple[Problem, ...] = ()
        self.note = ""  # shown in the bar of the next page that is viewed
        self.report: Report | None = None
        self._builder = Builder(options)
        self.is_lost = False  # whether the next build must read everything anew
        self._jobs: dict[str, Job] = {}
        self._looked_at: dict[str, None] = {}  # the latest at the end
        self.announce: Callable[[set[str]], object] = lambda changed: None
        self.turn = asyncio.Lock()  # one build at a time, whoever requests it
        self._asked: queue.Queue[Callable[[], object]] = queue.Queue()

    def show(self, *, as_of: dt.date, pseudo: bool) -> None:
        """From the next build on, preview another day, with or without pseudo-locales."""
        self.options = replace(self.options, as_of=as_of, pseudo=pseudo)
        self._builder.options = replace(self._builder.options, as_of=as_of, pseudo=pseudo)

    def alone(self) -> None:
        """Build in one process from now on: a process with threads must not be forked."""
        self._builder.options = replace(self.options, jobs=1)

    async def in_main_thread(self, work: Callable[[], Result]) -> Result:
        """The result of work that `build_as_asked` does: where its time has limits."""
        done: Future[Result] = Future()

        def answer() -> None:
            if done.set_running_or_notify_cancel():
                try:
                    done.set_result(work())
                except Exception as error:
                    done.set_exception(error)

        self._asked.put(answer)
        return await asyncio.wrap_future(done)

    def build_as_asked(self) -> None:
        """Do what the thread that answers browsers asks for, until that has ended; raises what ended it."""
        while True:
            with contextlib.suppress(queue.Empty):
                self._asked.get(timeout=1)()  # on Windows, nothing interrupts what waits for ever

    def stop(self, error: BaseException | None) -> None:
        """Let `build_as_asked` end."""

        def end() -> None:
            raise error or KeyboardInterrupt

        self._asked.put(end)

    def rebuild(self, touched: Collection[str] | None = None) -> set[str] | None:
        """Build; return the paths that changed, or None if every page must be shown again.

        Args:
            touched: paths, relative to the root, of the files that were saved; None if any may have changed.
        """
        before = self.problems
        bars: dict[str, bytes] = {}

        def show(paths: Collection[str]) -> None:
            bars.update({path: self.bar(path) for path in paths})
            self.announce(set(paths))

        ahead = Ahead(tuple(self._looked_at), show) if touched and not before else None
        try:
            self.report = self._build(touched, ahead)
            self._jobs = {job.path: job for job in self.report.jobs}
            self.problems = ()
        except SiteError as error:
            self.problems = error.problems
        except Exception as error:  # the preview survives our own bugs too
            self.problems = (self._failed(error),)
        if self.problems or before:
            return None
        assert self.report is not None
        shown = {path for path, bar in bars.items() if bar == self.bar(path)}
        return {*self.report.change.written, *self.report.change.gone} - shown

    def _failed(self, error: Exception) -> Problem:
        own = extension_problem(self.options.root / "extensions.py", error)
        if own.line is not None:
            return own
        traceback.print_exc()
        message = f"the build failed: {type(error).__name__}: {error}"
        return Problem(path=".", code="failed", message=message, hint="see the terminal for more")

    def look_at(self, path: str) -> None:
        """Record that a file of the preview is being viewed."""
        self._looked_at.pop(path, None)
        self._looked_at = {**dict.fromkeys([*self._looked_at][1 - LOOKED_AT :]), path: None}

    def _build(self, touched: Collection[str] | None, ahead: Ahead | None) -> Report:
        try:
            if self.is_lost:
                self._builder.forget()
                self.is_lost = False
            return self._builder.build(touched=touched, ahead=ahead)
        except SiteError:
            raise
        except Exception as error:  # as a rule .cache/ has been emptied, perhaps while a build was writing there
            print(one_line(f"building from scratch: {type(error).__name__}: {error}"), file=sys.stderr)
            self._builder.close()
            self._builder = Builder(self._builder.options)
            return self._builder.build()

    def close(self) -> None:
        """Release the site's memory for others."""
        self._builder.close()

    def remember(self) -> None:
        """Save what the last build knew for the next preview; called after its readers have been served."""
        with contextlib.suppress(OSError):  # the next preview starts from scratch
            self._builder.remember()

    def tell(self) -> None:
        """Print the result of the rebuild on the terminal."""
        if self.problems:
            print(as_run(format_first(self.problems)), file=sys.stderr)
        elif self.report:
            files = counted(len(self.report.change.written), "file")
            print(f"{files} changed, in {self.report.seconds:.2f} s", file=sys.stderr)

    def bar(self, path: str, note: str = "") -> bytes:
        """The bar of the page in a file of the preview; empty for other files, or while its data is being replaced."""
        if self.report is None:
            return b""
        try:
            pseudo, token = self.options.pseudo, self.token
            text = make_bar(self.report, self._jobs, path, self.report.as_of, pseudo=pseudo, token=token, note=note)
        except DamagedError:  # somebody has deleted .cache/, or what lies there
            self.is_lost = True
            return b""
        except (KeyError, OSError):  # a build is just replacing the data
            return b""
        return text.encode()

    def overlay(self) -> bytes:
        """The problems as HTML over the page; empty if there are none."""
        if not self.problems:
            return b""
        count = counted(len(self.problems), "problem")
        return draw("problems.html", count=count, text=as_run(format_first(self.problems))).encode()
