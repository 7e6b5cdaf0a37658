"""A page is moved or removed: every link follows, old addresses work, and nothing else of a file changes."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from commands import run
from conftest import HOME, MakeSite, TinySite
from hugosite import PNG
from repository import commit, git
from work import calls

from sitegen.build.options import Options
from sitegen.build.pipeline import check
from sitegen.content.tables import Tables
from sitegen.editing.rename_remove import remove, rename
from sitegen.model.loading import load_config
from sitegen.model.page import Key
from sitegen.problems.problem import SiteError
from sitegen.translation.review import accept
from sitegen.translation.status_report import find_status

SITE = """\
title: {en: Site, fr: Site}
base_url: https://example.org/
languages: [{tag: en}, {tag: fr}]
menus: {main: [/plan/, "/plan/goals/"]}
organisation: /plan/
"""
KINDS = """\
page: {template: page.html}
task:
  template: page.html
  facts:
    plan: {type: page}
    related: {type: list, of: {type: group, fields: {page: {type: page}}}}
"""
PLAN = {
    "content/plan/index.en.md": "---\ntitle: Plan\n---\n## How\n\nSee [goals](goals/), [home](/), ![A map](map.svg).\n",
    "content/plan/index.fr.md": "---\ntitle: Plan\nslug: projet\n---\n## Comment\n\nVoir [buts](goals/), [accueil](/), ![Une carte](map.svg).\n",
    "content/plan/map.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "content/plan/goals/index.en.md": "---\ntitle: Goals\n---\nOf [the plan](../), with [a map](../map.svg).\n",
}


def make(make_site: MakeSite, files: Mapping[str, str | bytes] | None = None) -> TinySite:
    return make_site({**PLAN, **(files or {})}, site=SITE, kinds=KINDS)


def codes(site: TinySite) -> list[str]:
    """Problems of the site, warnings too."""
    try:
        return [
            str(problem)
            for problem in check(Options(root=site.root, output=site.public))
            if problem.code != "untracked"
        ]
    except SiteError as error:
        return [str(problem) for problem in error.problems]


def read(site: TinySite, path: str) -> str:
    return (site.root / path).read_bytes().decode()


def test_every_one_of_forty_references_follows_and_the_old_address_works(make_site: MakeSite) -> None:
    files = {}
    for number in range(10):
        files[f"content/t{number}/index.en.md"] = (
            "---\nkind: task\ntitle: T\nplan: /plan/  # the one\nrelated:\n  - {page: '/plan/goals/'}\n---\n"
            "To [it](/plan/#how) and [there](../plan/goals/).\n"
        )
        files[f"content/t{number}/index.fr.md"] = (
            "---\ntitle: T\n---\nVers [lui](/plan/#how) et [là](../plan/goals/).\n"
        )
    site = make(make_site, files)
    before = site.build()
    rename(site.root, "/plan/", "/study/programme/")

    assert codes(site) == []
    after = site.build()
    for old, new in (
        ("en/plan/", "en/study/programme/"),
        ("fr/projet/", "fr/study/projet/"),
        ("en/plan/goals/", "en/study/programme/goals/"),
    ):
        assert "<h1>" in before[f"{old}index.html"]
        assert f"/{new}" in after[f"{old}index.html"]
        assert "<h1>" in after[f"{new}index.html"]
    assert 'href="/en/study/programme/#how"' in after["en/t3/index.html"]
    assert 'href="/fr/study/projet/goals/"' in after["fr/t3/index.html"]
    assert read(site, "content/t3/index.en.md") == files["content/t3/index.en.md"].replace(
        "/plan/", "/study/programme/"
    )
    assert read(site, "content/t3/index.fr.md") == files["content/t3/index.fr.md"].replace(
        "/plan/", "/study/programme/"
    )


#: A table that names /plan/ and a page below it, and one whose cell is a text; in each format.
TABLES = {
    "csv": 'name,page,more\n"Plan, whole", /plan/ ,../plan/goals/#how\n"two\nlines",/plan/goals/,\n',
    "json": '[{"name": "Plan", "page": "/plan/", "more": "../plan/goals/#how"}]\n',
    "yaml": "rows:\n  - {name: Plan, page: /plan/}\n  - name: Goals\n    more: '../plan/goals/#how'\n",
}


@pytest.mark.parametrize("ending", TABLES)
def test_cells_of_a_declared_table_follow(make_site: MakeSite, ending: str) -> None:
    columns = "units:\n  facts:\n    name: {type: text}\n    page: {type: page}\n    more: {type: link}\n"
    table = f"content/a/units.{ending}"
    files = {"content/a/index.en.md": "---\ntitle: A\n---\n", "content/tables.yaml": columns, table: TABLES[ending]}
    files["content/plan/goals/index.en.md"] = "---\ntitle: Goals\n---\n## How\n"
    site = make(make_site, files)

    with pytest.raises(SiteError) as caught:
        remove(site.root, "/plan/", force=False)
    assert {(p.path, p.code) for p in caught.value.problems if p.path == table} == {(table, "in-use")}
    rename(site.root, "/plan/", "/study/programme/")

    assert read(site, table) == TABLES[ending].replace("/plan/", "/study/programme/")
    assert codes(site) == []


#: A path as a text, in a column of texts, stands before and after the reference.
TEXTS_IN_TABLES = {
    "csv": 'name,page,more\n/plan/,/plan/,\n"/plan/\nand ""more""",/plan/,/plan/\n/plan/,,"/plan/"\n',
    "json": '[{"name": "/plan/", "page": "/plan/"}, {"page" :\n"/plan/","name":"/plan/"},\n{"name": "a \\"/plan/", "more": "/plan/"}]',
    "yaml": "rows:\n  - {name: /plan/, page: /plan/}\n  - name: '/plan/'\n    more: '/plan/'\n",
}


