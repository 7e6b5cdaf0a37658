"""Random front matter with comments and forms of every sort, and random edits of its parts.

A part knows the comments that have to stay as long as it does: beside it, above it where it is an item of a list or stands between
brackets, and above and below what it holds. What stands above a key belongs to the table.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

#: What a person may type: whatever YAML could take for something else.
TYPED: list[Any] = [
    "new", "new: x", "a # b", "#a", "- a", "-", "?", "? a", ":", "a:", "a: b: c", "two\nlines", "two\n\n\nlines", " \n  # a\nb", '"', "it's", "'q'",
    '"q" x', "[a", "{a", "]", "}", ",", ", a", "a, b] c}", "*a", "&a", "!a", "%a", "@a", "`a", "|", "> a", "|\n a", "---", "--- a", "...",
    "a\n---\nb", "a\n...", "yes", "null", "~", "true", "False", "1.0", "007", "0x1f", "1e3", ".inf", "1_000", "12:30", "2026-01-31", "=", "<<",
    "a\tb", "\ta\nb", "a\u00a0b", "a\\", "\\n", "😀", "سلام (a)", "日本, 語", "x" * 2000, "a b " * 100, 12, 3.5, -1,
]  # fmt: skip


@dataclass(eq=False)
class Part:
    """A value as the editor has it, with the parts that it holds."""

    value: Any
    source: str = ""  #: what is written of a scalar
    comments: list[str] = field(default_factory=list)
    is_changed: bool = False
    has_other: bool = False  #: a part of it is gone, or new

    @property
    def held(self) -> list[Part]:
        if isinstance(self.value, dict):
            return list(self.value.values())
        return self.value if isinstance(self.value, list) else []

    def all(self) -> Iterator[Part]:
        yield self
        for part in self.held:
            yield from part.all()

    def plain(self) -> Any:
        """The value alone."""
        if isinstance(self.value, dict):
            return {key: part.plain() for key, part in self.value.items()}
        return [part.plain() for part in self.value] if isinstance(self.value, list) else self.value

    def filled(self) -> int:
        """How many values it holds that are not empty."""
        return sum(part.filled() for part in self.held) if self.held else int(self.value not in (None, "", [], {}))


class CommentedYaml:
    """Front matter from a seed: its text, the text of each key, and the table of its parts, which can be edited."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)
        self.count = 0
        self.root = Part({})
        self.texts: dict[str, str] = {}
        self.text = ""
        for key in ["title", "a", "b", "c", "2024"][: self.chance.randint(1, 5)]:
            self.text += self._lines(self.root, "")
            part, text = self._value("", 0)
            self.root.value[key], self.texts[key] = part, f"{key}:{text}"
            self.text += self.texts[key]
        self.text += self._lines(self.root, "")

    def edit(self) -> None:
        """Type, clear, add, take away and move one to three parts."""
        for _ in range(self.chance.randint(1, 3)):
            self.chance.choice(
                [self._type, self._type, self._clear, self._drop, self._add, self._add_key, self._move]
            )()

    # writing

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _is(self, likely: float) -> bool:
        return self.chance.random() < likely

    def _comment(self, part: Part, likely: float = 0.4) -> str:
        """A comment beside a part, or nothing."""
        if not self._is(likely):
            return ""
        part.comments.append(f"# c{self._next()}c")
        return self.chance.choice([" ", "  "]) + part.comments[-1]

    def _lines(self, part: Part, indent: str) -> str:
        """A comment or an empty line on a line of its own, or nothing."""
        comment = self._comment(part, 0.25).strip()
        return (f"{indent}{comment}\n" if comment else "") + ("\n" if self._is(0.1) else "")

    def _scalar(self, between: str = "") -> Part:
        n = self._next()
        forms = [
            (f"w{n}", f"w{n}"), (f"'it''s {n}'", f"it's {n}"), (f'"\\u00e9 {n} # no"', f"é {n} # no"), (f"{n}.10", f"{n}.10"),
            (f"00{n}", f"00{n}"), (f"{n}", n), (f"سلام{n}", f"سلام{n}"), (f"😀 {n}", f"😀 {n}"), (f"/x/{n}#a", f"/x/{n}#a"), ("true", True), ("~", None),
            *([(f'"two {n}\n{between}  lines # no"', f"two {n} lines # no"), (f"two {n}\n{between}  lines", f"two {n} lines")] if between else []),
        ]  # fmt: skip
        source, value = self.chance.choice(forms)
        return Part(value, source)

    def _value(self, indent: str, depth: int, lists: Sequence[str] = ("", "  ")) -> tuple[Part, str]:
        """A value behind a colon or a dash; a list has one of some indentations."""
        forms = ["plain", "brackets", "literal", "nothing", "list", "list", "table", "table"]
        form = self.chance.choice(forms[: 8 if depth < 3 else 4])
        own = indent + self.chance.choice(lists) if form == "list" else indent
        made: tuple[Part, str] = getattr(self, f"_{form}")(own, depth)
        return made

    def _plain(self, indent: str, depth: int) -> tuple[Part, str]:
        part = self._scalar(indent + "  ")
        return part, f" {part.source}{self._comment(part)}\n"

    def _nothing(self, indent: str, depth: int) -> tuple[Part, str]:
        part = Part(None)
        return part, self._comment(part) + "\n"

    def _literal(self, indent: str, depth: int) -> tuple[Part, str]:
        n, sign = self._next(), self.chance.choice(["|", "|-", "|+", ">", ">-"])
        part = Part(f"l{n}\n# no" if sign[0] == "|" else f"l{n} # no")
        return part, f" {sign}{self._comment(part)}\n{indent}  l{n}\n{indent}  # no\n"

    def _brackets(self, indent: str, depth: int) -> tuple[Part, str]:
        """A list or a table between brackets, on one line or with a line for each part."""
        part = Part(self.chance.choice([list, dict])())
        has_lines, inner = self._is(0.5), indent + "    "
        lines = []
        for number in range(self.chance.randint(0, 3)):
            own = self._scalar()
            key = f"k{number}: " if isinstance(part.value, dict) else ""
            if key:
                part.value[key[:-2]] = own
            else:
                part.value.append(own)
            above = self._lines(own, inner) if has_lines else ""
            lines.append((above, key + own.source, self._comment(own) if has_lines else ""))
        opening, closing = "{}" if isinstance(part.value, dict) else "[]"
        if not has_lines:
            return part, f" {opening}{', '.join(text for _, text, _ in lines)}{closing}{self._comment(part)}\n"
        last = self.chance.choice([",", ""])
        commas = [","] * (len(lines) - 1) + [last]
        inside = "".join(
            f"{above}{inner}{text}{comma}{beside}\n"
            for (above, text, beside), comma in zip(lines, commas, strict=False)
        )
        start = f" {opening}{self._comment(part)}\n{inside}"
        return part, f"{start}{self._lines(part, inner)}{indent}  {closing}{self._comment(part)}\n"

    def _list(self, indent: str, depth: int) -> tuple[Part, str]:
        part = Part([])
        text = self._comment(part) + "\n"
        for _ in range(self.chance.randint(1, 4)):
            above = Part(None)
            lines = self._lines(above, indent)
            item, value = self._item(indent, depth + 1)
            (item if lines.endswith("c\n") and part.value else part).comments.extend(above.comments)
            part.value.append(item)
            text += f"{lines}{indent}-{value}"
        return part, text

    def _item(self, indent: str, depth: int) -> tuple[Part, str]:
        """The item of a list; a table or a list may begin behind the dash."""
        if depth > 3 or self._is(0.5):
            return self._value(indent, depth, ["  "])
        inner = indent + "  "
        if self._is(0.8):
            item, lines = self._keys(inner, depth)
        else:
            item, lines = self._list(inner, depth)
            beside, _, lines = lines.partition("\n")
            if beside or lines[len(inner)] != "-":
                return item, f"{beside}\n{lines}"
        return item, " " + lines[len(inner) :]

    def _table(self, indent: str, depth: int) -> tuple[Part, str]:
        beside = Part(None)
        start = self._comment(beside) + "\n"
        above = self._lines(beside, indent + "  ")
        part, lines = self._keys(indent + "  ", depth + 1)
        part.comments += beside.comments
        return part, start + above + lines

    def _keys(self, indent: str, depth: int) -> tuple[Part, str]:
        part, text = Part({}), ""
        for number in range(self.chance.randint(1, 4)):
            value, own = self._value(indent, depth)
            part.value[f"p{number}"] = value
            text += (self._lines(part, indent) if number else "") + f"{indent}p{number}:{own}"
        return part, text

    # editing

    def _typed(self) -> Part:
        return Part(self.chance.choice(TYPED), is_changed=True)

    def _chosen(self, sort: Any) -> Part | None:
        found = [part for part in self.root.all() if part is not self.root and isinstance(part.value, sort)]
        return self.chance.choice(found) if found else None

    def _above(self, part: Part) -> Iterator[Part]:
        """What holds a part, from the outside."""
        own = self.root
        while own is not part:
            yield own
            own = next(held for held in own.held if part in held.all())

    def _is_known(self, part: Part) -> bool:
        """Whether it can still be seen which item a changed part is in, although the list has lost another one, or has a new one."""
        way = [*self._above(part), part]
        return all(
            not one.has_other or not isinstance(one.value, list) or item.filled() > 4 for one, item in pairwise(way)
        )

    def _are_known(self, part: Part) -> bool:
        """Whether changed items of a list would still be known if another one came or went."""
        return all(not item.is_changed or item.filled() > 4 for item in part.value)

    def _touch(self, part: Part) -> None:
        for one in (*self._above(part), part):
            one.is_changed = True

    def _type(self) -> None:
        part = self._chosen((str, int, float, type(None)))
        if part is not None and part.value is not False and self._is_known(part):
            self._touch(part)
            part.value = self._typed().value

    def _clear(self) -> None:
        table = self._chosen(dict)
        self._take(table, self.chance.choice(list(table.value)) if table and table.value else None)

    def _drop(self) -> None:
        part = self._chosen(list)
        if part is not None and self._are_known(part):
            items = [item.plain() for item in part.value]
            # Which of two that are alike is gone nobody can see.
            known = [place for place, item in enumerate(items) if items.count(item) == 1]
            self._take(part, self.chance.choice(known) if known else None)

    def _take(self, part: Part | None, name: Any) -> None:
        """Take a part away, unless that would leave nothing."""
        if part is None or name is None or part.filled() == part.value[name].filled() or not self._is_known(part):
            return
        self._touch(part)
        part.has_other = True
        del part.value[name]

    def _add(self) -> None:
        part = self._chosen(list)
        if part is not None and self._is_known(part) and self._are_known(part):
            self._touch(part)
            part.has_other = True
            new = self.chance.choice([self._typed(), Part({"p0": self._typed(), "n": self._typed()}, is_changed=True)])
            part.value.insert(self.chance.randint(0, len(part.value)), new)

    def _add_key(self) -> None:
        table = self._chosen(dict)
        if table is not None and self._is_known(table):
            self._touch(table)
            table.value["new: key"] = self._typed()

    def _move(self) -> None:
        part = self._chosen(list)
        if part is not None and self._is_known(part):
            self._touch(part)
            self.chance.shuffle(part.value)
