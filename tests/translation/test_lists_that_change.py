"""Lists of words, and the blocks of a section, that grow, shrink or are reordered in the source: no item takes another's words."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import yaml
from babel.messages.pofile import read_po, write_po
from conftest import MakeSite, TinySite
from translated_page import TranslatedPage

from sitegen.problems.problem import SiteError
from sitegen.translation import history
from sitegen.translation.exchange import export, import_file
from sitegen.translation.review import accept

KINDS = """\
page:
  template: page.html
  words:
    steps: {type: list, of: {type: text}}
    people: {type: list, of: {type: group, fields: {name: {type: text}, role: {type: text}, since: {type: number}}}}
    terms: {type: list, of: {type: group, fields: {key: {type: id}, term: {type: text}, avoid: {type: list, of: {type: text}}}}}
    rows: {type: list, of: {type: list, of: {type: text}}}
    labels: {type: map}
    contact: {type: group, fields: {name: {type: text}, hours: {type: list, of: {type: text}}}}
    when: {type: text}
    since: {type: number}
    site: {type: link}
    years: {type: list, of: {type: number}}
    where: {type: group, fields: {lat: {type: number}, lon: {type: number}}}
    hall: {type: group, fields: {name: {type: text}, seats: {type: number}, at: {type: group, fields: {floor: {type: number}}}}}
"""


class Page(TranslatedPage):
    """A page with words in its front matter and its French translation, which says the same in capitals."""

    def __init__(self, site: TinySite, words: dict[str, Any], body: str = "Text.", own: str = "") -> None:
        site.write("content/kinds.yaml", KINDS)
        super().__init__(site, page_of(words, body), own or page_of(capitals(words), capitals(body)))
        list(accept(site.root, "/a/", "fr"))
        assert self.state == "current"

    def write(self, words: dict[str, Any], body: str = "Text.") -> None:
        """Write the source."""
        self.write_source(page_of(words, body))

    @property
    def words(self) -> dict[str, Any]:
        found = yaml.safe_load(self.text.split("---\n")[1])
        return {name: value for name, value in found.items() if name not in ("title", "source", "review")}

    @property
    def blocks(self) -> list[str]:
        return self.body.strip().split("\n\n")

    @property
    def warnings(self) -> list[str]:
        return [problem.message for problem in self.site.report().warnings if problem.code == "structure"]

    def exported(self, *only: str) -> dict[str, tuple[str, str]]:
        """Name → source and translation."""
        return {name: (own.id, own.string) for name, own in self._messages(*only)[1].items()}

    def _messages(self, *only: str) -> tuple[Any, dict[str, Any]]:
        catalog = read_po([line + b"\n" for line in export(self.site.root, "fr", "po", only).splitlines()])
        own = [(str(message.context).split("|"), message) for message in catalog if message.id]
        return catalog, {name[1]: message for name, message in own if name[0] == "/a/"}

    def translate(
        self, chosen: Callable[[str], bool] = lambda _: True, *only: str, done: bool = True
    ) -> tuple[set[str], tuple[str, ...]]:
        """Export, translate the texts that are chosen by their source, and import; return these, and what is left out."""
        catalog, messages = self._messages(*only)
        texts = set()
        for message in messages.values():
            if chosen(message.id):
                texts.add(message.id)
                message.string = capitals(message.id)
                if done:
                    message.flags.discard("fuzzy")
                else:
                    message.flags.add("fuzzy")
        path = self.site.root / "fr.po"
        with path.open("wb") as file:
            write_po(file, catalog)
        return texts, import_file(self.site.root, path).left_out


def capitals(value: Any) -> Any:
    """Translate the texts of a value."""
    match value:
        case str():
            return value.upper()
        case list():
            return [capitals(item) for item in value]
        case dict():
            return {key: own if key == "key" else capitals(own) for key, own in value.items()}
    return value


def page_of(words: dict[str, Any], body: str) -> str:
    return f"---\ntitle: A\n{yaml.safe_dump(words, sort_keys=False) if words else ''}---\n{body}\n"


@pytest.fixture
def with_history(monkeypatch: pytest.MonkeyPatch) -> Callable[[Page], None]:
    """Let git know the versions of a page's source."""
    return lambda page: monkeypatch.setattr(history, "run_git", page.git)


