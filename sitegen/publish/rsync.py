"""Publication to a folder of another machine over SSH: laid out like a local folder, filled by rsync.

Files are sent to a folder that nobody reads; the host itself then compares every file with the manifest, and only then
switches `current`. `RSYNC_RSH` names another program than ssh, or its options, for rsync and for our scripts.
"""

from __future__ import annotations

import os
import posixpath
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from sitegen.problems.problem import SiteError, refusal
from sitegen.problems.safe_output import shortened
from sitegen.publish.folder import (
    FOREIGN_HINT,
    HISTORY,
    LOCK,
    NO_HOME,
    NO_HOME_HINT,
    STAGE,
    Published,
    Release,
    no_such_release,
)
from sitegen.publish.manifest import File, Manifest, read_manifest, sums_of
from sitegen.publish.programs import TooMuchError, run_program
from sitegen.source.file_writing import writing
from sitegen.source.files import reason_of
from sitegen.storage.output import CURRENT, MANIFEST, MARKER, PUBLISHED, RELEASES, UNFINISHED, WHOLE, within
from sitegen.storage.temporary_folder import temporary_folder

SHELL = "ssh -o BatchMode=yes -o ConnectTimeout=20"
#: Seconds to wait for the host to answer.
PATIENCE = 120

#: Exit statuses of the host: the folder is in use; there is nothing to bring back; the folder is not ours, or is in one
#: that holds a site.
_BUSY, _NOTHING, _FOREIGN, _WITHIN = 75, 76, 77, 78

#: The line after which the answer begins: a host may greet whoever logs in.
_ANSWER = "sitegen answers:"
#: A line of the list of releases.
_ROW = re.compile(r"([0-9]{1,12}) ([0-9a-f]{16})( current)?")
#: What the host does, as functions of its shell, and the variables that they all use.
_FUNCTIONS = Path(__file__).with_name("on_the_host.sh").read_text(encoding="utf-8")
_NAMES = {
    "releases": RELEASES,
    "current": CURRENT,
    "history": HISTORY,
    "lock": LOCK,
    "marker": MARKER,
    "published": PUBLISHED.rstrip("\n"),
    "built": WHOLE.rstrip("\n"),
    "unfinished": UNFINISHED.rstrip("\n"),
    "manifest": MANIFEST,
    "prefix": STAGE,
    "busy": str(_BUSY),
    "nothing": str(_NOTHING),
    "not_ours": str(_FOREIGN),
    "within": str(_WITHIN),
}


#: A host given by its IPv6 address, which rsync takes in brackets and ssh without, and the folder.
_IPV6 = re.compile(r"((?:[^@:/\[\]]+@)?\[[0-9A-Fa-f:.]+(?:%[\w.-]+)?\]):(.*)")
_NO_BRACKETS = {ord("["): None, ord("]"): None}


