"""A warm build equals a clean one byte for byte."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeSite, TinySite
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from waiting import write_later

from sitegen.build import site as site_of_build
from sitegen.build.options import Options
from sitegen.build.pipeline import Ahead, Builder, build, check
from sitegen.content.reader import load_content
from sitegen.problems.problem import SiteError
from sitegen.translation.review import accept

SITE = """\
title: {en: Site, ru: Сайт}
base_url: https://example.org/
languages:
  - {tag: en}
  - {tag: ru}
  - {tag: kk, fallback: [ru, en]}
menus: {main: [/a/]}
checks: {untracked: off}
"""
KINDS = """\
page:
  template: page.html
  facts:
    friend: {type: page}
    status: {type: choice, of: [open, closed]}
newsroom:
  extends: page
  children: {kind: news, sort: -date, per_page: 2}
news: {extends: page}
"""
PAGE = """\
{{ site.title }} {{ _('Home') }} {{ asset('s.css') }} {% for p in site.menus.main %}{{ p.title }} {{ p.url }} {% endfor %}
{{ page.url }} {{ page.title|words }} {{ page.summary }} {{ page.state }} {{ page.shown.path }} {{ page.changed|join(' ') }}
{{ page.facts.friend.title if page.facts.friend }} {{ page.facts.status }} {{ page.parent.title if page.parent }}
{% for p in page.items %}{{ p.title }} {{ p.url }} {{ p.date }} {% endfor %}{{ page.pager.count if page.pager }}
{% for p in page.referrers('friend') %}{{ p.title }} {% endfor %}{% for p in page.siblings %}{{ p.key }} {% endfor %}
{% for t in page.translations %}{{ t.url }} {{ t.title }} {{ t.is_translated }} {% endfor %}{{ page.canonical_url }}
{{ page.content }}
"""
FILES: Mapping[str, str] = {
    "content/site.yaml": SITE,
    "content/kinds.yaml": KINDS,
    "templates/page.html": PAGE,
    "static/assets/s.css": "a{}",
    "content/index.en.md": "---\ntitle: Home\n---\n",
    "content/a/index.en.md": "---\nfriend: /news/one/\nstatus: open\ntitle: A\nsummary: Sum\n---\n"
    "## Part\n\n[one](/news/one/) [b](/b/#b-part) ![p](p.png)\n",
    "content/a/index.ru.md": "---\ntitle: А\n---\n## Часть\n\n[раз](/news/one/) [б](../b/)\n",
    "content/a/p.png": "p",
    "content/b/index.en.md": "---\ntitle: B\n---\n## B part\n\nText.\n",
    "content/news/index.en.md": "---\nkind: newsroom\ntitle: News\n---\n",
    "content/news/one/index.en.md": "---\ndate: 2026-01-01\ntitle: One\n---\nText.\n",
    "content/news/two/index.en.md": "---\ndate: 2026-01-02\ntitle: Two\n---\n",
    "content/news/three/index.en.md": "---\ndate: 2026-01-03\ntitle: Three\n---\n",
}
CATALOG = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Home"\nmsgstr "%s"\n'

#: What is changed → (path, new text; None removes it).
EDITS: Mapping[str, tuple[str, str | None]] = {
    "text": ("content/b/index.en.md", FILES["content/b/index.en.md"] + "\nMore.\n"),
    "heading's words": ("content/b/index.en.md", "---\ntitle: B\n---\n## B part {#b-part} \n\n### New\n"),
    "text of a translated page": (
        "content/a/index.en.md", FILES["content/a/index.en.md"] + "\nMore.\n",
    ),
    "text of a translation": ("content/a/index.ru.md", FILES["content/a/index.ru.md"] + "\nЕщё.\n"),
    "title": ("content/news/one/index.en.md", "---\ndate: 2026-01-01\ntitle: First\n---\nText.\n"),
    "summary": ("content/a/index.en.md", FILES["content/a/index.en.md"].replace("Sum", "New sum")),
    "slug": ("content/news/one/index.en.md", "---\ndate: 2026-01-01\ntitle: One\nslug: first\n---\nText.\n"),
    "slug of a parent": ("content/news/index.en.md", "---\nkind: newsroom\ntitle: News\nslug: latest\n---\n"),
    "date": ("content/news/one/index.en.md", "---\ndate: 2026-02-01\ntitle: One\n---\nText.\n"),
    "choice": ("content/a/index.en.md", FILES["content/a/index.en.md"].replace("open", "closed")),
    "reference": ("content/a/index.en.md", FILES["content/a/index.en.md"].replace("friend: /news/one/", "friend: /b/")),
    "kind": ("content/news/two/index.en.md", "---\nkind: newsroom\ndate: 2026-01-02\ntitle: Two\n---\n"),
    "kind of the parent": ("content/news/index.en.md", "---\nkind: page\ntitle: News\n---\n"),
    "new page": ("content/news/four/index.en.md", "---\ndate: 2026-01-04\ntitle: Four\n---\n"),
    "new page below": ("content/b/c/index.en.md", "---\ntitle: C\n---\n"),
    "page gone": ("content/news/two/index.en.md", None),
    "draft": ("content/news/two/index.en.md", "---\ndraft: true\ndate: 2026-01-02\ntitle: Two\n---\n"),
    "languages": ("content/news/two/index.en.md", "---\nlanguages: [en, kk]\ndate: 2026-01-02\ntitle: Two\n---\n"),
    "alias": ("content/b/index.en.md", "---\naliases: [/old/]\ntitle: B\n---\n## B part\n"),
    "new translation": ("content/b/index.ru.md", "---\ntitle: Б\nslug: бэ\n---\n## Часть\n"),
    "new translation nearer in a chain": ("content/a/index.kk.md", "---\ntitle: Ә\n---\n"),
    "draft translation": ("content/a/index.ru.md", "---\ntitle: А\ndraft: true\n---\n## Часть\n"),
    "translation gone": ("content/a/index.ru.md", None),
    "picture": ("content/a/p.png", "other"),
    "picture of a language": ("content/a/p.ru.png", "ru"),
    "new file": ("content/b/plan.pdf", "plan"),
    "template": ("templates/page.html", PAGE + "changed"),
    "included template": ("templates/page.html", "{% include 'part.html' %}"),
    "404": ("templates/404.html", "{{ site.title }} {{ site.home.title }}"),
    "chooser": ("templates/chooser.html", "{% for l in site.languages %}{{ site.home_url(l) }}{% endfor %}"),
    "style": ("static/assets/s.css", "b{}"),
    "static file": ("static/favicon.ico", "icon"),
    "catalog": ("translations/ru/LC_MESSAGES/messages.po", CATALOG % "Главная"),
    "base url": ("content/site.yaml", SITE.replace("example.org/", "example.org/repo/")),
    "title of the site": ("content/site.yaml", SITE.replace("Сайт", "Новый сайт")),
    "menu": ("content/site.yaml", SITE.replace("[/a/]", "[/b/, /]")),
    "fallback": ("content/site.yaml", SITE.replace("[ru, en]", "[en]")),
    "new language": ("content/site.yaml", SITE.replace("menus", "  - {tag: fa}\nmenus")),
    "language gone": ("content/site.yaml", SITE.replace("  - {tag: kk, fallback: [ru, en]}\n", "")),
    "time zone": ("content/site.yaml", SITE + "time_zone: Asia/Shanghai\n"),
    "labels": ("content/kinds.yaml", KINDS.replace("[open, closed]", "{open: Is open, closed: Is closed}")),
    "order": ("content/kinds.yaml", KINDS.replace("-date", "title")),
    "per page": ("content/kinds.yaml", KINDS.replace("per_page: 2", "per_page: 1")),
}  # fmt: skip


def change(root: Path, path: str, text: str | None) -> None:
    """Write or remove an input, with all folders that this leaves empty."""
    if text is not None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        write_later(root / path, text)
        return
    (root / path).unlink(missing_ok=True)


def outcome(root: Path, output: Path, **options: Any) -> dict[str, bytes] | str:
    """Every file of the site, or the problems reported instead."""
    try:
        build(Options(root=root, output=output, **options))
    except SiteError as error:
        return "\n".join(str(problem) for problem in error.problems)
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def clean_outcome(root: Path, beside: Path, **options: Any) -> dict[str, bytes] | str:
    """What a build writes that starts without cache and output."""
    shutil.rmtree(beside, ignore_errors=True)
    for folder in ("content", "templates", "static", "translations"):
        if (root / folder).exists():
            shutil.copytree(root / folder, beside / folder)
    return outcome(beside, beside / "public", **options)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust a file's time at once, as a build does two seconds later; otherwise tests would only take the slow path."""
    monkeypatch.setattr("sitegen.build.incremental.UNSETTLED", 0)