@pytest.mark.parametrize("ending", TEXTS_IN_TABLES)
def test_a_text_that_reads_as_a_path_stays_in_a_table(make_site: MakeSite, ending: str) -> None:
    columns = "units:\n  facts:\n    name: {type: text}\n    page: {type: page}\n    more: {type: link}\n"
    table = f"content/a/units.{ending}"
    files = {"content/a/index.en.md": "---\ntitle: A\n---\n", "content/tables.yaml": columns}
    site = make(make_site, {**files, table: TEXTS_IN_TABLES[ending]})

    rename(site.root, "/plan/", "/labor/")

    config = load_config(site.root)
    rows = Tables().read(site.root, table, config)[0].rows
    assert [str(row["name"]).count("/plan/") for row in rows] == [1] * len(rows)
    named = [str(row.get(name)) for row in rows for name in ("page", "more") if row.get(name)]
    assert named
    assert not [text for text in named if "/plan/" in text]
    assert codes(site) == []


def test_a_reference_written_with_escapes_in_a_table_is_reported_at_its_place(make_site: MakeSite) -> None:
    table = "content/a/units.json"
    columns = "units:\n  facts:\n    name: {type: text}\n    page: {type: page}\n"
    files = {"content/a/index.en.md": "---\ntitle: A\n---\n", "content/tables.yaml": columns}
    site = make(make_site, {**files, table: '[{"name": "/plan/",\n  "page": "\\/plan\\/"}]'})
    before = site.inputs()

    with pytest.raises(SiteError) as caught:
        rename(site.root, "/plan/", "/labor/")

    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.column) == (table, 2, 12)
    assert "is written with escapes" in problem.message
    assert site.inputs() == before


@pytest.mark.parametrize("link", ["[a](/pl&#97;n/)", "[![a *b](x.png)\nc](&#x2F;plan/)", "[a\\]](&#47;plan/)"])
def test_a_link_written_with_escapes_is_reported_although_another_has_the_same_target_by_reference(
    make_site: MakeSite, link: str
) -> None:
    text = "---\ntitle: A\n---\n{}\n\n[d\ne][r], [![f](x.png)][r], ![g](x.png)\n\n[r]: /plan/\n"
    site = make(make_site, {"content/a/index.en.md": text.format(link), "content/a/x.png": PNG})
    before = site.inputs()

    with pytest.raises(SiteError) as caught:
        rename(site.root, "/plan/", "/labor/")

    assert [(problem.line, "is written with escapes" in problem.message) for problem in caught.value.problems] == [
        (4, True)
    ]
    assert site.inputs() == before
    site.write("content/a/index.en.md", text.format(""))
    rename(site.root, "/plan/", "/labor/")
    assert codes(site) == []


def test_sorted_references_are_in_order_after_a_move_too(make_site: MakeSite) -> None:
    kinds = KINDS + "    after: {type: list, of: {type: page}, sorted: true}\n"
    files = {
        **PLAN,
        "content/a/index.en.md": "---\nkind: task\nafter: [/b/, /plan/]  # both\ntitle: A\n---\n",
        "content/b/index.en.md": "---\ntitle: B\n---\n",
    }
    site = make_site(files, site=SITE, kinds=kinds)
    rename(site.root, "/b/", "/z/")

    assert codes(site) == []
    assert read(site, "content/a/index.en.md") == "---\nkind: task\nafter: [/plan/, /z/]  # both\ntitle: A\n---\n"


