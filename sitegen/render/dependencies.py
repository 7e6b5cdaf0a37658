"""What an output was made of."""

from __future__ import annotations

from sitegen.library.links import is_file
from sitegen.model.urls import Target, join_key
from sitegen.model.values import Key


class Trace:
    """What of the site one output has looked at, as names of aspects (see `aspects.py`); filled while it is made.

    Views of other pages are had from `Scope.page` alone and keep none of each other, so nothing is looked at unseen.
    """

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def card(self, key: Key) -> None:
        """A page's facts, words, address and states."""
        self.seen.add("c" + key)

    def body(self, key: Key) -> None:
        """A page's text."""
        self.seen.add("b" + key)

    def children(self, key: Key, language: str) -> None:
        """Which pages lie below one, and in which order."""
        self.seen.add(f"k{language}{key}")

    def narrowed(self, key: Key, language: str) -> None:
        """What the children of a page can be narrowed to, and which they are then."""
        self.seen.add(f"n{language}{key}")

    def referrers(self, key: Key) -> None:
        """Which pages refer to one."""
        self.seen.add("r" + key)

    def link(self, key: Key, target: str) -> None:
        """The page or file that a link of a page names."""
        path = Target.of(target).path
        if is_file(path):
            folder = path.rpartition("/")[0]
            self.seen.add("f" + (join_key(key, folder + "/") if folder or path.startswith("/") else key))
        if path:
            self.seen.add("c" + join_key(key, path.rpartition("/")[0] + "/" if is_file(path) else path))

    def everything(self) -> None:
        """The cards of all pages."""
        self.seen.add("*")

    def texts(self, language: str) -> None:
        """All texts of a language's own."""
        self.seen.add("s" + language)
