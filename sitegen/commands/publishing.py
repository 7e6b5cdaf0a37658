"""Commands for the built site: publish, archive, hosts."""

from __future__ import annotations

import datetime as dt
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sitegen.commands.arguments import Commands, add_built, add_inputs, built, count, options_of
from sitegen.commands.console import PROBLEMS, WELL, WRONG_USE, has_error, print_each, tell
from sitegen.problems.problem import counted
from sitegen.problems.program_name import program

if TYPE_CHECKING:
    from sitegen.build.inputs import Inputs
    from sitegen.build.site import Site


def _add_publish(parser: ArgumentParser) -> None:
    add_built(parser)
    parser.add_argument("target", metavar="TARGET", help="DIR, git:REPOSITORY#BRANCH or rsync:HOST:DIR")
    back = parser.add_mutually_exclusive_group()
    back.add_argument("--rollback", action="store_true", help="restore the release before the current one")
    back.add_argument("--release", metavar="NAME", help="make this release the current one")
    back.add_argument("--history", action="store_true", help="list the releases with their times of publication")
    parser.add_argument("--keep", type=count, default=5, metavar="N", help="number of releases to keep (default: 5)")
    parser.add_argument("--drafts", action="store_true", help="publish even if it was built with drafts")
    parser.add_argument("--pseudo", action="store_true", help="publish even if it was built with pseudo-locales")
    parser.add_argument("--no-history", action="store_true", help="on a git branch: keep only this release")


def _publish(options: Namespace) -> int:
    from sitegen.publish.build_record import find_doubts, read_record
    from sitegen.publish.targets import How, publish

    site = built(options)
    if options.history:
        return _history(options)
    _refuse_own(options)
    if options.rollback or options.release is not None:
        return _roll_back(options)
    record = read_record(options.root, site)
    allowed = {"drafts": options.drafts, "pseudo": options.pseudo}
    doubts = list(find_doubts(options.root, record, allowed)) if record else []
    tell(doubts, options)
    if has_error(doubts):
        return PROBLEMS
    done = publish(site, options.target, How(options.keep, not options.no_history))
    print(f"release {done.name}: {counted(done.files, 'file')}, {done.new:,} new, in {done.where}")
    return WELL


def _refuse_own(options: Namespace) -> None:
    """Refuse to publish into a folder of the site's sources, or through a link in the site."""
    from sitegen.build.options import UNPUBLISHED
    from sitegen.publish.targets import folder_of
    from sitegen.storage.output import refuse_place

    if folder := folder_of(options.target):
        refuse_place(options.root, folder, UNPUBLISHED, "the folder to publish to", "publish to an empty folder")


def _roll_back(options: Namespace) -> int:
    from sitegen.publish.targets import roll_back

    done = roll_back(options.target, options.release)
    print(f"release {done.name} is current again: {counted(done.files, 'file')}, in {done.where}")
    if done.before not in ("", done.name):
        print(f"to go forward again: publish {options.target} --release {done.before}", file=sys.stderr)
    return WELL


def _history(options: Namespace) -> int:
    """Print the releases of a target, the latest last, with times in the site's time zone."""
    from sitegen.publish.targets import releases

    zone = _zone_of(options.root)
    found = releases(options.target)
    for release in found:
        at = dt.datetime.fromtimestamp(release.at, zone)
        print(f"{at:%Y-%m-%d %H:%M %Z}  {release.name}{'  current' if release.is_current else ''}")
    if len(found) > 1:
        print(f"to make another one current: publish {options.target} --release NAME", file=sys.stderr)
    return WELL


def _zone_of(root: Path) -> dt.tzinfo:
    """The time zone of the site in a folder; UTC if its settings can't be loaded."""
    from sitegen.model.loading import load_config
    from sitegen.problems.problem import SiteError

    try:
        return load_config(root).time_zone
    except SiteError:
        return dt.UTC


def _add_archive(parser: ArgumentParser) -> None:
    add_built(parser)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder for the files")


def _archive(options: Namespace) -> int:
    from sitegen.build.options import UNPUBLISHED
    from sitegen.publish.archive import archive
    from sitegen.storage.output import refuse_place

    hint = "name another folder, such as build/release"
    refuse_place(options.root, options.folder, UNPUBLISHED, "the archive's folder", hint)
    return print_each(archive(built(options), options.folder))


def _add_hosts(parser: ArgumentParser) -> None:
    from sitegen.hosting.hosts import HOSTS

    add_inputs(parser)
    parser.add_argument("host", metavar="HOST", help=f"the server or host: {', '.join(sorted(HOSTS))}")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="where the site is on the server (default: where it is built)"
    )
    parser.add_argument("--no-brotli", action="store_true", help="for nginx without the Brotli module")


def _hosts(options: Namespace) -> int:
    from sitegen.build.pipeline import with_site
    from sitegen.hosting.headers_and_redirects import hosting_of
    from sitegen.hosting.hosts import HOSTS
    from sitegen.publish.folder import served_folder

    if options.host not in HOSTS:
        print(f"{program()} hosts: '{options.host}' is not one of {', '.join(sorted(HOSTS))}", file=sys.stderr)
        return WRONG_USE
    asked = options_of(options)
    folder = served_folder(options.folder or asked.output.resolve())

    def write(inputs: Inputs, site: Site) -> str:
        hosting = replace(hosting_of(site.library, folder), has_brotli=not options.no_brotli)
        return HOSTS[options.host].write(hosting)

    text = with_site(asked, write)
    print(text, end="")
    return WELL


COMMANDS: Commands = {
    "publish": (_add_publish, _publish),
    "archive": (_add_archive, _archive),
    "hosts": (_add_hosts, _hosts),
}