def test_settings_follow_with_their_quotes_and_comments(make_site: MakeSite) -> None:
    site = make(make_site)
    rename(site.root, "/plan/", "/labor/")

    assert read(site, "content/site.yaml") == SITE.replace("/plan/", "/labor/")


@pytest.mark.parametrize(
    ("link", "now"),
    [("../../b/", "../b/"), ("../../b/#two", "../b/#two"), ("../../b/x.txt", "../b/x.txt"), ("../../", "../"), ("/b/", "/b/")],
)  # fmt: skip
def test_relative_link_never_leads_above_the_home_page(make_site: MakeSite, link: str, now: str) -> None:
    text = f"---\ntitle: Sub\n---\n[b]({link}) and [c][r]\n\n[r]: {link}\n"
    site = make_site(
        {
            "content/a/index.en.md": "---\ntitle: A\n---\n",
            "content/a/sub/index.en.md": text,
            "content/b/index.en.md": "---\ntitle: B\n---\n## Two\n",
            "content/b/x.txt": "x",
        }
    )
    site.build()

    rename(site.root, "/a/sub/", "/sub/")

    moved = (site.root / "content/sub/index.en.md").read_text(encoding="utf-8")
    assert moved.endswith(f"[b]({now}) and [c][r]\n\n[r]: {now}\n")
    assert site.build()


def test_relative_links_inside_a_moved_folder_stay_and_those_out_of_it_are_rewritten(make_site: MakeSite) -> None:
    site = make(make_site, {"content/index.en.md": "---\ntitle: Home\n---\n[x](plan/goals/) [y](plan/map.svg)\n"})
    rename(site.root, "/plan/goals/", "/aims/all/")

    assert read(site, "content/aims/all/index.en.md").endswith(
        "Of [the plan](../../plan/), with [a map](../../plan/map.svg).\n"
    )
    assert "[x](aims/all/) [y](plan/map.svg)" in read(site, "content/index.en.md")
    assert "[goals](../aims/all/)" in read(site, "content/plan/index.en.md")
    assert codes(site) == []


def test_definitions_titles_and_repeated_links_follow(make_site: MakeSite) -> None:
    text = '---\ntitle: Home\n---\n[a][p] and [b][p], [c](/plan/ "The /plan/ page"), [d](</plan/>), /plan/ as text\n\n[p]: /plan/#how\n'
    site = make(make_site, {"content/index.en.md": text})
    rename(site.root, "plan", "labor")

    assert read(site, "content/index.en.md").split("---\n")[2] == (
        '[a][p] and [b][p], [c](/labor/ "The /plan/ page"), [d](</labor/>), /plan/ as text\n\n[p]: /labor/#how\n'
    )
    assert codes(site) == []


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize(
    ("aliases", "expected"),
    [
        ("", "aliases: [/plan/]\n"),
        ("aliases: [/a/]\n", "aliases: [/a/, /plan/]\n"),
        ("aliases: []\n", "aliases: [/plan/]\n"),
        ("aliases:\n- /a/\n", "aliases:\n- /a/\n- /plan/\n"),
    ],
)
def test_aliases_are_added_in_the_notation_already_used(
    make_site: MakeSite, aliases: str, expected: str, end: str
) -> None:
    text = f"---\ntitle: Plan\n{aliases}---\n## How\n"
    site = make(
        make_site,
        {
            "content/plan/index.en.md": text.replace("\n", end),
            "content/plan/index.fr.md": PLAN["content/plan/index.fr.md"],
        },
    )
    rename(site.root, "/plan/", "/labor/")

    assert read(site, "content/labor/index.en.md") == f"---\ntitle: Plan\n{expected}---\n## How\n".replace("\n", end)
    assert not [told for told in codes(site) if "structure" not in told]


def test_a_page_may_go_back_to_where_it_was(make_site: MakeSite) -> None:
    site = make(make_site)
    rename(site.root, "/plan/", "/labor/")
    rename(site.root, "/labor/", "/plan/")

    assert codes(site) == []
    assert "/en/plan/" in site.build()["en/labor/index.html"]


