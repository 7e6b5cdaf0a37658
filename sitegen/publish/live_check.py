"""`check --live`: whether a host has what was published: every file, the headers, and what does not exist."""

from __future__ import annotations

import hashlib
import http.client
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain, islice
from urllib.parse import urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from sitegen.hosting.headers_and_redirects import NEGOTIATED, headers_of
from sitegen.hosting.hosts import HOSTS
from sitegen.media.file_types import UNPACKED_BY_HOSTS
from sitegen.model.base_url import PORTS
from sitegen.model.urls import ADMIN, joined, parts_of, url_of_file
from sitegen.problems.problem import Problem, SiteError, first_of_each, refusal
from sitegen.problems.safe_output import shortened, without_secrets
from sitegen.publish.manifest import File, Manifest, problems_of, read_manifest
from sitegen.source.connections import Allowance, ExcessError, connection_to, in_time
from sitegen.source.text import problem_at
from sitegen.storage.output import MANIFEST

#: Requests at once, requests without an answer after which no more are sent, and seconds to wait for an answer.
AT_ONCE = 8
MOST_LOST = 8
PATIENCE = 30
#: The most bytes that a manifest may have: it takes thirty times as much memory to read; and more for each file of ours.
MOST, MOST_FOR_EACH = 12_000_000, 400
#: The most bytes of a file that are compared: the sizes may be the host's own.
MOST_OF_FILE = 4_000_000_000
_PART = 65_536
#: What a host may cost beside its files: bytes that are kept of its words, with as many more for each file; the seconds
#: that all its answers may take beside those in which each may come; and seconds of processor time, with as many more
#: for each answer and each connection. An honest one takes half of these at most, if it closes the connection each time
#: too and has certificates of the dearest kinds (P-384 and P-521).
MOST_KEPT, KEPT_OF_EACH = 20_000_000, 300
IN_ALL = 600
WORK, FOR_ANSWER, FOR_CONNECTION, FOR_SECURE_CONNECTION = 1.0, 0.0006, 0.001, 0.007
#: Characters of an address that leads to a page of the site, or is in a sitemap: more than three times the longest path.
_LONGEST = 5_000
NOT_FOUND = "404.html"
SITEMAP = "sitemap.xml"
INDEX = "index.html"
MOVED, FOUND = (301, 308), 302
_LOCATION = re.compile(rb"<loc>([^<]{1,%d}+)</loc>" % _LONGEST)
_IS_SITEMAP = re.compile(r"(?:^|/)sitemap(?:-\d+)?\.xml\Z")


class Answer(Struct, frozen=True):
    """The answer for an address; `size` and `digest` are those of its body, which is empty unless it is to be kept."""

    status: int
    headers: Mapping[str, str]
    size: int
    digest: str
    body: bytes


class Seen(Struct, frozen=True):
    """What is kept of an answer for a file: what is compared when all of them are there."""

    status: int
    is_whole: bool  #: whether its bytes are those of the file
    encoding: str
    location: str  #: where it leads, if it is a redirect


