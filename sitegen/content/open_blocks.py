"""The blocks of a text while its HTML is written: which are open, their content, and their problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

from sitegen.content.blocks import BLOCK_END, Attribute, Found, block_tag, label_text
from sitegen.model.blocks import BlockType, shipped_blocks
from sitegen.model.field_declarations import is_count
from sitegen.model.fields import Checker, Field, is_blank, is_empty, links_in
from sitegen.model.kinds import check_sort
from sitegen.model.page import Block, Link, Span
from sitegen.model.settings import Config
from sitegen.problems.problem import Problem
from sitegen.problems.suggestions import may_suggest, nearest
from sitegen.source.mark import Mark, Places
from sitegen.source.text import Source
from sitegen.source.yaml import Node, text_value

#: How many characters of the text in a block tell it from others.
_MOST_COMPARED = 1000
_OUTWARD = ("http:", "https:", "mailto:", "tel:")


class _Open(Struct, frozen=True):
    """A block that has not ended yet; its number is -1 if its type is unknown."""

    mark: Found
    number: int


class OpenBlocks:
    """Opens and closes the blocks of a text; `None` among the open ones is an enclosing list, quotation or note.

    Attributes:
        blocks: all blocks so far.
        links: pages and files that their facts refer to.
        outward: external addresses that their facts refer to.
    """

    def __init__(
        self, source: Source, first_line: int, text: str, config: Config | None, problems: list[Problem]
    ) -> None:
        self.blocks: list[Block] = []
        self.links: list[Link] = []
        self.outward: list[Link] = []
        self._source = source
        self._places = Places(text, first_line)
        self._text = text
        self._types = config.blocks if config else shipped_blocks()
        self._kinds = config.kinds if config else {}
        self._selected: dict[str, Mapping[str, Field]] = {}  # kind → its facts as attributes of lists of pages
        self._check = Checker(source, problems, *((config.time_zone,) if config else ()))
        self._open: list[_Open | None] = []

    # positions

    def _mark(self, start: int, end: int) -> Mark:
        return self._places.mark(start, max(1, end - start))

    def _place(self, found: Found) -> Mark:
        """Return the position of a mark for a message, cut off at the end of its line."""
        end = self._text.find("\n", found.start, found.end)
        return self._mark(found.start, found.end if end < 0 else end)

    def _refuse(self, code: str, message: str, mark: Mark, hint: str, fix: str | None = None) -> None:
        self._check.report(code, message, mark, hint, fix)

    # start and end

    def begin(self, found: Found) -> str:
        """Return the HTML that opens a block; for a leaf, or an inline block without brackets, the whole block."""
        own = self._types.get(found.name)
        if found.slip:
            self._refuse_slip(found)
        if own is None:
            self._refuse_unknown(found)
        if found.role == "open":
            self._refuse_more_colons(found)
        number = self._add(found, own) if own is not None else -1
        if found.role == "open":
            self._open.append(_Open(found, number))
        words = self._words(found, own) if own is not None else {}
        is_whole = found.role == "leaf" or (found.role == "inline" and found.partner < 0)
        return block_tag(number, found.name, words) + (BLOCK_END if is_whole else "")

    def alert(self, name: str, mark: Mark) -> str:
        """Return the HTML that opens a call-out such as `> [!NOTE]`, which has no attributes."""
        self.blocks.append(Block(name, mark, {}, (), self._parent))
        return block_tag(len(self.blocks) - 1, name, {})

    def close(self, found: Found) -> tuple[str, int]:
        """Return the HTML for an end mark, and the number of blocks that it ends."""
        own = list(self._within())
        if not own:
            hint = "delete it, or begin a block above with its name after the colons"
            self._refuse("block", f"'{':' * found.colons}' does not close a block", self._place(found), hint)
            return "", 0
        count = next((n for n, block in enumerate(own, 1) if block.mark.colons == found.colons), 1)
        if own[count - 1].mark.colons > found.colons:
            first, colons = own[0].mark, ":" * own[0].mark.colons
            message = f"'{':' * found.colons}' does not close '{colons}{first.name}' of line {self._place(first).line}"
            self._refuse("block", message, self._place(found), f"write {colons}", colons)
        for block in own[: count - 1]:
            self._refuse_unended(block)
        ended = own[count - 1]
        if ended.number >= 0:
            opened, line = self.blocks[ended.number], self._place(found).line
            checksum = opened.checksum or self._checksum_inside(ended.mark.end, found.start)
            self.blocks[ended.number] = replace(opened, end=line, checksum=checksum)
        del self._open[-count:]
        return BLOCK_END * count, count

    def enter(self) -> tuple[str, int]:
        """Record that a list item, a quotation or a note begins."""
        self._open.append(None)
        return "", 0

    def leave(self) -> tuple[str, int]:
        """Return the HTML where such an element or the whole text ends, and the number of blocks that end with it."""
        own = list(self._within())
        for block in own:
            self._refuse_unended(block)
        del self._open[len(self._open) - len(own) - bool(len(self._open) > len(own)) :]
        return BLOCK_END * len(own), len(own)

    def _within(self) -> Iterator[_Open]:
        """Yield the blocks that can end here, innermost first."""
        for block in reversed(self._open):
            if block is None:
                return
            yield block

    def _checksum_inside(self, start: int, end: int) -> int:
        """Return a checksum of the beginning of a text without the marks of blocks."""
        lines = self._text[start : min(end, start + _MOST_COMPARED)].split("\n")
        return crc32(
            "\n".join(line for line in lines if line.strip() and not line.lstrip(" >").startswith("::")).encode()
        )

    @property
    def _parent(self) -> int:
        return next((block.number for block in reversed(self._open) if block is not None), -1)

    # contents

    def _add(self, found: Found, own: BlockType) -> int:
        self._check_form(found, own)
        self._check_place(found, own)
        fields = dict(own.fields)
        nodes = {attribute.name: self._node(attribute, own) for attribute in found.attributes}
        if own.selects:
            fields = {**fields, **self._selecting(nodes), **fields}  # its own come first, and are what they are
        facts: dict[str, Any] = {}
        spans = [*self._label(found, own)]
        for attribute in found.attributes:
            name, node = attribute.name, nodes[attribute.name]
            declared = fields.get(name)
            if declared is None:
                may_be = fields if may_suggest() else ()
                free = [other for other in may_be if other not in nodes]  # the others must not come twice
                self._check.unknown(name, node, free, f"the block '{own.name}'")
            elif name in {span.name for span in spans}:
                message, hint = f"'{name}' of '{own.name}' appears twice", "delete one of them"
                self._refuse("block", message, self._mark(attribute.key, attribute.end), hint)
            elif not is_empty(node):
                value = self._value(declared, node, own)
                mark, whole = self._mark(attribute.start, attribute.end), self._mark(attribute.key, attribute.end)
                spans.append(Span(name, declared.side, mark, whole))
                if declared.side == "facts" and value is not None:
                    facts[name] = value
                    self._note_links(value, node)
        self._check_days(own, facts, nodes)
        is_inline, words = found.role == "inline", "\0".join(self._words(found, own).values())
        inside = self._text[found.end : found.partner] if is_inline and found.partner >= 0 else ""
        checksum = crc32(f"{words}{inside}".encode())
        self.blocks.append(
            Block(own.name, self._place(found), facts, tuple(spans), self._parent, 0, is_inline, checksum)
        )
        return len(self.blocks) - 1

    def _value(self, declared: Field, node: Node, own: BlockType) -> Any:
        """Return the value of an attribute; how many pages a list shows at most must be a count."""
        value = self._check.value(declared, node)
        if own.selects and declared.name == "limit" and isinstance(value, int | float) and not is_count(value):
            message, hint = f"limit: {node.quoted} is not a whole number from 1", "write how many at most, such as 5"
            self._check.reject(node, "number", message, hint)
            return None
        return value

    def _check_days(self, own: BlockType, facts: Mapping[str, Any], nodes: Mapping[str, Node]) -> None:
        """Report the last day of what lasts longer if it is before the first one."""
        first, last = facts.get("date"), facts.get("until")
        if isinstance(first, dt.date) and isinstance(last, dt.date) and last < first:
            message = f"until: {nodes['until'].text} is before the date {nodes['date'].text}"
            self._refuse("date", message, nodes["until"].mark, f"'{own.name}' has its last day in `until`")

    def _label(self, found: Found, own: BlockType) -> Iterator[Span]:
        """Yield the text between brackets as a word of the block."""
        if found.label and own.label:
            mark = self._mark(*found.label)
            text = label_text(self._text[slice(*found.label)]).strip()
            node = Node(text, text, mark)
            if not is_empty(node):
                self._check.value(own.fields[own.label], node)
                yield Span(own.label, "words", mark, mark, is_label=True)

    def _node(self, attribute: Attribute, own: BlockType) -> Node:
        mark = self._mark(attribute.start, attribute.end)
        key = self._mark(attribute.key, attribute.key + len(attribute.name))
        if attribute.value is None:
            return Node(True, "true", mark, key)
        declared = own.fields.get(attribute.name)
        if declared is not None and declared.type == "list":
            parts = [part.strip() for part in attribute.value.split(",") if part.strip()]
            return Node(tuple(Node(text_value(part), part, mark) for part in parts), attribute.value, mark, key)
        return Node(text_value(attribute.value), attribute.value, mark, key)

    def _words(self, found: Found, own: BlockType) -> dict[str, str]:
        """Return the words of a block as written, including its label."""
        words = {}
        if found.label and own.label:
            words[own.label] = label_text(self._text[slice(*found.label)]).strip()
        for attribute in found.attributes:
            declared = own.fields.get(attribute.name)
            if declared is not None and declared.side == "words" and attribute.value is not None:
                words[attribute.name] = attribute.value.strip()
        return {name: text for name, text in words.items() if not is_blank(text)}

    def _selecting(self, nodes: Mapping[str, Node]) -> Mapping[str, Field]:
        """Return the facts of the kind named by a list of pages, as attributes."""
        named = nodes.get("kind")
        kind = self._kinds.get(named.text) if named is not None else None
        if kind is None:
            if named is not None and self._kinds:
                hint = nearest(named.text, self._kinds)
                self._check.reject(named, "unknown-kind", f"kind: '{named.text}' is not in kinds.yaml", hint)
            return {}
        if (sort := nodes.get("sort")) is not None and sort.value is not None:
            check_sort(self._check, sort, kind.fields, f"the kind '{kind.name}'")
        if kind.name not in self._selected:
            self._selected[kind.name] = {
                declared.name: replace(declared.item or declared, name=declared.name, required=False, side="facts")
                for declared in kind.of_side("facts")
                if (declared.item or declared).type not in ("list", "group")
            }
        return self._selected[kind.name]

    def _note_links(self, value: Any, node: Node) -> None:
        """Record a fact's targets as links, so that they are resolved and renamed with the links of the text."""
        for link in links_in(value, node.mark):
            here = link._replace(mark=self._inside(node.mark, link.target))
            (self.outward if link.target.startswith(_OUTWARD) else self.links).append(here)

    def _inside(self, mark: Mark, text: str) -> Mark:
        """Return the position of the text itself, without its quotes."""
        line = self._source.lines[mark.line - 1]
        found = line.find(text, mark.column - 1, mark.column - 1 + mark.width)
        return Mark(mark.line, found + 1, len(text)) if found >= 0 else mark

    # problems

    def _check_form(self, found: Found, own: BlockType) -> None:
        if _FORM_OF[found.role] != own.form:
            sign = "::" if found.role == "leaf" else ":" * found.colons
            message, hint = f"'{sign}{found.name}' is written with {_SIGNS[own.form]}", f"write {own.sign}"
            at = Mark(*self._place(found)[:2], len(sign) + len(found.name))
            fix = own.sign if {found.role, own.form} == {"leaf", "inline"} else None
            self._refuse("block", message, at, hint, fix)
        elif found.label and not own.label and own.form != "inline":
            message = f"'{found.name}' has no words in [ ]"
            self._refuse("block", message, self._mark(*found.label), "remove the brackets")

    def _check_place(self, found: Found, own: BlockType) -> None:
        parent = self._parent
        above = self._types.get(self.blocks[parent].name) if parent >= 0 else None
        name = self._place(found)
        if above is not None and above.inside is not None and own.name not in above.inside and own.form != "inline":
            may = " and ".join(self._types[other].sign for other in above.inside) or "no block"
            self._refuse(
                "block", f"'{own.name}' can't be used in '{above.name}'", name, f"only {may} can be used there"
            )
        elif own.within and (above is None or above.name not in own.within):
            where = " or ".join(f":{self._types[other].sign}" for other in own.within if other in self._types)
            self._refuse(
                "block", f"'{own.name}' can't be used on its own here", name, f"put it between {where} and its end"
            )

    def _refuse_slip(self, found: Found) -> None:
        signs = ":" * found.colons
        mark = self._mark(found.slip_at, max(found.slip_at + 1, found.end))
        hint = f"write {signs}{found.name or 'note'}" + ("" if found.role == "leaf" else "[Title]") + " and {key=value}"
        fix = None
        if found.slip.startswith("a space"):
            mark, fix = self._places.mark(found.start, found.colons + 1), signs
        self._refuse("block", found.slip, mark, hint, fix)

    def _refuse_unknown(self, found: Found) -> None:
        if not found.name:
            return
        sign = ":" * found.colons + found.name
        known = [name for name, own in self._types.items() if own.form == _FORM_OF[found.role]]
        hint = nearest(found.name, known) or "declare it in content/blocks.yaml"
        if found.role == "inline" and hint.startswith("declare"):
            hint += ", or write \\: for a plain colon"
        mark = Mark(*self._place(found)[:2], len(sign))
        self._refuse("unknown-block", f"there is no block '{found.name}'", mark, hint)

    def _refuse_more_colons(self, found: Found) -> None:
        above = next(self._within(), None)
        if above is not None and above.mark.colons <= found.colons:
            line, around = self._place(above.mark).line, above.mark.name or ":" * above.mark.colons
            message = f"'{':' * found.colons}{found.name}' has as many colons as '{around}' around it"
            hint = f"begin and end '{around}' of line {line} with {':' * (found.colons + 1)}"
            self._refuse("block", message, self._place(found), hint)

    def _refuse_unended(self, block: _Open) -> None:
        colons = ":" * block.mark.colons
        message = f"'{colons}{block.mark.name}' is never closed"
        self._refuse("block", message, self._place(block.mark), f"put a line {colons} below its text")

    def refuse_unclosed(self, unclosed: Iterable[Found]) -> None:
        """Report inline blocks whose bracket is never closed; an unknown name is taken for plain text."""
        for found in unclosed:
            if found.name in self._types and self._types[found.name].form == "inline":
                message, hint = f"'[' after ':{found.name}' is not closed", "write ] after its words"
                self._refuse("block", message, self._mark(found.start, found.end + 1), hint)