def test_rename_makes_no_translation_stale(make_site: MakeSite) -> None:
    files = {
        "content/a/index.en.md": "---\ntitle: A\n---\nTo [it](/plan/).\n\n## More\n\nWords.\n",
        "content/a/index.fr.md": "---\ntitle: A\n---\nVers [lui](/plan/).\n\n## Plus\n\nMots.\n",
        "content/b/index.en.md": "---\ntitle: B\n---\nTo [it](/plan/).\n",
        "content/b/index.fr.md": "---\ntitle: B\n---\nVers [lui](/plan/).\n",
    }
    site = make(make_site, files)
    assert len(list(accept(site.root, "all", "fr"))) == 3
    site.write("content/b/index.en.md", "---\ntitle: B\n---\nNow to [it](/plan/).\n")
    rename(site.root, "/plan/", "/labor/")
    states = {page.key: page.state for page in find_status(site.root).of("fr").pages}

    assert [states[Key(key)].name for key in ("/a/", "/labor/", "/b/")] == ["current", "current", "stale"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("/plam/", "/labor/", "there is no page '/plam/'"),
        ("/plan/", "/plan/goals/more/", "can't be moved into itself"),
        ("/plan/", "/plan/goals/", "'/plan/goals/' is taken"),
        ("/plan/", "/Work now/", "is not a content path"),
        ("/plan/", "content/labor", "error[slug]: 'content/labor' is not a content path\n  hint: write /labor/"),
        ("/plan/", "/fr/labor/", "error[slug]: '/fr/labor/' is not a content path\n  hint: write /labor/"),
        ("/plan/", "//labor/", "error[slug]: '//labor/' is not a content path\n  hint: write /labor/"),
        ("/plan/", "\\\\labor", "is not a content path\n  hint: write /labor/"),
        ("/", "/labor/", "can't be moved into itself"),
    ],
)
def test_impossible_rename_is_reported_and_changes_nothing(make_site: MakeSite, old: str, new: str, told: str) -> None:
    site = make(make_site)
    before = {path: path.read_bytes() for path in site.root.rglob("*") if path.is_file()}
    with pytest.raises(SiteError) as caught:
        rename(site.root, old, new)

    assert told in str(caught.value.problems[0])
    assert {path: path.read_bytes() for path in site.root.rglob("*") if path.is_file()} == before


MENU = """\
{{ site.page('/plan/').url }}\r
{{ site.page("/plan/task-1/").title }} {{ '/planning/' }} {{ site.page('/plan/' ~ name) }}
<a href="/plan/#how">/plan/</a>
"""


def test_templates_refer_to_the_new_path(make_site: MakeSite) -> None:
    site = make(make_site, {"templates/menu.html": MENU, "templates/bytes.html": b"'/plan/' \xff"})

    changed = rename(site.root, "/plan/", "/goals/")

    assert "templates/menu.html" in changed
    expected = MENU
    for quote in "'\"":
        expected = expected.replace(f"{quote}/plan/", f"{quote}/goals/")
    assert (site.root / "templates/menu.html").read_bytes().decode() == expected


def test_page_used_by_a_template_is_not_removed(make_site: MakeSite) -> None:
    site = make(make_site, {"templates/menu.html": "\n{{ site.page('/plan/task-1/').url }}\n"})

    with pytest.raises(SiteError) as caught:
        remove(site.root, "/plan/")

    found = {problem.place for problem in caught.value.problems if problem.code == "in-use"}
    assert "templates/menu.html:2:15" in found


def test_templates_refer_to_the_replacement_of_a_removed_page(make_site: MakeSite) -> None:
    site = make(make_site, {"templates/menu.html": "{{ site.page('/plan/task-1/').url }}<a href='/plan/#how'>"})

    remove(site.root, "/plan/", "/", force=True)

    menu = (site.root / "templates/menu.html").read_text()
    assert menu == "{{ site.page('/').url }}<a href='/#how'>"


def test_a_page_whose_files_others_show_is_not_removed_for_another(make_site: MakeSite) -> None:
    """Links can lead to another page, but a picture that is gone can't be shown."""
    text = HOME + "[plan](/plan/)\n\n![a](/plan/a.png) ![b](plan/b.png)\n"
    files: dict[str, str | bytes] = {
        "content/index.en.md": text,
        "content/plan/a.png": PNG,
        "content/plan/b.png": PNG,
    }
    site = make(make_site, {**files, "content/new/index.en.md": "---\ntitle: N\n---\n", "content/new/b.png": PNG})
    git(site.root, "init", "--quiet")
    commit(site.root)

    with pytest.raises(SiteError) as caught:
        remove(site.root, "/plan/", "/new/")
    (site.root / "content/index.en.md").write_text(text.replace("/plan/a.png", "/new/b.png"))
    remove(site.root, "/plan/", "/new/")

    assert [problem.message for problem in caught.value.problems] == [
        "'/plan/a.png' names a file that would no longer exist"
    ]
    assert (site.root / "content/index.en.md").read_text() == (
        HOME + "[plan](/new/)\n\n![a](/new/b.png) ![b](new/b.png)\n"
    )


