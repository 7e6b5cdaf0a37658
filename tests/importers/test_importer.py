"""A whole Hugo site is imported: built by Hugo and by us, it has the same addresses and the same words."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import hugosite
import pytest
from conftest import HUGO, MoveHugo, TinySite
from lxml import html

from sitegen.cli import main
from sitegen.importers.importer import Imported, import_site
from sitegen.problems.problem import Problem, SiteError
from sitegen.problems.reporters import MOST_ALIKE
from sitegen.source import limits

#: What typographers draw otherwise, and the boxes of tasks, which Hugo makes fields of a form.
_SAME = str.maketrans(
    {"…": "...", "—": "---", "–": "--", "“": '"', "”": '"', "‘": "'", "’": "'", "☐": "", "☑": "", "↩": "", "\ufe0e": ""}
)


@dataclass(frozen=True)
class Both:
    """One site, as Hugo publishes it and as it is published here."""

    old: Path
    new: TinySite
    done: Imported
    least: int  #: files in all languages

    def published(self) -> Iterator[str]:
        """Every page of Hugo, without empty lists of an unused taxonomy."""
        for path in sorted((self.old / "public").rglob("*.html")):
            name = path.relative_to(self.old / "public").as_posix()
            if "categories/" not in name:
                yield name

    def here(self, name: str) -> html.HtmlElement:
        """The page that an old address leads to."""
        text = (self.new.public / name).read_text(encoding="utf-8")
        while moved := re.search(r'http-equiv="refresh" content="0; url=([^"]*)"', text):
            text = (self.new.public / f"{unquote(moved[1]).lstrip('/')}index.html").read_text(encoding="utf-8")
        return html.document_fromstring(text.encode())

    def there(self, name: str) -> html.HtmlElement:
        return html.document_fromstring((self.old / "public" / name).read_bytes())

    def numbers_with_losses(self) -> set[str]:
        """The numbers of posts with a reported loss of something visible."""
        told = (p for p in self.done.problems if p.code == "shortcode" or "HTML" in p.message)
        return {found[1] for problem in told if (found := re.search(r"post-0?(\d+)", problem.path))}


#: Layout, posts in a language, and files at least.
SITES = [("names", 12, 200), ("names", 40, 300), ("folders", 40, 300)]


@pytest.fixture(scope="module", params=[SITES[0], *(pytest.param(own, marks=pytest.mark.soak) for own in SITES[1:])])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Both:
    """The site of `hugosite.py` in four languages, by file name and by folder; `make soak` has its 333 files."""
    layout, posts, least = request.param
    old, new = tmp_path_factory.mktemp("old"), TinySite(tmp_path_factory.mktemp("new"))
    hugosite.lay_out(old, layout, posts)
    command = Path(sys.executable).with_name("hugo")
    subprocess.run([command, "--quiet"], cwd=old, check=True, stdout=subprocess.DEVNULL, timeout=600)
    done = import_site(old, new.root)
    new.report()
    return Both(old, new, done, least)


def words(page: html.HtmlElement, name: str) -> str:
    """The text of an element, without spaces; Hugo writes terms with capitals."""
    path = f".//{name}" if name != "article" else ".//div[contains(@class, 'prose')]"
    found = next(iter(page.xpath(path)), None)
    for title in page.xpath(".//p[@class='callout-title']"):  # a call-out without a title says here that it is one
        title.text = ""
    return "" if found is None else "".join("".join(found.itertext()).translate(_SAME).split()).casefold()


@pytest.mark.slow
def test_hundreds_of_pages_in_four_languages_are_imported(both: Both) -> None:
    assert both.done.versions >= len(list((both.old / "content").rglob("*.md"))) >= both.least
    assert (
        len(list(both.new.root.glob("content/**/index.*.md"))) == both.done.versions + 4
    )  # and the page of the search


@pytest.mark.slow
def test_site_builds_without_errors_and_every_loss_is_reported(both: Both) -> None:
    assert [problem for problem in both.done.problems if problem.severity == "error"] == []
    told = (both.new.root / both.done.report).read_text(encoding="utf-8")
    for problem in both.done.problems:
        assert problem.place in told
    left = {problem.code for problem in both.new.report().warnings}
    assert left <= {"untracked", "untranslated", "structure", "missing-message", "dead-page"}
    assert told.count("[dead-page]") == 1


def test_every_address_of_the_old_site_leads_to_a_page(both: Both) -> None:
    assert [name for name in both.published() if not (both.new.public / name).is_file()] == []


def test_every_page_keeps_its_title_and_words(both: Both) -> None:
    lost = "|".join(sorted(both.numbers_with_losses()))
    other, compared = [], 0
    for name in both.published():
        there = both.there(name)
        if name == "index.html":  # the root lets readers choose a language here
            continue
        if "raw HTML omitted" in (both.old / "public" / name).read_text(
            encoding="utf-8"
        ):  # what a shortcode made of it too
            continue
        if there.find(".//main") is None or re.search(rf"(post-|slug-|archive/|old-)0?({lost})/", name):
            continue
        here = both.here(name)
        compared += 1
        if (words(there, "h1"), words(there, "main")) != (words(here, "h1"), words(here, "article")):
            other.append(name)
    assert other == []
    assert compared > 0.8 * both.least


def test_headings_keep_the_ids_that_others_link_to(both: Both) -> None:
    for name in (name for name in both.published() if re.search(r"(^|en/)posts/post-", name)):
        ids = [heading.get("id") for heading in both.there(name).iter("h2", "h3")]

        assert [heading.get("id") for heading in both.here(name).iter("h2", "h3")] == ids


def test_files_stay_at_their_addresses_or_next_to_their_pages(both: Both) -> None:
    assert (both.new.public / "images/map.png").read_bytes() == hugosite.PNG
    assert (both.new.public / "en/bundles/bundle-1/hall.png").read_bytes() == hugosite.PNG
    (russian, *_) = both.here("ru/bundles/bundle-1/index.html").xpath("//main//img/@src")
    assert (both.new.public / russian.lstrip("/")).read_bytes() == hugosite.RUSSIAN_PNG


def test_every_problem_is_at_the_reported_position(both: Both) -> None:
    """The reported line of a shortcode, of HTML, and of a key is right, even if earlier text was changed."""
    for problem in both.done.problems:
        told = re.match(r"the shortcode '(\w+)'|the HTML '(.*)' (?:is|became)|'(\w+)' tells", problem.message)
        if told and problem.line is not None and problem.column is not None:
            line = Path(problem.path).read_text(encoding="utf-8").split("\n")[problem.line - 1]
            assert (told[1] or told[2] or told[3]) in line[problem.column - 1 :], problem


# the command


def test_command_prints_what_it_imported_and_the_path_of_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = TinySite(tmp_path / "old")
    old.write("hugo.toml", HUGO)
    old.write("content/a.md", "---\ntitle: A\nlayout: x\n---\n")

    status = main(["import", str(old.root), "--root", str(tmp_path / "new")])

    told = capsys.readouterr().err
    assert status == 0
    assert f"{old.root}/content/a.md:3:1: warning[not-imported]: 'layout' is a build setting of Hugo" in told
    assert "  3 | layout: x\n" in told
    assert told.endswith(
        f"2 pages, 2 texts and 0 files in {tmp_path / 'new'}; all that is left to do is in {tmp_path / 'new/import.txt'}\n"
    )
    assert main(["--root", str(tmp_path / "new")]) == 0


def test_existing_site_is_left_alone(tmp_path: Path) -> None:
    old, new = TinySite(tmp_path / "old"), TinySite(tmp_path / "new")
    old.write("hugo.toml", HUGO)
    new.write("content/index.en.md", "mine")

    with pytest.raises(SiteError) as caught:
        import_site(old.root, new.root)

    assert str(caught.value.problems[0]) == (
        "content: error[not-imported]: there is a site already\n  hint: name a new folder with --root"
    )
    assert [path.name for path in new.root.rglob("*")] == ["content", "index.en.md"]


def test_failed_import_leaves_nothing(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("hugo.toml", "title = \n")

    with pytest.raises(SiteError) as caught:
        import_site(old.root, tmp_path / "new")

    assert caught.value.problems[0].place == f"{old.root}/hugo.toml:1:9"
    assert caught.value.problems[0].excerpt == "title = "
    assert not (tmp_path / "new").exists()


def test_unwritable_folder_is_reported(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("hugo.toml", HUGO)
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    with pytest.raises(SiteError) as caught:
        import_site(old.root, tmp_path / "file/new")

    assert caught.value.problems[0].code == "unwritable"


def test_generated_files_are_not_copied(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "static/robots.txt": "User-agent: *\nDisallow: /\n",
            "static/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        }
    )

    assert "static/robots.txt: warning[not-imported]: /robots.txt is made twice; the file is left out" in site.told_then
    site.build()
    assert "logo.svg" in site.files()


def test_every_file_of_static_is_published_whatever_its_name_begins_with(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "static/.well-known/security.txt": "Contact: https://e.org/",
            "static/a/.b.txt": "b",
            "static/.htaccess": "x",
            "static/.user.ini": "x",
            "static/.git/config": "x",
        }
    )

    site.build()

    assert {".well-known/security.txt", "a/.b.txt", ".htaccess", ".user.ini"} <= site.files().keys()
    assert not (site.root / "static/.git").exists()
    assert "browsers or servers run files of this type: static/.htaccess and 1 other" in site.told_then


def test_hidden_files_beside_pages_are_reported_unless_only_programs_name_them_so(move_hugo: MoveHugo) -> None:
    hidden = ("content/.a/b.md", "content/c/.d.txt", "content/.DS_Store", "content/c/.gitkeep")

    site = move_hugo({"content/c.md": "---\ntitle: C\n---\n", **dict.fromkeys(hidden, "x")})

    told = "warning[not-imported]: a name that begins with a dot is not imported"
    assert [line for line in site.told_then.split("\n") if told in line] == [
        f"content/.a: {told}",
        f"content/c/.d.txt: {told}",
    ]


def test_copied_files_that_browsers_or_servers_run_are_named(move_hugo: MoveHugo) -> None:
    site = move_hugo({"static/x.html": "<script>1</script>", "static/a.PHP.txt": "x", "static/plan.pdf": "x"})

    told = "static: warning[not-imported]: browsers or servers run files of this type: static/a.PHP.txt and 1 other"
    assert told in site.told_then


def test_copied_files_that_nothing_runs_are_not_named(move_hugo: MoveHugo) -> None:
    assert "browsers or servers run" not in move_hugo({"static/plan.pdf": "x", "static/a.css": "x"}).told_then


def test_old_mistakes_are_warnings_until_they_are_fixed(move_hugo: MoveHugo) -> None:
    site = move_hugo({"content/a.md": "---\ntitle: A\n---\n![](p.png) [x](/gone/) [y](#gone)\n"})

    codes = ("alt", "dead-anchor", "dead-file", "dead-page")
    assert "checks:\n" + "".join(f"  {code}: warning\n" for code in codes) in site.text("content/site.yaml")
    for code in codes:
        assert f"warning[{code}]" in site.told_then
    site.build()


HOSTILE: dict[str, dict[str, str | bytes]] = {
    "weights": {"content/a.md": "---\ntitle: A\nweight: heavy\nmenu: {main: {weight: [1]}}\n---\n"},
    "menus": {"hugo.toml": "title = 'x'\nmenus = 3\n[[menu.main]]\n[languages.en]\nmenus = 'x'\n"},
    "taxonomies": {"hugo.toml": "taxonomies = 'x'\ndisableKinds = 'y'\n", "content/a.md": "---\ntags: {a: b}\n---\n"},
    "languages": {"hugo.toml": "languages = 'x'\n"},
    "titles": {"content/a.md": "---\ntitle: [a]\n---\n", "content/b.md": "---\ntitle: {a: b}\n---\n"},
    "dates": {"content/a.md": "---\ndate: [1]\nlastmod: 2024-13-99\n---\n"},
    "not UTF-8": {"content/a.md": b"---\ntitle: \xff\n---\n"},
    "tags": {"content/a.md": "---\ntags: ['', '?', '///', '" + "x" * 300 + "']\n---\n"},
    "names": {"content/???.md": "", "content/-.md": "", "content/a b/c d.md": ""},
    "lists in lists": {"content/a.md": "---\nx: [[a], {b: c}]\ny: {a: {b: {c: {d: {e: f}}}}}\n---\n"},
    "url": {"content/a.md": "---\nurl: ../../../etc/\naliases: [../../x, //y, '']\n---\n"},
    "slug": {"content/a.md": "---\nslug: ../b\n---\n"},
    "permalinks": {"hugo.toml": "[permalinks]\nposts = '/:nothing/:year/'\n", "content/posts/a.md": ""},
    "links": {"content/a.md": "[a](../../../../x) [b](%00) [c](//x/y) [d](?q) [e](#) ![f]() [g](a.md/b.png)\n"},
    "shortcodes": {
        "content/a.md": "{{< / >}} {{< >}} {{%%}} {{< a {{< b >}} {{< /c >}} {{< ref >}} {{< x >}}{{< y >}}{{< /x >}}{{< /y >}}"
    },
    "html": {
        "content/a.md": "<a href='x'>\n\n</a>\n\na </a> b <img> <a>\n",
        "hugo.toml": "[markup.goldmark.renderer]\nunsafe = true\n",
    },
    "empty": {"content/a.md": "", "content/b.md": "---\n---\n", "content/c.md": "+++\n+++\n", "content/d.md": "{}"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_odd_site_is_imported_or_reported(tmp_path: Path, name: str) -> None:
    old = TinySite(tmp_path / "old")
    for path, content in {"hugo.toml": HUGO, **HOSTILE[name]}.items():
        old.write(path, content)

    try:
        problems: tuple[Problem, ...] = import_site(old.root, tmp_path / "new").problems
        TinySite(tmp_path / "new").report()
    except SiteError as error:
        problems = error.problems

    assert all(problem.message and problem.code != "failed" for problem in problems)
    assert sorted(path.name for path in tmp_path.iterdir()) in (["new", "old"], ["old"])


def test_file_of_a_type_that_is_not_published_is_left_out_and_the_setting_is_told(move_hugo: MoveHugo) -> None:
    page = "---\ntitle: A\n---\n[plan](plan.dwg) [text](text.pdf)\n"
    site = move_hugo({"content/a/index.md": page, "content/a/plan.dwg": "x", "content/a/text.pdf": "%PDF"})

    site.report()

    assert "file_types" in site.told_then
    assert not (site.root / "content/a/plan.dwg").exists()
    assert (site.root / "content/a/text.pdf").exists()


def test_of_many_warnings_of_a_kind_the_report_shows_the_first_with_their_lines(tmp_path: Path) -> None:
    old = TinySite(tmp_path / "old")
    old.write("hugo.toml", HUGO)
    old.write("content/a.md", "---\ntitle: A\n---\n" + "".join(f"{{{{< own{number} >}}}}\n\n" for number in range(30)))

    done = import_site(old.root, tmp_path / "new")

    report = (tmp_path / "new/import.txt").read_text(encoding="utf-8")
    told = [problem for problem in done.problems if problem.code == "shortcode"]
    assert len(told) == 30
    assert all(f"{problem.place}: warning[shortcode]: {problem.message}" in report for problem in told)
    assert sum(f" | {{{{< own{number} >}}}}\n" in report for number in range(30)) == MOST_ALIKE


@pytest.mark.slow
def test_a_page_that_takes_too_long_is_reported_and_the_others_are_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.5)
    old = TinySite(tmp_path / "old")
    old.write("hugo.toml", HUGO)
    old.write("content/a.md", "---\ntitle: A\n---\n" + "{{< own >}} words\n\n" * 60_000)
    old.write("content/b.md", "---\ntitle: B\n---\nAll of it.\n")

    done = import_site(old.root, tmp_path / "new")

    costly = [problem for problem in done.problems if problem.code == "too-costly"]
    assert {problem.path for problem in costly} == {f"{old.root}/content/a.md"}
    assert "All of it." in (tmp_path / "new/content/b/index.en.md").read_text(encoding="utf-8")
    assert main(["check", "--root", str(tmp_path / "new")]) == 0
