"""Commands for the built site: publish, archive, hosts."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sitegen.commands.arguments import BUILT, INPUTS, Command, Commands, built, count, flag, one_of, option, options_of
from sitegen.commands.console import PROBLEMS, WELL, WRONG_USE, has_error, print_each, print_line, say, tell
from sitegen.problems.problem import counted
from sitegen.problems.program_name import program

if TYPE_CHECKING:
    from sitegen.build.inputs import Inputs
    from sitegen.build.site import Site


def _publish(options: Namespace) -> int:
    from sitegen.publish.build_record import find_doubts, read_record
    from sitegen.publish.targets import How, publish

    if options.history:
        return _history(options)
    _refuse_own(options)
    if options.rollback or options.release is not None:
        return _roll_back(options)
    site = _site(options)
    record = read_record(options.root, site)
    allowed = {"drafts": options.drafts, "pseudo": options.pseudo}
    doubts = list(find_doubts(options.root, record, allowed)) if record else []
    tell(doubts, options)
    if has_error(doubts):
        return PROBLEMS
    done = publish(site, options.target, How(options.keep, not options.no_history))
    return print_line(f"release {done.name}: {counted(done.files, 'file')}, {done.new:,} new, in {done.where}")


def _site(options: Namespace) -> Path:
    """The folder of the built site, to which no link in the site's folder leads: a branch may have brought one along."""
    from sitegen.storage.output import refuse_links

    refuse_links(options.root, built(options), "the built site")
    return built(options)


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
    print_line(f"release {done.name} is current again: {counted(done.files, 'file')}, in {done.where}")
    if done.before not in ("", done.name):
        say(f"to go forward again: publish {options.target} --release {done.before}")
    return WELL


def _history(options: Namespace) -> int:
    """Print the releases of a target, the latest last, with times in the site's time zone."""
    from sitegen.publish.targets import releases

    zone = _zone_of(options.root)
    found = releases(options.target)
    print_each(
        f"{dt.datetime.fromtimestamp(release.at, zone):%Y-%m-%d %H:%M %Z}  {release.name}{'  current' if release.is_current else ''}"
        for release in found
    )
    if len(found) > 1:
        say(f"to make another one current: publish {options.target} --release NAME")
    return WELL


def _zone_of(root: Path) -> dt.tzinfo:
    """The time zone of the site in a folder; UTC if its settings can't be loaded."""
    from sitegen.model.loading import load_config
    from sitegen.problems.problem import SiteError

    try:
        return load_config(root).time_zone
    except SiteError:
        return dt.UTC


def _archive(options: Namespace) -> int:
    from sitegen.build.options import UNPUBLISHED
    from sitegen.publish.archive import archive
    from sitegen.storage.output import refuse_place

    hint = "name another folder, such as build/release"
    refuse_place(options.root, options.folder, UNPUBLISHED, "the archive's folder", hint)
    return print_each(archive(_site(options), options.folder))


def _hosts(options: Namespace) -> int:
    from sitegen.build.pipeline import with_site
    from sitegen.hosting.headers_and_redirects import hosting_of
    from sitegen.hosting.hosts import HOSTS
    from sitegen.publish.folder import served_folder

    if options.host not in HOSTS:
        say(f"{program()} hosts: '{options.host}' is not one of {', '.join(sorted(HOSTS))}")
        return WRONG_USE
    asked = options_of(options)
    folder = served_folder(options.folder or asked.output.resolve())

    def write(inputs: Inputs, site: Site) -> str:
        hosting = replace(hosting_of(site.library, folder), has_brotli=not options.no_brotli)
        return HOSTS[options.host].write(hosting)

    text = with_site(asked, write)
    print(text, end="")
    return WELL


def _host(parser: ArgumentParser) -> None:
    from sitegen.hosting.hosts import HOSTS

    option("host", f"the server or host: {', '.join(sorted(HOSTS))}", "HOST")(parser)


COMMANDS: Commands = {
    "publish": Command(
        _publish,
        *BUILT,
        option("target", "DIR, git:REPOSITORY#BRANCH or rsync:HOST:DIR", "TARGET"),
        one_of(
            flag("--rollback", "restore the release before the current one"),
            option("--release", "make this release the current one", "NAME"),
            flag("--history", "list the releases with their times of publication"),
        ),
        option("--keep", "number of releases to keep (default: 5); a git branch keeps all", "N", type=count, default=5),
        flag("--drafts", "publish even if it was built with drafts"),
        flag("--pseudo", "publish even if it was built with pseudo-locales"),
        flag("--no-history", "on a git branch: keep only this release"),
    ),
    "archive": Command(_archive, *BUILT, option("folder", "folder for the files", "DIR", type=Path)),
    "hosts": Command(
        _hosts,
        *INPUTS,
        _host,
        option("--folder", "where the site is on the server (default: where it is built)", "DIR", type=Path),
        flag("--no-brotli", "for nginx without the Brotli module"),
    ),
}