class Host(Struct, frozen=True):
    """A folder of a host, given as `HOST:DIR`."""

    name: str
    root: str

    @classmethod
    def of(cls, place: str) -> Host:
        """Parse `HOST:DIR`.

        Raises:
            SiteError: the folder is missing, the whole disk or the home folder, or the host would be an option.
        """
        found = _IPV6.match(place)
        name, root = found.groups() if found else (place.partition(":")[0], place.partition(":")[2])
        host = cls(name, root.removeprefix("~/"))  # relative paths begin there
        if not root or not name or name.startswith("-") or (name.startswith("[") and not found):
            raise host.refusal("this names no folder of a host", "name it as rsync:HOST:DIR")
        if not posixpath.normpath(host.root).strip("/.~"):
            raise host.refusal("releases have a folder of their own", "name one as rsync:HOST:DIR")
        if re.search(
            r"[^./][^/]*/+(?:[^/]*/+)*\.\.(?:/|\Z)", host.root
        ):  # after a link, a shell and rsync go elsewhere
            raise host.refusal("'..' follows a folder in the path", "name the whole path of the folder")
        if host.root.startswith("~"):
            raise host.refusal(NO_HOME, NO_HOME_HINT)
        return host

    def run(self, function: str, given: str = "", **variables: str) -> str:
        """Call a function of `on_the_host.sh` there and return its output.

        Raises:
            SiteError: the host can't be reached, or the function fails.
        """
        values = {"root": posixpath.join(".", self.root), **_NAMES, **variables}
        words = [f"{name}={shlex.quote(value)}" for name, value in values.items()]
        script = "\n".join([f"echo {_ANSWER}", "set -eu", "umask 022", *words, _FUNCTIONS, function])
        done = self._attempt([*shlex.split(_shell()), self.name.translate(_NO_BRACKETS), script], given.encode())
        if done.returncode == _BUSY:
            raise self.refusal("another publication is running here", "run this again when it has finished")
        if done.returncode == _NOTHING:
            raise self.refusal(no_such_release(variables.get("wanted", "")), "publish the site that you want")
        if done.returncode in (_FOREIGN, _WITHIN):
            strange = shortened((done.stdout.decode(errors="replace").strip().splitlines() or [self.root])[-1])
            is_foreign = done.returncode == _FOREIGN
            message = (
                f"{strange} was not made by `publish`" if is_foreign else within("the folder to publish to", strange)
            )
            raise self.refusal(message, FOREIGN_HINT)
        _, is_asked, answer = self._told(done).partition(f"{_ANSWER}\n")
        if not is_asked:
            raise self.odd_answer()
        return answer

    def odd_answer(self) -> SiteError:
        """The problem of a host that doesn't do what it is asked to."""
        return self.refusal("the host answers otherwise than a shell", "log in to it and see what it says")

    def send(self, sources: list[Path], stage: str, kept: Path) -> int:
        """Make a folder on the host match folders here; return how many files were sent.

        Files that the current release has are linked on the host's disk, not sent.

        Args:
            kept: a file with patterns for files that stay there although they are not here.
        """
        options = [
            "--recursive", "--checksum", "--links", "--delete", "--perms", "--chmod=D755,F644", "--itemize-changes",
            f"--exclude=/{MARKER}", f"--exclude-from={kept}", f"--link-dest=../../{CURRENT}/", "--protect-args",
            f"--timeout={PATIENCE}",
        ]  # fmt: skip
        command = ["rsync", *options, "-e", _shell(), *(f"{source}/" for source in sources)]
        told = self._told(self._attempt([*command, f"{self.name}:{self.root}/{stage}/"]))
        return sum(line.startswith("<f") and not line.endswith(f" {MANIFEST}") for line in told.split("\n"))

    def _attempt(self, command: list[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        try:
            return run_program(command, given)
        except TooMuchError as error:
            raise self.odd_answer() from error
        except OSError as error:
            hint = f"install {command[0]} on this machine"
            raise self.refusal(f"{command[0]}: {reason_of(error)}", hint) from error

    def _told(self, done: subprocess.CompletedProcess[bytes]) -> str:
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["the host has closed the connection"]
            hint = "what was published before is still online; check that the host can be reached and written to"
            raise self.refusal(shortened(lines[0]), hint)
        return done.stdout.decode(errors="replace")

    def refusal(self, message: str, hint: str) -> SiteError:
        """The problem of a folder that can't be published to."""
        return refusal(f"{self.name}:{self.root}", "publish", message, hint)


def _shell() -> str:
    return os.environ.get("RSYNC_RSH", SHELL)


def publish_to_host(site: Path, manifest: Manifest, place: str, keep: int) -> Published:
    """Make a built site the current release of a host's folder; `keep` releases stay, including the current one.

    Raises:
        SiteError: the host can't be reached or written, or what it received is damaged; the current release stays.
    """
    host = Host.of(place)
    stage, _, before = host.run("prepare", name=manifest.name).partition("\n")
    known = _known(before)
    whole = manifest.after(
        known, lambda paths: _right(host, {path: known.all[path] for path in paths} if known else {})
    )
    with temporary_folder() as temporary:
        extra, kept = temporary / "extra", temporary / "kept"
        with writing(temporary, "a temporary file"):
            extra.mkdir(mode=0o755)
            (extra / MANIFEST).write_bytes(whole.as_json())
            kept.write_text("".join(f"/{_literal(path)}\n" for path in whole.kept), encoding="utf-8")
        new = host.send([site.resolve(), extra], stage, kept)
    _switch(host, whole, stage, keep=str(keep), kept="\n".join(whole.kept))
    return Published(manifest.name, len(whole.all), new, f"{place}/{CURRENT}")


def list_host(place: str) -> list[Release]:
    """The existing releases, in the order in which they were published."""
    host = Host.of(place)
    rows = [_ROW.fullmatch(line.rstrip()) for line in host.run("list").split("\n") if line]
    if None in rows:
        raise host.odd_answer()
    return [Release(row[2], float(row[1]), bool(row[3])) for row in rows if row is not None]


def roll_back_host(place: str, wanted: str = "") -> Published:
    """Make a release current: the one published before the current one, or the one with the name `wanted`.

    Raises:
        SiteError: there is no such release, it is damaged, or the host can't be reached; the current release stays.
    """
    host = Host.of(place)
    now, _, rest = host.run("earlier", wanted=wanted).partition("\n")
    stage, _, manifest = rest.partition("\n")
    whole = read_manifest(manifest.encode(), where := f"{place}/{stage}/{MANIFEST}")
    if stage != f"{RELEASES}/{whole.name}":
        raise refusal(where, "release", "the manifest is of another release", "publish the site that you want")
    _switch(host, whole, stage, keep="", kept="")
    return Published(whole.name, len(whole.all), 0, f"{place}/{CURRENT}", now)


def _switch(host: Host, whole: Manifest, stage: str, *, keep: str, kept: str) -> None:
    values = {"name": whole.name, "stage": stage, "count": str(len(whole.all) + 1), "keep": keep, "kept": kept}
    host.run("switch", given=whole.all_sums, **values)


def _known(content: str) -> Manifest | None:
    """The manifest of the current release; None if there is none or it is damaged."""
    try:
        return read_manifest(content.encode(), MANIFEST) if content else None
    except SiteError:
        return None


def _right(host: Host, files: Mapping[str, File]) -> dict[str, File]:
    """Those of some files that the current release has as they are given."""
    return {path: files[path] for path in host.run("right", given=sums_of(files)).split("\n") if path in files}


def _literal(path: str) -> str:
    """A path as an rsync pattern that matches only this path."""
    return re.sub(r"([\\*?\[])", r"\\\1", path)
