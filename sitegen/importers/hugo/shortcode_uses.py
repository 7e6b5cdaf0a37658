"""Finds the uses of shortcodes on pages, and replaces them with Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field

from sitegen.importers.html_to_markdown import MOST_COLONS
from sitegen.importers.hugo.shortcode_conversions import SHORTCODES, Call, Leaf, Made, Ways
from sitegen.importers.hugo.shortcode_parser import (
    Tag,
    find_tags,
    form_of,
    height_of,
    on_its_line,
    parse_arguments,
    unread,
)
from sitegen.importers.hugo.site import HugoPage
from sitegen.source.edits import Edit, Traced, apart
from sitegen.source.mark import Mark

#: Converts a shortcode without a counterpart; returns None if it can't be converted.
Unknown = Callable[["Use"], Made | None]
#: Reports how a shortcode was converted: message, offset, hint.
Tell = Callable[[str, int, str], None]


class Use(Struct, eq=False):
    """A use of a shortcode."""

    tag: Tag
    call: Call
    made: Made | Leaf | None  #: its replacement; None if it has no counterpart
    written: str  #: the opening tag as written


class PageUses(Struct, dict=True):
    """A page's text with its tags."""

    page: HugoPage
    text: Traced  #: the text of the page with its includes inserted
    tags: list[Tag] = field(default_factory=list)  #: all tags in the text
    uses: list[Use] = field(default_factory=list)  #: the uses of shortcodes, once `look_up` has been called

    def __post_init__(self) -> None:
        if "{{" in self.text.text:
            self.tags = find_tags(self.text.text)

    def look_up(self, ways: Ways) -> None:
        """Determine the replacement of each shortcode."""
        heights, counts = height_of(self.tags), Counter[tuple[int, str]]()
        calls: dict[int, Call] = {}
        for tag in self.tags:
            if tag.is_closing or tag.is_escaped:
                continue
            outer = calls.get(tag.parent.start) if tag.parent else None
            place = (tag.parent.start if tag.parent else -1, tag.name)
            call = _call(self.text.text, tag, ways, heights.get(tag.start, 0), outer, counts[place])
            counts[place] += 1
            calls[tag.start] = call
            known = SHORTCODES.get(tag.name)
            made = known(call) if known else None
            is_inside_line = tag.in_address or tag.in_code
            made = None if is_inside_line and made is not None and (isinstance(made, Leaf) or made.is_block) else made
            self.uses.append(Use(tag, call, made, self.text.text[tag.start : tag.end]))

    def mark(self, offset: int) -> Mark:
        """Convert an offset to a position in the page's file; for included text, that of the include."""
        return self.page.mark_at(self.text.origin(offset))

    def replaced(self, unknown: Unknown, has_facts: Callable[[Use], bool | None], tell: Tell) -> Traced:
        """Replace the shortcodes of the text with Markdown; escaped ones, which are shown as examples, stay.

        Args:
            has_facts: whether to write a leaf's facts; None if it can't be a block as they differ from the source's.
        """
        text = self.text.text
        if "{{" not in text:
            return self.text
        edits = [*_examples(self.tags), *_stray(self.tags, tell)]
        end = 0
        for use in self.uses:
            if use.tag.start < end:
                continue  # removed with the enclosing shortcode
            made = self._made(use, unknown, has_facts, tell)
            end = use.tag.last if made is not None and made.is_whole else end
            edits += _edits(text, use.tag, made)
        for start in unread(text):
            tell("a shortcode that can't be read", start, "look for a quote or a bracket that is missing")
        return self.text.edited(apart(edits))

    def _made(self, use: Use, unknown: Unknown, has_facts: Callable[[Use], bool | None], tell: Tell) -> Made | None:
        made = use.made if use.made is not None else unknown(use)
        if isinstance(made, Leaf):
            own = has_facts(use)
            made = made.otherwise if own is None else Made(made.written(has_facts=own), loss=made.loss, is_block=True)
        if made is None and not use.tag.in_code:
            tell(*_lost(use))
        elif made is None:
            tell(f"the shortcode '{use.tag.name}' is in code and stays as it is written", use.tag.start, "")
        elif made.loss:
            tell(f"the shortcode '{use.tag.name}' {made.loss}", use.tag.start, f"it was {use.written}")
        elif use.made is not None and (unasked := use.call.unasked()):
            message = f"the shortcode '{use.tag.name}' is without its {', '.join(unasked)}"
            tell(message, use.tag.start, f"it was {use.written}")
        return made