WithHistory = Callable[[Page], None]
#: What a list was and is: texts, groups, groups with ids, lists of lists, a map, a list in a group.
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "an item more": ({"steps": ["alpha", "bravo"]}, {"steps": ["alpha", "bravo", "cargo"]}),
    "a first item": ({"steps": ["alpha", "bravo"]}, {"steps": ["nova", "alpha", "bravo"]}),
    "without the first": ({"steps": ["alpha", "bravo", "cargo"]}, {"steps": ["bravo", "cargo"]}),
    "swapped": ({"steps": ["alpha", "bravo"]}, {"steps": ["bravo", "alpha"]}),
    "one for another": ({"steps": ["alpha", "bravo"]}, {"steps": ["nova", "alpha"]}),
    "a list more": ({}, {"steps": ["alpha", "bravo"], "people": [{"name": "ann", "role": "cook"}], "labels": {"x": "y"}}),
    "groups": (
        {"people": [{"name": "ann", "role": "cook", "since": 7}, {"name": "bob", "role": "clerk"}]},
        {"people": [{"name": "cid", "role": "nurse", "since": 9}, {"name": "ann", "role": "cook", "since": 7}]},
    ),
    "a field of a group": ({"people": [{"name": "ann"}]}, {"people": [{"name": "ann", "role": "cook"}]}),
    "ids": (
        {"terms": [{"key": "a", "term": "alpha", "avoid": ["aa", "ab"]}, {"key": "b", "term": "bravo"}]},
        {
            "terms": [
                {"key": "c", "term": "cargo", "avoid": ["cc"]},
                {"key": "b", "term": "bravo"},
                {"key": "a", "term": "alpha", "avoid": ["ab", "ac", "aa"]},
            ]
        },
    ),
    "lists of lists": (
        {"rows": [["alpha", "bravo"], ["cargo"], ["delta", "echo"]]},
        {"rows": [["delta", "echo", "fox"], ["bravo", "alpha"], ["cargo"]]},
    ),
    "a map": ({"labels": {"a": "alpha", "b": "bravo"}}, {"labels": {"b": "bravo", "n": "nova", "m": "more"}}),
    "a list in a group": (
        {"contact": {"name": "ann", "hours": ["alpha", "bravo"]}},
        {"contact": {"name": "ann", "hours": ["bravo", "alpha", "cargo"]}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("is_known", [True, False], ids=["with history", "without history"])
@pytest.mark.parametrize("what", CHANGES)
def test_list_that_has_changed_is_whole_and_current_once_all_that_is_exported_is_translated(
    make_site: MakeSite, with_history: WithHistory, what: str, is_known: bool
) -> None:
    before, now = CHANGES[what]
    page = Page(make_site(), before)
    if is_known:
        with_history(page)
    page.write(now)
    assert page.state != "current"

    page.translate(lambda _: True, "stale", "missing")

    assert page.words == capitals(now)
    assert page.state == "current"
    assert page.warnings == []
    before_again = page.text
    page.translate()
    assert page.text == before_again


# one item at a time

THREE = {"steps": ["alpha", "bravo", "cargo"]}


def test_new_item_alone_is_exported_without_a_translation_and_takes_no_others_place(
    make_site: MakeSite, with_history: WithHistory
) -> None:
    page = Page(make_site(), THREE)
    with_history(page)
    page.write({"steps": ["nova", "alpha", "bravo", "cargo"]})

    assert page.exported("stale", "missing") == {"steps[0]": ("nova", "")}
    assert page.exported()["steps[1]"] == ("alpha", "ALPHA")
    page.translate(lambda text: text == "nova")
    assert page.words == {"steps": ["NOVA", "ALPHA", "BRAVO", "CARGO"]}
    assert page.state == "current"


def test_list_stays_as_it_is_until_all_of_its_texts_are_done(make_site: MakeSite, with_history: WithHistory) -> None:
    page = Page(make_site(), THREE)
    with_history(page)
    page.write({"steps": ["nova", "more", "cargo 2", "alpha"]})

    _, left_out = page.translate(lambda text: text != "more")
    assert left_out == ("/a/ steps: 1 of 4 texts are missing or not marked as done",)
    assert page.words == capitals(THREE)
    assert page.state == "steps"

    page.translate()
    assert page.words == {"steps": ["NOVA", "MORE", "CARGO 2", "ALPHA"]}
    assert page.state == "current"


def test_changed_item_is_written_alone(make_site: MakeSite, with_history: WithHistory) -> None:
    page = Page(make_site(), THREE)
    with_history(page)
    page.write({"steps": ["alpha", "bravo 2", "cargo"]})

    assert page.exported("stale", "missing") == {"steps[1]": ("bravo 2", "BRAVO")}
    page.translate(lambda text: text == "bravo 2", done=False)
    assert page.words == {"steps": ["ALPHA", "BRAVO 2", "CARGO"]}
    assert page.state == "steps"

    assert page.exported("stale", "missing") == {"steps[1]": ("bravo 2", "BRAVO 2")}
    page.write({"steps": ["alpha", "bravo 3", "cargo"]})  # any of them may have words of the version before
    assert page.exported("stale", "missing")["steps[1]"] == ("bravo 3", "BRAVO 2")
    page.translate(lambda text: text in ("alpha", "bravo 3", "cargo"))
    assert page.words == {"steps": ["ALPHA", "BRAVO 3", "CARGO"]}
    assert page.state == "current"


def test_items_of_a_list_that_a_person_has_already_reordered_keep_their_words(
    make_site: MakeSite, with_history: WithHistory
) -> None:
    """Their places are those of today's source or of the accepted one: nobody can tell."""
    page = Page(make_site(), THREE)
    with_history(page)
    now = {"steps": ["bravo", "alpha", "cargo 2"]}
    page.write(now)
    records = page.text[page.text.index("source:") :]
    page.own.write_text(page_of(capitals(now), "").replace("---\n\n", records), encoding="utf-8")

    assert {own for _, own in page.exported("stale", "missing").values()} == {""}
    page.translate(lambda text: text == "bravo")
    assert page.words == capitals(now)
    assert page.state == "steps"


BY_HAND = {
    "block": (
        "steps:  # all\n  # one\n  - 'ALPHA' # a\n  # two\n  - >-\n    BRAVO\n    B\n\n  - \"CARGO\" # c\n  # end\n",
        "steps:  # all\n  # one\n  - NOVA\n  # two\n  - >-\n    BRAVO\n    B\n  - 'ALPHA' # a\n  # end\n  # c\n",
    ),
    "at the margin": ("steps:\n- ALPHA # a\n- BRAVO B\n- CARGO\n", "steps:\n- NOVA\n- BRAVO B\n- ALPHA # a\n"),
    "flow": ("steps: [ALPHA, 'BRAVO B', CARGO] # all\n", "steps: [NOVA, 'BRAVO B', ALPHA] # all\n"),
    "flow on lines": (
        "steps: [\n  ALPHA, # a\n  BRAVO B,\n  CARGO # c\n  ]\n", "steps: [\n  NOVA, BRAVO B, ALPHA # c\n  ]\n  # a\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", BY_HAND)
def test_list_keeps_the_form_and_the_comments_that_it_was_written_with(
    make_site: MakeSite, with_history: WithHistory, how: str
) -> None:
    own, wanted = BY_HAND[how]
    page = Page(make_site(), {"steps": ["alpha", "bravo b", "cargo"]}, own=f"---\n{own}title: A\n# last\n---\nTEXT.\n")
    with_history(page)
    page.write({"steps": ["nova", "bravo b", "alpha"]})

    page.translate()

    assert page.text.partition("title:")[0] == f"---\n{wanted}"
    assert page.state == "current"


# accept and check


@pytest.mark.parametrize("what", sorted(CHANGES.keys() - {"swapped", "one for another", "groups", "a list more"}))
def test_list_with_other_items_is_not_accepted_and_reported(make_site: MakeSite, what: str) -> None:
    before, now = CHANGES[what]
    page = Page(make_site(), now)
    (name,) = now
    records = page.text[page.text.index("source:") :]
    page.own.write_text(page_of(capitals(before), "").replace("---\n\n", records), encoding="utf-8")

    (message,) = page.warnings
    assert name in message
    page.write(now, "Text 2.")
    page.own.write_text(page.text.replace("TEXT.", "TEXT 2."), encoding="utf-8")
    with pytest.raises(SiteError) as caught:
        list(accept(page.site.root, "/a/", "fr"))
    assert [problem.message for problem in caught.value.problems] == [message]


def test_each_language_has_as_many_keywords_as_it_likes(make_site: MakeSite) -> None:
    page = Page(make_site(), {"keywords": ["alpha", "bravo"]}, own="---\ntitle: A\nkeywords: [ALPHA]\n---\nTEXT.\n")

    assert page.warnings == []
    assert page.exported("stale", "missing") == {}
    page.translate()
    assert page.words == {"keywords": ["ALPHA"]}


# blocks of a section


@pytest.mark.parametrize("is_known", [True, False], ids=["with history", "without history"])
@pytest.mark.parametrize("now", ["Bravo.\n\nAlpha.", "Nova.\n\nAlpha.", "Alpha 2.\n\nBravo 2.", "Bravo.\n\nNova."])
def test_block_is_not_overwritten_by_the_translation_of_another(
    make_site: MakeSite, with_history: WithHistory, now: str, is_known: bool
) -> None:
    page = Page(make_site(), {}, "Alpha.\n\nBravo.")
    if is_known:
        with_history(page)
    page.write({}, now)
    first, second = now.split("\n\n")

    for chosen in (first, second):
        page.translate(lambda text, chosen=chosen: text == chosen)  # type: ignore[misc]
        if page.state != "current":
            assert page.blocks == ["ALPHA.", "BRAVO."]
    page.translate()
    assert page.blocks == capitals([first, second])
    assert page.state == "current"


def test_block_that_has_moved_follows_its_words(make_site: MakeSite, with_history: WithHistory) -> None:
    page = Page(make_site(), {}, "Alpha.\n\nBravo.\n\nCargo.")
    with_history(page)
    page.write({}, "Cargo.\n\nAlpha.\n\nBravo 2.")

    exported = page.exported()
    assert (exported["#.1"], exported["#.2"]) == (("Cargo.", "CARGO."), ("Alpha.", "ALPHA."))
    page.translate(lambda _: False)
    assert page.blocks == ["ALPHA.", "BRAVO.", "CARGO."]
    page.translate(lambda text: text == "Bravo 2.")
    assert page.blocks == ["CARGO.", "ALPHA.", "BRAVO 2."]
    assert page.state == "current"


# figures


FIGURES: dict[str, Any] = {
    "people": [{"name": "Ann", "role": "1"}],
    "labels": {"a": "open", "b": "10"},
    "steps": ["go", "10 €"],
}
OTHER_FIGURES: dict[str, Any] = {
    "people": [{"name": "Ann", "role": "2"}],
    "labels": {"a": "open", "b": "12"},
    "steps": ["go", "12 €"],
}


def test_figures_of_a_field_that_a_translation_has_from_its_source_are_taken_over(
    make_site: MakeSite, with_history: WithHistory
) -> None:
    page = Page(make_site(), FIGURES)
    with_history(page)
    page.write(OTHER_FIGURES)

    assert page.state == "steps, people, labels"
    page.translate(lambda _: True, "stale")

    assert page.state == "current"
    assert page.words == capitals(OTHER_FIGURES)


def test_figures_of_which_a_translation_may_have_others_keep_its_field_outdated(
    make_site: MakeSite, with_history: WithHistory
) -> None:
    page = Page(make_site(), FIGURES, own=page_of({**capitals(FIGURES), "labels": {"a": "OPEN", "b": "ten"}}, "TEXT."))
    with_history(page)
    page.write(OTHER_FIGURES)

    _, left_out = page.translate(lambda _: True, "stale")

    assert page.state == "labels"
    assert page.words == {**capitals(OTHER_FIGURES), "labels": {"a": "OPEN", "b": "ten"}}
    assert left_out == (
        "content/a/index.fr.md:7: labels: its code or figures are not as in the source: change them and accept the page",
    )


def test_accept_tells_at_their_lines_the_figures_that_have_changed_in_the_source(
    make_site: MakeSite, with_history: WithHistory
) -> None:
    page = Page(make_site(), FIGURES)
    with_history(page)
    page.write({**OTHER_FIGURES, "steps": ["go", "10 €"]})

    (accepted,) = accept(page.site.root, "/a/", "fr")

    lines = page.text.split("\n")
    told = [message.split(": ")[:2] for message in accepted.old_code]
    assert [(lines[int(place.split(":")[1]) - 1].strip(), part) for place, part in told] == [
        ("role: '1'", "people"),
        ("b: '10'", "labels"),
    ]


@pytest.mark.parametrize(
    "now", [{"steps": ["2027"]}, {"steps": ["2026", "2027", "2028"]}, {}], ids=["changed", "more", "none"]
)
def test_field_of_figures_alone_is_taken_over_once_the_text_that_says_so_is_confirmed(
    make_site: MakeSite, with_history: WithHistory, now: dict[str, Any]
) -> None:
    page = Page(make_site(), {"steps": ["2025", "2026"]})
    with_history(page)
    page.write(now)
    assert page.state == ("steps" if now else "steps (removed)")

    assert page.exported("stale").keys() == {"title"}
    page.translate(lambda _: True, "stale")

    assert page.state == "current"
    assert page.words == now


#: What has no words: what it was and is.
VALUES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a number": ({"since": 5}, {"since": 7}),
    "a new number": ({}, {"since": 7}),
    "a new text of figures": ({}, {"when": "12"}),
    "an address": ({"site": "https://example.org/"}, {"site": "https://example.org/2/"}),
    "a list of numbers": ({"years": [2025, 2026]}, {"years": [2026]}),
    "a group of numbers": ({"where": {"lat": 1, "lon": 2}}, {"where": {"lat": 1, "lon": 3}}),
    "a new group of numbers": ({}, {"where": {"lat": 1, "lon": 3}}),
    "a number in a group": ({"hall": {"name": "ann", "seats": 7}}, {"hall": {"name": "ann", "seats": 9}}),
    "a number more in a group": ({"hall": {"name": "ann"}}, {"hall": {"name": "ann", "seats": 9, "at": {"floor": 2}}}),
    "one less in a group": ({"hall": {"name": "ann", "seats": 9, "at": {"floor": 2}}}, {"hall": {"name": "ann"}}),
    "a word less in a group": ({"people": [{"name": "ann", "role": "cook"}]}, {"people": [{"name": "ann"}]}),
    "a number in a group of a list": (
        {"people": [{"name": "ann", "since": 7}, {"name": "bob", "since": 7}]},
        {"people": [{"name": "ann", "since": 9}, {"name": "bob", "since": 7}]},
    ),
}


def lower_links(words: dict[str, Any]) -> dict[str, Any]:
    return {name: own.lower() if name == "site" else own for name, own in capitals(words).items()}


@pytest.mark.parametrize("change", VALUES)
def test_values_without_words_are_taken_over_with_the_words_of_their_field(
    make_site: MakeSite, with_history: WithHistory, change: str
) -> None:
    before, now = VALUES[change]
    page = Page(make_site(), before, own=page_of(lower_links(before), "TEXT."))
    with_history(page)
    page.write(now)
    assert page.state != "current"

    page.translate(lambda _: True, "stale")

    assert (page.state, page.words, page.warnings) == ("current", lower_links(now), [])


@pytest.mark.parametrize("change", [name for name in VALUES if "new " not in name and "of a list" not in name])
def test_values_without_words_are_never_called_current_without_git(make_site: MakeSite, change: str) -> None:
    before, now = VALUES[change]
    page = Page(make_site(), before, own=page_of(lower_links(before), "TEXT."))
    page.write(now)
    (name,) = now

    _, left_out = page.translate(lambda _: True, "stale")

    assert (page.state, page.words) == (name, lower_links(before))
    assert [f": {name}: its code or figures are not as in the source" in told for told in left_out] == [True]
    list(accept(page.site.root, "/a/", "fr"))
    assert page.state == "current" or page.warnings


def test_what_a_translation_has_otherwise_or_for_itself_stays(make_site: MakeSite, with_history: WithHistory) -> None:
    own = "hall:\n  name: ANN\n  seats: 8\nyears:\n  # ours\n- 2025\n  # and theirs\n- 2026\n"
    page = Page(
        make_site(),
        {"hall": {"name": "ann"}, "years": [2025, 2026]},
        own=f"---\ntitle: A\n{own}---\nTEXT.\n",
    )
    with_history(page)
    page.write({"hall": {"name": "anna"}, "years": [2027]})

    page.translate(lambda _: True, "stale")

    assert page.text.startswith(f"---\ntitle: A\n{own.replace('ANN', 'ANNA')}source:")
    assert page.state == "years"


# any edits

NAMES = ["alpha", "bravo", "cargo", "delta", "echo", "fox", "golf", "hotel"]


def edited(items: list[str], random_: random.Random) -> list[str]:
    items = list(items)
    match random_.choice(["move", "swap", "remove", "add", "change"]):
        case "move" if items:
            items.insert(random_.randrange(len(items)), items.pop(random_.randrange(len(items))))
        case "swap" if len(items) > 1:
            one, other = random_.sample(range(len(items)), 2)
            items[one], items[other] = items[other], items[one]
        case "remove" if len(items) > 1:
            items.pop(random_.randrange(len(items)))
        case "change" if items:
            number = random_.randrange(len(items))
            name, _, version = items[number].partition(" ")
            items[number] = f"{name} {int(version) + 1}"
        case _:
            free = [name for name in NAMES if name not in [item.split()[0] for item in items]]
            items.insert(random_.randint(0, len(items)), f"{random_.choice(free)} 1") if free else None
    return items


def check_edits(site: TinySite, with_history: WithHistory, seed: int, steps: int) -> None:
    """Edit a list, groups, and blocks of a section; translate all or a part; see that no words are lost or doubled."""
    random_ = random.Random(seed)
    lists = [[f"{name} 1" for name in random_.sample(NAMES, random_.randint(1, 4))] for _ in range(3)]

    def source() -> tuple[dict[str, Any], str]:
        people = [{"name": f"n {item}", "role": f"r {item}"} for item in lists[1]]
        return {"steps": lists[0], "people": people}, "\n\n".join(f"b {item}." for item in lists[2])

    page = Page(site, *source())
    if random_.random() < 0.7:
        with_history(page)
    for step in range(steps):
        for number in range(3):
            for _ in range(random_.randint(0, 2)):
                lists[number] = edited(lists[number], random_)
        words, body = source()
        page.write(words, body)
        told = f"seed {seed}, step {step}: {lists} ← {page.words}, {page.blocks}"
        before = texts_of(page)
        what = random_.choice(["all", "stale", "part", "fuzzy"])
        if what in ("all", "stale"):
            page.translate(lambda _: True, *(["stale", "missing"] if what == "stale" else []))
            assert (page.words, page.blocks, page.state) == (
                capitals(words),
                capitals(body.split("\n\n")),
                "current",
            ), told
            continue
        share = random_.random()
        chosen, _ = page.translate(lambda _, share=share: random_.random() < share, done=what == "part")  # type: ignore[misc]
        now = texts_of(page)
        assert len(now) == len(set(now)), f"{told}: {now}"
        here = {names_of(text) for text in flat([words, body.split("\n\n")])}
        anew = {names_of(text) for text in chosen}
        for text in set(before) - set(now):
            assert names_of(text) not in here or names_of(text) in anew or len(chosen & {body}), (
                f"{told}, {chosen}: {text}"
            )
        if page.state == "current":
            assert (page.words, page.blocks) == (capitals(words), capitals(body.split("\n\n"))), told


def texts_of(page: Page) -> list[str]:
    return [*flat(page.words), *page.blocks]


def flat(value: Any) -> Iterable[str]:
    match value:
        case list():
            return [text for item in value for text in flat(item)]
        case dict():
            return [text for item in value.values() for text in flat(item)]
    return [str(value)]


def names_of(text: str) -> tuple[str, ...]:
    """A text without the number of its version."""
    return tuple(part for part in text.lower().split() if part.isalpha())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_item_disappears_or_takes_the_words_of_another(
    make_site: MakeSite, with_history: WithHistory, seed: int
) -> None:
    check_edits(make_site(), with_history, seed, 4)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 70))
def test_no_item_disappears_in_long_histories(make_site: MakeSite, with_history: WithHistory, seed: int) -> None:
    check_edits(make_site(), with_history, seed, 20)
