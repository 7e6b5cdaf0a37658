"""Which pages are published on a day, and which are held back: drafts, pages that are not due yet, or have expired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Set

from sitegen.library.library import EXPIRED, language_in_name
from sitegen.model.kinds import Kind
from sitegen.model.page import Document, Key, Page, day_after


def due_days(documents: Iterable[Document], as_of: dt.date, kinds: Mapping[str, Kind]) -> tuple[str, str]:
    """Return two days: from the first until before the second, no page becomes due, expires or is over."""
    days = {d.facts[name] for d in documents for name in ("publish", "expires") if name in d.facts}
    events = [(kinds[d.kind], d.facts) for d in documents if kinds[d.kind].calendar]
    over = (day for kind, facts in events for day in (kind.last_day(facts), kind.deadline(facts)))
    days |= {day_after(day) for day in over if day is not None}
    since = max((day for day in days if day <= as_of), default=dt.date.min)
    until = min((day for day in days if day > as_of), default=dt.date.max)
    return since.isoformat(), until.isoformat()


def reason_to_hold(page: Page, as_of: dt.date, held: Set[str] = frozenset()) -> str:
    """Return why a page is not published on a day, such as "a draft" or "due on 2026-12-01"; "" if it is published.

    Args:
        held: the languages that are not published.
    """
    facts = page.facts
    if held and (page.versions.keys() <= held or page.states.keys() <= held):
        return "in no language that is published"
    if facts.get("draft"):
        return "a draft"
    if "publish" in facts and facts["publish"] > as_of:
        return f"due on {facts['publish']}"
    if "expires" in facts and facts["expires"] <= as_of:
        return f"{EXPIRED} {facts['expires']}"
    for path in facts.get("hold_until", ()):
        if path in page.states and page.states[path].name not in ("source", "current"):
            return f"held until '{path}' is current (it is {page.states[path].name})"
    return ""


def without_held(files: Mapping[tuple[Key, str], str], held: Set[str]) -> Mapping[tuple[Key, str], str]:
    """Files beside pages, but for those of languages that are not published, such as `hall.ru.jpg`."""
    if not held:
        return files
    return {own: path for own, path in files.items() if language_in_name(own[1]) not in held}
