"""Mistakes in templates are reported with file and line."""

from __future__ import annotations

import pytest
from commands import run
from conftest import KINDS, MakeSite


@pytest.mark.parametrize(
    ("template", "told"),
    [
        (
            "ok\n{{ page.titel }}",
            "templates/page.html:2:1: error[template-undefined]: a page has no 'titel'\n"
            "  2 | {{ page.titel }}\n    | ^\n  hint: did you mean 'title'?",
        ),
        (
            "{{ page.facts.nothing }}",
            "templates/page.html:1:1: error[template-undefined]: the page's kind has no 'nothing'\n"
            "  1 | {{ page.facts.nothing }}\n    | ^",
        ),
        (
            "{% if page.title\n<p>\n{{ page.title }}{% endif %}",
            "templates/page.html:1:1: error[template-syntax]: a tag is opened here but not closed\n"
            "  1 | {% if page.title\n    | ^^\n  hint: end it with %}",
        ),
        (
            "{{ site.page('/plan/').title }}",
            "templates/page.html:1:1: error[template-error]: there is no page '/plan/'\n"
            "  1 | {{ site.page('/plan/').title }}\n    | ^",
        ),
        (
            "{% if %}",
            "templates/page.html:1:1: error[template-syntax]: expected an expression, got 'end of statement block'\n"
            "  1 | {% if %}\n    | ^",
        ),
        (
            "\n{% include 'gone.html' %}",
            "templates/page.html:2:1: error[missing-template]: there is no template 'gone.html'\n"
            "  2 | {% include 'gone.html' %}\n    | ^",
        ),
        (
            "{{ asset('gone.css') }}",
            "templates/page.html:1:1: error[template-error]: there is no static/assets/gone.css\n"
            "  1 | {{ asset('gone.css') }}\n    | ^",
        ),
    ],
    ids=["page attribute", "field", "open tag", "page", "syntax", "include", "asset"],
)
def test_mistake_is_reported_once_with_file_and_line(make_site: MakeSite, template: str, told: str) -> None:
    site = make_site({"templates/page.html": template})

    assert site.told() == told


@pytest.mark.parametrize(
    ("template", "line", "why"),
    [
        ("{% if 1 %}" * 300 + "{% endif %}" * 300, ":3:1", "this is nested too deeply"),
        ("{% if 1 %}" * 99 + "{% endif %}" * 99, ":1:1", "this is nested too deeply"),
        ("{% for x in [1] %}" * 25 + "{% endfor %}" * 25, ":1:1", "this is nested too deeply"),
        ("{{ " + "(" * 150 + "1" + ")" * 150 + " }}", ":3:1", "this is nested too deeply"),
        ("{{ " + "1+" * 5000 + "1 }}", ":1:1", "this is nested too deeply, or too long,"),
        ("{{ " + "9" * 5000 + " }}", ":3:1", "exceeds the limit"),
        (r"{{ '\ud800' }}", "", "it writes U+D800, half of a character, which no page can hold"),
    ],
    ids=["if", "if for Python", "for", "brackets", "sum", "number", "half of a character"],
)
def test_what_python_cannot_compile_or_write_is_a_problem_of_the_template(
    make_site: MakeSite, template: str, line: str, why: str
) -> None:
    """Python has limits that Jinja does not know."""
    site = make_site({"templates/page.html": "\n\n" + template})

    assert f"templates/page.html{line}: error[template-" in (told := site.told())
    assert why in told
    done = run(site.root, "translate", "extract")  # which does not compile it
    assert done.returncode == 0 or f"templates/page.html{line}: error[template-syntax]" in done.stderr


def test_misspelt_fact_is_reported_with_the_one_meant_of_any_kind(make_site: MakeSite) -> None:
    kinds = KINDS + "project: {extends: page, facts: {status: {type: choice, of: [open, done]}}}\n"
    site = make_site({"templates/page.html": "{{ page.facts.statu }}"}, kinds=kinds)

    told = site.told()
    assert "the page's kind has no 'statu'" in told
    assert "did you mean 'status'?" in told
