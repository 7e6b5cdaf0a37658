"""Random pages with slips that `check --fix` mends, between texts that look like slips and must stay as they are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from sitegen.problems.problem import SiteError
from sitegen.source.front_matter import parse_front_matter
from sitegen.source.text import Source
from sitegen.source.yaml import Node

KINDS = """\
page: {template: page.html}
news:
  template: page.html
  facts:
    status: {type: choice, of: [planned, held]}
    is_open: {type: boolean}
    about: {type: page}
    host: {type: country}
    price: {type: money}
    size: {type: number}
    web: {type: url}
    updated_on: {type: date}
    at: {type: datetime}
    from_hour: {type: time}
    members: {type: list, of: {type: country}, sorted: true}
    days: {type: list, of: {type: date}, sorted: true}
    after: {type: list, of: {type: page}}
    people: {type: list, of: {type: group, fields: {name: {type: text}, role: {type: text}, born: {type: date}}}}
  words:
    note: {type: text}
    notes: {type: list, of: {type: text}}
    more: {type: list, of: {type: group, fields: {name: {type: text}, role: {type: text}}}}
    other: {type: text}
    last: {type: text}
"""
#: The fields that never have a slip.
NAMES = ("note", "notes", "more", "other", "last")
#: What a line of a text may be: as a slip, it would be mended.
LINES = (
    "日期：五月", "x:y", "\ttab", "  \ttab", "“yes”", "3.9.2025", "- name：x", "- a:b", "# no comment #", "titel: A", "status: plannd",
    "a\tb", "no-break\N{NO-BREAK SPACE}!", "\N{NO-BREAK SPACE}first", "/old/", "[a](/old/)", "no", "key: value", "?", "{a：b}", "\\now\\", "host：KZ",
)  # fmt: skip
#: Words that may stand in YAML without quotes.
WORDS = (
    "words",
    "日期：五月",
    "x:y",
    "“yes”",
    "3.9.2025",
    "a\N{NO-BREAK SPACE}b",
    "/old/",
    "plannd",
    "a'b",
    "c#d",
    "e\tf",
)
#: Entries that are wrong, or in the wrong place; what stands behind a # is a comment.
SLIPS = (
    "status: Planned", "status: “held”", "status：held", "status:held", '"statsu": held', "status: ‘a: b’", 'status: "Planned\n  "',
    "status: >-\n  PLANNED", "status: planned\n\tis_open: yes", "is_open: yes", 'is_open: "yes"', "is_open: on # {}", "is_open:\tyes",
    "about: now # {}", "about: /old/", "about: |\n  /old/", "about: 'now\n  '", "about: >-\n  /old/", 'about: "/ol\\\n  d/"', '"about": /old/', "? ti\n  tle\n: A", "about: \\now\\", "host: Kazakhstan", "host: >\n  kz",
    "host: “KZ”", "price: “5 CNY”", "price: 5 €", "size: “5”", "size: ٥", "size: '5\n\n  '", "web: //a.org/x", "web: “https://a.org/”",
    "updated_on: 3.9.2025", "updated_on: '3.9.2025' # {}", "updated_on: |-\n  3.9.2025", 'updated_on: "3.9.2025\n  "',
    "updated_on: 2025年9月3日", "at: 3.9.2025, 9.30", 'at: "3.9.2025\n  9.30"', "at: 2026-01-31T9:30", "from_hour: 9.30", "from_hour: >-\n  9.30",
    "members: [KZ, BY]", "members: [KZ, # {}\n  BY]", "members:\n  - KZ # {}\n  - BY # {}", "members:\n# {}\n- KZ\n# {}\n- BY",
    "members:\n\t- BY\n\t- KZ", "days: [2026-01-02, 3.9.2025]", "days: ['2026-01-02', 2026-01-01] # {}", "after: [now, /old/] # {}",
    "after:\n  - >-\n    now\n  - /old/", "people:\n  - name：x\n    role: y # {}", "people:\n\t- name: x", "people:\n  - {name：x}",
    "people:\n  - born: 3.9.2025\n    rôle: x", "people:\n  - nmae: x # {}\n    role: y", "review: human # {}", "review: human",
    'source:\n  - "s000000000000 t000000000000 title" # {}', "source: []", "\N{NO-BREAK SPACE}status: held", "titlle: A", "languages:\n\t- en",
)  # fmt: skip
BODY = (
    "[a](/old/)", "[a](\\now#how)", "[a](//a.org/)", "See [now].\n\n[now]: /old/", "See [/old/].\n\n[/old/]: /old/", "[a]( /old/ )", "# One", "*\ta", "![](x.png)", "<b>x", ":::  note", "a<br>b",
)  # fmt: skip


def values(text: str) -> dict[str, Any]:
    """The values of a page's front matter, without blanks at their ends; nothing if it can't be read."""

    def plain(node: Node) -> Any:
        if isinstance(node.value, tuple):
            return [plain(child) for child in node.value]
        return {name: plain(child) for name, child in node.entries.items()} or node.text.strip()

    try:
        front, _ = parse_front_matter(Source.of("", text))
    except SiteError:
        return {}
    return {name: plain(node) for name, node in front.entries.items()}


class Slipped(Struct):
    """A page and its translation, and what must be in one of them as it is after all fixes."""

    random: random.Random
    texts: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = [*NAMES]
        self.random.shuffle(names)
        entries = [self._keep(self._text(name)) for name in names]
        entries += [self._slip() for _ in range(self.random.randrange(4))]
        self.random.shuffle(entries)
        title = self.random.choice(("title: A", "title：A", "titel: A"))
        self.texts["en"] = "\n".join(["---", "kind: news", title, *entries, "---", *self._body(), ""])
        facts = [self._slip() for _ in range(self.random.randrange(3))]
        self.texts["fr"] = "\n".join(["---", "title: B", *facts, "---", "Texte", ""])

    def _keep(self, text: str) -> str:
        self.kept.append(text)
        return text

    def _slip(self) -> str:
        parts = self.random.choice(SLIPS).split("{}")
        return parts[0] + "".join(self._keep(self._comment()) + part for part in parts[1:])

    def _comment(self) -> str:
        return f"{self.random.choice(LINES).strip()} {self.random.random()}"

    def _text(self, name: str) -> str:
        if name == "notes":
            return f"{name}:{self._flow() if self.random.random() < 0.5 else self._items()}"
        if name == "more":
            return f"{name}:\n  - name: |\n{self._lines(6)}\n    role: x # {self._comment()}\n  - {{role: 'a：b', # {self._comment()}\n    name: \"\ta\"}}"
        return f"{name}: {self._value(2)}"

    def _lines(self, indent: int) -> str:
        lines = ["first", *self.random.choices((*LINES, ""), k=3), "last"]
        return "\n".join(" " * indent + line if line else "" for line in lines)

    def _value(self, indent: int) -> str:
        return self.random.choice((self._block, self._quoted, self._plain))(indent)

    def _block(self, indent: int) -> str:
        head = self.random.choice(("|", ">", "|-", ">+", "|2", f"| # {self._comment()}"))
        return f"{head}\n{self._lines(indent)}"

    def _quoted(self, indent: int) -> str:
        quote = self.random.choice("'\"")
        return f"{quote}{self._lines(indent).strip().replace(chr(92), '/')}{quote} # {self._comment()}"

    def _plain(self, indent: int) -> str:
        return ("\n" + " " * indent).join(self.random.choices(WORDS[:1] * 3 + WORDS, k=3))

    def _flow(self) -> str:
        return f" [“a”, 'b：c', # {self._comment()}\n  \"\td\n    e\"\n]  # {self._comment()}"

    def _items(self) -> str:
        items = (self._value(4) for _ in range(2))
        return "\n" + "\n".join(f"  # {self._comment()}\n  - {item}" for item in items)

    def _body(self) -> Iterator[str]:
        for _ in range(self.random.randrange(3)):
            yield self.random.choice(BODY) + "\n"
            yield self._keep("```text\n" + "\n".join(self.random.choices((*LINES, *BODY), k=4)) + "\n```") + "\n"