def test_decomposed_names_of_macos_are_renamed_and_removed(make_site: MakeSite) -> None:
    stored, typed = "content/й", "/й/"
    site = make_site(
        {f"{stored}/index.en.md": "---\ntitle: Й\n---\n", "content/index.en.md": HOME + "[x](/й/?q=a#top)\n"}
    )

    changed = rename(site.root, typed, "/new/")

    assert changed == ("content/index.en.md", "content/new/index.en.md")
    assert (site.root / "content/index.en.md").read_text().endswith("[x](/new/?q=a#top)\n")
    assert not (site.root / stored).exists()
    remove(site.root, "/new/", "/", force=True)
    assert (site.root / "content/index.en.md").read_text().endswith("[x](/?q=a#top)\n")


def test_code_and_words_that_look_like_a_definition_stay(make_site: MakeSite) -> None:
    text = (
        "---\ntitle: Home\nsummary: |\n  [1]: /plan/\n---\nSee [/plan/], [it][1].\n\n"
        "```\n[1]: /plan/\n\n[/plan/]: /plan/\n```\n\n"
        "> ~~~ closed by the end of the quote\n> [1]: /plan/\n\n[/plan/]: {0}\n[1]: {0}\n"
    )
    site = make(make_site, {"content/index.en.md": text.format("/plan/")})
    rename(site.root, "/plan/", "/goals/")

    assert (site.root / "content/index.en.md").read_text() == text.format("/goals/")


@pytest.mark.parametrize("rest", ["?{}", ""], ids=["of many addresses", "of one"])
def test_definitions_of_links_are_looked_up_once(make_site: MakeSite, rest: str) -> None:
    def cost(count: int) -> int:
        links = "\n".join(f"[x][{n}]" for n in range(count))
        definitions = "\n".join(f"[{n}]: /plan/{rest.format(n)}" for n in range(count))
        site = make_site(
            {
                "content/index.en.md": f"{HOME}{links}\n\n{definitions}\n",
                "content/plan/index.en.md": "---\ntitle: P\n---\n",
            }
        )
        own = calls(lambda: rename(site.root, "/plan/", f"/goals-{count}/"))
        assert (site.root / "content/index.en.md").read_text().count(f": /goals-{count}/") == count
        shutil.rmtree(site.root / f"content/goals-{count}")
        return own

    cost(4)
    first, second, third = cost(50), cost(100), cost(200)

    assert (third - second) / (second - first) < 2.2


# remove


def saved(site: TinySite) -> TinySite:
    """The site, all of it in a commit."""
    git(site.root, "init", "--quiet")
    commit(site.root)
    return site


def test_removing_a_page_reports_every_reference_that_would_break(make_site: MakeSite) -> None:
    site = make(
        make_site, {"content/a/index.en.md": "---\nkind: task\ntitle: A\nplan: /plan/\n---\n[x](/plan/goals/)\n"}
    )
    with pytest.raises(SiteError) as caught:
        remove(saved(site).root, "/plan/")

    assert {problem.place for problem in caught.value.problems} == {
        "content/a/index.en.md:4:7", "content/a/index.en.md:6:5",
        "content/site.yaml:4:16", "content/site.yaml:4:24", "content/site.yaml:5:15",
    }  # fmt: skip
    assert (site.root / "content/plan/index.en.md").exists()


def test_an_unreferenced_page_is_removed_with_its_files(make_site: MakeSite) -> None:
    site = saved(make(make_site, {"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/x.txt": "x"}))
    site.write("content/a/.DS_Store", "hidden by a file manager, and in no commit")
    remove(site.root, "/a/")

    assert not (site.root / "content/a").exists()
    assert codes(site) == []


def test_what_a_killed_command_has_left_beside_a_page_goes_with_it(make_site: MakeSite) -> None:
    site = saved(make_site({"content/a/index.en.md": "---\ntitle: A\n---\n"}))
    site.write("content/a/.edit-0000000112345678abcd", "half of it")

    remove(site.root, "/a/")

    assert not (site.root / "content/a").exists()


