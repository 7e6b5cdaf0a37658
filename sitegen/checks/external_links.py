"""`check --external`: whether the addresses of other sites that pages link to still answer; never part of a build.

Each address is asked once, hosts side by side and the addresses of one host one after another. What answered well is not
asked again for a week; what did not is asked each time, and how often in a row it has been dead is remembered.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from sitegen.library.library import Library
from sitegen.model.fields import Group
from sitegen.model.urls import parts_of
from sitegen.model.values import Destination, Document
from sitegen.problems.problem import Problem
from sitegen.source.connections import in_time
from sitegen.source.files import replace_files
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

#: What is told of an address: it answers; it answers elsewhere for good; it is gone; the host does not say; or it is failing at the moment.
Verdict = Literal["alive", "moved", "dead", "refused", "failing"]
#: Where answers are remembered.
MEMORY = ".cache/external.json"
#: Days for which a good answer holds.
HOLDS = 7
AGENT = "sitegen-link-check/1.0 (asks each address once a week)"
_HOPS = 8
#: Statuses that say nothing of whether a page is there: a person may well see it.
_REFUSING = frozenset({401, 402, 403, 406, 407, 418, 421, 425, 429, 451, 999})
#: Statuses after which the same is asked once more by GET: many hosts know no HEAD, or answer it otherwise.
_GONE = frozenset({404, 410})


class Manner(Struct, frozen=True, kw_only=True):
    """How hosts are asked.

    Attributes:
        pace: seconds between two requests to one host.
        patience: seconds without an answer after which one is given up.
        retries: how often what fails is asked again.
        longest_wait: seconds that are waited at most where a host says when to come back.
        at_once: hosts that are asked side by side.
    """

    pace: float = 1.0
    patience: float = 20.0
    retries: int = 2
    longest_wait: float = 30.0
    at_once: int = 8


POLITE = Manner()


class Answer(Struct, frozen=True):
    """What became of an address.

    Attributes:
        reason: the status, or why there is none.
        target: where it leads for good, if it has moved.
        times: how often in a row it has been dead.
        day: when it was asked.
    """

    verdict: Verdict
    reason: str
    target: str = ""
    times: int = 0
    day: str = ""


def addresses_of(library: Library) -> dict[str, list[tuple[str, Mark]]]:
    """Every address of another site → the places that name it."""
    found: dict[str, list[tuple[str, Mark]]] = {}
    for page in library.pages.values():
        for document in page.written.values():
            for url, mark in _named(document):
                if url.lower().startswith(("http://", "https://")):
                    found.setdefault(url.partition("#")[0], []).append((document.path, mark))
    return found


def _named(document: Document) -> Iterator[tuple[str, Mark]]:
    yield from ((link.target, link.mark) for link in document.body.outward if not link.is_picture)
    for name, value in {**document.facts, **document.words}.items():
        yield from ((url, document.marks.get(name, Mark(1, 1))) for url in _urls(value))


def _urls(value: Any) -> Iterator[str]:
    match value:
        case Destination():
            yield value.written
        case str() if value.startswith(("http://", "https://")) and not any(c.isspace() for c in value):
            yield value
        case tuple():
            for item in value:
                yield from _urls(item)
        case Group():
            yield from _urls(tuple(value.values.values()))


def check_external(
    root: Path, library: Library, today: dt.date, manner: Manner = POLITE, *, times: int = 1
) -> tuple[Problem, ...]:
    """Problems of addresses that do not answer, at every place that names them.

    Args:
        times: only those that have been dead so often in a row.
    """
    places = addresses_of(library)
    known = _remembered(root)
    due = [url for url in places if not _holds(known.get(url), today)]
    answers = {**known, **{url: _counted(a, known.get(url), today) for url, a in ask_all(due, manner).items()}}
    answers = {url: answers[url] for url in places}
    _remember(root, answers)
    return tuple(
        problem
        for url, own in places.items()
        if answers[url].times >= times or (times == 1 and answers[url].verdict in ("moved", "failing"))
        for problem in _problems(url, answers[url], own)
    )


def _holds(answer: Answer | None, today: dt.date) -> bool:
    if answer is None or answer.verdict not in ("alive", "moved", "refused"):
        return False
    return (today - dt.date.fromisoformat(answer.day)).days < HOLDS


def _counted(answer: Answer, before: Answer | None, today: dt.date) -> Answer:
    """An answer with how often in a row it was that the address is dead; asked twice on one day it counts once."""
    is_again = before is not None and before.day == today.isoformat()
    times = (before.times if before else 0) + (not is_again) if answer.verdict == "dead" else 0
    return replace(answer, times=max(times, answer.verdict == "dead"), day=today.isoformat())


def _problems(url: str, answer: Answer, places: Sequence[tuple[str, Mark]]) -> Iterator[Problem]:
    messages = {
        "moved": (f"{url} has moved permanently", f"write {answer.target}"),
        "dead": (f"{url} is dead: {answer.reason}", "look where the page is now, or remove the link"),
        "failing": (f"{url} is failing at the moment: {answer.reason}", "look again tomorrow"),
    }
    message, hint = messages[answer.verdict]
    if answer.times > 1:
        message += f", {answer.times} times in a row"
    yield from (problem_at(path, "external-link", message, mark, hint) for path, mark in places)


def _remembered(root: Path) -> dict[str, Answer]:
    try:
        rows = json.loads((root / MEMORY).read_text(encoding="utf-8"))
        return {url: Answer(**row) for url, row in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError):  # none yet, or of another version: all are asked anew
        return {}


def _remember(root: Path, answers: Mapping[str, Answer]) -> None:
    rows = {url: {name: getattr(a, name) for name in Answer.__struct_fields__} for url, a in sorted(answers.items())}
    replace_files(root, {MEMORY: (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()})


# how hosts are asked


def ask_all(urls: Sequence[str], manner: Manner) -> dict[str, Answer]:
    """Ask each address once, the hosts side by side."""
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(parts_of(url).netloc.lower(), []).append(url)
    with ThreadPoolExecutor(manner.at_once) as pool:
        found = pool.map(lambda own: _ask_host(own, manner), hosts.values())
        return {url: answer for answers in found for url, answer in answers.items()}


def _ask_host(urls: Sequence[str], manner: Manner) -> dict[str, Answer]:
    answers = {}
    for number, url in enumerate(urls):
        if number:
            time.sleep(manner.pace)
        answers[url] = _ask_patiently(url, manner)
    return answers


def _ask_patiently(url: str, manner: Manner) -> Answer:
    """What an address answers in the end: what fails, or asks for a pause, is asked again."""
    answer, wait = _ask(url, manner)
    for attempt in range(manner.retries):
        if answer.verdict != "failing" and wait is None:
            break
        time.sleep(min(manner.longest_wait, wait if wait is not None else manner.pace * 2**attempt))
        answer, wait = _ask(url, manner)
    return answer


def _led_to(here: str, location: str) -> str:
    """Where a redirect leads; what no client can read stays as it is, and fails when it is asked."""
    try:
        return urljoin(here, location)
    except ValueError:
        return location


def _ask(url: str, manner: Manner) -> tuple[Answer, float | None]:
    """An answer, and the seconds after which the host wants to be asked again, if it says so."""
    here, is_for_good = url, True
    for _ in range(_HOPS):
        try:
            status, headers = _request("HEAD", here, manner)
            if status >= 400 and status != 429:
                status, headers = _request("GET", here, manner)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return _failed(error), None
        location = headers.get("location", "")
        if status in (301, 302, 303, 307, 308) and location:
            is_for_good = is_for_good and status in (301, 308)
            here = _led_to(here, location)
            if not here.lower().startswith(("http://", "https://")):
                return Answer("dead", f"it redirects to {here[:80]}"), None
            continue
        return _judged(status, here if here != url and is_for_good else ""), _pause(status, headers)
    return Answer("dead", f"it redirects more than {_HOPS} times"), None


def _judged(status: int, target: str) -> Answer:
    reason = f"{status} {http.client.responses.get(status, '')}".strip()
    if status in _REFUSING:
        return Answer("refused", reason)
    if status in _GONE:
        return Answer("dead", reason)
    if status >= 500:
        return Answer("failing", reason)
    if status >= 400:
        return Answer("dead", reason)
    return Answer("moved", reason, target) if target else Answer("alive", reason)


def _pause(status: int, headers: Mapping[str, str]) -> float | None:
    after = headers.get("retry-after", "")
    return float(after) if status in (429, 503) and after.isdecimal() and len(after) < 6 else None


def _failed(error: Exception) -> Answer:
    """Why there is no answer; a name that nobody has and a certificate that is none are for good, the rest may pass."""
    import socket

    if isinstance(error, socket.gaierror):
        return Answer("dead", "there is no such host")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Answer("dead", f"its certificate is not valid: {error.verify_message}")
    if isinstance(error, ConnectionRefusedError):
        return Answer("dead", "the host refuses connections")
    if isinstance(error, TimeoutError):
        return Answer("failing", "no answer in time")
    return Answer("failing", str(error)[:80] or type(error).__name__)


def _request(method: str, url: str, manner: Manner) -> tuple[int, dict[str, str]]:
    """The status and headers; of a body no more than its beginning is read."""
    parts = urlsplit(url)
    secure = parts.scheme.lower() == "https"
    connection = (
        http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=manner.patience, context=ssl.create_default_context()
        )
        if secure
        else http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=manner.patience)
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(connection), in_time(connection, 3 * manner.patience):
        headers = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Language": "*"}
        connection.request(method, _quoted(path), headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def _quoted(path: str) -> str:
    """A path as it is sent: what is no ASCII, or a space, in percent."""
    return "".join(c if " " < c < "\x7f" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in path)
