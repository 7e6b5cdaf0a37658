"""Commands that build the site: build, merge, serve, compare."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen.build.up_to_date import Seen, find_standing
from sitegen.commands.arguments import (
    COMMON,
    COMPRESS,
    INPUTS,
    Command,
    Commands,
    built,
    flag,
    host,
    option,
    options_of,
    port,
)
from sitegen.commands.console import PARTS_SHOWN, WELL, print_line, say, tell
from sitegen.problems.problem import counted

if TYPE_CHECKING:
    from sitegen.build.options import Options
    from sitegen.build.pipeline import Report
    from sitegen.build.shards import Shard


def _build(options: Namespace) -> int:
    asked = options_of(options)
    seen, standing = find_standing(asked)
    if standing is None or options.profile:
        return _build_anew(options, asked, seen)
    tell(standing.warnings, options)
    seconds = (time.time_ns() - seen.at) / 1e9
    _tell_change(standing.pages, standing.languages, (0, standing.files, 0), seconds)
    return WELL


def _build_anew(options: Namespace, asked: Options, seen: Seen) -> int:
    from sitegen.build.compiled_modules import compiled_modules

    with compiled_modules(asked.root, seen.engine) as modules:
        from sitegen.build.pipeline import build
        from sitegen.publish.build_record import write_record

        report = build(asked, _progress)
        write_record(asked, report, seen)
    if modules and report.change.unchanged:  # not after the first build, which takes long enough
        modules.keep(seen.engine)
    tell(report.warnings, options)
    if options.profile:
        _print_profile(report)
    change = report.change
    counts = (len(change.written), change.unchanged, change.removed)
    _tell_change(report.pages, report.languages, counts, report.seconds)
    return WELL


def _tell_change(pages: int, languages: int, counts: tuple[int, int, int], seconds: float) -> None:
    """Print the size of the site, and how many files changed."""
    written, unchanged, removed = counts
    say(
        f"{counted(pages, 'page')} in {counted(languages, 'language')}: {counted(written, 'file')} written, {unchanged:,} unchanged, {removed:,} removed, in {seconds:.2f} s"
    )


def _merge(options: Namespace) -> int:
    from sitegen.build.options import OWN
    from sitegen.build.shards import merge
    from sitegen.storage.output import refuse_inputs, refuse_links, refuse_overlap

    output = built(options)
    refuse_inputs(options.root, output, OWN)
    for part in options.parts:
        refuse_links(options.root, part, "a part")
        refuse_overlap(output, part, "name another folder with --output")
    change = merge(options.parts, output)
    written = counted(len(change.written), "file")
    print_line(f"{written} written, {change.unchanged:,} unchanged, {change.removed:,} removed, in {output}")
    return WELL


def _serve(options: Namespace) -> int:
    from sitegen.preview.server import serve

    serve(options_of(options), options.host, options.port)
    return WELL


def _compare(options: Namespace) -> int:
    from sitegen.build.pipeline import build
    from sitegen.publish.compare import as_markdown, built_at, compare, read_tree
    from sitegen.storage.output import refuse_overlap

    asked = options_of(options)
    if Path(options.base).is_dir():
        hint = "copy the site that you compare with, or name another folder with --output"
        refuse_overlap(asked.output, Path(options.base), hint)
    build(asked)
    if Path(options.base).is_dir():
        before = read_tree(Path(options.base))
    else:
        with built_at(asked.root, options.base) as folder:
            before = read_tree(folder)
    print(as_markdown(compare(before, read_tree(asked.output))))
    return WELL


def _progress(done: int, total: int, slowest: str) -> None:
    """Show a progress counter, on a terminal only."""
    if sys.stderr.isatty() and total > PARTS_SHOWN:
        end = "\n" if done == total else ""
        print(f"\r\033[K{done} of {total} files, slowest {slowest}", end=end, file=sys.stderr, flush=True)


def _print_profile(report: Report) -> None:
    """Where the time went: by stage, by template, and the slowest pages."""
    say("")
    say("seconds  stage")
    for stage, seconds in report.stages.items():
        say(f"{seconds:7.3f}  {stage}")
    by_template: dict[str, list[float]] = {}
    for path, made in report.made.items():
        by_template.setdefault(report.templates[path], []).append(made.seconds)
    say("")
    say("seconds  files  template or output (of all processes together)")
    for template, times in sorted(by_template.items(), key=lambda row: -sum(row[1])):
        say(f"{sum(times):7.3f}  {len(times):5}  {template}")
    say("")
    say("seconds  slowest files")
    for path in sorted(report.made, key=lambda path: -report.made[path].seconds)[:10]:
        say(f"{report.made[path].seconds:7.3f}  {path}")


def shard(text: str) -> Shard:
    """Parse a part of a build, such as 3/8."""
    from sitegen.build.shards import Shard

    return Shard.of(text)


COMMANDS: Commands = {
    "build": Command(
        _build,
        *INPUTS,
        COMPRESS,
        flag("--profile", "show where the time went"),
        option("--shard", "build only this part of the files, such as 3/8; see merge", "N/COUNT", type=shard),
    ),
    "merge": Command(
        _merge,
        *COMMON,
        option("parts", "output of a build with --shard", "DIR", nargs="+", type=Path),
        option("--output", "output folder (default: public/ in the site's folder)", "DIR", type=Path),
    ),
    "serve": Command(
        _serve,
        *INPUTS,
        option("--port", "the first port to try (default: 8000)", type=port, default=8000),
        option(
            "--host", "address to listen on (default: 127.0.0.1, this machine only)", type=host, default="127.0.0.1"
        ),
        flag("--editor", "serve the browser editor at /admin/"),
    ),
    "compare": Command(_compare, *INPUTS, option("base", "a commit, or a folder with a built site", "BASE")),
}
