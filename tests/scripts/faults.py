"""kill -9 at random moments of build and of publish, while a client reads: what it gets, and what the next run makes.

Every fourth moment is aimed at the few milliseconds in which a build puts its files in place.

usage: python tests/scripts/faults.py [MOMENTS [SEED]]      default: 200 moments, seed 1
"""

from __future__ import annotations

import hashlib
import http.server
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from sitegen.problems.problem import SiteError
from sitegen.publish.manifest import Manifest, find_wrong, manifest_of, read_files
from sitegen.storage.output import find_marker, list_files

#: Pages of the site that is built, in each of two languages: enough for more than one process.
PAGES = 60
SITE = "title: {en: Site, fr: Site}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: fr}]\n"
TEMPLATE = '<link href="{{ asset("site.css") }}"><h1>{{ page.title|words }}</h1>{{ page.content }}<p>end'


@dataclass
class Site:
    """A site that changes from version to version, and what each version is."""

    root: Path
    versions: dict[str, Manifest] = field(default_factory=dict)

    @property
    def public(self) -> Path:
        return self.root / "public"

    @property
    def host(self) -> Path:
        return self.root / "host"

    def write(self, version: int) -> None:
        """Make every page, and the style sheet, of a version."""
        files = {
            "content/site.yaml": SITE,
            "content/kinds.yaml": "page: {template: page.html}\n",
            "templates/page.html": TEMPLATE,
            "static/assets/site.css": f"p {{order: {version}}}",
        }
        for number in range(PAGES):
            path = f"content/p{number}/index.en.md" if number else "content/index.en.md"
            files[path] = f"---\ntitle: Page {number} of version {version}\n---\n" + f"Version {version}\n\n" * 200
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")

    def command(self, *words: str) -> list[str]:
        """A command of the generator for this site."""
        return [sys.executable, str(REPOSITORY / "build.py"), *words, "--root", str(self.root)]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(self.command(*words), capture_output=True, text=True)

    def must(self, *words: str) -> None:
        """Run a command that has to succeed."""
        done = self.run(*words)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"

    def kill(self, seconds: float | None, *words: str) -> bool:
        """Run a command and kill all its processes after so long, or while files are put in place; whether it still ran."""
        process = subprocess.Popen(
            self.command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        start = time.monotonic()
        while process.poll() is None:
            is_time = time.monotonic() - start >= seconds if seconds is not None else not find_marker(self.public)
            if is_time:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return True
            time.sleep(0.0002)
        return False

    def remember(self) -> Manifest:
        """Take what is built as a version."""
        manifest = manifest_of(self.public)
        self.versions[manifest.name] = manifest
        return manifest

    def has(self, path: str, digest: str) -> bool:
        """Whether a version has a file of these bytes."""
        return any(manifest.files.get(path, (0, ""))[1] == digest for manifest in self.versions.values())


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves what `current` leads to."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        pass


@dataclass
class Reader:
    """A client that reads pages and what they need continuously.

    Attributes:
        responses: how many answers it got.
        wrong: what was not whole, or of no release.
    """

    site: Site
    responses: int = 0
    wrong: list[str] = field(default_factory=list)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read until the end of the block."""
        handler = partial(Quiet, directory=str(self.site.host / "current"))
        stop = threading.Event()
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            client = threading.Thread(target=self._read, args=(f"http://127.0.0.1:{server.server_port}/", stop))
            client.start()
            try:
                yield
            finally:
                stop.set()
                client.join()
                server.shutdown()

    def _read(self, address: str, stop: threading.Event) -> None:
        chance = random.Random(0)
        while not stop.wait(0.002):  # a reader that never rests would take the processor that is being tested
            number = chance.randrange(PAGES)
            body = self._get(address, f"en/p{number}/index.html" if number else "en/index.html")
            for path in re.findall(rb'href="/(assets/[^"]+)"', body):
                self._get(address, path.decode())

    def _get(self, address: str, path: str) -> bytes:
        try:
            with urllib.request.urlopen(address + path, timeout=30) as answer:
                body: bytes = answer.read()
                whole = len(body) == int(answer.headers["Content-Length"])
        except (OSError, urllib.error.HTTPError) as error:
            self.wrong.append(f"{path}: {error}")
            return b""
        self.responses += 1
        if not whole or not self.site.has(path, hashlib.sha256(body).hexdigest()):
            self.wrong.append(f"{path}: {len(body)} bytes of no release")
        return body


@dataclass
class Outcome:
    """The results of all moments: how often the process was killed while at work, and how often it was refused."""

    killed: int = 0
    refused: int = 0
    responses: int = 0


def _seconds(site: Site, *words: str) -> float:
    start = time.monotonic()
    site.must(*words)
    return time.monotonic() - start


def try_moments(root: Path, moments: int, seed: int) -> Outcome:
    """Kill a build or a publication at each moment, run it again, and compare everything.

    Raises:
        AssertionError: a reader got an incomplete file, or the next run did not repair the site.
    """
    chance, site, outcome = random.Random(seed), Site(root), Outcome()
    site.write(0)
    building = _seconds(site, "build")
    site.remember()
    publishing = _seconds(site, "publish", str(site.host))
    reader = Reader(site)
    with reader.reading():
        for moment in range(moments):
            if moment % 2 == 0:
                seconds = chance.uniform(0.05, building) if moment % 4 else None
                outcome.killed += _kill_build(site, moment + 1, seconds, outcome)
            else:
                outcome.killed += _kill_publish(site, moment + 1, chance.uniform(0.05, publishing))
    outcome.responses = reader.responses
    assert not reader.wrong, reader.wrong[:5]
    assert reader.responses > moments
    return outcome


def _kill_build(site: Site, version: int, seconds: float | None, outcome: Outcome) -> bool:
    """An interrupted build leaves complete files; they are only published if they are one site."""
    before = manifest_of(site.public)
    site.write(version)
    killed = site.kill(seconds, "build")
    left = read_files(site.public, list_files(site.public))
    with suppress(SiteError):  # cut short after its last step
        site.remember()
    told = site.run("publish", str(site.host))
    site.must("build")
    manifest = site.remember()
    assert all(site.has(path, digest) for path, (_, digest) in left.items() if not path.startswith(".sitegen"))
    assert told.returncode == 1 or _published(site) in (before.name, manifest.name)
    outcome.refused += told.returncode == 1
    return killed


def _kill_publish(site: Site, version: int, seconds: float) -> bool:
    """An interrupted publication leaves a complete release; the next one makes the new release current."""
    site.write(version)
    site.must("build")
    manifest = site.remember()
    killed = site.kill(seconds, "publish", str(site.host))
    assert is_whole(site.versions[_published(site)], site.host / "current")
    site.must("publish", str(site.host))
    assert _published(site) == manifest.name
    assert not [path for path in (site.host / "releases").iterdir() if path.name.startswith(".")]
    return killed


def is_whole(manifest: Manifest, folder: Path) -> bool:
    """Whether a release is there, apart from style sheets for open pages of the previous one."""
    return {*find_wrong(manifest, folder).values()} <= {"not part of it"}


def _published(site: Site) -> str:
    return (site.host / "current").readlink().name


def main(moments: int, seed: int) -> None:
    """Try all moments and print the results."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        outcome = try_moments(Path(folder), moments, seed)
    print(
        f"{moments} moments: {outcome.killed} killed at work, {outcome.refused} half-built sites refused, "
        f"{outcome.responses} responses, each whole and of one release"
    )


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(*(numbers + [200, 1][len(numbers) :]))
