"""Commands that find problems and explain them: check, verify, explain."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen.commands.arguments import COMMON, COMPRESS, INPUTS, Command, Commands, count, flag, option, options_of
from sitegen.commands.console import PROBLEMS, WELL, editing, has_error, print_line, say, tell
from sitegen.problems.problem import Problem, counted
from sitegen.problems.program_name import as_run
from sitegen.problems.safe_output import without_secrets

if TYPE_CHECKING:
    from sitegen.build.inputs import Inputs
    from sitegen.build.site import Site


def _check(options: Namespace) -> int:
    from sitegen.build.pipeline import check

    if options.live is not None:
        return _check_live(options)
    if options.external:
        return _check_external(options)
    if options.fix:
        return _check_fix(options)
    warnings = check(options_of(options))
    tell(warnings, options)
    if not warnings:
        say("no errors, 0 warnings")
    return WELL


@editing
def _check_fix(options: Namespace) -> int:
    from sitegen.editing.fix import apply_fixes

    fixed = apply_fixes(options_of(options))
    print(fixed.diff, end="", file=sys.stderr if options.format == "json" else sys.stdout)  # a program reads JSON
    if not fixed.diff:
        say("nothing to fix automatically")
    tell(fixed.problems, options)
    return PROBLEMS if has_error(fixed.problems) else WELL


def _check_external(options: Namespace) -> int:
    from sitegen.build.pipeline import with_site
    from sitegen.checks.external_links import addresses_of, check_external

    def ask(inputs: Inputs, site: Site) -> tuple[list[Problem], int]:
        found = check_external(options.root, site.library, inputs.as_of, times=options.times)
        return inputs.config.graded(list(found)), len(addresses_of(site.library))

    problems, count = with_site(options_of(options), ask)
    tell(problems, options)
    say(f"{counted(count, 'address')} of other sites, {counted(len(problems), 'problem')}")
    return PROBLEMS if has_error(problems) or (options.strict and problems) else WELL


def _check_live(options: Namespace) -> int:
    from sitegen.model.loading import given_url, load_config
    from sitegen.publish.live_check import check_live
    from sitegen.publish.manifest import manifest_at

    given_url("--live", without_secrets(options.live))
    config = load_config(options.root)
    expected = manifest_at(options.manifest) if options.manifest else None
    manifest, found = check_live(options.live, expected)
    problems = config.graded(list(found))
    tell(problems, options)
    files = counted(len(manifest.all), "file")
    print_line(f"release {manifest.name}: {files} at {options.live}, {counted(len(problems), 'problem')}")
    return PROBLEMS if has_error(problems) or (options.strict and problems) else WELL


def _verify(options: Namespace) -> int:
    from sitegen.publish.verify import verify

    manifest, problems = verify(options_of(options), options.folder)
    tell(problems, options)
    if not problems:
        print_line(
            f"release {manifest.name}: {counted(len(manifest.all), 'file')}, all as this site's sources make them"
        )
    return PROBLEMS if problems else WELL


def _explain(options: Namespace) -> int:
    from sitegen.problems.explain import as_markdown, explain, list_codes

    if options.markdown:
        print(as_markdown(), end="")
    else:
        print(as_run(explain(options.code) if options.code else list_codes()))
    return WELL


COMMANDS: Commands = {
    "check": Command(
        _check,
        *INPUTS,
        flag("--all", "list every warning, even if there are many of one kind"),
        flag(
            "--fix",
            "fix what is certain, and show the difference; a file that is fixed gets LF as line ends, and no byte order mark",
        ),
        flag("--external", "check links to other sites instead"),
        option(
            "--times", "with --external: report only links that failed N times in a row", "N", type=count, default=1
        ),
        option("--live", "check the published site instead: every file, and the host's headers", "URL"),
        option("--manifest", "with --live: the release.json of the expected release", "FILE", type=Path),
    ),
    "verify": Command(_verify, *INPUTS, COMPRESS, option("folder", "a built site, or a release", "DIR", type=Path)),
    "explain": Command(
        _explain,
        *COMMON,
        option("code", "the code in brackets, such as dead-page", "CODE", nargs="?"),
        flag("--markdown", "explain all codes in one document"),
    ),
}