class Client:
    """Sends requests to one host, in several threads, over connections that stay open until it is closed."""

    def __init__(self, url: str) -> None:
        self.url = without_secrets(url if url.endswith("/") else url + "/")
        self._parts = urlsplit(self.url)
        self._idle: list[http.client.HTTPConnection] = []
        self.allowance = Allowance(MOST_KEPT, IN_ALL, WORK)

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
            ExcessError: the host has used up what it may cost.
        """
        try:
            try:
                return self._ask(path, MOST if most is None else most, is_kept)
            except (TimeoutError, ExcessError):
                raise
            except (OSError, http.client.HTTPException):  # the host may have closed a connection that was open for long
                return self._ask(path, MOST if most is None else most, is_kept)
        except ExcessError:
            raise
        except (OSError, ValueError, http.client.HTTPException) as error:  # ValueError: a chunk of -5 bytes
            reason = shortened(without_secrets(str(error))) or type(error).__name__
            message = f"the host can't be reached: {reason}"
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
        if connection.sock is None:  # hosts may close it after each answer
            self.allowance.extend(work=FOR_SECURE_CONNECTION if self.is_secure else FOR_CONNECTION)
        try:
            with in_time(connection, PATIENCE, self.allowance) as came:
                connection.request("GET", path, headers={"Accept-Encoding": "identity", "Cache-Control": "no-cache"})
                with closing(connection.getresponse()) as answer:  # it may hold what the connection has let go
                    _require_headers(answer.headers)
                    size, digest, body = _read(answer, most, came, is_kept=is_kept)
                    headers = {name.lower(): value for name, value in answer.getheaders()}
                    is_at_end = answer.isclosed()
        except BaseException:
            connection.close()
            raise
        if is_at_end:
            self._idle.append(connection)
        else:
            connection.close()
        return Answer(answer.status, headers, size, digest, body)


def _require_headers(head: http.client.HTTPMessage) -> None:
    """Refuse a line that is no header: the library takes none after it, not even how long the body is, and would wait."""
    rest = head.get_payload()
    if rest and isinstance(rest, str):
        raise http.client.HTTPException(f"among its headers is a line that is none: {rest.splitlines()[0]!r}")


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


class _Survey:
    """Asks a host for the files of a release, in several threads, and keeps what is compared later."""

    def __init__(self, client: Client, wanted: Manifest) -> None:
        self._client, self._wanted = client, wanted
        self.lost: list[Problem] = []  #: the problems of requests without an answer, which may be a few
        #: (header, its right value, the one that was sent) → the files with this difference.
        self.different: dict[tuple[str, str, str], list[str]] = {}

    def ask(self, path: str) -> Seen | None:
        """What is to be compared of the answer for a file; None if there is none.

        Raises:
            SiteError: so many answers were lost that the host is not asked again.
            ExcessError: the host has used up what it may cost.
        """
        file = self._wanted.all[path]
        answer = self._answer(_address(self._client, path, self._wanted), file[0])
        if answer is None:
            return None
        if answer.status == 200 and not path.startswith(ADMIN) and not _is_not_found(path):
            self._compare_headers(path, answer.headers)
        return self._seen(answer, file)

    def _answer(self, address: str, size: int) -> Answer | None:
        if len(self.lost) < MOST_LOST:
            try:
                return self._client.get(address, min(size, MOST_OF_FILE))
            except SiteError as error:
                self.lost += error.problems
                if len(self.lost) < MOST_LOST:
                    return None
        raise SiteError(self.lost)

    def _seen(self, answer: Answer, file: File) -> Seen:
        location = answer.headers.get("location", "") if answer.status in (*MOVED, FOUND) else ""
        encoding = answer.headers.get("content-encoding", "identity").strip().lower()
        kept = location if len(location) <= _LONGEST else shortened(location), shortened(encoding)
        self._client.allowance.spend(kept=sum(map(len, kept)))
        return Seen(answer.status, (answer.size, answer.digest) == file, *reversed(kept))

    def _compare_headers(self, path: str, headers: Mapping[str, str]) -> None:
        for name, value in headers_of(path, is_secure=self._client.is_secure).items():
            found = shortened(headers.get(name.lower(), ""))
            if headers.get(name.lower(), "").lower() not in (value.lower(), NEGOTIATED.get(name, value).lower()):
                if (name, value, found) not in self.different:
                    self._client.allowance.spend(kept=KEPT_OF_EACH + len(found))
                self.different.setdefault((name, value, found), []).append(path)


def check_live(url: str, expected: Manifest | None = None) -> tuple[Manifest, tuple[Problem, ...]]:
    """The manifest of a host, and the problems found there: address, files, then headers.

    Args:
        expected: the manifest of the release that should be there; the host's own if None.

    Raises:
        SiteError: the host can't be reached, does not answer many times, costs too much, or has no manifest.
    """
    with closing(Client(url)) as client:
        try:
            manifest, found = _find_problems(client, expected)
        except ExcessError as error:
            hint = "make it send what was published, and nothing else; or is this another site by now?"
            raise refusal(client.url, "publish", f"the host is not asked any more: {error}", hint) from error
    return manifest, first_of_each(found, client.url)


def _find_problems(client: Client, expected: Manifest | None) -> tuple[Manifest, list[Problem]]:
    manifest = _manifest_of(client, MOST + MOST_FOR_EACH * len(expected.all if expected else ()))
    wanted = expected or manifest
    unsent = {host.file for host in HOSTS.values()}  # hosts read these themselves
    paths = [path for path in wanted.all if path not in unsent and not path.startswith(".")]
    client.allowance.extend(kept=len(paths) * KEPT_OF_EACH, work=len(paths) * FOR_ANSWER)
    survey = _Survey(client, wanted)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found_ones = zip(paths, pool.map(survey.ask, paths), strict=True)
        answers = {path: seen for path, seen in found_ones if seen}
    maps = [path for path in answers if _IS_SITEMAP.search(path)]
    built_for = tuple(_locations(client, wanted, [SITEMAP] if SITEMAP in answers else [], len(maps)))
    client.allowance.spend(kept=sum(map(len, built_for)))
    tops = _tops_of_languages(client, built_for)
    answers = {
        path: _as_published(client, _address(client, path, wanted), path, seen, tops) for path, seen in answers.items()
    }
    pages = _pages(client, wanted, answers, [path for path in maps if path != SITEMAP and answers[path].status == 200])
    missing = {path: answers.pop(path) for path in paths if _is_not_found(path) and path in answers}
    found = [*_told_release(client, manifest, wanted), *_told_address(client, built_for)]
    found += survey.lost
    found += problems_of(_find_wrong(client, built_for, answers, pages), client.url)
    found += _told_headers(client, survey.different)
    found += _told_missing(client, missing)
    return manifest, found


def _told_release(client: Client, manifest: Manifest, wanted: Manifest) -> Iterator[Problem]:
    if manifest.name != wanted.name:
        message = f"the host has release {manifest.name}, not {wanted.name}"
        hint = "publish again, or wait until the host has it everywhere"
        yield problem_at(client.url, "release", message, None, hint)


def _locations(client: Client, wanted: Manifest, maps: Iterable[str], most: int) -> Iterator[str]:
    """The first addresses in sitemaps, or in their index; the host may send other ones when it is asked again."""
    sizes = {url_of_file(client.base_path, path): min(wanted.all[path][0], MOST) for path in maps}
    bodies = (client.get(url, size, is_kept=True).body for url, size in sizes.items())
    return islice(chain.from_iterable(client.allowance.pay_for(_found, body, most) for body in bodies), most)


def _found(sitemap: bytes, most: int) -> list[str]:
    return [found[1].decode("utf-8", "replace") for found in islice(_LOCATION.finditer(sitemap), most)]


def _pages(client: Client, wanted: Manifest, answers: Mapping[str, Seen], maps: Sequence[str]) -> Set[str]:
    """The paths of the pages in the sitemaps of the languages, none of which leads elsewhere."""
    addresses = {url_of_file(client.base_path, path) for path in answers}
    found = _locations(client, wanted, maps, len(addresses))
    return addresses.intersection(client.allowance.pay_for(parts_of, url).path for url in found)


def _told_address(client: Client, built_for: Sequence[str]) -> Iterator[Problem]:
    """Warn if links, feeds and search engines point to another address; the host of one language is right too."""
    if built_for and not any(client.allowance.pay_for(_is_below, url, client.url) for url in built_for):
        scheme, host = built_for[0].partition("//")[0], parts_of(built_for[0]).netloc
        message = f"the site was built for {shortened(f'{scheme}//{host}')}/, not for this address"
        hint = f"set base_url in content/site.yaml, or build with --base-url {client.url}, and publish again"
        yield replace(problem_at(client.url, "release", message, None, hint), severity="warning")


def _is_below(url: str, top: str) -> bool:
    (one, own), (other, path) = ((_host(text), parts_of(text).path) for text in (url, top))
    return one == other and own.startswith(path)


def _host(url: str) -> tuple[str, str | None, int | None]:
    parts = parts_of(url)
    try:
        return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)
    except ValueError:  # a port that is none, in the host's sitemap
        return parts.scheme, parts.hostname, None


def _tops_of_languages(client: Client, built_for: Sequence[str]) -> dict[str, str]:
    """Folder of a language → the top of its host, "" for this host; empty if the site has only one."""
    tops, here = {}, _host(client.url)
    for url in built_for:
        parts = client.allowance.pay_for(parts_of, url)
        is_here = client.allowance.pay_for(_host, url) == here
        tops[parts.path.rpartition("/")[0] + "/"] = "" if is_here else f"{parts.scheme}://{parts.netloc}"
    return tops if len(set(tops.values())) > 1 else {}


def _as_published(client: Client, address: str, path: str, seen: Seen, tops: Mapping[str, str]) -> Seen:
    """An answer; for a redirect of a page to the host of its language, or of `/` to a language of this host, the page's."""
    if path == INDEX and seen.status == FOUND and tops.get(seen.location) == "":
        return Seen(200, True, "identity", "")
    top = tops.get(f"{client.base_path}{path.partition('/')[0]}/")
    if top and seen.status in MOVED and address.endswith("/") and seen.location == top + address:
        return Seen(404 if _is_not_found(path) else 200, True, "identity", "")
    return seen


