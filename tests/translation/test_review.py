"""The translators' commands write records of what is translated, and catalogs, and nothing else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from commands import run
from conftest import REPOSITORY, SITE, MakeSite, TinySite

from sitegen.cli import main
from sitegen.editing.rename_remove import rename
from sitegen.problems.problem import SiteError
from sitegen.translation.message_files import extract, update
from sitegen.translation.review import accept, review
from sitegen.translation.status_report import find_status, status

SOURCE = "---\ntitle: A\nsummary: Sum\n---\nStart.\n\n## One\n\nText one.\n\n## Two\n\nText two.\n"
FRENCH = "---\n# a note\nsummary: 'Somme'\ntitle: \"Ah\"\n---\nDébut.\n\n## Un\n\nTexte un.\n\n## Deux\n\nTexte deux.\n"


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A page with a translation that nobody has accepted, and one without."""
    return make_site(
        {
            "content/a/index.en.md": SOURCE,
            "content/a/index.fr.md": FRENCH,
            "content/b/index.en.md": "---\ntitle: B\n---\n",
        }
    )


def told(site: TinySite, *words: str) -> str:
    with pytest.raises(SiteError) as caught:
        list(accept(site.root, *words))
    return "\n".join(str(problem) for problem in caught.value.problems)


# accept and status


def test_accept_writes_a_record_for_each_part_of_the_source_and_nothing_else(site: TinySite) -> None:
    before = site.inputs()

    accepted = list(accept(site.root, "/a/", "fr"))

    after = site.inputs()
    assert accepted == [("content/a/index.fr.md", ["title", "summary", "#", "#one", "#two"], [])]
    assert {path for path in after if after[path] != before[path]} == {"content/a/index.fr.md"}
    text = after["content/a/index.fr.md"].decode()
    records = re.findall(r'  - "s[0-9a-f]{12} t[0-9a-f]{12} (?:h[0-9a-f]{8} )?(\S+)"\n', text)
    assert records == ["title", "summary", "#", "#one", "#two"]
    assert re.sub(r"source:\n(?:  - .*\n)*", "", text) == FRENCH


def test_accepted_translation_is_current(site: TinySite) -> None:
    list(accept(site.root, "/a/", "fr"))

    assert site.report().warnings == ()
    assert "/a/" not in status(site.root)


def test_headings_keep_their_ids_where_a_translation_with_fewer_sections_is_accepted(site: TinySite) -> None:
    site.write("content/a/index.fr.md", FRENCH.partition("## Deux")[0])
    site.write("content/b/index.fr.md", "---\ntitle: B\n---\n[Un](/a/#one)\n")
    before = site.build()["fr/a/index.html"]

    list(accept(site.root, "/a/", "fr"))

    assert '<h2 id="one">' in before
    assert site.build()["fr/a/index.html"] == before


def test_accepting_twice_changes_nothing(site: TinySite) -> None:
    list(accept(site.root, "all", "all"))
    before = site.inputs()

    assert list(accept(site.root, "all", "all")) == []
    assert site.inputs() == before


def test_accept_keeps_line_ends_and_the_final_newline(site: TinySite) -> None:
    site.write("content/a/index.fr.md", FRENCH.replace("\n", "\r\n").rstrip("\r\n"))

    list(accept(site.root, "/a/", "fr"))

    content = (site.root / "content/a/index.fr.md").read_bytes()
    assert content.endswith(b"Texte deux.")
    assert content.count(b"\n") == content.count(b"\r\n")


def test_accept_replaces_older_records_however_they_are_written(site: TinySite) -> None:
    old = '"s000000000000 t000000000000 #one"'
    for written in (
        f"source: [{old}]\n",
        f"source:\n- {old}\n",
        f"source:\n    - {old}\n",
        "source: []\n",
        "source:\n",
    ):
        site.write("content/a/index.fr.md", FRENCH.replace("title:", f"{written}title:"))

        list(accept(site.root, "/a/", "fr"))

        text = (site.root / "content/a/index.fr.md").read_text()
        assert "s000000000000" not in text
        assert text.count("source:") == 1
        assert site.report().warnings == ()