def test_links_and_aliases_of_a_removed_page_lead_to_its_replacement(make_site: MakeSite) -> None:
    site = make(
        make_site, {"content/a/index.en.md": "---\nkind: task\ntitle: A\nplan: /plan/\n---\n[x](../plan/goals/)\n"}
    )
    site.write("content/b/index.en.md", "---\ntitle: B\n---\n")
    remove(saved(site).root, "/plan/", "/b/")

    assert codes(site) == []
    assert read(site, "content/a/index.en.md").endswith("plan: /b/\n---\n[x](../b/)\n")
    pages = site.build()
    assert "/en/b/" in pages["en/plan/goals/index.html"]
    assert "/fr/b/" in pages["fr/projet/index.html"]


def test_links_to_headings_that_the_replacement_lacks_lead_to_the_page(make_site: MakeSite) -> None:
    links = (
        "[x](/plan/goals/#first) [y](../plan/goals/#dates) [z](/plan/goals/?q=1#top) [w]\n\n[w]: /plan/goals/#first\n"
    )
    site = make(make_site, {"content/a/index.en.md": f"---\ntitle: A\n---\n{links}"})
    site.write("content/b/index.en.md", "---\ntitle: B\n---\n\n## Dates\n\nIn May.\n")
    remove(saved(site).root, "/plan/goals/", "/b/")

    assert codes(site) == []
    assert read(site, "content/a/index.en.md").endswith("[x](/b/) [y](../b/#dates) [z](/b/?q=1#top) [w]\n\n[w]: /b/\n")


@pytest.mark.parametrize("has_same", [True, False])
def test_file_of_a_removed_page_is_no_other_file_of_the_same_name(make_site: MakeSite, *, has_same: bool) -> None:
    files = {
        "content/index.en.md": "---\ntitle: Home\n---\n[Her plan](/a/plan.txt)\n",
        "content/a/index.en.md": "---\ntitle: A\n---\n",
        "content/a/plan.txt": "Ann's",
        "content/b/index.en.md": "---\ntitle: B\n---\n",
        "content/b/plan.txt": "Ann's" if has_same else "Bob's",
    }
    site = saved(make_site(files))

    if has_same:
        remove(site.root, "/a/", "/b/")
        assert read(site, "content/index.en.md").endswith("[Her plan](/b/plan.txt)\n")
        return
    with pytest.raises(SiteError) as caught:
        remove(site.root, "/a/", "/b/")
    (problem,) = caught.value.problems
    assert (problem.place, problem.code) == ("content/index.en.md:4:12", "in-use")
    assert {path: (site.root / path).read_text() for path in files} == files


HELD = {
    "a kind that a field does not take": ("kind: news\ntitle: B", "about: '/b/' is of the kind 'news', not 'page'"),
    "a draft": ("title: B\ndraft: true", "'/b/' is a draft, and '/plan/' is published"),
    "due": ("title: B\npublish: 2999-01-01", "'/b/' is due on 2999-01-01, and '/plan/' is published"),
}


@pytest.mark.parametrize("name", HELD)
def test_a_page_with_which_the_site_could_not_be_built_is_no_replacement(make_site: MakeSite, name: str) -> None:
    front, told = HELD[name]
    files = {
        "content/plan/index.en.md": "---\ntitle: Plan\n---\n",
        "content/b/index.en.md": f"---\n{front}\n---\n",
        "content/c/index.en.md": "---\ntitle: C\nabout: /plan/\n---\n[plan](/plan/)\n",
    }
    kinds = "page: {template: page.html, facts: {about: {type: page, kind: page}}}\nnews: {template: page.html}\n"
    site = saved(make_site(files, kinds=kinds))

    with pytest.raises(SiteError) as caught:
        remove(site.root, "/plan/", "/b/")

    assert [problem.message for problem in caught.value.problems] == [told]
    assert {path: (site.root / path).read_text() for path in files} == files


def test_earlier_addresses_of_a_removed_page_lead_to_its_replacement_too(make_site: MakeSite) -> None:
    site = make(
        make_site, {"content/a/index.en.md": "---\ntitle: A\n---\n", "content/b/index.en.md": "---\ntitle: B\n---\n"}
    )
    rename(site.root, "/a/", "/c/")
    remove(saved(site).root, "/c/", "/b/")

    assert "aliases: [/c/, /a/]\n" in read(site, "content/b/index.en.md")
    assert "/en/b/" in site.build()["en/a/index.html"]


def test_force_removes_and_check_reports_what_broke(make_site: MakeSite, tmp_path: Path) -> None:
    site = make(make_site, {"content/a/index.en.md": "---\ntitle: A\n---\n[x](/plan/goals/)\n"})
    remove(site.root, "/plan/goals/", force=True)

    assert any("dead-page" in told for told in codes(site))