def _manifest_of(client: Client, most: int) -> Manifest:
    answer = client.get(client.base_path + MANIFEST, most, is_kept=True)
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
    client: Client, built_for: Sequence[str], answers: Mapping[str, Seen], pages: Container[str]
) -> dict[str, str]:
    """Path → what is wrong with a file; the host may redirect an old address itself, instead of serving its page.

    Args:
        built_for: the addresses of the site, as its sitemap tells them.
        pages: the paths of pages, which are no old addresses.
    """
    sent = {url_of_file(client.base_path, path) for path, answer in answers.items() if answer.status == 200}
    hosts = frozenset(client.allowance.pay_for(_host, top) for top in (client.url, *built_for))
    wrong = {}
    for path, answer in answers.items():
        if answer.status in MOVED:
            is_page = ".html" not in path.rpartition("/")[2] or url_of_file(client.base_path, path) in pages
            if is_page or not client.allowance.pay_for(_is_sent, client.url, answer.location, sent, hosts):
                wrong[path] = f"not sent: the host redirects to '{shortened(answer.location)}'"
        elif answer.status != 200:
            wrong[path] = f"not sent: the host answers {answer.status}"
        elif not answer.is_whole:
            wrong[path] = "changed"
        elif answer.encoding != "identity" and not path.endswith(UNPACKED_BY_HOSTS):
            wrong[path] = f"sent as '{answer.encoding}', which it isn't: browsers can't read it"
    return wrong