def test_accepting_one_section_leaves_the_others_unchanged(site: TinySite) -> None:
    list(accept(site.root, "/a/", "fr"))
    site.write("content/a/index.en.md", SOURCE.replace("one.", "1.").replace("two.", "2."))
    assert "  /a/ stale: #one, #two\n" in status(site.root)

    list(accept(site.root, "/a/", "fr", "#one"))
    assert "  /a/ stale: #two\n" in status(site.root)

    list(accept(site.root, "/a/", "fr", "#two"))
    assert "stale" not in status(site.root)


def test_a_single_field_can_be_accepted(site: TinySite) -> None:
    list(accept(site.root, "/a/", "fr"))
    site.write("content/a/index.en.md", SOURCE.replace("title: A", "title: AA"))

    list(accept(site.root, "/a/", "fr", "title"))

    assert "stale" not in status(site.root)


def test_accept_lists_the_parts_it_settles(site: TinySite, capsys: pytest.CaptureFixture[str]) -> None:
    list(accept(site.root, "/a/", "fr"))
    site.write("content/a/index.en.md", SOURCE.replace("title: A", "title: AA").replace("## Two\n\nText two.\n", ""))
    french = site.root / "content/a/index.fr.md"
    french.write_text(french.read_text(encoding="utf-8").replace("## Deux\n\nTexte deux.\n", ""), encoding="utf-8")
    command = ["translate", "accept", "/a/", "fr", "--root", str(site.root)]

    assert main(command) == main(command) == 0

    out, err = capsys.readouterr()
    assert out == "content/a/index.fr.md: title, #two\n"
    assert err == "nothing to accept: it was accepted before, and its source has not changed since\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("review: machine  # by X", "review: human  # by X"),
        ("'review' : \"machine\" # by X", "'review' : \"human\" # by X"),
        ("review:\n  # by X\n  machine", "review: human\n  # by X"),
        ("review: machine\n  # by X\n# Y", "review: human\n  # by X\n# Y"),
        ("review: >-\n  machine", "review: human"),
    ],
)
def test_review_keeps_comments(site: TinySite, before: str, after: str) -> None:
    text = FRENCH.replace("---\n# a note", f"---\n# a note\n{before}", 1)
    site.write("content/a/index.fr.md", text)
    list(review(site.root, "/a/", "fr", "human"))

    assert site.inputs()["content/a/index.fr.md"].decode() == text.replace(before, after)


def test_accept_keeps_comments_on_records(site: TinySite) -> None:
    list(accept(site.root, "/a/", "fr"))
    path = site.root / "content/a/index.fr.md"
    text = path.read_text(encoding="utf-8")
    noted = text.replace("source:\n", "source:  # all\n").replace('#one"\n', '#one"  # see\n')
    noted = noted.replace('  - "s', '  # of a part\n  - "s', 1).replace("\n---\nDébut", "\n  # at the end\n---\nDébut")
    path.write_text(noted, encoding="utf-8")
    site.write("content/a/index.en.md", SOURCE.replace("Text one", "Other"))
    list(accept(site.root, "/a/", "fr"))

    now = path.read_text(encoding="utf-8")
    assert now != noted
    assert re.sub("[0-9a-f]{8,12}", "", now) == re.sub("[0-9a-f]{8,12}", "", noted)