@pytest.fixture(params=["at once", "settled"])
def either(request: pytest.FixtureRequest) -> None:
    """Both right after the last build and some time later."""
    if request.param == "settled":
        request.getfixturevalue("settled")


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A site with every kind of relation between pages, built twice, so that its cache is complete."""
    made = make_site({**FILES, "templates/part.html": "part"})
    list(accept(made.root, "all", "all"))
    made.report()
    return made


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> tuple[TinySite, dict[str, bytes]]:
    """The same site for all changes, each of which is undone, and its result."""
    site = TinySite(tmp_path_factory.mktemp("standing") / "site")
    for path, text in {**FILES, "templates/part.html": "part"}.items():
        site.write(path, text)
    list(accept(site.root, "all", "all"))
    site.report()
    return site, site.files()


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("name", EDITS)
def test_build_after_a_change_and_after_its_undo_equals_a_clean_build(
    standing: tuple[TinySite, dict[str, bytes]], name: str
) -> None:
    site, before = standing
    path, text = EDITS[name]
    old = (site.root / path).read_text() if (site.root / path).exists() else None

    change(site.root, path, text)
    changed = outcome(site.root, site.public)
    clean = clean_outcome(site.root, site.root.parent / "clean")
    change(site.root, path, old)
    undone = outcome(site.root, site.public)

    assert changed == clean
    assert undone == before
    assert changed != before, "or nothing would be shown"


@pytest.mark.usefixtures("settled")
def test_only_pages_that_show_a_changed_text_are_rendered_again(site: TinySite) -> None:
    site.report()
    path, text = EDITS["text"]

    change(site.root, path, text)
    report = site.report()

    assert set(report.change.written) == {"en/b/index.html", "ru/b/index.html", "kk/b/index.html"}
    assert len(report.made) <= 6


@pytest.mark.usefixtures("settled")
def test_only_pages_that_show_a_changed_title_are_rendered_again(site: TinySite) -> None:
    site.report()
    path, text = EDITS["title"]

    change(site.root, path, text)
    report = site.report()

    assert "en/news/one/index.html" in report.change.written
    assert not {path for path in report.made if path.partition("/")[2].startswith("b/")}


@pytest.mark.usefixtures("settled")
def test_changed_title_changes_the_order_of_a_list_that_is_sorted_by_it(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/kinds.yaml": KINDS.replace("-date", "title")})
    site.report()

    for title in ("Aaa", "Zzz"):
        change(site.root, "content/news/two/index.en.md", f"---\ndate: 2026-01-02\ntitle: {title}\n---\n")

        assert outcome(site.root, site.public) == clean_outcome(site.root, site.root.parent / "clean")


@pytest.mark.usefixtures("settled")
def test_warning_that_needs_the_template_is_reported_after_an_edit_of_its_page(make_site: MakeSite) -> None:
    site = make_site({**FILES, "templates/page.html": PAGE + '<p id="b-part"></p>'})
    before = [(own.code, own.path) for own in site.report().warnings]
    assert ("heading", "content/b/index.en.md") in before

    change(site.root, *EDITS["text"])

    assert [(own.code, own.path) for own in site.report().warnings] == before


@pytest.mark.usefixtures("settled")
def test_table_that_an_edited_text_begins_to_show_is_checked(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/b/prices.csv": "a,b\n1,2,3\n"})
    site.report()

    text = FILES["content/b/index.en.md"] + "\n:::table{file=prices.csv}\n:::\n"
    change(site.root, "content/b/index.en.md", text)

    assert outcome(site.root, site.public) == clean_outcome(site.root, site.root.parent / "clean")


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    "options",
    [{"drafts": True}, {"base_url": "https://b.org/x/"}, {"languages": ("en", "ru")}, {"jobs": 2}, {"clean": True}],
    ids=["drafts", "base url", "languages", "jobs", "clean"],
)
def test_build_with_other_options_equals_a_clean_one(site: TinySite, options: dict[str, Any]) -> None:
    change(site.root, *EDITS["draft"])
    plain = outcome(site.root, site.public)

    assert outcome(site.root, site.public, **options) == clean_outcome(site.root, site.root.parent / "clean", **options)
    assert outcome(site.root, site.public) == plain


@pytest.mark.usefixtures("settled")
def test_page_appears_and_disappears_with_the_day_of_the_build(site: TinySite) -> None:
    import datetime as dt

    site.write("content/b/c/index.en.md", "---\npublish: 2026-02-01\nexpires: 2026-03-01\ntitle: C\n---\n")
    days = [dt.date(2026, 1, 31), dt.date(2026, 2, 1), dt.date(2026, 2, 28), dt.date(2026, 3, 1), dt.date(2026, 1, 31)]

    for day in days:
        assert outcome(site.root, site.public, as_of=day) == clean_outcome(
            site.root, site.root.parent / "clean", as_of=day
        )


@pytest.mark.usefixtures("settled")
def test_edited_output_is_restored(site: TinySite) -> None:
    before = site.files()
    (site.public / "en/b/index.html").write_text("mine")
    (site.public / "ru/index.html").unlink()
    shutil.rmtree(site.public / "kk")
    content = (site.public / "en/a/index.html").read_bytes()
    (site.public / "en/a/index.html").write_bytes(content[::-1])

    assert outcome(site.root, site.public) == before


@pytest.mark.usefixtures("settled")
def test_another_output_folder_is_complete(site: TinySite) -> None:
    assert outcome(site.root, site.root / "other") == site.files()
    assert outcome(site.root, site.public) == outcome(site.root, site.root / "other")


@pytest.mark.usefixtures("settled")
def test_change_that_keeps_size_and_time_of_a_file_is_noticed(site: TinySite) -> None:
    """As if a file of the same length were moved into place with its old time."""
    path = site.root / "content/b/index.en.md"
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns - 10**12))
    outcome(site.root, site.public)
    outcome(site.root, site.public)
    stat = path.stat()

    new = site.root / "content/b/.new"
    new.write_text(path.read_text().replace("Text.", "Next."))
    os.utime(new, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    os.replace(new, path)

    assert "Next." in site.build()["en/b/index.html"]


def test_change_in_the_same_tick_as_the_build_is_noticed(site: TinySite) -> None:
    for number in range(5):
        site.write("content/b/index.en.md", f"---\ntitle: B\n---\n## B part\n\nText {number}\n")

        assert f"Text {number}" in site.build()["en/b/index.html"]


@pytest.mark.usefixtures("either")
def test_fixed_problem_is_gone_and_the_remaining_one_is_reported(site: TinySite) -> None:
    clean = site.root.parent / "clean"
    good = (site.root / "content/b/index.en.md").read_text()
    for text in (
        good + "[x](/gone/)",
        good.replace("## B part", "## Other"),
        good + "<b>",
        good,
        "",
        good,
        "---\n",
        good,
    ):
        change(site.root, "content/b/index.en.md", text)

        assert outcome(site.root, site.public) == clean_outcome(site.root, clean)


@pytest.mark.usefixtures("either")
def test_warning_is_reported_by_every_build_until_it_is_fixed(site: TinySite) -> None:
    site.write("content/site.yaml", SITE.replace("untracked: off", "structure: off"))
    site.write("content/b/index.ru.md", "---\ntitle: Б\n---\n## Часть\n")

    for _ in range(3):
        assert [warning.path for warning in site.report().warnings] == ["content/b/index.ru.md"]
    site.write("content/a/index.en.md", FILES["content/a/index.en.md"] + "\n")
    assert [warning.path for warning in site.report().warnings] == ["content/b/index.ru.md"]
    list(accept(site.root, "/b/", "ru"))
    assert site.report().warnings == ()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _garble(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for at in range(0, len(content), 7):
        content[at] ^= 0xFF
    path.write_bytes(content)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("damage", [Path.unlink, _cut, _garble, _empty], ids=["gone", "cut", "garbled", "empty"])
@pytest.mark.parametrize("which", ["index", "shelf", "all"])
def test_damaged_cache_is_discarded(site: TinySite, damage: Callable[[Path], None], which: str) -> None:
    for path in sorted((site.root / ".cache").rglob("*")):
        if path.is_file() and path.name != "lock" and (which == "all" or (path.name == "index") == (which == "index")):
            damage(path)
    change(site.root, *EDITS["text"])

    assert outcome(site.root, site.public) == clean_outcome(site.root, site.root.parent / "clean")
    assert "More." in site.build()["en/b/index.html"]


@pytest.mark.usefixtures("settled")
def test_site_without_a_writable_cache_is_built(site: TinySite) -> None:
    shutil.rmtree(site.root / ".cache")
    (site.root / ".cache").write_text("in the way")
    change(site.root, *EDITS["text"])

    assert outcome(site.root, site.public) == clean_outcome(site.root, site.root.parent / "clean")


@pytest.mark.usefixtures("settled")
def test_two_simultaneous_builds_both_write_the_whole_site(site: TinySite) -> None:
    from sitegen.build.last_build import Memory

    expected = clean_outcome(site.root, site.root.parent / "clean")
    other = Memory.open(site.root)
    try:
        assert outcome(site.root, site.root / "other") == expected
    finally:
        other.close()
    assert outcome(site.root, site.public) == expected


@pytest.mark.slow
def test_large_site_is_the_same_from_one_process_or_many(make_site: MakeSite) -> None:
    files = {f"content/n{number}/index.en.md": f"---\ntitle: N{number}\n---\nText\n" for number in range(120)}
    site = make_site(files)

    alone = outcome(site.root, site.root / "alone", jobs=1, clean=True)

    assert outcome(site.root, site.public, jobs=4, clean=True) == alone
    site.write("templates/page.html", "{{ page.nothing }}")
    assert outcome(site.root, site.root / "alone", jobs=1) == outcome(site.root, site.public, jobs=4)


class Editing(RuleBasedStateMachine):
    """Random changes: whatever an editor does, a warm build equals a clean one."""

    folder: Path

    @initialize()
    def begin(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.root = self.folder / "site"
        for path, text in {**FILES, "templates/part.html": "part"}.items():
            change(self.root, path, text)

    @rule(name=st.sampled_from(sorted(EDITS)))
    def edit(self, name: str) -> None:
        change(self.root, *EDITS[name])

    @rule(path=st.sampled_from(sorted(FILES)))
    def undo(self, path: str) -> None:
        change(self.root, path, FILES[path])

    @rule(path=st.sampled_from(sorted({path for path, _ in EDITS.values()} - FILES.keys())))
    def remove(self, path: str) -> None:
        change(self.root, path, None)

    @invariant()
    def is_what_a_clean_build_makes(self) -> None:
        warm = outcome(self.root, self.root / "public")
        clean = clean_outcome(self.root, self.folder / "clean")
        assert warm == clean


@pytest.mark.slow
@pytest.mark.usefixtures("settled")
def test_any_sequence_of_changes_ends_like_a_clean_build(tmp_path: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Editing.folder = tmp_path / "machine"

    run_state_machine_as_test(Editing, settings=settings(max_examples=8, stateful_step_count=6, deadline=None))


def whole(site: TinySite) -> dict[str, bytes]:
    """What a clean build writes: path → bytes."""
    output = site.root.parent / "whole"
    shutil.rmtree(output, ignore_errors=True)
    build(Options(root=site.root, output=output, remembers=False))
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def test_page_being_viewed_is_written_before_the_rest(make_site: MakeSite) -> None:
    site = make_site(FILES)
    seen: list[tuple[list[str], bool, bool]] = []

    def show(paths: Collection[str]) -> None:
        now = site.files()
        seen.append((list(paths), b"Renamed" in now["en/a/index.html"], b"Renamed" in now["kk/a/index.html"]))

    with closing(Builder(Options(root=site.root, output=site.public))) as builder:
        builder.build()
        site.write("content/a/index.en.md", "---\ntitle: Renamed\n---\n## Part\n")
        report = builder.build(touched={"content/a/index.en.md"}, ahead=Ahead(("en/a/index.html", "gone"), show))

    assert seen == [(["en/a/index.html"], True, False)]
    assert {"en/a/index.html", "kk/a/index.html"} <= set(report.change.written)
    assert site.files() == whole(site)


@pytest.mark.parametrize("folder", [".cache", ".cache/build"])
def test_memory_that_is_deleted_between_two_builds_is_made_again(make_site: MakeSite, folder: str) -> None:
    site = make_site(FILES)

    with closing(Builder(Options(root=site.root, output=site.public))) as builder:
        builder.build()
        for title in ("Renamed", "Renamed again"):
            shutil.rmtree(site.root / folder)
            site.write("content/a/index.en.md", f"---\ntitle: {title}\n---\n## Part\n")
            builder.build(touched={"content/a/index.en.md"})
            assert title in site.pages()["en/a/index.html"]
    assert site.files() == whole(site)


@pytest.mark.parametrize("work", [build, check])
@pytest.mark.parametrize(
    ("most", "told"), [(1, ""), (9, "it was deleted while the site was built\n  hint: run this again")]
)
def test_memory_that_is_deleted_during_a_build_is_made_again_once(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, work: Callable[[Options], Any], most: int, told: str
) -> None:
    site, left = make_site(FILES), [None] * most
    options = Options(root=site.root, output=site.public)

    def load(*given: Any, **options: Any) -> Any:
        made = load_content(*given, **options)
        if left:
            left.pop()
            shutil.rmtree(site.root / ".cache")
        return made

    with monkeypatch.context() as patched:
        patched.setattr(site_of_build, "load_content", load)
        if told:
            with pytest.raises(SiteError) as caught:
                work(options)
            assert str(caught.value.problems[0]) == f".cache/build: error[unwritable]: {told}"
        else:
            work(options)
    site.report()
    assert site.files() == whole(site)


def test_files_written_before_a_failure_are_restored_by_the_next_build(make_site: MakeSite) -> None:
    site = make_site({**FILES, "templates/other.html": "{{ page.title }}"}, kinds=KINDS)
    site.write("content/kinds.yaml", KINDS + "report: {template: other.html}\n")
    site.write("content/r/index.en.md", "---\nkind: report\ntitle: R\n---\n")
    text, touched = FILES["content/a/index.en.md"], {"content/a/index.en.md", "templates/other.html"}

    with closing(Builder(Options(root=site.root, output=site.public))) as builder:
        builder.build()
        site.write("content/a/index.en.md", text.replace("title: A", "title: Renamed"))
        site.write("templates/other.html", "{{ nothing }}")
        with pytest.raises(SiteError):
            builder.build(touched=touched, ahead=Ahead(("en/a/index.html",), lambda paths: None))
        assert b"Renamed" in site.files()["en/a/index.html"]
        site.write("content/a/index.en.md", text)
        site.write("templates/other.html", "{{ page.title }}")
        builder.build(touched=touched)

    assert site.files() == whole(site)


@pytest.mark.parametrize(
    ("own", "other", "is_shown"),
    [("", "", True), ("", "aliases: [/a/]\n", True), ("[no](/no/)\n", "", False)],
    ids=["no problem", "a problem of the whole site", "a problem of its own"],
)
def test_page_being_viewed_is_written_before_the_site_is_checked(
    make_site: MakeSite, own: str, other: str, is_shown: bool
) -> None:
    site = make_site(FILES)
    page, beside = "content/a/index.en.md", "content/b/index.en.md"
    text, text_beside = FILES[page], FILES[beside]
    seen: list[str] = []

    def show(paths: Collection[str]) -> None:
        assert b"Closed" in site.files()["en/a/index.html"]
        seen.extend(paths)

    with closing(Builder(Options(root=site.root, output=site.public))) as builder:
        builder.build()
        site.write(page, text.replace("status: open", "status: closed") + own)
        site.write(beside, text_beside.replace("title:", f"{other}title:", 1))
        with nullcontext() if not (own or other) else pytest.raises(SiteError):
            builder.build(touched={page, beside}, ahead=Ahead(("en/a/index.html",), show))
        assert seen == (["en/a/index.html"] if is_shown else [])
        site.write(beside, text_beside)
        site.write(page, text.replace("status: open", "status: closed"))
        builder.build(touched={page, beside})

    assert site.files() == whole(site)
