"""`new` writes a page that only needs to be filled in."""

from __future__ import annotations

import codecs
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Mapping

import pytest
from commands import run
from conftest import REPOSITORY, MakeSite, TinySite
from waiting import SOON

from sitegen.editing.new import new_page
from sitegen.problems.problem import SiteError

KINDS = """\
page: {template: page.html}
newsroom: {template: page.html, children: {kind: news}}
news:
  template: page.html
  facts:
    date: {type: date, required: true}
    status: {type: choice, of: [planned, held], required: true}
    seats: {type: number, required: true}
    is_open: {type: boolean, required: true}
    author: {type: page, kind: person, required: true}
    topics: {type: list, of: {type: text}, required: true}
    address: {type: group, fields: {town: {type: text}}, required: true}
    site: {type: url, required: true}
    host: {type: country, required: true}
    when: {type: datetime, required: true}
    picture: {type: image}
  words:
    motto: {type: text, required: true}
    place: {type: text}
person: {template: page.html}
"""
FILLED = {
    "seats": "12",
    "author": "/ada/",
    "topics": "[art]",
    "address": "{town: Here}",
    "site": "https://example.org",
    "host": "KZ",
    "when": "2026-01-31T09:30",
    "title": "Title",
    "motto": "Motto",
    "summary": "Summary",
}


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A site with a kind that asks for every type of field."""
    return make_site({"content/ada/index.en.md": "---\nkind: person\ntitle: Ada\n---\n"}, kinds=KINDS)


def told(site: TinySite, kind: str, path: str) -> str:
    with pytest.raises(SiteError) as caught:
        new_page(site.root, kind, path)
    return str(caught.value.problems[0])


def test_page_has_a_line_for_each_required_field(site: TinySite) -> None:
    path = new_page(site.root, "news", "/news/opening/")

    keys = re.findall(r"^(\w+):", (site.root / path).read_text(), re.MULTILINE)
    assert path == "content/news/opening/index.en.md"
    assert keys[:2] == ["kind", "draft"]
    assert sorted(keys[2:]) == sorted([*FILLED, "date", "status", "is_open"])


def test_page_passes_the_reader_once_filled_in(site: TinySite) -> None:
    path = new_page(site.root, "news", "/news/opening/")

    text = (site.root / path).read_text()
    for name, value in FILLED.items():
        text = re.sub(rf"^{name}: .*$", f"{name}: {value}", text, flags=re.MULTILINE)
    site.write(path, text.replace("draft: true", "draft: false"))

    assert "en/news/opening/index.html" in site.build()


def test_page_that_is_not_filled_in_is_reported_line_by_line(site: TinySite) -> None:
    path = new_page(site.root, "news", "/news/opening/")

    problems = site.problems()

    assert {problem.path for problem in problems} == {path}
    text = (site.root / path).read_text().split("\n")
    named = {text[(problem.line or 1) - 1].split(":")[0] for problem in problems}
    assert named >= {"title", "motto", "seats", "site", "host", "when", "address"}


def test_simplest_page_needs_a_title_only(site: TinySite) -> None:
    path = new_page(site.root, "page", "about")

    site.write(path, (site.root / path).read_text().replace('title: ""', "title: About").replace("draft: true\n", ""))

    assert path == "content/about/index.en.md"
    assert "en/about/index.html" in site.build()


@pytest.mark.parametrize("path", ["/Über/", "/a b/", "../x", "/a/../../x/", "/_hidden/", "/.git/", "/-a/", "/ä/"])
def test_invalid_content_path_is_refused(site: TinySite, path: str) -> None:
    before = sorted(site.root.parent.rglob("*"))

    assert "error[slug]" in told(site, "page", path)
    assert sorted(site.root.parent.rglob("*")) == before


@pytest.mark.parametrize("given", ["KZ, BY", "[KZ, BY]"])
def test_sorted_list_is_written_in_order_however_it_is_given(make_site: MakeSite, given: str) -> None:
    kinds = "page: {template: page.html, facts: {members: {type: list, of: {type: country}, sorted: true}}}\n"
    site = make_site(kinds=kinds)
    path = new_page(site.root, "page", "/states/", {"title": "States", "members": given})

    assert "members: [BY, KZ]\n" in (site.root / path).read_text()


@pytest.mark.parametrize("path", ["/News/Opening/", "news\\My Opening", "/news/my_opening"])
def test_path_with_capitals_or_spaces_is_reported_with_the_right_spelling(site: TinySite, path: str) -> None:
    meant = path.replace("\\", "/").strip("/").lower().replace(" ", "-").replace("_", "-")

    assert told(site, "page", path).endswith(f"hint: write /{meant}/")


@pytest.mark.parametrize("path", ["content/news/x", "/en/news/x/", "content\\fr\\news\\X", "news/x/index.en.md"])
def test_file_path_or_address_is_reported_with_the_content_path(site: TinySite, path: str) -> None:
    assert "error[slug]" in told(site, "page", path)
    assert told(site, "page", path).endswith("hint: write /news/x/")
    assert not (site.root / "content/news").exists()


def test_path_below_a_page_named_like_a_language_is_accepted(site: TinySite) -> None:
    assert new_page(site.root, "page", "/fr/") == "content/fr/index.en.md"
    assert new_page(site.root, "page", "/fr/paris/") == "content/fr/paris/index.en.md"


def test_path_with_backslashes_is_accepted(site: TinySite) -> None:
    assert new_page(site.root, "page", "\\news\\opening") == "content/news/opening/index.en.md"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], ": a draft; fill in title\n"),
        (["draft=true"], ": a draft; fill in title\n"),
        (["draft=false"], ": fill in title\n"),
        (["title=Grace"], ""),
    ],
)
def test_fields_left_to_fill_in_are_listed_without_a_terminal(site: TinySite, given: list[str], told: str) -> None:
    ran = run(site.root, "new", "person", "/grace/", *(f"--set={assignment}" for assignment in given))

    assert ran.stdout == "content/grace/index.en.md\n"
    assert ran.stderr == (f"content/grace/index.en.md{told}" if told else "")


def test_unknown_kind_is_refused_with_the_nearest(site: TinySite) -> None:
    assert told(site, "newz", "/x/") == (
        "content/kinds.yaml: error[unknown-kind]: 'newz' is not a kind\n  hint: did you mean 'news'?"
    )
    assert not (site.root / "content/x").exists()


def test_existing_page_is_refused_and_stays_unchanged(site: TinySite) -> None:
    assert "the page exists" in told(site, "page", "/ada/")
    assert "Ada" in (site.root / "content/ada/index.en.md").read_text()


def test_page_that_exists_in_another_language_is_refused(site: TinySite) -> None:
    """A second file would become its source version, and its facts would be in the wrong file."""
    site.write("content/eva/index.fr.md", "---\nkind: person\ntitle: Eva\n---\n")

    assert "the page exists" in told(site, "person", "/eva/")


# values that are given

GIVEN = {**FILLED, "author": "ada", "topics": "art, science", "status": "Held", "is_open": "true", "date": "2026-03-01"}


def test_page_with_every_value_given_builds_at_once(site: TinySite) -> None:
    path = new_page(site.root, "news", "/news/opening/", {**GIVEN, "title": 'The "new" hall: it opens'})

    text = (site.root / path).read_text()
    assert "draft" not in text
    assert "status: held\n" in text
    assert "author: /ada/\n" in text
    assert "topics: [art, science]\n" in text
    assert "The &#34;new&#34; hall: it opens" in site.build()["en/news/opening/index.html"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("date", "1.3.2026", "error[date]: date: '1.3.2026' is not a date"),
        ("status", "hold", "error[choice]: status: 'hold' is not one of planned, held"),
        ("author", "/eda/", "error[reference]: the page '/eda/' does not exist"),
        ("seats", "many", "error[number]: seats: 'many' is not a number"),
        ("titel", "x", "error[unknown-key]: 'titel' is not a field of the kind 'news'"),
    ],
)
def test_invalid_value_is_reported_and_nothing_is_written(site: TinySite, name: str, value: str, told: str) -> None:
    with pytest.raises(SiteError) as caught:
        new_page(site.root, "news", "/news/opening/", {**GIVEN, name: value})

    assert told in "\n".join(str(problem) for problem in caught.value.problems)
    assert not (site.root / "content/news").exists()


# a person at a terminal


def at_terminal(site: TinySite, words: list[str], answers: Mapping[str, list[str]]) -> tuple[str, int]:
    """Run `new` at a terminal and answer its questions; return what it showed and its exit status."""
    controller, terminal = pty.openpty()
    command = [sys.executable, str(REPOSITORY / "build.py"), "new", *words, "--root", str(site.root)]
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
    os.close(terminal)
    reader = codecs.getincrementaldecoder("utf-8")()  # a character may come in two parts
    shown, end = "", time.monotonic() + SOON
    waiting = {question: list(texts) for question, texts in answers.items()}
    while time.monotonic() < end:
        try:
            shown += reader.decode(os.read(controller, 4096))
        except OSError:  # the process has ended, and with it the terminal
            break
        question = re.search(r"(?:^|\n)([\w /,]+): $", shown)
        if question:
            os.write(controller, (waiting[question[1]].pop(0) + "\n").encode())
            shown += "\n"
    os.close(controller)
    return shown.replace("\r\n", "\n"), process.wait(timeout=SOON)


def test_at_a_terminal_new_asks_until_every_answer_is_right(site: TinySite) -> None:
    answers = {name: [value] for name, value in GIVEN.items()}
    answers |= {
        "kind of page": ["", "nwes", "news"],
        "content path, such as /news/opening/": ["/News/", "/en/news/opening/", "/news/opening/"],
    }
    shown, status = at_terminal(site, [], {**answers, "date": ["tomorrow", "2026-03-01"], "title": ["", "Opening"]})

    assert status == 0, shown
    assert "'' is not a kind\n  hint: kinds are " in shown
    assert "'nwes' is not a kind\n  hint: did you mean 'news'?" in shown
    assert "'/News/' is not a content path\n  hint: write /news/" in shown
    assert "'/en/news/opening/' is not a content path\n  hint: write /news/opening/" in shown
    assert "date: 'tomorrow' is not a date" in shown
    assert "write it as 2026-01-31" in shown
    assert "it must be filled in" in shown
    assert "/ada/  Ada" in shown
    assert "planned, held" in shown
    assert "Opening" in site.build()["en/news/opening/index.html"]


def answered(
    site: TinySite, kind: str, path: str, answers: Mapping[str, list[str]], given: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Answer the questions of `new` in this process; return what it showed and the text of the page."""
    waiting = {question: list(texts) for question, texts in answers.items()}
    shown: list[str] = []

    def ask(question: str) -> str:
        shown.append(question)
        return waiting[question.removesuffix(": ")].pop(0)

    made = new_page(site.root, kind, path, given, (ask, shown.append))
    assert not any(waiting.values()), "each answer was asked for"
    return "\n".join(shown), (site.root / made).read_text()