def test_accept_keeps_the_comment_on_a_record_that_is_gone_and_those_of_a_list_in_brackets(site: TinySite) -> None:
    list(accept(site.root, "/a/", "fr"))
    path = site.root / "content/a/index.fr.md"
    lines = path.read_text(encoding="utf-8").replace('#two"\n', '#two" # see two\n').splitlines(keepends=True)
    path.write_text("".join(lines).replace("## Deux\n\nTexte deux.\n", ""), encoding="utf-8")
    source = SOURCE.replace("## Two\n\nText two.\n", "")
    site.write("content/a/index.en.md", source)
    list(accept(site.root, "/a/", "fr"))
    now = path.read_text(encoding="utf-8")
    assert "#two" not in now.replace("# see two", "")
    assert "  # see two\n" in now

    records = re.findall(r'"s.*"', now)
    block = now[now.index("source:") : now.index("---\nDébut")]
    listed = "source: [ # of\n  " + ", # one #\n  ".join(records) + "]\n"
    path.write_text(now.replace(block, listed), encoding="utf-8")
    site.write("content/a/index.en.md", source.replace("Text one", "Other"))
    list(accept(site.root, "/a/", "fr"))
    now = path.read_text(encoding="utf-8")
    assert now.count("  # one #\n") == len(records) - 1
    assert "  # of\n" in now


def test_accept_all_accepts_every_translation(site: TinySite) -> None:
    site.write("content/b/index.fr.md", "---\ntitle: Bé\n---\n")
    site.write("content/index.fr.md", "---\ntitle: Maison\n---\n")

    assert sorted(own.path for own in accept(site.root, "all", "all")) == [
        "content/a/index.fr.md", "content/b/index.fr.md", "content/index.fr.md",
    ]  # fmt: skip
    assert "fr: 3 of 3 pages are current" in status(site.root)


@pytest.mark.parametrize("page", ["a", "/a", "a/", "/a/"])
def test_page_may_be_named_as_people_type_it(site: TinySite, page: str) -> None:
    assert [own.path for own in accept(site.root, page, "fr")] == ["content/a/index.fr.md"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("/gone/", "fr"), "there is no translation of /gone/ in 'fr'\n  hint: see its address, "),
        (("/b/", "fr"), "there is no translation of /b/ in 'fr' yet\n  hint: write it in content/b/index.fr.md, or "),
        (("/a/", "de"), "there is no translation of /a/ in 'de'\n  hint: languages are en, fr"),
        (
            ("/a/", "en"),
            "there is no translation of /a/ in 'en'\n  hint: the page is written in this language, in content/a/",
        ),
        (("/a/", "fr", "#three"), "'#three' is not a part of content/a/index.en.md"),
    ],
    ids=["page", "translation", "language", "source", "section"],
)
def test_accepting_a_missing_translation_is_reported_and_writes_nothing(
    site: TinySite, words: tuple[str, ...], expected: str
) -> None:
    before = site.inputs()

    assert expected in told(site, *words)
    assert site.inputs() == before


def test_accepting_an_unknown_section_lists_the_sections(site: TinySite) -> None:
    assert "  hint: parts are title, summary, #, #one, #two" in told(site, "/a/", "fr", "#deux")


def test_accept_works_on_drafts_too(site: TinySite) -> None:
    site.write("content/a/index.fr.md", FRENCH.replace("title:", "draft: true\ntitle:"))

    assert [own.path for own in accept(site.root, "/a/", "fr")] == ["content/a/index.fr.md"]


def test_accept_is_refused_on_a_site_with_errors(site: TinySite) -> None:
    site.write("content/b/index.en.md", "---\ntitel: B\n---\n")

    assert "error[unknown-key]" in told(site, "all", "all")


def test_status_lists_stale_pages_of_each_language(site: TinySite) -> None:
    site.write("content/index.fr.md", "---\ntitle: Maison\n---\n")
    list(accept(site.root, "/", "fr"))
    list(accept(site.root, "/a/", "fr"))
    site.write("content/a/index.en.md", SOURCE.replace("one.", "1."))

    assert status(site.root) == (
        "en: 3 of 3 pages are current, 100 % of the words, 0 of 0 messages\nfr: 1 of 3 pages are current, 63 % of the words, 0 of 0 messages\n  /a/ stale: #one\n  /b/ missing"
    )


# catalogs


