"""`check --external`: test whether addresses of other sites that pages link to still work; never part of a build.

Each address is requested once: hosts in parallel, the addresses of one host one after another. An address that works is
not requested again for a week; one that fails is requested every time, and its consecutive failures are counted.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import math
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sitegen.library.library import Library
from sitegen.model.fields import Group
from sitegen.model.page import Destination, Document
from sitegen.model.urls import joined, parts_of
from sitegen.problems.problem import Problem
from sitegen.problems.safe_output import shortened
from sitegen.source.connections import Allowance, ExcessError, NotPublicError, connection_to, in_time, is_public
from sitegen.source.file_writing import replace_files
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at
from sitegen.storage.own_records import read_bounded

#: The result for an address: it works; it has moved permanently; it is gone; the host refuses; or it fails temporarily.
Verdict = Literal["alive", "moved", "dead", "refused", "failing"]
#: Where answers are remembered.
MEMORY = ".cache/external.json"
#: Days for which a good answer is valid.
HOLDS = 7
AGENT = "sitegen-link-check/1.0 (asks each address once a week)"
_HOPS = 8
#: Seconds of processor time for the answers of each address, of which an honest one takes half at most: nine connections,
#: six of them secure, if it leads to one that fails three times. And those that all have to spare beyond these, since a
#: host may have many names, with as many more for each address.
FOR_ADDRESS = 0.04
SPARE, SPARE_OF_EACH = 2.0, 0.001
#: Characters of an address that can be advised, and of one that hosts accept: 8 KB for the first line of a request.
LONGEST, _LONGEST_SENT = 2_000, 8_000
#: Statuses that don't tell whether a page exists: a person may well be able to see it.
_REFUSING = frozenset({401, 402, 403, 406, 407, 418, 421, 425, 429, 451, 999})
#: Statuses that mean that a page is gone.
_GONE = frozenset({404, 410})


class Manner(Struct, frozen=True, kw_only=True):
    """How requests are sent to hosts."""

    pace: float = 1.0  #: seconds between two requests to one host
    patience: float = 20.0  #: seconds to wait for an answer
    retries: int = 2  #: how often a failed request is repeated
    longest_wait: float = 30.0  #: the most seconds to wait when a host says when to retry
    at_once: int = 8  #: how many hosts are queried in parallel
    in_all: float = 300.0  #: the most seconds to wait for all answers of one host, of which a prompt one counts none
    is_public: bool = True  #: whether to ask public addresses only; others may be services of this machine or network


POLITE = Manner()


class Answer(Struct, frozen=True):
    """The result of requesting an address."""

    verdict: Verdict
    reason: str  #: the status, or why there is none
    target: str = ""  #: the new address, if it has moved permanently
    times: int = 0  #: how many times in a row it has been dead
    day: str = ""  #: when it was requested


def addresses_of(library: Library) -> dict[str, list[tuple[str, Mark]]]:
    """Every address of another site → the places where it occurs."""
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
    """Report addresses that do not work, at every place where they occur.

    Args:
        times: report only addresses that have been dead this many times in a row.
    """
    if manner.is_public:
        manner = replace(manner, is_public=_is_public_site(library.config.base_url))
    places = addresses_of(library)
    known = _remembered(root, today)
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


def _is_public_site(base_url: str) -> bool:
    """Whether readers of the site come from outside; one that is not known yet is meant for them."""
    try:
        return is_public(parts_of(base_url).hostname or "")
    except (OSError, ValueError):
        return True


def _holds(answer: Answer | None, today: dt.date) -> bool:
    if answer is None or answer.verdict not in ("alive", "moved", "refused"):
        return False
    return (today - dt.date.fromisoformat(answer.day)).days < HOLDS


def _counted(answer: Answer, before: Answer | None, today: dt.date) -> Answer:
    """The answer with its count of dead results in a row; two on the same day count once."""
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


def _remembered(root: Path, today: dt.date) -> dict[str, Answer]:
    try:
        answers = msgspec.json.decode(read_bounded(root, MEMORY, [root / "content"]), type=dict[str, Answer])
        return {url: answer for url, answer in answers.items() if _is_recorded(answer, today)}
    except (ValueError, RecursionError):  # no memory yet, or another version's: request all
        return {}


def _is_recorded(answer: Answer, today: dt.date) -> bool:
    """Whether a check can have recorded an answer: not one that the clock, when it was wrong, put in days to come."""
    is_counted = answer.times > 0 if answer.verdict == "dead" else answer.times == 0
    return is_counted and dt.date.fromisoformat(answer.day) <= today


def _remember(root: Path, answers: Mapping[str, Answer]) -> None:
    rows = {url: {name: getattr(a, name) for name in Answer.__struct_fields__} for url, a in sorted(answers.items())}
    replace_files(root, {MEMORY: (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()})


# requests


def ask_all(urls: Sequence[str], manner: Manner) -> dict[str, Answer]:
    """Request each address once, with hosts in parallel."""
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault((parts_of(url).hostname or "").rstrip("."), []).append(url)
    spare = Allowance(0, math.inf, SPARE + len(urls) * SPARE_OF_EACH)
    with ThreadPoolExecutor(manner.at_once) as pool:
        found = pool.map(lambda own: _ask_host(own, manner, spare), hosts.values())
        return {url: answer for answers in found for url, answer in answers.items()}


def _ask_host(urls: Sequence[str], manner: Manner, spare: Allowance) -> dict[str, Answer]:
    """The answers of a host, which is no longer asked once they have taken too long in all.

    Work is allowed for each address, since one may lead to another host, for which this one is not to blame.
    """
    answers: dict[str, Answer] = {}
    allowance = Allowance(0, manner.in_all, 0, spare)
    for number, url in enumerate(urls):
        try:
            allowance.extend(work=FOR_ADDRESS)
            allowance.spend()
            if number:
                time.sleep(manner.pace)
            answers[url] = _ask_patiently(url, manner, allowance)
        except ExcessError as error:
            answers[url] = Answer("failing", str(error))
    return answers


def _ask_patiently(url: str, manner: Manner, allowance: Allowance) -> Answer:
    """The final answer of an address: a request that fails, or is asked to pause, is repeated."""
    answer, wait = _ask(url, manner, allowance)
    for attempt in range(manner.retries):
        if answer.verdict != "failing" and wait is None:
            break
        time.sleep(min(manner.longest_wait, wait if wait is not None else manner.pace * 2**attempt))
        answer, wait = _ask(url, manner, allowance)
    return answer


def _ask(url: str, manner: Manner, allowance: Allowance) -> tuple[Answer, float | None]:
    """The answer, and the seconds to wait before the next request, if the host says so.

    Raises:
        ExcessError: the host, or one to which it leads, has used up the allowance.
    """
    here, is_for_good = url, True
    for _ in range(_HOPS):
        try:
            status, headers = _request("HEAD", here, manner, allowance)
            if status >= 400 and status != 429:  # many hosts don't support HEAD, or answer it differently
                status, headers = _request("GET", here, manner, allowance)
        except ExcessError:
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            return _failed(error), None
        location = headers.get("location", "")
        if status in (301, 302, 303, 307, 308) and location:
            is_for_good = is_for_good and status in (301, 308)
            if len(location) > _LONGEST_SENT:
                return Answer("dead", f"it redirects to an address of {len(location):,} characters"), None
            here = allowance.pay_for(joined, here, location)
            if not here.lower().startswith(("http://", "https://")):
                return Answer("dead", f"it redirects to {shortened(here, 80)}"), None
            continue
        is_moved = here != url and is_for_good and len(here) <= LONGEST
        return _judged(status, here if is_moved else ""), _pause(status, headers)
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
    """The answer for a failed request: an unknown host or a bad certificate is final, other failures may pass."""
    import socket

    if isinstance(error, NotPublicError):
        return Answer("dead", str(error))
    if isinstance(error, socket.gaierror):
        return Answer("dead", "there is no such host")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Answer("dead", f"its certificate is not valid: {error.verify_message}")
    if isinstance(error, ConnectionRefusedError):
        return Answer("dead", "the host refuses connections")
    if isinstance(error, TimeoutError):
        return Answer("failing", "no answer in time")
    if isinstance(error, (ValueError, http.client.InvalidURL)):  # such as http://example../ or https://[::1
        return Answer("dead", "its host or port can't exist")
    return Answer("failing", shortened(str(error), 80) or type(error).__name__)


def _request(method: str, url: str, manner: Manner, allowance: Allowance) -> tuple[int, dict[str, str]]:
    """Send a request, and return the status and headers without reading the body."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with (
        closing(connection_to(url, manner.patience, is_public=manner.is_public)) as connection,
        in_time(connection, 3 * manner.patience, allowance),
    ):
        headers = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Language": "*"}
        connection.request(method, _quoted(path), headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def _quoted(path: str) -> str:
    """A path as it is sent: spaces, control characters and non-ASCII characters are percent-encoded."""
    return "".join(c if " " < c < "\x7f" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in path)
