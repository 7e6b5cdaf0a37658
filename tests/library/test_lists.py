"""Lists narrowed by facts, as plain pages."""

from __future__ import annotations

from conftest import MakeSite, TinySite
from lxml import html

KINDS = """\
page:
  template: page.html
task:
  extends: page
programs:
  extends: page
  template: list.html
  children: {kind: program, sort: order, by: [status, tasks, starts, places], per_page: 2}
program:
  extends: page
  facts:
    status: {type: choice, of: [open, closed, planned]}
    tasks: {type: list, of: {type: page, kind: task}}
    starts: {type: date}
    places: {type: list, of: {type: country}}
"""
LIST = """\
<h1>{{ page.title }}{% if page.selection %}: {{ page.selection.label }}{% endif %}</h1>
<ol>{% for item in page.items %}<li>{{ item.title }}</li>{% endfor %}</ol>
{% for field, choices in page.selections.items() %}
<p id="{{ field }}">{% for choice in choices %}<a href="{{ choice.url }}"{% if choice.is_current %} aria-current="page"{% endif %}>{{ choice.label }} {{ choice.count }}</a>{% endfor %}</p>
{% endfor %}
{% for alternate in page.alternates %}<link rel="alternate" hreflang="{{ alternate.tag }}" href="{{ alternate.url }}">{% endfor %}
<link rel="canonical" href="{{ page.canonical_url }}">
{% if page.pager %}<b>{{ page.pager.number }}/{{ page.pager.count }}</b><a id="next" href="{{ page.pager.next_url }}"></a>{% endif %}
"""


def program(number: int, facts: str) -> str:
    return f"---\norder: {number}\ntitle: P{number}\n{facts}---\n"


def make(make_site: MakeSite) -> TinySite:
    return make_site(
        {
            "templates/list.html": LIST,
            "content/programs/index.en.md": "---\nkind: programs\ntitle: Programmes\n---\n",
            "content/programs/index.fr.md": "---\ntitle: Programmes\n---\n",
            "content/tasks/index.en.md": "---\ntitle: Tasks\n---\n",
            "content/tasks/b/index.en.md": "---\nkind: task\norder: 1\ntitle: Second letter\n---\n",
            "content/tasks/a/index.en.md": "---\nkind: task\norder: 2\ntitle: First letter\n---\n",
            "content/programs/one/index.en.md": program(
                1, "status: closed\ntasks: [/tasks/a/, /tasks/b/]\nstarts: 2025-09-01\n"
            ),
            "content/programs/two/index.en.md": program(
                2, "status: open\ntasks: [/tasks/a/]\nstarts: 2026-02-01\nplaces: [UZ, BY]\n"
            ),
            "content/programs/three/index.en.md": program(3, "status: open\nplaces: [BY]\n"),
            "content/programs/four/index.en.md": program(4, "status: open\n"),
        },
        kinds=KINDS,
    )


def items(text: str) -> list[str]:
    return [item.text_content() for item in html.document_fromstring(text).xpath("//li")]


def choices(text: str, field: str) -> list[str]:
    return [link.text_content() for link in html.document_fromstring(text).xpath(f"//p[@id='{field}']/a")]


def test_each_value_of_a_fact_has_a_page_that_lists_its_pages(make_site: MakeSite) -> None:
    pages = make(make_site).build()

    assert items(pages["en/programs/status/closed/index.html"]) == ["P1"]
    assert items(pages["en/programs/tasks/a/index.html"]) == ["P1", "P2"]
    assert items(pages["en/programs/tasks/b/index.html"]) == ["P1"]
    assert items(pages["en/programs/year/2026/index.html"]) == ["P2"]
    assert items(pages["en/programs/places/by/index.html"]) == ["P2", "P3"]
    assert "en/programs/status/planned/index.html" not in pages


