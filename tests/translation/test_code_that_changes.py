"""Code that changes in the source: translators don't get it, and no translation with the old code is called current."""

from __future__ import annotations

import pytest
from conftest import MakeSite, TinySite
from translated_page import TranslatedPage

from sitegen.translation import history
from sitegen.translation.exchange import export, import_file
from sitegen.translation.exchange_formats import FORMATS
from sitegen.translation.review import accept

STYLES = ("po", "xliff")
OLD, NEW, OWN = (
    "```sh\nls -l  # list\n\nls\n```",
    "```sh\nls -la  # list\n\nls\n```",
    "```sh\nls -l  # liste\n\nls\n```",
)


def page_of(words: str, code: str, more: str = "") -> str:
    return f"---\ntitle: A\n---\n{words}\n\n## Run\n\n{words} this.\n\n{code}\n\n{words} that.\n{more}"


class Page(TranslatedPage):
    """A page with code and its French translation, accepted; all versions of the source are in git."""

    def __init__(self, site: TinySite, source: str, own: str) -> None:
        super().__init__(site, source, own)
        list(accept(site.root, "/a/", "fr"))
        assert self.state == "current"

    def confirm(self, style: str) -> tuple[str, ...]:
        """Export what is stale, mark all of it as done and import it; return what is left out."""
        path = self.site.root / f"fr.{FORMATS[style].ending}"
        text = export(self.site.root, "fr", style, ["stale"]).decode()
        path.write_text(text.replace("#, fuzzy\n", "").replace("needs-adaptation", "translated"), encoding="utf-8")
        return import_file(self.site.root, path).left_out

    def line(self, text: str) -> int:
        return self.text.split("\n").index(text) + 1

    def told(self, section: str, heading: str) -> str:
        place = f"content/a/index.fr.md:{self.line(heading)}: {section}"
        return f"{place}: its code or figures are not as in the source: change them and accept the page"


@pytest.fixture
def in_git(monkeypatch: pytest.MonkeyPatch) -> list[Page]:
    """Pages whose versions git knows."""
    pages = list[Page]()
    monkeypatch.setattr(history, "run_git", lambda *words: pages[0].git(*words))
    return pages


@pytest.mark.parametrize("style", STYLES)
def test_code_that_a_translation_has_from_its_source_is_taken_over(
    make_site: MakeSite, in_git: list[Page], style: str
) -> None:
    page = Page(make_site({}), page_of("Type", OLD), page_of("Tapez", OLD))
    in_git.append(page)
    page.write_source(page_of("Type", NEW))
    assert page.state == "#run"

    assert page.confirm(style) == ()

    assert page.body == page_of("Tapez", NEW).split("---\n", 2)[2]
    assert page.state == "current"


@pytest.mark.parametrize("style", STYLES)
def test_code_of_a_translation_s_own_keeps_its_section_outdated(
    make_site: MakeSite, in_git: list[Page], style: str
) -> None:
    page = Page(make_site({}), page_of("Type", OLD), page_of("Tapez", OWN))
    in_git.append(page)
    page.write_source(page_of("Type", NEW))
    before = page.body

    assert page.confirm(style) == (page.told("#run", "## Run"),)
    assert (page.body, page.state) == (before, "#run")

    page.own.write_text(page.own.read_text(encoding="utf-8").replace("ls -l ", "ls -la "), encoding="utf-8")
    list(accept(page.site.root, "/a/", "fr"))
    assert page.state == "current"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("old", "new"), [("1000", "1200"), ("10:00\u201318:00", "09:00\u201319:00"), ("> **10 €**", "> **12 €**")]
)
def test_figures_that_a_translation_has_from_its_source_are_taken_over(
    make_site: MakeSite, in_git: list[Page], style: str, old: str, new: str
) -> None:
    page = Page(make_site({}), page_of("Open", old), page_of("Ouvert", old))
    in_git.append(page)
    page.write_source(page_of("Open", new))

    assert page.confirm(style) == ()

    assert (page.body, page.state) == (page_of("Ouvert", new).split("---\n", 2)[2], "current")


@pytest.mark.parametrize("now", ["1000\n\n12 €", "12 €"], ids=["one more", "as its language writes them"])
def test_figures_of_which_a_translation_may_have_others_keep_its_section_outdated(
    make_site: MakeSite, in_git: list[Page], now: str
) -> None:
    page = Page(make_site({}), page_of("Open", "1000"), page_of("Ouvert", "1 000" if now == "12 €" else "1000"))
    in_git.append(page)
    page.write_source(page_of("Open", now))

    assert page.confirm("po") == (page.told("#run", "## Run"),)
    assert page.state == "#run"


@pytest.mark.parametrize("style", STYLES)
def test_code_that_moved_among_texts_keeps_its_section_outdated(
    make_site: MakeSite, in_git: list[Page], style: str
) -> None:
    text = "---\ntitle: A\n---\nOne.\n\n## Run\n\n{}\n\n{}\n\n{}\n"
    page = Page(make_site({}), text.format("Two.", "Three.", OLD), text.format("Deux.", "Trois.", OLD))
    in_git.append(page)
    page.write_source(text.format(OLD, "Two.", "Three."))

    assert page.confirm(style) == (page.told("#run", "## Run"),)
    assert page.state == "#run"

    page.own.write_text(page.own.read_text().replace(f"\n\n{OLD}", "").replace("Deux.", f"{OLD}\n\nDeux."))
    assert page.confirm(style) == ()
    assert page.state == "current"


