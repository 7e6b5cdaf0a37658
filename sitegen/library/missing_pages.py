"""Why a link or reference doesn't reach its page: it has moved, is held back, expires, or does not exist."""

from __future__ import annotations

from sitegen.library.library import Library
from sitegen.model.page import Key


def explain_missing(library: Library, key: Key, code: str) -> tuple[str, str, Key | None]:
    """Explain why a page can't be reached: (message, hint, new path)."""
    now = library.moved.get(key)
    without = Key("/" + key.lstrip("/").partition("/")[2])
    if key in library.held:
        why, hint, now = f"is {library.held[key]}", "link to it when it is published", None
    elif now:
        why, hint = f"has moved to '{now}'", f"write '{now}'"
    elif key.split("/")[1] in library.locales and without in library.pages:
        why, hint, now = "does not exist; links do not name a language", f"write '{without}'", without
    else:
        why, hint = "does not exist", library.guess(code, key, library.keys)
    return f"the page '{key}' {why}", hint, now


def explain_expiry(library: Library, key: Key) -> tuple[str, str] | None:
    """Explain a link or reference to a page that expires or has expired: (start of the message, hint)."""
    if key in library.pages:
        day = library.pages[key].facts.get("expires")
        return (f"the page '{key}' expires on {day}; from then on this", "remove it before that day") if day else None
    if library.is_expired(key):
        return f"the page '{key}' {library.held[key]}, so this", "remove it, or name another page"
    return None
