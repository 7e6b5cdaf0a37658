"""`check --live`: whether a host has what was published: every file, the headers, and what does not exist."""

from __future__ import annotations

import hashlib
import http.client
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from urllib.parse import urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from sitegen.hosting.headers_and_redirects import ADMIN, NEGOTIATED, headers_of
from sitegen.hosting.hosts import HOSTS
from sitegen.model.urls import parts_of, url_of_file
from sitegen.problems.problem import Problem, SiteError, refusal
from sitegen.problems.safe_output import without_secrets
from sitegen.publish.manifest import Manifest, problems_of, read_manifest
from sitegen.source.connections import connection_to, in_time
from sitegen.source.text import problem_at
from sitegen.storage.output import MANIFEST

#: Requests at once, requests without an answer after which no more are sent, and seconds to wait for an answer.
AT_ONCE = 8
MOST_LOST = 8
PATIENCE = 30
#: The most bytes that a manifest may have.
MOST = 30_000_000
#: The most bytes of a file that are compared: the sizes may be the host's own.
MOST_OF_FILE = 4_000_000_000
_PART = 65_536
NOT_FOUND = "404.html"
SITEMAP = "sitemap.xml"
MOVED = (301, 308)
#: Endings of files that a host may rightly name as compressed.
PACKED = (".br", ".gz")
_LOCATION = re.compile(r"<loc>([^<]+)</loc>")
_PORTS = {"http": 80, "https": 443}


class Answer(Struct, frozen=True):
    """The answer for an address; `size` and `digest` are those of its body, which is empty unless it is to be kept."""

    status: int
    headers: Mapping[str, str]
    size: int
    digest: str
    body: bytes


class Client:
    """Sends requests to one host, in several threads, over connections that stay open until it is closed."""

    def __init__(self, url: str) -> None:
        self.url = without_secrets(url if url.endswith("/") else url + "/")
        self._parts = urlsplit(self.url)
        self._idle: list[http.client.HTTPConnection] = []

    @property
    def base_path(self) -> str:
        return self._parts.path

    @property
    def is_secure(self) -> bool:
        return self._parts.scheme == "https"

    def get(self, path: str, most: int | None = None, *, is_kept: bool = False) -> Answer:
        """Request a path of the host; the body is cut after `most` bytes, by default the most that a manifest may have.

        Args:
            is_kept: whether to keep the body, and not only its digest.

        Raises:
            SiteError: there is no answer, or none in time.
        """
        try:
            try:
                return self._ask(path, MOST if most is None else most, is_kept)
            except TimeoutError:
                raise
            except (OSError, http.client.HTTPException):  # the host may have closed a connection that was open for long
                return self._ask(path, MOST if most is None else most, is_kept)
        except (OSError, ValueError, http.client.HTTPException) as error:  # ValueError: a chunk of -5 bytes
            message = f"the host can't be reached: {without_secrets(str(error)) or type(error).__name__}"
            raise refusal(
                urljoin(self.url, path), "publish", message, "check that the address is right and the host is up"
            ) from error

    def close(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop().close()

    def _ask(self, path: str, most: int, is_kept: bool) -> Answer:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = connection_to(self.url, PATIENCE)
        try:
            with in_time(connection, PATIENCE) as came:
                connection.request("GET", path, headers={"Accept-Encoding": "identity", "Cache-Control": "no-cache"})
                answer = connection.getresponse()
                size, digest, body = _read(answer, most, came, is_kept=is_kept)
        except BaseException:
            connection.close()
            raise
        if answer.isclosed():
            self._idle.append(connection)
        else:
            connection.close()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, size, digest, body)


def _read(
    answer: http.client.HTTPResponse, most: int, came: Callable[[int], None], *, is_kept: bool
) -> tuple[int, str, bytes]:
    """Size and digest of a body, and the body itself if it is kept; otherwise only a part at a time is in memory."""
    digest, size, parts = hashlib.sha256(), 0, []
    while size <= most and (part := answer.read(min(_PART, most + 1 - size))):
        digest.update(part)
        size += len(part)
        came(len(part))
        if is_kept:
            parts.append(part)
    return size, digest.hexdigest(), b"".join(parts)