@pytest.mark.parametrize("style", STYLES)
def test_code_that_is_the_same_in_the_source_may_differ_in_a_translation(
    make_site: MakeSite, in_git: list[Page], style: str
) -> None:
    page = Page(make_site({}), page_of("Type", OLD), page_of("Tapez", OWN))
    in_git.append(page)
    page.write_source(page_of("Now type", OLD))
    before = page.body

    assert page.confirm(style) == ()

    assert (page.body, page.state) == (before, "current")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("own", [OLD, OWN])
def test_code_that_differs_is_never_called_current_without_git(make_site: MakeSite, own: str, style: str) -> None:
    page = Page(make_site({}), page_of("Type", OLD), page_of("Tapez", own))
    page.write_source(page_of("Type", NEW))

    assert page.confirm(style) == (page.told("#run", "## Run"),)

    assert (own in page.body, page.state) == (True, "#run")


def test_code_as_in_the_source_is_current_without_git(make_site: MakeSite) -> None:
    page = Page(make_site({}), page_of("Type", OLD), page_of("Tapez", OLD))
    page.write_source(page_of("Now type", OLD))

    assert (page.confirm("po"), page.state) == ((), "current")


def test_each_code_block_of_a_section_is_judged_for_itself(make_site: MakeSite, in_git: list[Page]) -> None:
    """One has translated comments and is as it was in the source, another has changed there; so has a formula."""
    formula = "\n$$\n1 + {} = 3\n$$\n"
    more = f"\n~~~\nfirst\n~~~\n{formula.format(1)}"
    page = Page(make_site({}), page_of("Type", OLD, more), page_of("Tapez", OWN, more))
    in_git.append(page)
    changed = f"\n~~~\nsecond\n~~~\n{formula.format(2)}"
    page.write_source(page_of("Type", OLD, changed))

    assert page.confirm("po") == ()

    assert page.body == page_of("Tapez", OWN, changed).split("---\n", 2)[2]
    assert page.state == "current"


def test_code_that_the_source_adds_or_loses_keeps_its_section_outdated(make_site: MakeSite, in_git: list[Page]) -> None:
    page = Page(make_site({}), page_of("Type", OLD), page_of("Tapez", OLD))
    in_git.append(page)
    for source in (page_of("Type", OLD, "\n~~~\nmore\n~~~\n"), page_of("Type", "")):
        page.write_source(source)

        assert page.confirm("po") == (page.told("#run", "## Run"),)

        assert page.state == "#run"


def test_code_above_the_first_heading_is_told_at_the_first_line_of_the_text(make_site: MakeSite) -> None:
    page = Page(make_site({}), f"---\ntitle: A\n---\nType\n\n{OLD}\n", f"---\ntitle: A\n---\nTapez\n\n{OWN}\n")
    page.write_source(f"---\ntitle: A\n---\nType\n\n{NEW}\n")

    assert page.confirm("po") == (page.told("#", "Tapez"),)


def test_code_of_a_section_that_moves_too_is_taken_over_in_its_new_place(
    make_site: MakeSite, in_git: list[Page]
) -> None:
    last = "\n## End\n\nBye.\n"
    page = Page(make_site({}), page_of("Type", OLD, last), page_of("Tapez", OLD, last))
    in_git.append(page)
    head, _, run = page_of("Type", NEW).partition("## Run")
    page.write_source(f"{head}## End\n\nBye.\n\n## Run{run}")

    assert page.confirm("po") == ()

    assert page.body.index("## End") < page.body.index(NEW)
    assert page.state == "current"


# accept


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("records", [slice(None), slice(2, None)], ids=["whole", "some"])
def test_accept_tells_at_its_line_the_code_that_has_changed_in_the_source(
    make_site: MakeSite, in_git: list[Page], end: str, records: slice
) -> None:
    page = Page(make_site({}), page_of("Type", OLD), page_of("Tapez", OLD).replace("Run", "Lancer"))
    in_git.append(page)
    head, _, own = page.text.partition("source:\n")
    known, _, body = own.partition("---\n")
    kept = "".join(known.splitlines(keepends=True)[records])
    page.own.write_bytes(f"{head}source:\n{kept}---\n{body}".replace("\n", end).encode())
    page.write_source(page_of("Type", NEW))

    (accepted,) = accept(page.site.root, "/a/", "fr")

    place = f"content/a/index.fr.md:{page.line('```sh')}"
    assert accepted.old_code == [f"{place}: #run: accepted, but this is as the source had it before its last change"]
    assert page.state == "current"


@pytest.mark.parametrize("own", [NEW, OWN], ids=["as in the source", "its own"])
def test_accept_is_silent_about_other_code(make_site: MakeSite, in_git: list[Page], own: str) -> None:
    page = Page(make_site({}), page_of("Type", OLD), page_of("Tapez", own))
    in_git.append(page)
    page.write_source(page_of("Type", NEW))

    (accepted,) = accept(page.site.root, "/a/", "fr")

    assert accepted.old_code == []


def test_accept_of_one_part_is_silent_about_the_code_of_another(make_site: MakeSite, in_git: list[Page]) -> None:
    page = Page(make_site({}), page_of("Type", OLD), page_of("Tapez", OLD))
    in_git.append(page)
    page.write_source(page_of("Type", NEW).replace("title: A", "title: B"))

    (accepted,) = accept(page.site.root, "/a/", "fr", "title")

    assert (accepted.parts, accepted.old_code, page.state) == (["title"], [], "#run")


def test_accept_asks_nothing_of_git_where_a_translation_has_no_code(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(make_site({}), page_of("Type", ""), page_of("Tapez", ""))
    monkeypatch.delattr(history, "_versions")
    page.write_source(page_of("Now type", ""))

    list(accept(page.site.root, "/a/", "fr"))

    assert page.state == "current"
