"""No page has an address that would run a program, whatever content declares its own fields and attributes to be."""

from __future__ import annotations

import pytest
from conftest import MakeSite

from sitegen.render.script_addresses import find_script_address

QUOTE = "quote: {label: source, facts: {url: {type: text}}, words: {source: {type: text}}}\n"
KINDS = """\
page: {template: page.html}
paper: {template: paper.html, facts: {url: {type: text}}}
"""


@pytest.mark.parametrize("address", ["javascript:a()", "\x01JavaScript:a()", "java\tscr\nipt:a()", "vbscript:a"])
def test_address_that_runs_a_program_is_found_as_browsers_read_it(address: str) -> None:
    assert find_script_address(f'<p>x</p><form action=" {address}">').startswith("<form action=")


def test_field_that_content_declares_as_a_text_leads_readers_to_no_program(make_site: MakeSite) -> None:
    pages = {
        "content/a/index.en.md": '---\ntitle: A\nkind: paper\nurl: "javascript:a()"\n---\n',
        "templates/paper.html": '<a href="{{ page.facts.url }}">{{ page.title }}</a>',
    }
    [problem] = make_site(pages, kinds=KINDS).problems()

    assert (problem.path, problem.code) == ("content/a/index.en.md", "url")
    assert problem.message == """<a href="javascript:a()"> would run a program in readers' browsers"""


def test_attribute_of_a_block_that_content_declares_as_a_text_leads_readers_to_no_program(make_site: MakeSite) -> None:
    pages = {
        "content/blocks.yaml": QUOTE,
        "content/index.en.md": '---\ntitle: A\n---\n:::quote[S]{url="javascript:a()"}\nx\n:::\n',
    }
    [problem] = make_site(pages).problems()

    assert (problem.path, problem.code) == ("content/index.en.md", "url")


@pytest.mark.parametrize(
    "html",
    [
        "<p>javascript: a language</p>",
        '<pre><code>&lt;a href="javascript:void(0)"&gt;</code></pre>',
        '<a href="/javascript:/" title="javascript:a">x</a><input value="javascript:">',
        '<script type="application/ld+json">{"a": "<a href=\'javascript:b\'>"}</script>',
    ],
)
def test_words_about_programs_are_no_programs(html: str) -> None:
    assert find_script_address(html) == ""
