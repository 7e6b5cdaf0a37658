"""Blocks of code are those that Python-Markdown shows as code."""

from __future__ import annotations

import markdown
import pytest

from sitegen.content.python_markdown_code import find_code


@pytest.mark.parametrize("extensions", [("extra",), ("fenced_code",), ("tables",)])
@pytest.mark.parametrize(
    "text",
    [
        "```py\nword\n```\n",
        "```py more\nword\n```\n",
        "  ```\nword\n  ```\n",
        "````\nword\n```\n",
        "```\na\n````\nword\n```\n",
        "~~~ {.py}\nword\n~~~  \n",
        "~~~ {a}b}\nword\n~~~\n",
        "~~~\nword\n",
        "    word\n\n~~~\n",
        "~~~\n\n    word\n",
    ],
)
def test_code_is_what_python_markdown_shows_as_code(text: str, extensions: tuple[str, ...]) -> None:
    html = markdown.markdown(text, extensions=list(extensions))

    is_code = any("word" in text[start:end] for start, end in find_code(text, extensions))

    assert is_code == ("word" in html.partition("<pre>")[2].partition("</pre>")[0])