def test_page_of_which_a_part_cannot_be_deleted_is_gone_and_the_part_is_named(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make(
        make_site, {"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/b/index.en.md": "---\ntitle: B\n---\n"}
    )
    site.write("content/index.en.md", "---\ntitle: Home\n---\n[a](/a/)\n")

    def deletes_all_but_one(folder: Path, **options: Any) -> None:
        if site.root not in Path(folder).parents:  # one of the system's temporary folders
            delete(folder, **options)
            return
        (folder / "index.en.md").unlink()
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(folder / "b"))  # it is somebody else's

    delete = shutil.rmtree
    monkeypatch.setattr("shutil.rmtree", deletes_all_but_one)
    with pytest.raises(SiteError) as caught:
        remove(site.root, "/a/", "/", force=True)

    (problem,) = caught.value.problems
    assert problem.message == "the page is removed, but for what could not be deleted"
    assert [path.name for path in (site.root / problem.path).iterdir()] == ["b"]
    assert not (site.root / "content/a").exists()
    assert "[a](/)" in read(site, "content/index.en.md")
    assert codes(site) == []


@pytest.mark.parametrize("commits", [True, False], ids=["changed since", "no git"])
def test_page_that_git_cannot_restore_is_only_removed_by_force(make_site: MakeSite, commits: bool) -> None:
    site = make(make_site, {"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/é.txt": "x"})
    if commits:
        saved(site)
        site.write("content/a/index.en.md", "---\ntitle: Another\n---\n")
        site.write("content/a/é.txt", "y")
    with pytest.raises(SiteError) as caught:
        remove(site.root, "/a/")

    (problem,) = caught.value.problems
    assert str(problem) == (
        "content/a/index.en.md: error[unsaved]: git does not have this file and 1 more as they are now, "
        "and could not restore them\n  hint: commit them first, or use --force"
    )
    assert (site.root / "content/a/index.en.md").exists()
    remove(site.root, "/a/", force=True)
    assert not (site.root / "content/a").exists()


@pytest.mark.parametrize("name", ["new.txt", "b/index.en.md", "left-out.log"])
def test_one_uncommitted_file_protects_a_page(make_site: MakeSite, name: str) -> None:
    """Also one that is only staged, and one that git ignores."""
    site = saved(make(make_site, {".gitignore": "*.log\n"}))
    site.write(f"content/plan/goals/{name}", "---\ntitle: B\n---\n")
    git(site.root, "add", "--all")
    with pytest.raises(SiteError) as caught:
        remove(site.root, "/plan/goals/", "/")

    (problem,) = caught.value.problems
    assert (problem.path, problem.hint) == (f"content/plan/goals/{name}", "commit it first, or use --force")


def test_site_in_a_subfolder_of_a_repository_is_known_to_git_too(make_site: MakeSite) -> None:
    site = make(make_site, {"content/a/index.en.md": "---\ntitle: A\n---\n"})
    saved(TinySite(site.root.parent))
    remove(site.root, "/a/")

    assert not (site.root / "content/a").exists()


@pytest.mark.parametrize(
    ("page", "to", "told"),
    [
        ("/", None, "the home page can't be removed"),
        ("/plan/", "/plan/goals/", "'/plan/goals/' would also be removed"),
    ],
)
def test_page_without_a_possible_replacement_is_not_removed(
    make_site: MakeSite, page: str, to: str | None, told: str
) -> None:
    site = make(make_site)
    before = site.inputs()

    with pytest.raises(SiteError) as caught:
        remove(site.root, page, to)

    assert [problem.message for problem in caught.value.problems] == [told]
    assert site.inputs() == before