def test_site_in_one_language_needs_no_catalogs(make_site: MakeSite) -> None:
    site = make_site(site="title: {en: S}\nbase_url: https://a.org\nlanguages: [{tag: en}]\n")
    extract(site.root)

    assert list(update(site.root)) == []
    assert not (Path(site.root) / "translations/en").exists()
    shutil.rmtree(site.root / "translations")


# a language more

TEMPLATE = (
    "<html lang={{ locale.tag }}>{% for a in page.alternates %}<link hreflang={{ a.tag }}>{% endfor %}"
    "<h1>{{ page.title|words }}</h1>{{ _('Home') }}{{ page.content }}"
)


def test_adding_a_language_takes_a_line_a_catalog_and_translations(make_site: MakeSite) -> None:
    site = make_site(
        {
            "templates/page.html": TEMPLATE,
            "content/a/index.en.md": SOURCE,
            "content/b/index.en.md": "---\ntitle: B\n---\n",
        }
    )
    extract(site.root)
    list(update(site.root))
    before, pages = site.inputs(), site.build()

    site.write("content/site.yaml", SITE + "  - {tag: mn, fallback: [en]}\n")
    catalogs = list(update(site.root, ("mn",)))
    path = site.root / catalogs[0]
    path.write_text(
        path.read_text(encoding="utf-8").replace('msgid "Home"\nmsgstr ""', 'msgid "Home"\nmsgstr "Нүүр"'),
        encoding="utf-8",
    )
    site.write(
        "content/a/index.mn.md",
        "---\ntitle: Их сургууль\n---\nЭхлэл.\n\n## Нэг\n\nНэгдүгээр.\n\n## Хоёр\n\nХоёрдугаар.\n",
    )
    list(accept(site.root, "/a/", "mn"))

    after = site.inputs()
    new = site.build()
    assert {name for name in after if after[name] != before.get(name)} == {
        "content/site.yaml",
        "content/a/index.mn.md",
        "translations/mn/LC_MESSAGES/messages.po",
    }
    assert {name for name in new if name not in pages} == {
        "mn/index.html", "mn/a/index.html", "mn/b/index.html", "mn/sitemap.xml", "mn/feed.xml",
    }  # fmt: skip
    assert (
        "<html lang=mn><link hreflang=en><link hreflang=mn><h1>Их сургууль</h1>Нүүр<p>Эхлэл." in new["mn/a/index.html"]
    )
    assert '<h1><span lang="en" dir="ltr">B</span></h1>Нүүр' in new["mn/b/index.html"]
    changed = {name for name in pages if new[name] != pages[name]}
    assert changed == {"en/a/index.html", "en/sitemap.xml", "sitemap.xml"}
    assert new["en/a/index.html"].replace("<link hreflang=mn>", "") == pages["en/a/index.html"]


# the Center's own site


@pytest.fixture
def center_copy(tmp_path: Path) -> TinySite:
    for folder in ("content", "translations", "templates"):
        shutil.copytree(REPOSITORY / folder, tmp_path / "site" / folder)
    return TinySite(tmp_path / "site")


