"""No page has an address that would run a program, whatever content declares its own fields and attributes to be."""

from __future__ import annotations

import pytest
from conftest import MakeSite

from sitegen.render.script_addresses import find_bad_address

QUOTE = "quote: {label: source, facts: {url: {type: text}}, words: {source: {type: text}}}\n"
KINDS = """\
page: {template: page.html}
paper: {template: paper.html, facts: {url: {type: text}}}
"""


@pytest.mark.parametrize("address", ["javascript:a()", "\x01JavaScript:a()", "java\tscr\nipt:a()", "vbscript:a"])
def test_address_that_runs_a_program_is_found_as_browsers_read_it(address: str) -> None:
    found = find_bad_address(f'<p>x</p><form action=" {address}">')

    assert found
    assert found[0].startswith("<form action=")


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
    assert find_bad_address(html) is None


@pytest.mark.parametrize(
    "html",
    ['<a href="{}">', "<form action='{}'>", '<iframe src = "{}">', '<object DATA="{}">', '<use xlink:href="{}">'],
)
@pytest.mark.parametrize(
    "address",
    ["data:text/html,<script>a()</script>", " D\tata:image/svg+xml,x", "blob:x", "ms-msdt:/id", "file:///etc"],
)
def test_address_of_a_sort_that_nobody_knows_is_found(html: str, address: str) -> None:
    found = find_bad_address(html.format(address.replace("<", "&lt;")))

    assert found
    assert found[1] == address.strip().replace("\t", "").partition(":")[0].lower()


@pytest.mark.parametrize(
    "html",
    [
        *(
            f'<a href="{scheme}:x">x</a>'
            for scheme in ("bitcoin", "sms", "whatsapp", "tg", "weixin", "web+coffee", "HTTPS", "geo", "xmpp")
        ),
        '<img src="data:image/png;base64,AA" srcset="data:image/svg+xml,x 2x"><link rel="icon" href="data:image/png,x">',
        '<a href="a:b/" id="x">'.replace("a:b", "./a:b"),
        '<a href="#fn:1"></a><a href="?a=b:c"><a href="/2026/10:30/">',
        '<meta property="og:title" content="data:x"><p style="color:red">href=data:x</p>',
    ],
)
def test_honest_addresses_are_none_of_these(html: str) -> None:
    assert find_bad_address(html) is None


@pytest.mark.parametrize(
    "shown",
    [
        '<a href="{% if page %}steam:{{ page.title }}{% endif %}">x</a>',
        '{% set s %}steam:{{ page.title }}{% endset %}<a href="{{ s }}">x</a>',
        '{% for s in ["weixin", "steam"] %}<a href="{{ s }}://share">x</a>{% endfor %}',
        '<a href="{{ "%s:%s"|format("steam", page.title) }}">x</a>',
    ],
)
def test_an_address_that_a_template_puts_together_may_be_there(make_site: MakeSite, shown: str) -> None:
    site = make_site({"templates/page.html": shown, "content/a/index.en.md": "---\ntitle: A\n---\n"})

    assert 'href="steam:' in site.build()["en/a/index.html"]


def test_a_template_may_have_an_address_of_any_sort_but_give_none_that_content_brings(make_site: MakeSite) -> None:
    shown = '<a href="steam://run/1">{{ page.title }}</a><a href="{{ page.facts.url }}">x</a>'
    page = '---\ntitle: A\nkind: paper\nurl: "ADDRESS"\n---\n'
    files = {"templates/paper.html": shown, "content/a/index.en.md": page.replace("ADDRESS", "tg://resolve?x")}
    site = make_site(files, kinds=KINDS)
    site.build()
    assert 'href="tg://resolve?x"' in site.pages()["en/a/index.html"]

    site.write("content/a/index.en.md", page.replace("ADDRESS", "data:text/html,x"))
    [problem] = site.problems()

    assert problem.message == """<a href="data:text/html,x"> has an address that may not begin with 'data:'"""