def _is_sent(
    top: str, location: str, sent: Container[str], hosts: Container[tuple[str, str | None, int | None]]
) -> bool:
    target = joined(top, location)
    return parts_of(target).path in sent and _host(target) in hosts


def _told_headers(client: Client, different: Mapping[tuple[str, str, str], Sequence[str]]) -> Iterator[Problem]:
    """Report each header that differs from the table of `hosts`, once for all files with the same difference."""
    for (name, value, found), paths in sorted(different.items()):
        where = client.url.rstrip("/") + url_of_file("/", min(paths))
        others = f" (as of {len(paths) - 1} more files)" if len(paths) > 1 else ""
        message = f"the header {name} is '{found}'{others}" if found else f"there is no header {name}{others}"
        hint = f"make the host send {name}: {value}; see `python build.py hosts`"
        yield problem_at(where, "hosting", message, None, hint)


def _told_missing(client: Client, answers: Mapping[str, Seen]) -> Iterator[Problem]:
    """Report wrong answers for addresses that do not exist."""
    for path, answer in answers.items():
        where = client.url + path.removesuffix(NOT_FOUND)
        hint = f"make the host answer with {path}; see `python build.py hosts`"
        message = ""
        if answer.status != 404:
            message = f"an address that does not exist is answered with {answer.status}, not 404"
        elif not answer.is_whole:
            message = "an address that does not exist does not get its language's own page"
        if message:
            yield problem_at(where, "hosting", message, None, hint)
