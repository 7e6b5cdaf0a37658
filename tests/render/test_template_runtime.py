"""Templates show what Jinja's own runtime makes of them."""

from __future__ import annotations

import gettext

import jinja2
import pytest
from conftest import MakeSite
from jinja2.runtime import StrictUndefined
from markupsafe import Markup

from sitegen.render.template_runtime import QuickContext, QuickMacro, message_function, shown


class _Template(jinja2.Template):
    @classmethod
    def _from_namespace(cls, environment, namespace, globals):  # type: ignore[no-untyped-def] # noqa: A002
        namespace.update(escape=shown, Macro=QuickMacro)
        return super()._from_namespace(environment, namespace, globals)


class _Environment(jinja2.Environment):
    template_class = _Template
    context_class = QuickContext


class _Catalog(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return message.replace("Hello", "<b>Привет</b>")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if n == 1 else msgid2

    def pgettext(self, context: str, message: str) -> str:
        return f"{context}|{message}"

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return f"{context}|{self.ngettext(msgid1, msgid2, n)}"


MACROS = (
    "{% macro m(a, b='<i>', c=none) %}[{{ a }},{{ b }},{{ c }}{{ ',' ~ caller() if caller is defined }}]{% endmacro %}"
)
SHOWN = [
    "{{ m(1) }}{{ m('<b>', 2, 3) }}{{ m(b=1, a=2) }}{{ m(1, c=text) }}",
    "{% call m(1) %}<p>{{ text }}</p>{% endcall %}{% call(x) m(2, b=3) %}never{% endcall %}",
    "{% macro all(a) %}{{ a }}{{ varargs|join }}{{ kwargs|dictsort }}{% endmacro %}{{ all(1, 2, 3, x='<') }}",
    "{% macro own(a, caller=none) %}{{ a }}{{ caller }}{% endmacro %}{{ own(1) }}{{ own(1, caller='<') }}",
    "{% macro plain() %}<p>&{% endmacro %}{{ plain() }}{{ plain()|length }}{{ plain() is escaped }}",
    "{% autoescape false %}{{ m('<b>') }}{{ m('<b>') is escaped }}{{ _('Hello') }}{% endautoescape %}",
    "{% for x in 'ab' %}{{ m(x, loop.index) }}{{ _('Hello') }}{{ text.upper() }}{{ {'a': 1}.get(x, '<') }}{% endfor %}",
    "{% for x in [[1, [2]]] recursive %}{{ loop(x) if x is iterable else x }}{% endfor %}",
    "{% block b %}{{ self.c() }}{{ m('b') }}{% endblock %}{% block c %}<c>{% endblock %}",
    "{{ _('Hello') }}{{ _('Hello') }}{{ _('Hello %(x)s', x='<') }}{{ gettext('100%%') }}",
    "{% trans x=text %}Hello {{ x }}{% endtrans %}{% trans n=3 %}one {{ n }}{% pluralize %}many {{ n }}{% endtrans %}",
    "{{ pgettext('button', 'Menu') }}{{ pgettext('list', '%(context)s') }}{{ pgettext('a', 'b %(v)s', v='<') }}",
    "{{ ngettext('%(num)s', '%(num)ss', 1) }}{{ ngettext('%(num)s', '%(num)ss', 2) }}{{ npgettext('a', '1', '%(num)s', 4) }}",
    "{{ text }}{{ text|safe }}{{ 3 }}{{ 1.5 }}{{ none }}{{ [text] }}{{ markup }}{{ text|e }}{{ stop() is defined }}",
    "{{ joiner()() }}{{ cycler('a', 'b').next() }}{{ namespace(a=text).a }}",
    "{{ m() }}",
    "{{ m(1, 2, 3, 4) }}",
    "{{ m(1, d=1) }}",
    "{{ m(1, a=1) }}",
    "{% macro n() %}{{ caller() }}{% endmacro %}{{ n() }}",
    "{{ nothing() }}",
    "{{ text() }}",
]


def stop() -> None:
    raise StopIteration


def made(kind: type[jinja2.Environment], template: str) -> str:
    """What a template shows, or how it fails."""
    environment = kind(autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"])
    catalog = _Catalog()
    if kind is jinja2.Environment:
        environment.install_gettext_translations(catalog, newstyle=True)  # type: ignore[attr-defined]
    else:
        environment.newstyle_gettext = True  # type: ignore[attr-defined]
        found = message_function(catalog.gettext)
        environment.globals.update(
            {
                "_": found,
                "gettext": found,
                "ngettext": message_function(catalog.ngettext, "num"),
                "pgettext": message_function(catalog.pgettext, "context"),
                "npgettext": message_function(catalog.npgettext, "context", "num"),
            }
        )
    try:
        return environment.from_string(MACROS + template).render(text="<\"'&>", markup=Markup("<hr>"), stop=stop)
    except (TypeError, jinja2.UndefinedError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("template", SHOWN)
def test_template_shows_what_it_shows_in_jinja(template: str) -> None:
    assert made(_Environment, template) == made(jinja2.Environment, template)


def test_what_a_file_of_macros_reads_once_is_read_by_each_page(make_site: MakeSite) -> None:
    """Its own variables are set when the first page imports it; another build may make only the second."""
    site = make_site(
        {
            "templates/macros.html": "{% set home = site.home.title %}{% macro hello() %}{{ home }}{% endmacro %}",
            "templates/page.html": "{% from 'macros.html' import hello %}{{ page.key }} {{ hello() }}",
            "content/a/index.en.md": "---\ntitle: A\n---\n",
            "content/b/index.en.md": "---\ntitle: B\n---\n",
        }
    )
    site.build()
    site.write("content/index.en.md", "---\ntitle: Changed\n---\n")

    pages = site.build()

    assert pages["en/a/index.html"] == "/a/ Changed"
    assert pages["en/b/index.html"] == "/b/ Changed"


def test_what_is_made_once_is_shown_and_read_by_each_page(make_site: MakeSite) -> None:
    site = make_site(
        {
            "templates/page.html": "{% call once(page.key == '/') %}{{ page.key }}, {{ site.home.title }}{% endcall %}"
            "{% call once(page.key == '/') %}, {{ locale.tag }}{% endcall %}",
            "content/a/index.en.md": "---\ntitle: A\n---\n",
            "content/b/index.en.md": "---\ntitle: B\n---\n",
        }
    )
    pages = site.build()
    assert pages["en/index.html"] == "/, Home, en"
    assert pages["en/a/index.html"] == pages["en/b/index.html"]
    assert pages["fr/index.html"].endswith(", fr")
    site.write("content/index.en.md", "---\ntitle: Changed\n---\n")

    pages = site.build()

    assert "Changed" in pages["en/a/index.html"]
    assert pages["en/a/index.html"] == pages["en/b/index.html"]


def test_menu_marks_the_page_and_what_it_is_below(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/site.yaml": "title: {en: S}\nbase_url: https://example.org/\nlanguages: [{tag: en}]\n"
            "menus: {main: [/, /a/, /a/b/, /c/]}\n",
            "templates/page.html": "{{ site.trail(page)|join(' ') }}",
            **{f"content/{path}/index.en.md": "---\ntitle: T\n---\n" for path in ("a", "a/b", "a/b/d", "c")},
        }
    )
    pages = site.build()

    assert [pages[f"en/{path}index.html"] for path in ("", "a/", "a/b/", "a/b/d/", "c/")] == [
        "/", "/a/", "/a/ /a/b/", "/a/ /a/b/", "/c/",
    ]  # fmt: skip