def _call(text: str, tag: Tag, ways: Ways, height: int, outer: Call | None, index: int) -> Call:
    form = form_of(text, tag)
    is_row = form == "inline" and "|" in text[max(0, text.rfind("\n", 0, tag.start)) + 1 :][:1]
    is_too_deep = height > MOST_COLONS
    return Call(
        name=tag.name,
        arguments=parse_arguments(tag.arguments),
        ways=ways,
        form=form,
        inner=text[tag.end : tag.closed_by.start] if tag.closed_by and not is_too_deep else "",
        colons=0 if is_row or is_too_deep else height,
        outer=outer,
        index=index,
    )


def _lost(use: Use) -> tuple[str, int, str]:
    """Return the report of a shortcode that can't be converted."""
    stays = ", its content is kept" if use.tag.closed_by else ""
    where = " in an address" if use.tag.in_address else ""
    return f"the shortcode '{use.tag.name}'{where} is left out{stays}", use.tag.start, f"it was {use.written}"


def _examples(tags: list[Tag]) -> Iterator[Edit]:
    """Unescape tags that are shown as examples."""
    for tag in tags:
        if tag.is_escaped:
            shown = f"{'/' if tag.is_closing else ''}{tag.name} {tag.arguments}".strip()
            closing = ">" if tag.sign == "<" else "%"
            yield Edit(tag.start, tag.end, f"{{{{{tag.sign} {shown} {closing}}}}}")


def _stray(tags: list[Tag], tell: Tell) -> Iterator[Edit]:
    """Remove and report closing tags without an opening tag."""
    for tag in tags:
        if tag.is_closing and not tag.is_escaped and tag.opened_by is None:
            tell(f"the shortcode '{tag.name}' is closed and was never opened", tag.start, "")
            yield Edit(tag.start, tag.end, "")


def _edits(text: str, tag: Tag, made: Made | None) -> Iterator[Edit]:
    if made is None and tag.in_code:
        return
    if made is not None and made.is_whole:
        yield Edit(tag.start, tag.last, made.before)
        return
    is_block = made is not None and made.is_block
    for own, now in ((tag, made.before if made else ""), (tag.closed_by, made.after if made else "")):
        if own is not None:
            start = _without_indent(text, own) if is_block else own.start
            now = on_its_line(text, start, own.end, now) if is_block else _apart(text, start, now)
            yield Edit(start, own.end, now)


def _apart(text: str, start: int, now: str) -> str:
    """Separate an inline mark from a preceding letter or digit, after which it would not be recognized."""
    return f"<!---->{now}" if now.startswith(":") and re.match("[A-Za-z0-9:\\\\]", text[start - 1 : start]) else now


def _without_indent(text: str, tag: Tag) -> int:
    """Return the start of a block mark without the part of its indentation that is no longer needed."""
    line = text.rfind("\n", 0, tag.start) + 1
    return min(tag.start, line + tag.column) if not text[line : tag.start].strip() else tag.start


def attributes_of(call: Call) -> Mapping[str, str]:
    """Return a shortcode's arguments by names that are valid for attributes."""
    return {
        f"arg{int(key) + 1}" if key.isdecimal() else _attribute(key): value for key, value in call.arguments.items()
    }


def _attribute(name: str) -> str:
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name).strip("_")
    return plain if plain[:1].isalpha() else f"arg_{plain}"