def test_fields_that_are_set_are_not_asked_for_and_the_summary_may_be_left_empty(site: TinySite) -> None:
    shown, text = answered(site, "page", "/about/", {"summary": [""]}, {"title": "About us"})

    assert "title: " not in shown
    assert text == "---\nkind: page\ntitle: About us\n---\n\n"


def test_optional_date_is_asked_for_if_calendars_or_lists_need_it(make_site: MakeSite) -> None:
    site = make_site(
        kinds="page: {template: page.html}\n"
        "events: {template: page.html, children: {kind: event, sort: -ends}}\n"
        "event:\n  template: page.html\n  calendar: {start: starts}\n"
        "  facts: {starts: {type: date}, ends: {type: date}, doors: {type: date}}\n"
    )
    answers = {"starts": ["2026-05-04"], "ends": [""], "title": ["Opening"], "summary": [""]}

    shown, text = answered(site, "event", "/opening/", answers)

    assert "starts: a day, such as 2026-01-31; may be left empty\n" in shown
    assert text == "---\nkind: event\nstarts: 2026-05-04\ntitle: Opening\n---\n\n"


COURSES = """\
page: {template: page.html}
person: {template: page.html}
course:
  template: page.html
  facts:
    teachers: {type: list, of: {type: page, kind: person}, required: true, help: who is in the room}
    level: {type: choice, of: {first: First year, second: Second year}, required: true}
    begins: {type: datetime, required: true}
"""
COURSE = {"title": ["Weaving"], "summary": [""], "begins": ["2026-02-01T10:00"], "level": ["first"]}


