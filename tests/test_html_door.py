"""What becomes HTML without being escaped is listed with its reason; every value of an attribute stands between quotation marks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from conftest import REPOSITORY
from jinja2 import Environment

ENGINE = REPOSITORY / "sitegen"
MODULES = sorted(ENGINE.rglob("*.py"))
TEMPLATES = sorted(
    path
    for folder in ("sitegen", "templates", "docs/templates")
    for path in (REPOSITORY / folder).rglob("*.html")
    if "dist" not in path.parts
)

#: Functions that mark a text as HTML.
MARKING = ("Markup", "as_html")
#: Function → why what it marks as HTML is HTML.
MARKS: dict[str, str] = {
    "render.blocks.Drawing._drawn": "the Markdown within a block, and blocks that templates have drawn",
    "render.filters._cell": "patterns whose values `format` escapes; joins what is marked",
    "render.filters._conjunction": "CLDR's pattern around escaped items",
    "render.filters._heading": "joins what is marked",
    "render.filters._heading_of_html": "marks between the words of what is marked",
    "render.filters._quoted": "CLDR's quotation marks around an escaped text",
    "render.filters._reached": "a pattern whose values `format` escapes",
    "render.filters._words": "<bdi> around parts of an escaped text; a pattern whose values `format` escapes",
    "render.page_views.PageView.content": "Markdown, whose raw HTML is refused and whose words are escaped as they are written",
    "render.page_views.PageView.picture": "a percent-encoded address and an escaped description",
    "render.page_views.PageView.sections": "Markdown, as the content",
    "render.structured_data.describe": "JSON without <, within a script that is data",
    "render.template_runtime.QuickMacro.invoke": "what a macro of a template has drawn, as Jinja does",
    "render.template_runtime.escaped": "escapes it",
    "render.template_runtime.message_function.message": "a message: its tags are those of its source, its quotation marks are references",
}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def marks_of(path: Path) -> Iterator[tuple[str, int]]:
    """Each function that marks a text as HTML, and the line."""
    module = ".".join(path.relative_to(ENGINE).with_suffix("").parts)

    def of(node: ast.AST, inside: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            name = f"{inside}.{child.name}" if isinstance(child, (ast.FunctionDef, ast.ClassDef)) else inside
            if isinstance(child, ast.Call) and _called(child) in MARKING:
                yield inside, child.lineno
            yield from of(child, name)

    text = path.read_text(encoding="utf-8")
    return of(parsed(path), module) if any(name in text for name in MARKING) else iter(())


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def in_html(text: str) -> str:
    """A template's HTML, with a sign in place of each expression and nothing in place of statements and comments."""
    parts = []
    for _, kind, written in Environment(autoescape=True).lex(text):
        parts += [written] if kind == "data" else ["\0"] if kind == "variable_begin" else []
    return "".join(parts)


#: An attribute whose value is not between quotation marks; a value in a script, a style or a handler, where escaping does not help.
_UNQUOTED = re.compile(r"""<[a-z][\w-]*(?:[^<>"']|"[^"]*"|'[^']*')*?\s[\w:-]+\s*=\s*(?!["'])[^\s>]*""")
_IN_CODE = re.compile(r"""<(script|style)\b[^>]*>[^<]*\0|\s(?:on\w+|style|srcdoc)\s*=\s*["'][^"']*\0""")
#: What stands in a script all the same, and why.
IN_CODE = {'<script type="application/ld+json">\0': "data, which `render.structured_data` writes without <"}


def lets_through(text: str) -> list[str]:
    """The places of a template where an escaped value could become more than a value."""
    html = in_html(text)
    unsafe = re.findall(r"\|\s*safe\b|\{%-?\s*autoescape\b|\bMarkup\b", text)
    found = [match[0] for pattern in (_UNQUOTED, _IN_CODE) for match in pattern.finditer(html)]
    return unsafe + [place for place in found if place not in IN_CODE]


def test_every_function_that_marks_html_is_listed_and_every_one_listed_does() -> None:
    found: dict[str, int] = {}
    for path in MODULES:
        found.update(marks_of(path))

    assert {name: line for name, line in found.items() if name not in MARKS} == {}
    assert MARKS.keys() - found.keys() == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_template_quotes_every_attribute_and_puts_no_text_into_code(path: Path) -> None:
    assert lets_through(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "template",
    [
        "<a title={{ x }}>", "<a {% if y %}title={{ x }}{% endif %}>", '<a class="b" title = {{ x }}>', "<a title=a{{ x }}>",
        "<script>var a = '{{ x }}'</script>", "<style>a { color: {{ x }} }</style>", '<a onclick="f({{ x }})">', "<p style='{{ x }}'>",
        '<iframe srcdoc="{{ x }}">', "{{ x|safe }}", "{{ x | safe }}", "{% autoescape false %}{{ x }}{% endautoescape %}",
    ],
)  # fmt: skip
def test_template_that_lets_a_text_through_is_found(template: str) -> None:
    assert len(lets_through(template)) == 1


@pytest.mark.parametrize(
    "template",
    [
        '<a title="{{ x }}"{% if y %} hidden{% endif %}>{{ x }} = {{ y }}</a>',
        "<p>a={{ x }}</p>",
        '<a title="b={{ x }}">',
        "{% set a=b %}<br>",
    ],
)
def test_escaped_value_is_not_found(template: str) -> None:
    assert lets_through(template) == []


def unquoted_in(path: Path) -> list[int]:
    """The lines of a module on which an attribute's value that is filled in is not between quotation marks."""
    texts = (node for node in ast.walk(parsed(path)) if isinstance(node, ast.JoinedStr))
    return [node.lineno for node in texts if _UNQUOTED_VALUE.search(_filled(node))]


_UNQUOTED_VALUE = re.compile(r"""<[a-z][\w-]*(?:[^<>"']|"[^"]*"|'[^']*')*?\s[\w:-]+=\0""")


def _filled(node: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)


def test_html_that_the_engine_writes_quotes_every_value() -> None:
    tags = [path for path in MODULES if re.search("<[a-z]", path.read_text(encoding="utf-8"))]

    assert {path.name: lines for path in tags if (lines := unquoted_in(path))} == {}


def test_unquoted_value_in_a_module_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = f'<a class=\"b\" title={x}>'\nb = f'<a title=\"{x}\">'\n")

    assert unquoted_in(tmp_path / "a.py") == [1]