@pytest.mark.parametrize(
    "change",
    [lambda root: remove(root, ""), lambda root: rename(root, " ", "/a/"), lambda root: rename(root, "/plan/", "")],
)
def test_page_that_is_not_named_is_asked_for(make_site: MakeSite, change: Callable[[Path], object]) -> None:
    site = make(make_site)

    with pytest.raises(SiteError) as caught:
        change(site.root)

    (problem,) = caught.value.problems
    assert (problem.path, problem.message) == ("content", "no page is named")


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("/aux/", "slug"),
        ("/x/nul/y/", "slug"),
        (f"/{'y' * 241}/", "slug"),
        ("/a" * 100 + "/", "too-deep"),
        ("/taken/", "url-clash"),
        ("/old/", "alias-clash"),
        ("/tasks/b/", "required"),
    ],
)
def test_path_that_check_would_refuse_is_refused_before_anything_changes(
    make_site: MakeSite, to: str, code: str
) -> None:
    kinds = "page: {template: page.html}\ntasks: {template: page.html, children: {kind: task}}\ntask: {template: page.html, facts: {plan: {type: page, required: true}}}\n"
    files = {
        "content/b/index.en.md": "---\ntitle: B\n---\n",
        "content/c/index.en.md": "---\ntitle: C\nslug: taken\naliases: [/old/]\n---\n[b](/b/)\n",
        "content/tasks/index.en.md": "---\nkind: tasks\ntitle: T\n---\n",
    }
    site = make_site(files, kinds=kinds)
    with pytest.raises(SiteError) as caught:
        rename(site.root, "/b/", to)

    assert code in {problem.code for problem in caught.value.problems}
    assert {path: read(site, path) for path in files} == files


def test_rename_after_one_that_was_killed_adds_no_alias_twice(make_site: MakeSite) -> None:
    site = make(make_site, {"content/about/index.en.md": "---\ntitle: About\naliases: [/about/]\n---\n"})

    rename(site.root, "/about/", "/us/")

    assert read(site, "content/us/index.en.md") == "---\ntitle: About\naliases: [/about/]\n---\n"


def test_draft_with_a_dead_link_may_be_renamed(make_site: MakeSite) -> None:
    """What check accepts where it is, it accepts elsewhere."""
    site = make(make_site, {"content/about/index.en.md": "---\ntitle: About\ndraft: true\n---\n[x](/nope/)\n"})
    assert codes(site) == []

    rename(site.root, "/about/", "/us/")

    assert "[x](/nope/)" in read(site, "content/us/index.en.md")


def test_page_that_keeps_an_address_gets_no_alias_to_itself(make_site: MakeSite) -> None:
    """Its address in one language, made of its slug, stays the same, or becomes the one that it had in another."""
    files = {
        "content/a/index.en.md": "---\ntitle: A\nslug: other\n---\n",
        "content/b/index.en.md": "---\ntitle: B\n---\n",
        "content/b/index.fr.md": "---\ntitle: B\nslug: c\n---\n",
    }
    site = make_site(files, site=SITE.split("menus")[0])
    rename(site.root, "/a/", "/other/")
    assert "aliases" not in read(site, "content/other/index.en.md")

    rename(site.root, "/b/", "/c/")
    assert "\naliases: [/b/]\n" in read(site, "content/c/index.en.md")
    assert codes(site) == []


@pytest.mark.parametrize("command", ["rename", "remove"])
def test_places_that_still_name_a_page_are_listed(make_site: MakeSite, command: str) -> None:
    files = {
        "content/a/index.en.md": "---\naliases: [/plan/old/]\ntitle: A  # as /plan/\nsummary: |\n  of\n  /plan/goals/\n---\n"
        "`/plan/`, https://example.org/en/plan/, <!-- [x](/plan/) -->\nand/plan/ /planned/ /a/plan/\n\nsaid twice: /plan/ /plan/\n",
        "templates/more.html": "<p>/plan/</p>",
        "content/plan/index.en.md": "---\ntitle: Plan\n---\n",
    }
    site = make_site(files)
    done = run(site.root, command, "/plan/", "/new/" if command == "rename" else "--force")

    places = [line.split(": ") for line in done.stderr.splitlines() if "names" in line]
    page = "content/a/index.en.md"
    assert places == [
        [place, "still names /plan/"]
        for place in (f"{page}:3", f"{page}:6", f"{page}:8", f"{page}:11", "templates/more.html:1")
    ]


@pytest.mark.parametrize(
    "links", ["[x](../) and [w](../../)", "[w](../../)\n\n[x](../)", "[x](../) [w](../../) [y](../)"]
)
def test_links_of_which_one_becomes_what_another_was_follow(make_site: MakeSite, links: str) -> None:
    """Those of a page to the one above it and to the next one above that."""
    site = make_site(
        {
            "content/a/index.en.md": "---\ntitle: A\n---\n",
            "content/a/b/index.en.md": f"---\ntitle: B\n---\n{links}\n",
        }
    )
    before = site.build()["en/a/b/index.html"]

    run(site.root, "rename", "/a/b/", "/c/")

    assert (
        links.replace("../../", "UP").replace("../", "../a/").replace("UP", "../")
        in (site.root / "content/c/index.en.md").read_text()
    )
    assert site.build()["en/c/index.html"] == before