@pytest.fixture
def courses(make_site: MakeSite) -> TinySite:
    """A site with 25 people and a kind that refers to them."""
    people = {f"content/p{n:02}/index.en.md": f"---\nkind: person\ntitle: Person {n}\n---\n" for n in range(25)}
    return make_site(people, kinds=COURSES)


def test_question_shows_the_help_the_format_and_the_first_pages_to_choose_from(courses: TinySite) -> None:
    shown, text = answered(courses, "course", "/weaving/", {**COURSE, "teachers": ["p03, /p24/"]})

    assert "teachers: who is in the room; a content path, such as /news/; separated by commas\n" in shown
    assert "  /p00/  Person 0\n" in shown
    assert "  /p19/  Person 19\nteachers: " in shown, "twenty are listed"
    assert "teachers: [/p03/, /p24/]\n" in text


def test_page_that_does_not_exist_is_asked_for_again_with_the_nearest(courses: TinySite) -> None:
    shown, text = answered(courses, "course", "/weaving/", {**COURSE, "teachers": ["/p03/, /p033/", "/p03/"]})

    assert "  the page '/p033/' does not exist\n  hint: did you mean '/p03/'?\nteachers: " in shown
    assert "teachers: [/p03/]\n" in text


def test_choice_is_answered_by_value_or_label_in_any_case(courses: TinySite) -> None:
    answers = {**COURSE, "teachers": ["/p01/"], "level": ["third", "second YEAR"]}

    shown, text = answered(courses, "course", "/weaving/", answers)

    assert "level: first, second\n" in shown
    assert "  level: 'third' is not one of first, second\n" in shown
    assert "level: second\n" in text


