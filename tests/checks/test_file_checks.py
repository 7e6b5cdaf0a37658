"""What files may weigh."""

from __future__ import annotations

import pytest
from conftest import MakeSite

from sitegen.build.options import Options
from sitegen.build.pipeline import check
from sitegen.problems.problem import SiteError

SITE = """\
title: {en: Site}
base_url: https://example.org/
languages: [{tag: en}, {tag: ru}, {tag: zh-Hans, path: zh}]
checks: {untracked: off}
"""
BUDGETS = SITE + "budgets: {html: 1, css: 0.5}\n"


def test_file_over_its_budget_is_reported_at_the_budget(make_site: MakeSite) -> None:
    words = " ".join(f"word{number}" for number in range(2000))
    site = make_site(
        {"content/a/index.en.md": f"---\ntitle: A\n---\n{words}\n", "static/assets/site.css": "p {}"}, site=BUDGETS
    )
    with pytest.raises(SiteError) as caught:
        check(Options(root=site.root, output=site.public))

    assert [(problem.code, problem.path, problem.line) for problem in caught.value.problems] == [
        ("budget", "content/site.yaml", BUDGETS.count("\n"))
    ] * len(caught.value.problems)
    assert "'en/a/index.html' is " in caught.value.problems[0].message
    assert "over its budget of 1 KB" in caught.value.problems[0].message


def test_text_is_weighed_compressed(make_site: MakeSite) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n" + "word " * 4000}, site=BUDGETS)

    assert check(Options(root=site.root, output=site.public)) == ()


def test_heavy_static_file_is_reported_and_may_be_a_warning(make_site: MakeSite) -> None:
    style = "".join(f".c{number} {{order: {number}}}\n" for number in range(500))
    site = make_site({"static/assets/site.css": style}, site=BUDGETS.replace("off}", "off, budget: warning}"))
    found = check(Options(root=site.root, output=site.public))

    assert [(problem.code, problem.severity) for problem in found] == [("budget", "warning")]
    assert "assets/site." in found[0].message


@pytest.mark.parametrize("budgets", ["5", "{html: 0}", "{html: much}"])
def test_budget_that_is_not_a_number_is_a_problem(make_site: MakeSite, budgets: str) -> None:
    site = make_site(site=SITE + f"budgets: {budgets}\n")

    assert {problem.line for problem in site.problems()} == {SITE.count("\n") + 1}
