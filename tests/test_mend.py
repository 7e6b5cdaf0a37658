"""`check --fix` mends what can only be meant, shows it, and leaves all else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY, MakeSite, TinySite

from sitegen.mend import Mended, mend
from sitegen.pipeline import Options

KINDS = """\
page: {template: page.html}
news:
  template: page.html
  facts:
    status: {type: choice, of: [planned, held]}
    is_open: {type: boolean}
    about: {type: page}
    host: {type: country}
"""
PAGE = "content/a/index.en.md"


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A site in English and French with a page that was /old/ once."""
    return make_site(
        {
            "content/index.en.md": "---\ntitle: Home\n---\nText\n",
            "content/now/index.en.md": "---\naliases: [/old/]\ntitle: Now\n---\n## How\n",
        },
        site="title: {en: Site, fr: Site}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: fr}]\n",
        kinds=KINDS,
    )


def mended(site: TinySite) -> Mended:
    return mend(Options(root=site.root, output=site.public))


def read(site: TinySite, path: str = PAGE) -> str:
    return (site.root / path).read_bytes().decode()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("title：A", "title: A"),
        ("title:A", "title: A"),
        ("titel: A", "title: A"),
        ("title: A\nlanguages:\n\t- en", "title: A\nlanguages:\n  - en"),
        ("title: A\nstatus: plannd", "title: A\nstatus: planned"),
        ("title: A\nstatus: “held”", "title: A\nstatus: held"),
        ("title: A\nis_open: yes", "title: A\nis_open: true"),
        ("title: A\nupdated: 3.9.2025", "title: A\nupdated: 2025-09-03"),
        ("title: A\nupdated: 2025年9月3日", "title: A\nupdated: 2025-09-03"),
        ("title: A\nupdated: 2025/9/3", "title: A\nupdated: 2025-09-03"),
        ("title: A\nabout: now", "title: A\nabout: /now/"),
        ("title: A\nabout: /old/", "title: A\nabout: /now/"),
        ("title: A\nhost: Kazakhstan", "title: A\nhost: KZ"),
        ("title: A\u200b", "title: A"),
        ("title: A\nreview: human", "title: A"),
        ("titel：A\nstatus: plannd\nupdated: 3.9.2025", "title: A\nstatus: planned\nupdated: 2025-09-03"),
    ],
)
def test_what_is_certain_in_front_matter_is_mended(site: TinySite, wrong: str, right: str) -> None:
    site.write(PAGE, f"---\nkind: news\n{wrong}\n---\nText\n")
    done = mended(site)

    assert read(site) == f"---\nkind: news\n{right}\n---\nText\n"
    assert done.problems == ()
    assert f"--- a/{PAGE}\n+++ b/{PAGE}\n" in done.diff
    assert f"+{right.splitlines()[-1]}\n" in done.diff or right == "title: A"
    assert mended(site).diff == ""


@pytest.mark.parametrize(
    "wrong",
    [
        "titel: A\ntitle: B",
        "title: A\nstatus: open",
        "title: A\nupdated: 1/2/2025",
        "title: A\nabout: /nowhere/",
        'title: "A',
        "title: A\nupdated: 31.2.2025",
    ],
)
def test_what_may_be_meant_otherwise_is_told_and_left(site: TinySite, wrong: str) -> None:
    text = f"---\nkind: news\n{wrong}\n---\nText\n"
    site.write(PAGE, text)
    done = mended(site)

    assert "31.2" in wrong or read(site) == text
    assert done.problems


def test_links_to_a_page_that_moved_lead_to_its_new_place(site: TinySite) -> None:
    site.write(PAGE, "---\ntitle: A\n---\nSee [it](/old/#how) and [this](/now/).\n")
    done = mended(site)

    assert read(site) == "---\ntitle: A\n---\nSee [it](/now/#how) and [this](/now/).\n"
    assert done.problems == ()


def test_ends_of_lines_marks_and_invisible_characters_are_made_plain(site: TinySite) -> None:
    (site.root / PAGE).parent.mkdir(parents=True)
    (site.root / PAGE).write_bytes("\ufeff---\r\ntitle: A\r\n---\r\nOne\x07 two\u202e three\r\n".encode())
    mended(site)

    assert read(site) == "---\ntitle: A\n---\nOne two three\n"


def test_fact_in_a_translation_goes_to_the_source(site: TinySite) -> None:
    site.write(PAGE, "---\nkind: news\ntitle: A\n---\nText\n")
    site.write("content/a/index.fr.md", "---\ntitle: B\nlanguages:\n  - en\n  - fr\n---\nTexte\n")
    done = mended(site)

    assert read(site) == "---\nkind: news\nlanguages:\n  - en\n  - fr\ntitle: A\n---\nText\n"
    assert read(site, "content/a/index.fr.md") == "---\ntitle: B\n---\nTexte\n"
    assert [problem.code for problem in done.problems] == ["untracked"]


def test_fact_that_the_source_has_too_goes_away_and_another_one_stays(site: TinySite) -> None:
    site.write(PAGE, "---\nkind: news\nstatus: held\norder: 1\ntitle: A\n---\nText\n")
    site.write("content/a/index.fr.md", "---\nstatus:  held\norder: 2\ntitle: B\n---\nTexte\n")
    done = mended(site)

    assert read(site, "content/a/index.fr.md") == "---\norder: 2\ntitle: B\n---\nTexte\n"
    assert "misplaced-fact" in [problem.code for problem in done.problems]


def test_review_in_a_translation_whose_source_is_missing_is_kept(site: TinySite) -> None:
    text = "---\nkind: news\ntitle: B\nreview: human\n---\nTexte\n"
    site.write("content/a/index.fr.md", text)
    mended(site)

    assert read(site, "content/a/index.fr.md") == text


def run(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(REPOSITORY / "build.py"), "check", "--fix", "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True)


def test_command_shows_the_difference_and_what_is_left(site: TinySite) -> None:
    site.write(PAGE, "---\ntitel: A\nstatus: held\n---\nText\n")
    ran = run(site.root)

    assert ran.returncode == 1
    assert "-titel: A\n+title: A\n" in ran.stdout
    assert "'status' is not a field of the kind 'page'" in ran.stderr


def test_site_without_slips_stays_as_it_is(site: TinySite) -> None:
    ran = run(site.root)

    assert (ran.returncode, ran.stdout) == (0, "")
