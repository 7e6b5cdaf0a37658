"""Commands that build the site: build, merge, serve, compare."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen.build.up_to_date import Seen, find_standing
from sitegen.commands.arguments import Commands, add_common, add_compressed, add_inputs, built, options_of, port, shard
from sitegen.commands.console import PARTS_SHOWN, WELL, tell
from sitegen.problems.problem import counted

if TYPE_CHECKING:
    from sitegen.build.options import Options
    from sitegen.build.pipeline import Report


def _add_build(parser: ArgumentParser) -> None:
    add_inputs(parser)
    add_compressed(parser)
    parser.add_argument("--profile", action="store_true", help="show where the time went")
    parser.add_argument(
        "--shard", type=shard, metavar="N/COUNT", help="build only this part of the files, such as 3/8; see merge"
    )


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
    print(
        f"{counted(pages, 'page')} in {counted(languages, 'language')}: {counted(written, 'file')} written, {unchanged:,} unchanged, {removed:,} removed, in {seconds:.2f} s",
        file=sys.stderr,
    )


def _add_merge(parser: ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("parts", nargs="+", type=Path, metavar="DIR", help="output of a build with --shard")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="output folder (default: public/ in the site's folder)"
    )


def _merge(options: Namespace) -> int:
    from sitegen.build.options import OWN
    from sitegen.build.shards import merge
    from sitegen.storage.output import refuse_inputs

    output = built(options)
    refuse_inputs(options.root, output, OWN)
    change = merge(options.parts, output)
    written = counted(len(change.written), "file")
    print(f"{written} written, {change.unchanged:,} unchanged, {change.removed:,} removed, in {output}")
    return WELL


def _add_serve(parser: ArgumentParser) -> None:
    add_inputs(parser)
    parser.add_argument("--port", type=port, default=8000, help="the first port to try (default: 8000)")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine only)"
    )
    parser.add_argument("--editor", action="store_true", help="serve the browser editor at /admin/")


def _serve(options: Namespace) -> int:
    from sitegen.preview.server import serve

    serve(options_of(options), options.host, options.port)
    return WELL


def _add_compare(parser: ArgumentParser) -> None:
    add_inputs(parser)
    parser.add_argument("base", metavar="BASE", help="a commit, or a folder with a built site")


def _compare(options: Namespace) -> int:
    from sitegen.build.pipeline import build
    from sitegen.publish.compare import as_markdown, built_at, compare, read_tree

    asked = options_of(options)
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
    print("\nseconds  stage", file=sys.stderr)
    for stage, seconds in report.stages.items():
        print(f"{seconds:7.3f}  {stage}", file=sys.stderr)
    by_template: dict[str, list[float]] = {}
    for path, made in report.made.items():
        by_template.setdefault(report.templates[path], []).append(made.seconds)
    print("\nseconds  files  template or output (of all processes together)", file=sys.stderr)
    for template, times in sorted(by_template.items(), key=lambda row: -sum(row[1])):
        print(f"{sum(times):7.3f}  {len(times):5}  {template}", file=sys.stderr)
    print("\nseconds  slowest files", file=sys.stderr)
    for path in sorted(report.made, key=lambda path: -report.made[path].seconds)[:10]:
        print(f"{report.made[path].seconds:7.3f}  {path}", file=sys.stderr)


COMMANDS: Commands = {
    "build": (_add_build, _build),
    "merge": (_add_merge, _merge),
    "serve": (_add_serve, _serve),
    "compare": (_add_compare, _compare),
}