_SIGNS = {"container": "three colons or more", "leaf": "two colons", "inline": "one colon, among words"}
_FORM_OF: Mapping[str, str] = {"open": "container", "leaf": "leaf", "inline": "inline"}


def misplaced_facts(source: Source, blocks: Sequence[Block], language: str) -> Iterator[Problem]:
    """Report facts of blocks in a translation; they belong to the source version."""
    for block in blocks:
        for span in block.spans:
            if span.side == "facts":
                message = f"'{span.name}' is a fact, and belongs in the source version only"
                hint = f"it is taken from index.{language}.md; delete it here"
                yield source.problem("misplaced-fact", message, span.whole, hint)


def missing_attributes(
    source: Source, blocks: Sequence[Block], types: Mapping[str, BlockType], *, is_source: bool
) -> Iterator[Problem]:
    """Report required attributes that a block lacks; facts are required only in the source version."""
    required = {
        name: [declared for declared in types[name].fields.values() if declared.required]
        for name in {block.name for block in blocks}
    }
    for block in blocks:
        filled = {span.name for span in block.spans}
        for declared in required[block.name]:
            if declared.name not in filled and (is_source or declared.side == "words"):
                own = types[block.name]
                message = f"'{declared.name}' is missing; the block '{block.name}' must have it"
                is_label = declared.name == own.label
                hint = f"write {own.sign}[…]" if is_label else f"write {{{declared.name}=…}} after its name"
                yield source.problem("required", message, block.mark, hint)
