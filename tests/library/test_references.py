"""References between pages, and those that refer to a page."""

from __future__ import annotations

from conftest import MakeSite
from four_languages import KINDS, LANGUAGES, make, page


def test_page_knows_its_referrers_by_field_in_order(make_site: MakeSite) -> None:
    told = "{% for p in page.referrers('tasks') %}{{ p.key }}{% endfor %}|{% for p in page.referrers('place') %}{{ p.key }}{% endfor %}"
    site = make(
        make_site,
        {
            "templates/page.html": told,
            "content/task/index.en.md": page("T"),
            "content/a/index.en.md": page("A", tasks="[/task/, /task/]", order=2),
            "content/b/index.en.md": page("B", tasks="[/, /task/]", order=1),
            "content/c/index.en.md": page("C", place="{host: /task/}"),
            "content/d/index.en.md": page("D", tasks="[/task/]", draft="true"),
        },
    )

    assert site.build()["zh/task/index.html"] == "/b//a/|/c/"


def test_reference_reported_as_a_warning_is_left_out(make_site: MakeSite) -> None:
    facts = "friend: {type: page}\n    friends: {type: list, of: {type: page}}"
    files = {
        "content/site.yaml": LANGUAGES.replace("{untracked", "{reference: warning, untracked")
        + "menus: {main: [/a/, /gone/]}\norganisation: /gone/\n",
        "content/a/index.en.md": "---\ntitle: A\nfriend: /gone/\nfriends: [/gone/, /]\n---\n",
        "templates/page.html": "{{ page.title }}: {{ page.facts.friend.title if page.facts.friend }} {% for p in page.facts.friends %}{{ p.title }}{% endfor %}"
        " {% for p in site.menus.main %}{{ p.title }}{% endfor %} {{ site.organisation.title if site.organisation }}",
    }
    site = make_site(files, kinds=f"page:\n  template: page.html\n  facts:\n    {facts}\n")

    assert site.build()["en/a/index.html"] == "A:  Home A "
    site.write("content/gone/index.en.md", "---\ntitle: Back\n---\n")
    assert site.build()["en/a/index.html"] == "A: Back BackHome ABack Back"


def test_only_the_first_problems_of_a_kind_suggest_a_fix(make_site: MakeSite) -> None:
    links = "".join(f"[x](/target-{number}x/)\n" for number in range(30))
    files = {f"content/target-{number}/index.en.md": "---\ntitle: T\n---\n" for number in range(60)}
    site = make_site({**files, "content/links/index.en.md": f"---\ntitle: Links\n---\n{links}"})
    hints = [problem.hint for problem in site.problems() if problem.code == "dead-page"]
    assert len(hints) == 30
    assert [bool(hint) for hint in hints] == [True] * 20 + [False] * 10
    assert hints[7] == "did you mean '/target-7/'?"


def test_reference_to_a_kind_accepts_a_kind_that_extends_it(make_site: MakeSite) -> None:
    kinds = KINDS + "special: {extends: item}\nuser: {template: page.html, facts: {one: {type: page, kind: item}}}\n"
    site = make(
        make_site,
        {
            "content/kinds.yaml": kinds,
            "content/a/index.en.md": page("A", kind="special"),
            "content/b/index.en.md": page("B", kind="user", one="/a/"),
            "content/c/index.en.md": page("C", kind="user", one="/"),
        },
    )

    (problem,) = site.problems()

    assert str(problem) == (
        "content/c/index.en.md:3:6: error[reference-kind]: one: '/' is of the kind 'page', not 'item'\n"
        "  3 | one: /\n    |      ^"
    )