@pytest.mark.parametrize("wrong", ["2026-02-30T10:00", "25:00", "tomorrow"])
def test_moment_that_does_not_exist_is_asked_for_again(courses: TinySite, wrong: str) -> None:
    answers = {**COURSE, "teachers": ["/p01/"], "begins": [wrong, "2026-02-28T10:00"]}

    shown, text = answered(courses, "course", "/weaving/", answers)

    assert shown.count("\nbegins: ") == 3, "what it is, and two questions"
    assert "begins: 2026-02-28T10:00\n" in text


def test_questions_go_on_if_another_page_is_broken(courses: TinySite) -> None:
    """The pages to choose from cannot be listed then, but an editor can still name one."""
    courses.write("content/p00/index.en.md", "---\nkind: nobody\n---\n")

    shown, text = answered(courses, "course", "/weaving/", {**COURSE, "teachers": ["/p01/"]})

    assert "Person 1" not in shown
    assert "teachers: [/p01/]\n" in text


def test_wrong_kind_on_the_command_line_is_an_error_not_a_question(courses: TinySite) -> None:
    with pytest.raises(SiteError) as caught:
        answered(courses, "curse", "/weaving/", {})

    assert caught.value.problems[0].message == "'curse' is not a kind"
    assert caught.value.problems[0].hint == "did you mean 'course'?"


def test_all_wrong_values_are_reported_at_once(courses: TinySite) -> None:
    wrong = {"level": "third", "begins": "noon", "teachers": "/nobody/", "colour": "red"}

    with pytest.raises(SiteError) as caught:
        new_page(courses.root, "course", "/weaving/", wrong)

    assert {problem.code for problem in caught.value.problems} == {"choice", "date", "reference", "unknown-key"}