def behind(site: TinySite) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Language → pages that are not current, and their stale parts."""
    return {
        own.language: [(page.key, page.state.changed) for page in own.behind]
        for own in find_status(site.root).languages
    }


@pytest.mark.slow
def test_edit_of_a_section_makes_that_section_stale_in_every_language_and_no_other(center_copy: TinySite) -> None:
    path = center_copy.root / "content/study/students/index.en.md"
    before = behind(center_copy)
    path.write_text(path.read_text().replace("and other disciplines were discussed", "and others were discussed"))

    stale: list[tuple[str, tuple[str, ...]]] = [("/study/students/", ("#which-fields",))]
    assert behind(center_copy) == {path: pages + stale if path != "en" else pages for path, pages in before.items()}

    list(accept(center_copy.root, "/study/students/", "ru", "#which-fields"))
    accepted = behind(center_copy)
    assert accepted["ru"] == before["ru"]
    assert accepted["zh"] == before["zh"] + stale

    list(accept(center_copy.root, "/study/students/", "all", "#which-fields"))
    assert behind(center_copy) == before


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("odd", [None, "\n", "\r\n", "\r"], ids=["alone", "one LF", "one CRLF", "one CR"])
@pytest.mark.parametrize("at", [1, 2, 3, 5])
def test_accept_and_rename_keep_every_line_end_of_a_file(
    make_site: MakeSite, end: str, odd: str | None, at: int
) -> None:
    def written(text: str) -> bytes:
        ends = [odd if number == at and odd else end for number in range(1, text.count("\n") + 1)]
        return "".join(part + tail for part, tail in zip(text.split("\n"), [*ends, ""], strict=True)).encode()

    text = "---\ntitle: {}\n---\n## {}\n\nBody.\n"
    site = make_site(
        {
            "content/a/index.en.md": written(text.format("A", "One")),
            "content/a/index.fr.md": written(text.format("Z", "Un")),
        }
    )

    assert [own.path for own in accept(site.root, "/a/", "fr")] == ["content/a/index.fr.md"]
    assert [own.path for own in accept(site.root, "/a/", "fr")] == []
    rename(site.root, "/a/", "/b/")

    source, own = ((site.root / f"content/b/index.{path}.md").read_bytes() for path in ("en", "fr"))
    assert re.sub(rb"aliases: \[/a/\](\r\n|\r|\n)", b"", source) == written(text.format("A", "One"))
    assert re.sub(rb'source:(\r\n|\r|\n)(  - "[^"]*"(\r\n|\r|\n))*', b"", own) == written(text.format("Z", "Un"))
    assert [page.key for page in find_status(site.root).of("fr").behind] == ["/"]


def test_message_not_yet_extracted_is_reported_by_check_and_status(make_site: MakeSite) -> None:
    site = make_site(
        {"templates/page.html": "{{ _('Old') }}{{ page.content }}"},
        site=SITE.replace("tag: fr", "tag: fr, complete: true"),
    )
    run(site.root, "translate", "extract")
    run(site.root, "translate", "update")
    catalog = site.root / "translations/fr/LC_MESSAGES/messages.po"
    catalog.write_text(catalog.read_text().replace('msgid "Old"\nmsgstr ""', 'msgid "Old"\nmsgstr "Vieux"'))
    assert "messages.pot" not in run(site.root, "check").stderr

    site.write("templates/page.html", "{{ _('Old') }}{{ _('New') }}{{ ngettext('%(num)d a', '%(num)d as', 2) }}")

    told = "2 messages of the templates and kinds.yaml are not in it yet: 'New', '%(num)d a'"
    assert f"translations/messages.pot: warning[missing-message]: {told}" in run(site.root, "check").stderr
    assert f"translations/messages.pot: {told}; run: python build.py translate extract" in status(site.root)
    run(site.root, "translate", "extract")
    assert "not in it yet" not in run(site.root, "check").stderr


LABELS = "page:\n  template: page.html\n  facts:\n    state: {type: choice, of: [open, full]}\n"


def test_labels_that_nobody_can_translate_yet_are_reported_without_a_message_file(make_site: MakeSite) -> None:
    site = make_site(kinds=LABELS)
    told = "2 messages of the templates and kinds.yaml are not in it yet: 'Open', 'Full'"

    assert f"translations/messages.pot: warning[missing-message]: {told}" in run(site.root, "check").stderr
    catalog = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    for label, own in (("Open", "Ouvert"), ("Full", "Complet")):
        catalog += f'\nmsgctxt "choice"\nmsgid "{label}"\nmsgstr "{own}"\n'
    site.write("translations/fr/LC_MESSAGES/messages.po", catalog)
    assert "messages.pot" not in run(site.root, "check").stderr  # a catalog written by hand is enough


def test_site_in_one_language_needs_no_message_file(make_site: MakeSite) -> None:
    site = make_site(kinds=LABELS, site=SITE.replace("  - {tag: fr}\n", "").replace(", fr: Site", ""))

    assert "messages.pot" not in run(site.root, "check").stderr
