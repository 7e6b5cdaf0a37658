"""The footnotes of a text, collected while its HTML is written."""

from __future__ import annotations


class Footnotes:
    """Footnotes by label, numbered in the order in which they first occur."""

    def __init__(self) -> None:
        self._parts: dict[str, list[str]] = {}
        self._numbers: dict[str, int] = {}
        self._referred: set[int] = set()

    def parts_of(self, label: str) -> list[str]:
        """Return the HTML parts of a footnote so far; the caller appends to them."""
        self._number_of(label)
        return self._parts[label]

    def reference(self, label: str) -> str:
        """Return a link to a footnote; the footnote links back to the first of them."""
        number = self._number_of(label)
        own_id = f' id="noted-{number}"' if number not in self._referred else ""
        self._referred.add(number)
        return f'<sup><a href="#note-{number}"{own_id} role="doc-noteref">{number}</a></sup>'

    def _number_of(self, label: str) -> int:
        if label not in self._numbers:
            self._parts[label] = []
            self._numbers[label] = len(self._parts)
        return self._numbers[label]

    def html(self) -> str:
        """Return the HTML of all footnotes; "" if there are none."""
        items = "".join(self._item(number, "".join(parts)) for number, parts in enumerate(self._parts.values(), 1))
        return f'<div class="notes" role="doc-endnotes">\n<ol>\n{items}</ol>\n</div>\n' if items else ""

    def _item(self, number: int, html: str) -> str:
        back = f' <a href="#noted-{number}" role="doc-backlink">↩</a>' if number in self._referred else ""
        text = html.removesuffix("</p>\n")
        end = "</p>\n" if text != html else ""
        return f'<li id="note-{number}">{text}{back}{end}</li>\n'
