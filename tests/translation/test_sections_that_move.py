"""Sections that are moved, renamed, added and removed in the source: their translations stay theirs."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

import pytest
from babel.messages.pofile import read_po, write_po
from conftest import MakeSite, TinySite
from translated_page import TranslatedPage

from sitegen.problems.problem import SiteError
from sitegen.translation import history
from sitegen.translation.exchange import export, import_file
from sitegen.translation.review import accept, diff

NAMES = [
    "alpha",
    "bravo",
    "charlie",
    "delta",
    "echo",
    "foxtrot",
    "golf",
    "hotel",
    "india",
    "juliett",
    "kilo",
    "lima",
] + [f"{first}{second}" for first in ("mi", "no", "os", "pa") for second in ("ke", "va", "car", "pi", "ra", "ma")]
#: A section's name and the number of its version.
Sections = list[tuple[str, int]]


def source_of(sections: Sections, opening: str = "Some rules.", end: str = "") -> str:
    """A source whose every word tells the section in which it stands."""
    texts = [f"## {name}\n\n{name} {name} {number}.\n\n{name} stays.\n\n" for name, number in sections]
    return f"---\ntitle: Rules\n---\n{opening}\n\n{''.join(texts)}{end}"


def translated(text: str) -> str:
    """Translate a text: into capitals."""
    return text.upper()


def french_of(source: str) -> str:
    return source.partition("\n---\n")[0] + "\n---\n" + translated(source.partition("\n---\n")[2])


class Page(TranslatedPage):
    """A page and its French translation."""

    def __init__(self, site: TinySite, source: str, french: str = "") -> None:
        super().__init__(site, source, french or french_of(source))

    def accept(self, section: str | None = None) -> str:
        """Accept all or a section; return what keeps it from being current."""
        try:
            list(accept(self.site.root, "/a/", "fr", section))
        except SiteError as error:
            return "; ".join(problem.message for problem in error.problems)
        return ""

    @property
    def sections(self) -> list[str]:
        return [name.lower() for name in re.findall("(?m)^## (.*)$", self.body)]

    @property
    def texts(self) -> list[str]:
        """The first word below each heading."""
        return [name.lower() for name in re.findall(r"(?m)^## .*\n\n(\w+)", self.body)]

    @property
    def source(self) -> str:
        return self.versions[0].decode()

    def exported(self, *only: str) -> dict[str, tuple[str, str]]:
        """Name → source and translation."""
        catalog = read_po([line + b"\n" for line in export(self.site.root, "fr", "po", only).splitlines()])
        found = [(str(message.context).split("|"), message) for message in catalog if message.id]
        return {name: (str(message.id), str(message.string)) for (page, name, *_), message in found if page == "/a/"}

    def translate(self, chosen: Iterable[str] | None = None, *only: str, done: bool = True) -> set[str]:
        """Export, translate the chosen texts, or all, and import; return their names."""
        path = self.site.root / "fr.po"
        catalog = read_po([line + b"\n" for line in export(self.site.root, "fr", "po", only).splitlines()])
        names = set()
        for message in catalog:
            page, _, rest = (message.context or "").partition("|")
            if page == "/a/" and (chosen is None or rest.partition("|")[0] in chosen):
                message.string = translated(str(message.id))
                names.add(rest.partition("|")[0])
                message.flags = message.flags - {"fuzzy"} if done else message.flags | {"fuzzy"}
        with path.open("wb") as file:
            write_po(file, catalog)
        import_file(self.site.root, path)
        return names


@pytest.fixture
def page(make_site: MakeSite) -> Page:
    """A page with three sections, accepted."""
    page = Page(make_site(), source_of(SECTIONS))
    page.accept()
    assert page.state == "current"
    return page


SECTIONS: Sections = [("alpha", 1), ("bravo", 1), ("charlie", 1)]
SWAPPED: Sections = [("bravo", 1), ("alpha", 1), ("charlie", 1)]


def test_moved_section_is_told_and_keeps_its_id(page: Page) -> None:
    page.write_source(source_of(SWAPPED))
    page.site.write("templates/page.html", "{{ page.state }} {{ page.changed|join }}{{ page.content }}")

    assert page.state == "#alpha (moved)"
    [told] = page.site.report().warnings
    assert (told.message, told.line) == (
        "the section '#alpha' stands elsewhere in the source",
        page_line(page, "ALPHA"),
    )
    shown = page.site.build()["fr/a/index.html"]
    assert shown.startswith("stale ALPHA")
    assert re.findall('<h2 id="(.*?)">(.*?)</h2>', shown) == [(name, name.upper()) for name in page.sections]
    assert page.sections[0] == "alpha"
    assert "stands elsewhere" in "".join(diff(page.site.root, "/a/", "fr"))


def page_line(page: Page, heading: str) -> int:
    return page.own.read_text(encoding="utf-8").split("\n").index(f"## {heading}") + 1


def test_accepting_words_does_not_accept_another_order(page: Page) -> None:
    page.write_source(source_of(SWAPPED).replace("alpha 1", "alpha 2"))

    assert page.accept("#bravo") == ""
    assert page.accept("#alpha") == "the section '#alpha' stands elsewhere in the source"
    assert page.state == "#alpha (moved)"
    assert page.accept() == "the section '#alpha' stands elsewhere in the source"
    assert page.state == "#alpha (moved)"


def test_sections_moved_by_hand_are_current_once_accepted(page: Page) -> None:
    page.write_source(source_of(SWAPPED))
    records = page.own.read_text(encoding="utf-8").partition("\n---\n")[0]
    body = french_of(source_of(SWAPPED)).partition("\n---\n")[2]
    page.own.write_text(f"{records}\n---\n{body}", encoding="utf-8")
    assert page.state == "current"  # their words are known from the records

    page.write_source(source_of([("bravo", 2), ("alpha", 2), ("charlie", 2)]))
    page.own.write_text(f"{records}\n---\n{body.replace('1', '2')}", encoding="utf-8")
    assert page.accept() == ""
    assert page.state == "current"
    assert re.findall(r"#\w+", page.own.read_text(encoding="utf-8")) == ["#bravo", "#alpha", "#charlie"]


def test_section_moved_by_hand_with_other_words_is_accepted_only_with_its_page(page: Page) -> None:
    page.write_source(source_of([("bravo", 2), ("alpha", 2), ("charlie", 2)]))
    front, mark, _ = page.text.partition("\n---\n")
    page.own.write_text(front + mark + french_of(page.source).partition(mark)[2], encoding="utf-8")

    assert page.accept("#alpha").startswith("it can't be told which section here renders '#alpha'")
    assert page.accept("#charlie") == ""
    assert page.accept() == ""
    assert page.state == "current"


def test_section_is_not_accepted_in_place_of_another_while_counterparts_are_unclear(page: Page) -> None:
    page.write_source(source_of([("delta", 1), ("echo", 1), *SECTIONS[1:]]))

    assert page.accept("#echo").startswith("it can't be told which section here renders '#echo'")
    assert page.state == "#delta, #echo, #alpha (removed)"


def test_sections_in_another_order_than_the_source_are_never_current(page: Page) -> None:
    text = page.own.read_text(encoding="utf-8")
    alpha, bravo = (french_of(source_of([(name, 1)], "")).partition("\n---\n")[2].strip() for name in NAMES[:2])
    page.own.write_text(
        text.replace(alpha, "-").replace(bravo, alpha).replace("\n-\n", f"\n{bravo}\n"), encoding="utf-8"
    )
    assert page.sections[:2] == ["bravo", "alpha"]

    assert page.state == "#bravo (moved)"


def test_section_that_was_not_confirmed_stays_where_it_is(page: Page) -> None:
    page.write_source(source_of([("charlie", 1), ("alpha", 2), ("bravo", 1)]))

    page.translate({"#alpha.0", "#alpha.1", "#alpha.2"}, "stale")
    assert page.sections == ["alpha", "bravo", "charlie"]
    assert page.state == "#charlie (moved)"

    page.translate(None, "stale")
    assert page.sections == ["charlie", "alpha", "bravo"]
    assert page.state == "current"


def test_renamed_section_keeps_its_words_to_be_confirmed(page: Page) -> None:
    page.write_source(source_of([("alpha", 1), ("bravo", 1), ("charlie", 1)]).replace("## bravo", "## delta"))

    own = page.exported("stale")
    assert own["#delta.0"] == ("## delta", "## BRAVO")
    assert own["#delta.1"] == ("bravo bravo 1.", "BRAVO BRAVO 1.")
    page.translate(None, "stale")
    assert page.sections == ["alpha", "delta", "charlie"]
    assert page.state == "current"


def test_section_with_other_words_under_another_heading_is_a_single_text_as_it_may_be_another_one(page: Page) -> None:
    page.write_source(source_of([("alpha", 1), ("delta", 1), ("charlie", 1)]))

    (own, translation) = page.exported("stale")["#delta"]
    assert own.startswith("## delta\n\ndelta")
    assert translation.startswith("## BRAVO\n\nBRAVO")
    page.translate({"#delta"})
    assert page.sections == ["alpha", "delta", "charlie"]
    assert page.state == "current"


def test_sections_that_exchange_their_headings_keep_the_translations_of_their_texts(page: Page) -> None:
    page.write_source(
        source_of(SECTIONS).replace("## alpha", "## x").replace("## bravo", "## alpha").replace("## x", "## bravo")
    )

    own = page.exported("stale")
    assert [own[f"#{name}.1"] for name in ("bravo", "alpha")] == [
        ("alpha alpha 1.", "ALPHA ALPHA 1."),
        ("bravo bravo 1.", "BRAVO BRAVO 1."),
    ]
    page.translate({"#alpha.0", "#alpha.1", "#alpha.2"}, "stale")
    assert page.texts == ["alpha", "bravo", "charlie"]
    page.translate(None, "stale")
    assert page.sections == ["bravo", "alpha", "charlie"]
    assert page.texts == ["alpha", "bravo", "charlie"]
    assert page.state == "current"


def test_section_with_another_heading_is_found_elsewhere_though_a_new_one_has_its_old_heading(page: Page) -> None:
    moved = (
        source_of([SECTIONS[0]], "").partition("---\n")[2].partition("---\n")[2].strip().replace("## alpha", "## zulu")
    )
    page.write_source(source_of([("alpha", 2), *SECTIONS[1:]], end=f"{moved}\n"))

    assert page.exported("stale", "missing")["#zulu.1"] == ("alpha alpha 1.", "ALPHA ALPHA 1.")
    page.translate(None, "stale", "missing")
    assert page.sections == ["alpha", "bravo", "charlie", "zulu"]
    assert page.state == "current"


def test_sections_whose_counterparts_are_unclear_are_one_text(page: Page) -> None:
    page.write_source(source_of([("alpha", 1), ("delta", 1), ("echo", 1), ("charlie", 1)]))

    assert [name for name in page.exported("stale", "missing") if name.startswith("#")] == ["#"]
    assert page.accept() != ""
    page.translate(None, "stale")
    assert page.sections == ["alpha", "delta", "echo", "charlie"]
    assert page.state == "current"


def test_sections_whose_counterparts_are_unclear_are_one_text_though_there_are_as_many(page: Page) -> None:
    page.write_source(source_of([("delta", 1), ("echo", 1), ("bravo", 1)]))

    assert [name for name in page.exported("stale", "missing") if name.startswith("#")] == ["#"]


def test_sections_that_are_as_they_were_keep_their_ids_while_others_are_unclear(page: Page) -> None:
    page.write_source(source_of([("delta", 1), ("echo", 1), *SECTIONS[1:]]))

    assert page.state == "#delta, #echo, #alpha (removed)"
    shown = page.site.build()["fr/a/index.html"]
    assert (
        dict(re.findall('<h2 id="(.*?)">(.*?)</h2>', shown)).items() >= {"bravo": "BRAVO", "charlie": "CHARLIE"}.items()
    )


def test_sections_of_one_name_that_move_are_current_where_the_translation_has_them_in_the_same_order(
    make_site: MakeSite,
) -> None:
    page = Page(make_site(), of_one_name(source_of(SECTIONS)))
    page.accept()
    page.write_source(of_one_name(source_of(SWAPPED)))
    assert page.state == "#same-2 (moved)"

    front, mark, _ = page.text.partition("\n---\n")
    page.own.write_text(front + mark + french_of(page.source).partition(mark)[2], encoding="utf-8")
    assert page.state == "current"
    assert page.accept() == ""
    page.write_source(of_one_name(source_of([("bravo", 2), *SWAPPED[1:]])))
    assert page.state == "#same"  # the names of today have been recorded


def test_unconfirmed_words_stay_those_of_the_section_for_which_they_were_imported(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(make_site(), of_one_name(source_of([("alpha", 1)])))
    monkeypatch.setattr(history, "run_git", page.git)
    page.accept()
    page.write_source(of_one_name(source_of([("bravo", 1), ("alpha", 2)])))
    page.translate(None, "stale", "missing", done=False)
    page.write_source(of_one_name(source_of([("bravo", 1), ("alpha", 1)])))

    texts = dict(page.exported().values())
    assert texts["bravo bravo 1."] == "BRAVO BRAVO 1."
    page.translate({"#same-2.0", "#same-2.1", "#same-2.2"})
    assert page.texts == ["bravo", "alpha"]


def test_first_of_two_sections_of_one_name_is_removed_without_the_second(make_site: MakeSite) -> None:
    page = Page(make_site(), of_one_name(source_of(SECTIONS)))
    page.accept()
    page.write_source(of_one_name(source_of(SECTIONS[1:])))

    page.translate(None, "stale")

    assert page.state == "current"
    assert page.texts == ["bravo", "charlie"]


ALPHA, BRAVO, GOLF, HOTEL = ((name, 1) for name in ("alpha", "bravo", "golf", "hotel"))
OTHER_ALPHA, OTHER_BRAVO = ("alpha", 2), ("bravo", 2)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([ALPHA], [BRAVO, OTHER_ALPHA], id="a new one stands before it"),
        pytest.param([ALPHA], [OTHER_ALPHA, BRAVO], id="a new one stands behind it"),
        pytest.param([ALPHA, GOLF], [GOLF, BRAVO, OTHER_ALPHA], id="it has moved behind a new one"),
        pytest.param([ALPHA, BRAVO], [OTHER_BRAVO], id="one of them is gone"),
        pytest.param([ALPHA, GOLF, BRAVO], [GOLF, OTHER_BRAVO, OTHER_ALPHA], id="both have moved"),
        pytest.param([GOLF, HOTEL], [("india", 1), ("juliett", 1)], id="two have other headings"),
    ],
)
def test_changed_section_is_not_taken_for_another_with_its_heading(
    make_site: MakeSite, before: Sections, after: Sections
) -> None:
    page = Page(make_site(), of_one_name(source_of(before)))
    page.accept()
    page.write_source(of_one_name(source_of(after)))

    assert [name for name in page.exported("stale", "missing") if name.startswith("#")] == ["#"]
    name = page.state.split(", ")[0]
    assert page.accept(name).startswith(f"it can't be told which section here renders '{name}'")
    page.translate()
    assert page.texts == [name for name, _ in after]
    assert page.state == "current"


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        pytest.param([ALPHA, BRAVO], [OTHER_ALPHA, BRAVO], "#same", id="one has changed"),
        pytest.param([ALPHA, BRAVO], [OTHER_ALPHA, OTHER_BRAVO], "#same", id="both have changed"),
        pytest.param([ALPHA, BRAVO], [BRAVO, OTHER_ALPHA], "#same-2", id="one has changed and the other has moved"),
        pytest.param([ALPHA, GOLF], [OTHER_ALPHA, GOLF, BRAVO], "#same", id="a new one stands behind others"),
        pytest.param([GOLF, ALPHA], [BRAVO, GOLF, OTHER_ALPHA], "#same-2", id="a new one stands elsewhere before it"),
        pytest.param([GOLF, ALPHA, HOTEL, BRAVO], [GOLF, OTHER_ALPHA, HOTEL], "#same", id="the other one is gone"),
        pytest.param([ALPHA, BRAVO], [GOLF, ALPHA, OTHER_BRAVO], "#same-2", id="there is a new heading before them"),
    ],
)
def test_changed_section_stays_a_section_of_its_own_where_its_neighbours_tell_which_one_it_is(
    make_site: MakeSite, before: Sections, after: Sections, changed: str
) -> None:
    page = Page(make_site(), of_one_name(source_of(before)))
    page.accept()
    page.write_source(of_one_name(source_of(after)))

    (source, translation) = next(both for name, both in page.exported().items() if name in (changed, f"{changed}.1"))
    assert translation == translated(source).replace("2", "1")
    page.translate(None, "stale", "missing")
    assert page.texts == [name for name, _ in after]
    assert page.state == "current"


def test_new_text_does_not_get_the_translation_of_another_that_had_the_heading_of_the_one_that_took_its_own(
    make_site: MakeSite,
) -> None:
    page = Page(make_site(), source_of([GOLF, HOTEL]))
    page.accept()
    page.write_source(source_of([HOTEL, ("kilo", 1)]).replace("## hotel", "## golf").replace("## kilo", "## hotel"))

    assert page.exported()["#golf.1"] == ("hotel hotel 1.", "HOTEL HOTEL 1.")
    assert page.exported()["#hotel.1"] == ("kilo kilo 1.", "")


def renamed(sections: Iterable[tuple[str, str, int]]) -> str:
    """A source whose sections have any heading: heading, name as in `source_of`, number of its version."""
    return source_of([]) + "".join(
        f"## {heading}\n\n{name} {name} {n}.\n\n{name} stays.\n\n" for heading, name, n in sections
    )


@pytest.mark.parametrize(
    "after",
    [
        pytest.param([("kilo", "golf", 2), ("golf", "lima", 1), ("hotel", "hotel", 1)], id="a new one has its heading"),
        pytest.param([("hotel", "hotel", 1), ("kilo", "golf", 2)], id="it has moved"),
        pytest.param([("hotel", "golf", 2), ("golf", "hotel", 2)], id="it has exchanged its heading with another"),
    ],
)
def test_section_with_another_heading_and_a_changed_text_is_not_overwritten(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, after: list[tuple[str, str, int]]
) -> None:
    page = Page(make_site(), source_of([GOLF, HOTEL]))
    monkeypatch.setattr(history, "run_git", page.git)
    page.accept()
    page.write_source(renamed(after))

    assert [name for name in page.exported("stale", "missing") if name.startswith("#")] == ["#"]
    name = next(f"#{heading}" for heading, name, number in after if number == 2)
    assert page.accept(name).startswith(f"it can't be told which section here renders '{name}'")
    page.translate({"title"})
    assert page.texts == ["golf", "hotel"]
    page.translate()
    assert page.texts == [name for _, name, _ in after]
    assert page.state == "current"


def test_section_keeps_its_translation_where_a_new_one_is_as_like_it(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(make_site(), source_of([GOLF, HOTEL]))
    monkeypatch.setattr(history, "run_git", page.git)
    page.accept()
    page.write_source(renamed([("golf", "golf", 2), ("kilo", "golf", 3), ("hotel", "hotel", 1)]))

    assert page.exported("stale")["#golf.1"] == ("golf golf 2.", "GOLF GOLF 1.")
    assert page.accept("#golf") == ""


def test_translator_agrees_only_to_what_the_exported_file_says_about_sections(page: Page) -> None:
    page.write_source(source_of(SECTIONS[:2]))
    path = page.site.root / "fr.po"
    text = export(page.site.root, "fr", "po", ["stale"]).decode().replace("#, fuzzy\n", "")
    path.write_text(text, encoding="utf-8")
    page.write_source(source_of(SECTIONS[:1]))

    imported = import_file(page.site.root, path)

    assert page.sections == ["alpha", "bravo", "charlie"]
    assert page.state == "#bravo (removed), #charlie (removed)"
    assert imported.left_out == ("/a/: other parts without a text have changed since the export; export it again",)


def test_footnotes_stay_when_their_section_moves_or_goes(make_site: MakeSite) -> None:
    end = "[^1]: a note.\n"
    sections: Sections = [("alpha", 1), ("bravo", 1), ("charlie", 1)]
    page = Page(make_site(), source_of(sections, "Some[^1] rules.", end))
    page.accept()

    page.write_source(source_of([sections[2], sections[0]], "Some[^1] rules.", end))
    page.translate(None, "stale")

    assert page.state == "current"
    assert page.body == translated(
        source_of([sections[2], sections[0]], "Some[^1] rules.", end).partition("\n---\n")[2]
    )


NOTES = "[^1]: a note.\n\n[^2]: another note.\n"


def with_notes(sections: Sections, end: str) -> str:
    """A source in which the section alpha has the first of two notes, and bravo the second one."""
    return source_of(sections, end=end).replace("alpha 1.", "alpha 1.[^1]").replace("bravo 1.", "bravo 1.[^2]")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            with_notes([ALPHA, BRAVO], NOTES), with_notes([ALPHA], "[^1]: a note.\n"), id="with a removed section"
        ),
        pytest.param(
            with_notes([ALPHA, BRAVO], NOTES), with_notes([BRAVO], "[^2]: another note.\n"), id="which is not the last"
        ),
        pytest.param(
            with_notes([("golf", 1), BRAVO], "[^2]: another note.\n"),
            with_notes([("golf", 1)], ""),
            id="as the only one",
        ),
        pytest.param(
            with_notes([ALPHA, BRAVO], "").replace("bravo stays.", f"bravo stays.\n\n{NOTES}"),
            with_notes([ALPHA], "").replace("alpha stays.", "alpha stays.\n\n[^1]: a note."),
            id="within a removed section",
        ),
        pytest.param(
            with_notes([ALPHA, BRAVO], NOTES),
            with_notes([ALPHA, OTHER_BRAVO], "[^1]: a note.\n"),
            id="as the text has changed",
        ),
    ],
)
def test_footnote_goes_with_the_last_text_that_refers_to_it(make_site: MakeSite, before: str, after: str) -> None:
    page = Page(make_site(), before)
    page.accept()
    page.write_source(after)

    page.translate(None, "stale", "missing")

    assert page.state == "current"
    lines = [line for line in translated(after.partition("\n---\n")[2]).split("\n") if line]
    assert [line for line in page.body.split("\n") if line] == lines


def test_footnote_stays_as_long_as_the_source_has_it(make_site: MakeSite) -> None:
    page = Page(make_site(), with_notes([ALPHA, BRAVO], NOTES))
    page.accept()
    page.write_source(with_notes([ALPHA], NOTES).replace("alpha 1.", "alpha 2.[^2]"))

    page.translate({"title"})
    assert page.texts == ["alpha"]
    assert "[^2]: ANOTHER NOTE." in page.body
    page.translate(None, "stale")
    assert page.state == "current"
    assert "ALPHA ALPHA 2.[^2][^1]" in page.body


def test_opening_that_the_source_has_lost_is_removed(page: Page) -> None:
    page.write_source(source_of(SWAPPED, ""))

    assert page.state == "#alpha (moved), # (removed)"
    page.translate(None, "stale")
    assert page.state == "current"
    assert "SOME RULES" not in page.body


def test_records_of_an_older_version_are_read_as_they_are(page: Page) -> None:
    """They lack the sections that were never accepted, and may be those of a translation with fewer sections."""
    text = page.own.read_text(encoding="utf-8")
    page.own.write_text(re.sub('  - .* #bravo"\n', "", text), encoding="utf-8")

    assert page.state == "#bravo"
    assert page.exported("stale")["#bravo.0"] == ("## bravo", "## BRAVO")
    assert page.accept("#bravo") == ""
    assert page.state == "current"


def test_unconfirmed_words_of_a_version_that_is_withdrawn_are_not_current(page: Page) -> None:
    page.write_source(source_of(SECTIONS, "Other rules."))
    page.translate(None, "stale", done=False)
    assert "OTHER RULES." in page.body

    page.write_source(source_of(SECTIONS, "Some rules."))
    assert page.state == "#"
    assert page.exported("stale")["#.1"] == ("Some rules.", "OTHER RULES.")
    page.translate(None, "stale")
    assert page.state == "current"
    assert "SOME RULES." in page.body


@pytest.mark.parametrize("done", [True, False])
def test_some_words_of_a_version_that_is_withdrawn_are_not_current(
    page: Page, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "run_git", page.git)
    page.write_source(source_of([("bravo", 1), ("alpha", 2), ("charlie", 1)]))
    page.translate({"#alpha.1"}, "stale", done=done)
    assert page.texts == ["alpha", "bravo", "charlie"]  # it is moved with its heading
    assert "ALPHA ALPHA 2." in page.body

    page.write_source(source_of(SECTIONS))
    assert page.state == "#alpha"
    assert page.exported("stale")["#alpha.1"] == ("alpha alpha 1.", "ALPHA ALPHA 2.")
    page.translate(None, "stale")
    assert page.state == "current"
    assert page.body == french_of(page.source).partition("\n---\n")[2]


def test_new_section_is_not_current_with_code_that_has_changed_since_its_words_were_imported(page: Page) -> None:
    source = source_of([*SECTIONS, ("golf", 1)]).replace("golf stays.", "```\nls\n```")
    page.write_source(source)
    page.translate(None, "missing", done=False)
    assert "```\nls\n```" in page.body

    page.write_source(source.replace("ls\n", "ls -l\n"))
    page.translate(None, "stale", "missing")
    assert page.state == "#golf"

    page.write_source(source)
    page.translate(None, "stale", "missing")
    assert page.state == "current"


# any edits


def edited(sections: Sections, random_: random.Random) -> Sections:
    sections = list(sections)
    match random_.choice(["move", "move", "remove", "add", "change"]):
        case "move" if len(sections) > 1:
            sections.insert(random_.randrange(len(sections)), sections.pop(random_.randrange(len(sections))))
        case "remove" if sections:
            sections.pop(random_.randrange(len(sections)))
        case "change" if sections:
            number = random_.randrange(len(sections))
            sections[number] = sections[number][0], sections[number][1] + 1
        case _:
            free = [name for name in NAMES if name not in [own for own, _ in sections]]
            sections.insert(random_.randint(0, len(sections)), (random_.choice(free), 1))
    return sections


def sentences(body: str) -> set[str]:
    return {line for line in body.split("\n") if line.strip() and not line.startswith("## ")}


def check_edits(site: TinySite, seed: int, steps: int) -> None:
    """Edit sections of the source, and translate all or a part of them, or accept."""
    random_ = random.Random(seed)
    sections: Sections = [(name, 1) for name in random_.sample(NAMES, random_.randint(1, 5))]
    page = Page(site, source_of(sections))
    page.accept()
    for step in range(steps):
        told = f"seed {seed}, step {step}: {sections} ← {page.sections}"
        for _ in range(random_.randint(1, 2)):
            sections = edited(sections, random_)
        page.write_source(source_of(sections))
        names = [name for name, _ in sections]
        if page.sections != names:
            assert page.state != "current", told
        before, had = sentences(page.body), page.sections
        what = random_.choice(["all", "stale", "part", "fuzzy", "accept", "accept one"])
        chosen = set()
        if what in ("all", "stale"):
            chosen = page.translate(None, *(["stale", "missing"] if what == "stale" else []))
            assert (page.sections, page.state) == (names, "current"), f"{told}, {what}"
        elif what in ("part", "fuzzy"):
            texts = list(page.exported())
            wanted = set(random_.sample(texts, random_.randint(0, len(texts))))
            chosen = page.translate(wanted, done=what == "part")
        elif names and set(names) <= set(had):  # otherwise an editor would say that another section is right
            page.accept(f"#{random_.choice(names)}" if what == "accept one" else None)
        if page.sections != names:
            assert page.state != "current", f"{told}, {what}"
        for text in before - sentences(page.body):
            name = text.split()[0].lower()
            anew = any(part.startswith(f"#{name}.") or part == "#" for part in chosen)
            assert name not in names or anew, f"{told}, {what}: {text}"
        for section in re.split("(?m)^(?=## )", page.body)[1:]:
            heading, *words = re.findall("[A-Z]+", section.replace("STAYS", ""))
            assert {heading} == set(words), f"{told}, {what}: {section}"


@pytest.mark.parametrize("seed", [1, 2])
def test_no_section_takes_the_words_of_another(make_site: MakeSite, seed: int) -> None:
    check_edits(make_site(), seed, 4)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 70))
def test_no_section_takes_the_words_of_another_in_long_histories(make_site: MakeSite, seed: int) -> None:
    check_edits(make_site(), seed, 25)


def of_one_name(text: str) -> str:
    """Give some of the sections the same heading: `## same`."""
    return re.sub("(?m)^## (?:[a-f].*|m.*)$", "## same", text)


def check_headings_of_one_name(site: TinySite, seed: int, steps: int) -> None:
    """As `check_edits`, where only the words below a heading tell sections apart; translators accept what is right."""
    random_ = random.Random(seed)
    sections: Sections = [(name, 1) for name in random_.sample(NAMES, random_.randint(2, 5))]
    page = Page(site, of_one_name(source_of(sections)))
    page.accept()
    for step in range(steps):
        for _ in range(random_.randint(1, 2)):
            sections = edited(sections, random_)
        page.write_source(of_one_name(source_of(sections)))
        what = random_.choice(["all", "stale", "part", "fuzzy", "by hand"])
        told = f"seed {seed}, step {step}: {sections} ← {page.texts}, {page.state}, {what}"
        if what in ("all", "stale"):
            page.translate(None, *(["stale", "missing"] if what == "stale" else []))
        elif what == "by hand":
            front, mark, _ = page.text.partition("\n---\n")
            page.own.write_text(front + mark + french_of(page.source).partition(mark)[2], encoding="utf-8")
            assert page.accept() == "", told
        else:
            texts = list(page.exported())
            page.translate(random_.sample(texts, random_.randint(0, len(texts))), done=what == "part")
        if what in ("all", "stale", "by hand"):
            assert page.state == "current", told
        if page.state == "current":
            assert page.texts == [name for name, _ in sections], told


@pytest.mark.parametrize("seed", [1, 2])
def test_sections_of_one_name_keep_their_translations(make_site: MakeSite, seed: int) -> None:
    check_headings_of_one_name(make_site(), seed, 4)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 70))
def test_sections_of_one_name_keep_their_translations_in_long_histories(make_site: MakeSite, seed: int) -> None:
    check_headings_of_one_name(make_site(), seed, 25)


def test_sections_that_move_with_a_renamed_one_among_them_are_exported(make_site: MakeSite) -> None:
    before = [(name, 1) for name in ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf")]
    page = Page(make_site({}), source_of(before))
    page.accept()
    page.write_source(source_of([before[4], ("kilo", 1), before[6], *before[:4]]))

    text = export(page.site.root, "fr", "po").decode()

    assert "## kilo" in text