def test_values_are_sorted_by_their_type(make_site: MakeSite) -> None:
    text = make(make_site).build()["en/programs/index.html"]

    assert choices(text, "status") == ["Open 3", "Closed 1"]  # as declared
    assert choices(text, "tasks") == ["Second letter 1", "First letter 2"]  # by their order
    assert choices(text, "starts") == ["2026 1", "2025 1"]  # the newest first
    assert choices(text, "places") == ["Belarus 2", "Uzbekistan 1"]  # by name


def test_long_selection_continues_on_a_second_page(make_site: MakeSite) -> None:
    pages = make(make_site).build()

    assert items(pages["en/programs/status/open/index.html"]) == ["P2", "P3"]
    assert 'href="/en/programs/status/open/page/2/"' in pages["en/programs/status/open/index.html"]
    assert items(pages["en/programs/status/open/page/2/index.html"]) == ["P4"]


def test_selection_is_a_page_in_every_language_and_says_so(make_site: MakeSite) -> None:
    pages = make(make_site).build()
    text = pages["fr/programs/status/open/index.html"]

    assert 'hreflang="en" href="https://example.org/en/programs/status/open/"' in text
    assert '<link rel="canonical" href="https://example.org/fr/programs/status/open/">' in text
    assert "https://example.org/fr/programs/status/open/" in pages["fr/sitemap.xml"]


def test_selection_without_pages_is_removed(make_site: MakeSite) -> None:
    site = make(make_site)
    site.report()
    site.write("content/programs/one/index.en.md", program(1, "status: open\n"))
    pages = site.build()
    site.report(clean=True)

    assert "en/programs/status/closed/index.html" not in pages
    assert "en/programs/tasks/b/index.html" not in pages
    assert choices(pages["en/programs/index.html"], "status") == ["Open 4"]
    assert site.pages() == pages


def test_fact_that_cannot_narrow_a_list_is_reported(make_site: MakeSite) -> None:
    kinds = KINDS.replace("by: [status,", "by: [status, order, statsu,")
    told = make_site({"templates/list.html": LIST}, kinds=kinds).told()

    assert "by: 'order' is a number, and a list can't be narrowed by it" in told
    assert "by: 'statsu' is not a fact of its children" in told
    assert "did you mean 'status'?" in told


def test_values_with_the_same_address_are_reported_where_they_are_written(make_site: MakeSite) -> None:
    values = ("open", "Open", "ß", "ss")
    site = make_site(
        {
            "templates/list.html": LIST,
            "content/programs/index.en.md": "---\nkind: programs\ntitle: Programmes\n---\n",
            **{
                f"content/programs/p{at}/index.en.md": program(at, f"status: {value}\n")
                for at, value in enumerate(values)
            },
        },
        kinds=KINDS.replace("[open, closed, planned]", f"[{', '.join(values)}]"),
    )

    assert [(problem.path, problem.line, problem.message) for problem in site.problems()][::2] == [
        (
            "content/programs/p1/index.en.md",
            4,
            "/en/programs/status/Open/ differs from another only in capital letters",
        ),
        ("content/programs/p3/index.en.md", 4, "/en/programs/status/ss/ differs from another only in capital letters"),
    ]
    assert "hint: rename the value, or the one in content/programs/p0/index.en.md" in site.told()


def test_list_without_children_or_values_has_no_selections(make_site: MakeSite) -> None:
    site = make_site(
        {
            "templates/list.html": LIST,
            "content/programs/index.en.md": "---\nkind: programs\ntitle: Programmes\n---\n",
            "content/more/index.en.md": "---\nkind: programs\ntitle: More\n---\n",
            "content/more/one/index.en.md": program(1, ""),
            "content/even/index.en.md": "---\nkind: programs\ntitle: Even more\n---\n",
            "content/even/one/index.en.md": "---\nkind: page\ntitle: Another kind\n---\n",
            "content/even/two/index.en.md": program(2, "kind: program\nstatus: open\n"),
        },
        kinds=KINDS,
    )

    pages = site.build()

    assert not any("/status/" in path for path in pages if path.startswith(("en/programs", "en/more")))
    assert "en/even/status/open/index.html" in pages