def check_live(url: str, expected: Manifest | None = None) -> tuple[Manifest, tuple[Problem, ...]]:
    """The manifest of a host, and the problems found there: address, files, then headers.

    Args:
        expected: the manifest of the release that should be there; the host's own if None.

    Raises:
        SiteError: the host can't be reached, does not answer many times, or has no manifest.
    """
    lost: list[Problem] = []
    with closing(Client(url)) as client:
        manifest = _manifest_of(client)
        wanted = expected or manifest
        unsent = {host.file for host in HOSTS.values()}  # hosts read these themselves
        paths = [path for path in wanted.all if path not in unsent and not path.startswith(".")]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            asked = [_address(client, path, wanted) for path in paths]
            sizes = [min(wanted.all[path][0], MOST_OF_FILE) for path in paths]
            found_ones = zip(paths, pool.map(partial(_ask, client, lost), asked, sizes), strict=True)
            answers = {path: answer for path, answer in found_ones if answer}
        built_for = _built_for(client) if SITEMAP in answers else ()
        pages = _pages(client, answers)
    missing = {path: answers.pop(path) for path in paths if _is_not_found(path) and path in answers}
    found = [*_told_release(client, manifest, wanted), *_told_address(client, built_for)]
    found += lost
    found += problems_of(_find_wrong((client.url, *built_for), client.base_path, answers, wanted, pages), client.url)
    found += _told_headers(client, answers)
    found += _told_missing(client, missing, wanted)
    return manifest, tuple(found)


def _ask(client: Client, lost: list[Problem], path: str, most: int) -> Answer | None:
    """The answer for a path; None if there is none, which is then among the lost ones, of which there may be a few.

    Raises:
        SiteError: so many answers were lost that the host is not asked again.
    """
    if len(lost) < MOST_LOST:
        try:
            return client.get(path, most)
        except SiteError as error:
            lost += error.problems
            if len(lost) < MOST_LOST:
                return None
    raise SiteError(lost)


def _told_release(client: Client, manifest: Manifest, wanted: Manifest) -> Iterator[Problem]:
    if manifest.name != wanted.name:
        message = f"the host has release {manifest.name}, not {wanted.name}"
        hint = "publish again, or wait until the host has it everywhere"
        yield problem_at(client.url, "release", message, None, hint)


def _built_for(client: Client) -> tuple[str, ...]:
    """The addresses in the sitemap index: those that the site was built for."""
    body = client.get(client.base_path + SITEMAP, is_kept=True).body
    return tuple(_LOCATION.findall(body.decode("utf-8", "replace")))


def _pages(client: Client, answers: Mapping[str, Answer]) -> Set[str]:
    """The paths of the pages in the sitemaps of the languages, none of which leads elsewhere."""
    maps = [path for path, answer in answers.items() if path.endswith(f"/{SITEMAP}") and answer.status == 200]
    texts = (client.get(url_of_file(client.base_path, path), is_kept=True).body for path in maps)
    return {parts_of(url).path for text in texts for url in _LOCATION.findall(text.decode("utf-8", "replace"))}


def _told_address(client: Client, built_for: Sequence[str]) -> Iterator[Problem]:
    """Warn if links, feeds and search engines point to another address; the host of one language is right too."""
    if built_for and not any(_is_below(url, client.url) for url in built_for):
        message = f"the site was built for {built_for[0].partition('//')[0]}//{parts_of(built_for[0]).netloc}/, not for this address"
        hint = f"set base_url in content/site.yaml, or build with --base-url {client.url}, and publish again"
        yield replace(problem_at(client.url, "release", message, None, hint), severity="warning")


def _is_below(url: str, top: str) -> bool:
    (one, own), (other, path) = ((_host(text), parts_of(text).path) for text in (url, top))
    return one == other and own.startswith(path)


def _host(url: str) -> tuple[str, str | None, int | None]:
    parts = parts_of(url)
    try:
        return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:  # a port that is none, in the host's sitemap
        return parts.scheme, parts.hostname, None


