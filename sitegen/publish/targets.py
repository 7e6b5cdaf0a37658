"""`publish`: puts a built site where a server reads it, completely or not at all.

`TARGETS` is the table of places. Nothing is built here: what is published is what was built and tested.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from sitegen.problems.problem import listing, refusal
from sitegen.publish.folder import (
    NO_HOME,
    NO_HOME_HINT,
    Published,
    Release,
    list_folder,
    publish_to_folder,
    roll_back_folder,
)
from sitegen.publish.git_branch import list_branch, publish_to_branch, roll_back_branch
from sitegen.publish.manifest import Manifest, manifest_of
from sitegen.publish.rsync import list_host, publish_to_host, roll_back_host

#: The number of releases that stay in a folder, for `--rollback`.
KEEP = 5


class How(Struct, frozen=True):
    """Options of a publication: how many releases stay in a folder, and whether a branch keeps older ones."""

    keep: int = KEEP
    has_history: bool = True


class Target(Struct, frozen=True):
    """A kind of place: its form, and how to publish there, restore a release, and list the releases."""

    form: str
    publish: Callable[[Path, Manifest, str, How], Published]
    roll_back: Callable[[str, str], Published]
    releases: Callable[[str], list[Release]]


#: What is taken for the name of a kind of place before a colon, and for no folder; one letter is a drive of Windows.
_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]+")
#: The word before the colon → the kind of place.
TARGETS: dict[str, Target] = {
    "folder": Target(
        "folder:DIR",
        lambda site, manifest, place, how: publish_to_folder(site, manifest, Path(place), how.keep),
        lambda place, wanted: roll_back_folder(Path(place), wanted),
        lambda place: list_folder(Path(place)),
    ),
    "git": Target(
        "git:REPOSITORY#BRANCH",
        lambda site, manifest, place, how: publish_to_branch(site, manifest, place, how.has_history),
        roll_back_branch,
        list_branch,
    ),
    "rsync": Target(
        "rsync:HOST:DIR",
        lambda site, manifest, place, how: publish_to_host(site, manifest, place, how.keep),
        roll_back_host,
        list_host,
    ),
}


def publish(site: Path, target: str, how: How) -> Published:
    """Publish the built site of a folder.

    Raises:
        SiteError: the folder has no complete built site, or it can't be published; what was published before stays.
    """
    kind, place = _read_target(target)
    return kind.publish(site, manifest_of(site), place, how)


def roll_back(target: str, wanted: str | None = None) -> Published:
    """Bring back the release before the current one, or the one with the name `wanted`.

    Raises:
        SiteError: there is no such release, or it can't be restored; what was published is unchanged.
    """
    kind, place = _read_target(target)
    if wanted == "":
        raise refusal(target, "publish", "the name of the release is empty", f"`publish {target} --history` lists them")
    return kind.roll_back(place, wanted or "")


def releases(target: str) -> list[Release]:
    """The releases that can be restored, in the order in which they were published.

    Raises:
        SiteError: the place can't be read.
    """
    kind, place = _read_target(target)
    return kind.releases(place)


def folder_of(target: str) -> Path | None:
    """The folder of this machine that a target names; None for another kind of place."""
    kind, place = _read_target(target)
    return Path(place) if kind is TARGETS["folder"] else None


def _read_target(target: str) -> tuple[Target, str]:
    word, colon, place = target.partition(":")
    if not _SCHEME.fullmatch(word) or not colon:
        word, place = "folder", target
    if word not in TARGETS or not place.strip():
        forms = listing(kind.form for kind in TARGETS.values())
        raise refusal(target, "publish", "this is not a place to publish to", f"name one as {forms}")
    return TARGETS[word], _at_home(place) if word == "folder" else place


def _at_home(place: str) -> str:
    """A folder with the path of the home folder that a shell would have put for its first part, but for the colon."""
    try:
        return str(Path(place).expanduser())
    except RuntimeError as error:
        raise refusal(place, "publish", NO_HOME, NO_HOME_HINT) from error
