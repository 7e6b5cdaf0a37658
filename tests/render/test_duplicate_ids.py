"""Headings whose id is also in a template are reported, including all templates it extends or includes."""

from __future__ import annotations

from conftest import MakeSite

TEMPLATES = {
    "templates/base.html": "<main id=\"main\">{% block b %}{% endblock %}</main>{% include 'foot.html' %}",
    "templates/foot.html": '<p id=foot></p><p id="{{ page.key }}"></p>',
    "templates/page.html": "{% extends 'base.html' %}{% block b %}{{ page.content }}{% endblock %}",
    "templates/other.html": "<p id='aside'></p>{{ page.content }}",
}


def test_heading_with_an_id_used_by_its_template_is_reported_with_what_to_write(make_site: MakeSite) -> None:
    text = "---\ntitle: H\n---\n## Main\n\n## Foot\n\n## Aside\n\n## Main {#main-part}\n"
    warnings = make_site({"content/index.en.md": text, **TEMPLATES}).report().warnings

    assert [(problem.code, problem.severity, problem.line) for problem in warnings] == [
        ("heading", "warning", 4),
        ("heading", "warning", 6),
    ]
    assert "has the id 'main', as an element of templates/base.html" in warnings[0].message
    assert "{#main-part}" in warnings[0].hint


def test_heading_may_use_the_id_of_another_template(make_site: MakeSite) -> None:
    kinds = "page:\n  template: page.html\nother:\n  template: other.html\n"
    files = {"content/a/index.en.md": "---\nkind: other\ntitle: A\n---\n## Main\n", **TEMPLATES}

    assert make_site(files, kinds=kinds).report().warnings == ()
