"""What in a translated message would break a page: placeholders, percent signs and tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sitegen.problems.problem import Problem
from sitegen.source.html import markup_of
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at

#: Contexts of messages that are no template's but of kinds.yaml: shown as they are, without anything filled in.
PLAIN_CONTEXTS = frozenset({"choice", "calendar"})
#: What `%` may begin: a percent sign, or a value that the template fills in; no width, so that none makes a page of 100 MB.
_FORMAT = re.compile(r"%(?:%|\(\w+\)[sd])")


def message_problems(path: str, message: Any) -> Iterator[Problem]:
    """Placeholders and markup in which a translation differs from its message, and percent signs that mean neither."""
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    wanted = [markup_of(text) for text in ids]
    begins = dict(enumerate(getattr(message, "form_lines", ())))
    for number, form in enumerate(forms):
        wrong = [] if message.context in PLAIN_CONTEXTS else _stray_percents(form)
        # a form for one number alone may leave the number out; the last of a language stands for many
        wrong += _other_placeholders(form, ids, is_whole=number == len(forms) - 1)
        tags = markup_of(form)
        if not wrong and (tags is None or tags not in wanted):
            wrong = [
                ("the tags differ from those of the message", "copy them from the message; for the sign < write &lt;")
            ]
        for what, hint in wrong:
            mark = Mark(begins.get(number) or message.lineno or 1, 1)
            yield problem_at(path, "catalog-placeholder", what, mark, hint)


def _stray_percents(form: str) -> list[tuple[str, str]]:
    """(what is wrong, what to do) with the first percent sign that stands for nothing."""
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
