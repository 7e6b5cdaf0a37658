"""Checks of translated messages for mistakes that would break a page: placeholders, percent signs and tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sitegen.problems.problem import Problem
from sitegen.source.html import markup_of
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

#: Contexts of messages from kinds.yaml rather than templates; they are shown as they are, without placeholders.
PLAIN_CONTEXTS = frozenset({"choice", "calendar"})
#: A percent sign or a placeholder; no width is allowed, as it could inflate a page to 100 MB.
_FORMAT = re.compile(r"%(?:%|\(\w+\)[sd])")


def message_problems(path: str, message: Any) -> Iterator[Problem]:
    """Report differences in placeholders and markup between a translation and its message, and stray percent signs."""
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    wanted = [_shape(text) for text in ids]
    begins = dict(enumerate(getattr(message, "form_lines", ())))
    for number, form in enumerate(forms):
        wrong = [] if message.context in PLAIN_CONTEXTS else _stray_percents(form)
        # a form for a single number may omit the number; a language's last form covers many numbers
        wrong += _other_placeholders(form, ids, is_whole=number == len(forms) - 1)
        shape = _shape(form)
        if not wrong and (None in shape or shape not in wanted):
            wrong = [
                (
                    "the tags differ from those of the message",
                    "copy them from the message; for the character < write &lt;",
                )
            ]
        for what, hint in wrong:
            mark = Mark(begins.get(number) or message.lineno or 1, 1)
            yield problem_at(path, "catalog-placeholder", what, mark, hint)


def _shape(text: str) -> tuple[object, ...]:
    """The tags of a message, with its placeholders and with a letter in place of each, and the number of its `<`.

    A page puts other words in place of a placeholder and right after a message: neither may complete a tag.
    """
    filled = _FORMAT.sub("x", text)
    return markup_of(text), markup_of(filled), filled.count("<")


def _stray_percents(form: str) -> list[tuple[str, str]]:
    """Return (message, hint) for the first percent sign that is not part of a placeholder."""
    found = re.search("%.{0,12}", _FORMAT.sub("", form))
    if not found:
        return []
    return [(f"'{found[0]}' is not a placeholder", "write %% for a percent sign; a placeholder is %(name)s")]


def _other_placeholders(form: str, ids: Sequence[str], *, is_whole: bool) -> list[tuple[str, str]]:
    known, own = {name for text in ids for name in _placeholders(text)}, _placeholders(form)
    has = f"it has {', '.join(sorted(known)) or 'none'}"
    wrong = [(f"the placeholder {name} is not in the message", has) for name in sorted(own - known)]
    lost = sorted(known - own) if is_whole else []
    return wrong + [(f"the placeholder {name} is missing", "copy it from the message") for name in lost]


def _placeholders(text: str) -> set[str]:
    return set(_FORMAT.findall(text)) - {"%%"}