def test_closed_terminal_leaves_nothing(site: TinySite) -> None:
    _, status = at_terminal(site, ["page", "/about/"], {"title": ["\x04"]})

    assert status == 2
    assert not (site.root / "content/about").exists()


def test_page_that_somebody_made_while_its_fields_were_asked_for_is_kept(make_site: MakeSite) -> None:
    site = make_site()

    def ask(question: str) -> str:
        site.write("content/b/index.en.md", "---\ntitle: Mine\n---\n")
        return "Another"

    with pytest.raises(SiteError) as caught:
        new_page(site.root, "page", "/b/", {}, (ask, lambda text: None))

    assert caught.value.problems[0].code == "url-clash"
    assert (site.root / "content/b/index.en.md").read_text() == "---\ntitle: Mine\n---\n"


ADDRESSES = """\
page:
  template: page.html
  calendar: {start: start, end: end}
  facts: {start: {type: datetime}, end: {type: datetime}, link: {type: link}, about: {type: page, kind: person}, plan: {type: file}}
person: {template: page.html}
"""


@pytest.mark.parametrize(
    ("path", "given", "code"),
    [
        ("/n/", {"slug": "../x"}, "slug"),
        ("/n/", {"slug": "a/b"}, "slug"),
        ("/n/", {"slug": ""}, "slug"),
        ("/n/", {"slug": "taken"}, "url-clash"),
        ("/taken/", {}, "url-clash"),
        ("/old/", {}, "alias-clash"),
        ("/n/", {"aliases": "/old/"}, "alias-clash"),
        ("/n/", {"aliases": "/en/../x/"}, "address"),
        ("/n/", {"languages": "xx"}, "unknown-language"),
        ("/n/", {"about": "/a/"}, "reference-kind"),
        ("/n/", {"link": "/nowhere/"}, "dead-page"),
        ("/n/", {"start": "2026-01-02T10:00", "end": "2026-01-01T10:00"}, "date"),
        ("/aux/", {}, "slug"),
        ("/x/nul/y/", {}, "slug"),
        (f"/{'y' * 241}/", {}, "slug"),
        ("/a" * 100 + "/", {}, "too-deep"),
    ],
)
def test_what_check_would_refuse_is_not_written(
    make_site: MakeSite, path: str, given: Mapping[str, str], code: str
) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\nslug: taken\naliases: [/old/]\n---\n"}, kinds=ADDRESSES)
    with pytest.raises(SiteError) as caught:
        new_page(site.root, "page", path, {"title": "N", "draft": "false", **given})

    assert code in {problem.code for problem in caught.value.problems}
    assert [*site.root.glob("content/*/**/*.md")] == [site.root / "content/a/index.en.md"]


@pytest.mark.parametrize(
    ("title", "code"), [("\x1b[31m", "control-character"), ("\udcff", "encoding"), ("T\udcc3\udca9", "encoding")]
)
def test_value_that_no_file_can_hold_is_told_where_it_was_given(make_site: MakeSite, title: str, code: str) -> None:
    with pytest.raises(SiteError) as caught:
        new_page(make_site().root, "page", "/n/", {"title": title})

    assert [(problem.place, problem.code) for problem in caught.value.problems] == [("--set title", code)]


def test_what_is_left_to_do_or_wrong_elsewhere_does_not_keep_a_page_from_being_made(make_site: MakeSite) -> None:
    files = {"content/a/index.en.md": "---\ntitel: A\nabout: /no/\n---\n", "content/b/index.en.md": "no page"}
    site = make_site(files, kinds=ADDRESSES)
    made = new_page(site.root, "page", "/n/", {"plan": "later.pdf"})

    assert (
        site.root / made
    ).read_text() == '---\nkind: page\ndraft: true\nplan: later.pdf\ntitle: ""\nsummary: ""\n---\n\n'