def _manifest_of(client: Client) -> Manifest:
    answer = client.get(client.base_path + MANIFEST, is_kept=True)
    if answer.status != 200:
        message = f"the host has no manifest: it answers {answer.status}"
        raise refusal(client.url + MANIFEST, "release", message, "publish the site with `publish`")
    return read_manifest(answer.body, client.url + MANIFEST)


def _is_not_found(path: str) -> bool:
    return path.rpartition("/")[2] == NOT_FOUND


def _address(client: Client, path: str, manifest: Manifest) -> str:
    """The address to request for a file; for a 404 page, an address beside it that does not exist."""
    if _is_not_found(path):
        return url_of_file(client.base_path, path.removesuffix(NOT_FOUND)) + f"nowhere-{manifest.name}/"
    return url_of_file(client.base_path, path)


def _find_wrong(
    tops: Sequence[str], base_path: str, answers: Mapping[str, Answer], wanted: Manifest, pages: Container[str]
) -> dict[str, str]:
    """Path → what is wrong with a file; the host may redirect an old address itself, instead of serving its page.

    Args:
        tops: the addresses of the site; one of them is the host's.
        pages: the paths of pages, which are no old addresses.
    """
    sent = {url_of_file(base_path, path) for path, answer in answers.items() if answer.status == 200}
    wrong = {}
    for path, answer in answers.items():
        encoding = answer.headers.get("content-encoding", "identity").strip().lower()
        if answer.status in MOVED:
            is_page = ".html" not in path.rpartition("/")[2] or url_of_file(base_path, path) in pages
            if is_page or not _leads_to_page(answer, tops, sent):
                wrong[path] = f"not sent: the host redirects to '{answer.headers.get('location', '')}'"
        elif answer.status != 200:
            wrong[path] = f"not sent: the host answers {answer.status}"
        elif (answer.size, answer.digest) != wanted.all[path]:
            wrong[path] = "changed"
        elif encoding != "identity" and not path.endswith(PACKED):
            wrong[path] = f"sent as '{encoding}', which it isn't: browsers can't read it"
    return wrong


def _leads_to_page(answer: Answer, tops: Sequence[str], sent: Container[str]) -> bool:
    """Whether a redirect leads to an address that the host sends, and to no other site."""
    location = urljoin(tops[0], answer.headers.get("location", ""))
    return parts_of(location).path in sent and any(_host(location) == _host(top) for top in tops)


def _told_headers(client: Client, answers: Mapping[str, Answer]) -> Iterator[Problem]:
    """Report each header that differs from the table of `hosts`, once for all files with the same difference."""
    different: dict[tuple[str, str, str], list[str]] = {}
    for path, answer in answers.items():
        for name, value in headers_of(path, is_secure=client.is_secure).items() if not path.startswith(ADMIN) else ():
            found = answer.headers.get(name.lower(), "")
            if answer.status == 200 and found.lower() not in (value.lower(), NEGOTIATED.get(name, value).lower()):
                different.setdefault((name, value, found), []).append(path)
    for (name, value, found), paths in different.items():
        where = client.url.rstrip("/") + url_of_file("/", paths[0])
        others = f" (as of {len(paths) - 1} more files)" if len(paths) > 1 else ""
        message = f"the header {name} is '{found}'{others}" if found else f"there is no header {name}{others}"
        hint = f"make the host send {name}: {value}; see `python build.py hosts`"
        yield problem_at(where, "hosting", message, None, hint)


def _told_missing(client: Client, answers: Mapping[str, Answer], wanted: Manifest) -> Iterator[Problem]:
    """Report wrong answers for addresses that do not exist."""
    for path, answer in answers.items():
        where = client.url + path.removesuffix(NOT_FOUND)
        hint = f"make the host answer with {path}; see `python build.py hosts`"
        message = ""
        if answer.status != 404:
            message = f"an address that does not exist is answered with {answer.status}, not 404"
        elif (answer.size, answer.digest) != wanted.all[path]:
            message = "an address that does not exist does not get its language's own page"
        if message:
            yield problem_at(where, "hosting", message, None, hint)
