"""A block of a translation has the facts of the source's block whose words it translates, or none."""

from __future__ import annotations

import pytest
from conftest import MakeSite
from home_page import made, text, words

from sitegen.translation.review import accept


def test_missing_block_of_a_translation_does_not_shift_the_facts_of_others(make_site: MakeSite) -> None:
    body = "::button[One]{{to={}}}\n\n:::note\nx\n:::\n\n::button[Two]{{to={}}}\n"
    site = make_site(
        {
            "content/index.en.md": text(body.format("/a/", "https://example.com/")),
            "content/index.fr.md": text("::button[Un]\n\n::button[Deux]\n"),
            "content/a/index.en.md": text("", "A"),
        }
    )

    page = made(site, "fr/index.html")

    assert [(a.text, a.get("href")) for a in page.findall(".//a")] == [
        ("Un", "/fr/a/"),
        ("Deux", "https://example.com/"),
    ]


A, B = "## A\n\n::contact[Rector]{email=rector@e.org}\n\n", "## B\n\n::contact[Admissions]{email=adm@e.org}\n\n"
KONTAKTE = "## Un\n\n::contact[Recteur]\n\n## Deux\n\n::contact[Inscriptions]\n"
PRESS = "::contact[Press]{email=press@e.org}\n\n"
RECTOR, ADMISSIONS = ("Recteur", "rector@e.org"), ("Inscriptions", "adm@e.org")


@pytest.mark.parametrize(
    ("source", "shown", "told"),
    [
        (A + PRESS + B, [RECTOR, ADMISSIONS], 0),
        ("## A\n\n" + B, [("Recteur", ""), ADMISSIONS], 1),
        (A + B.removeprefix("## B\n\n"), [RECTOR, ("Inscriptions", "")], 1),
        (B + A, [RECTOR, ADMISSIONS], 1),
        (f"## New\n\n{PRESS}{A}{B}", [RECTOR, ADMISSIONS], 0),
    ],
    ids=["added", "removed", "in one section", "sections swapped", "new section"],
)
def test_block_of_a_translation_never_has_the_facts_of_another(
    make_site: MakeSite, source: str, shown: list[tuple[str, str]], told: int
) -> None:
    site = make_site({"content/index.en.md": text(A + B), "content/index.fr.md": text(KONTAKTE, "Accueil")})
    list(accept(site.root, "/", "fr"))
    site.write("content/index.en.md", text(source))

    warnings = [problem for problem in site.report().warnings if problem.code == "structure"]
    blocks = made(site, "fr/index.html").findall(".//div[@class='contact']")

    assert len(warnings) == told
    assert [(own.text_content().split()[0], "".join(own.xpath(".//a//text()"))) for own in blocks] == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (("Admissions", "adm@e.org", "Rector", "rector@e.org"), ["rector@e.org", "adm@e.org"]),
        (("Press", "press@e.org", "Rector", "rector@e.org"), ["rector@e.org", ""]),
        (("Rector", "new@e.org", "Admissions", "adm@e.org"), ["new@e.org", "adm@e.org"]),
        (("The rector", "rector@e.org", "Admissions", "adm@e.org"), ["rector@e.org", "adm@e.org"]),
        (("Admissions", "new@e.org", "Rector", "adm@e.org"), ["adm@e.org", "new@e.org"]),
    ],
    ids=["swapped", "replaced", "other facts", "other words", "swapped with other facts"],
)
def test_block_keeps_the_facts_of_its_words_while_its_section_is_outdated(
    make_site: MakeSite, source: tuple[str, ...], shown: list[str]
) -> None:
    section = "## A\n\n::contact[{}]{{email={}}}\n\n::contact[{}]{{email={}}}\n"
    before = text(section.format("Rector", "rector@e.org", "Admissions", "adm@e.org"))
    own = text("## Un\n\n::contact[Recteur]\n\n::contact[Inscriptions]\n", "Accueil")
    site = make_site({"content/index.en.md": before, "content/index.fr.md": own})
    list(accept(site.root, "/", "fr"))
    site.write("content/index.en.md", text(section.format(*source)))

    blocks = made(site, "fr/index.html").findall(".//div[@class='contact']")

    assert ["".join(block.xpath(".//a//text()")) for block in blocks] == shown


PEOPLE = {
    "content/blocks.yaml": """\
person:
  facts: {photo: {type: text}}
card:
  label: name
  words: {name: {type: text}}
street:
  form: leaf
  facts: {name: {type: text}}
way:
  form: leaf
  label: name
  words: {name: {type: text}}
  facts: {to: {type: link}}
chip:
  form: inline
  facts: {tip: {type: text}}
""",
    "templates/blocks/person.html": "<div class=shown>{{ block.facts.photo }} {{ inner }}</div>",
    "templates/blocks/card.html": "<div class=shown>{{ block.words.name }} {{ inner }}</div>",
    "templates/blocks/chip.html": "<div class=shown>{{ block.facts.tip }} {{ inner }}</div>",
    "templates/blocks/street.html": "<b>{{ block.facts.name }}</b>",
    "templates/blocks/way.html": "<div class=shown>{{ block.words.name }} {{ block.facts.to or None }}</div>",
}


def people(*both: str) -> str:
    return "".join(
        f":::person{{photo={photo}}}\n{name}\n:::\n\n" for name, _, photo in (b.partition(" ") for b in both)
    )


def cards(*both: str) -> str:
    found = (own.partition(" ") for own in both)
    return "".join(f":::card[{name}]\n::street{{name={street}}}\n:::\n\n" for name, _, street in found)


def ways(*both: str) -> str:
    found = (own.rpartition(" ") for own in both)
    return "".join(f"::way[{name}]{{to=https://{to}.e/}}\n\n" for name, _, to in found)


def shown_in_french(make_site: MakeSite, before: str, own: str, after: str, later: str = "") -> list[str]:
    """Accept a translation, change the source, and then the translation too; return what its blocks show."""
    site = make_site({"content/index.en.md": text(before), "content/index.fr.md": text(own, "Accueil"), **PEOPLE})
    list(accept(site.root, "/", "fr"))
    site.write("content/index.en.md", text(after))
    if later:
        file = site.root / "content/index.fr.md"
        file.write_text(file.read_text().replace(own, later))
    return [words(element) for element in made(site, "fr/index.html").xpath("//div[@class='shown']")]


TWO_PEOPLE = ":::person\nANN\n:::\n\n:::person\nBOB\n:::\n\n"
TWO_CARDS = ":::card[ANN]\n::street\n:::\n\n:::card[BOB]\n::street\n:::\n\n"


@pytest.mark.parametrize("head", ["", "## All\n\n", "renamed"])
@pytest.mark.parametrize(
    ("before", "own", "after", "shown"),
    [
        (people("Ann a", "Bob b"), TWO_PEOPLE, people("Bob b", "Ann a"), ["a ANN", "b BOB"]),
        (people("Ann a", "Bob b"), TWO_PEOPLE, people("Cid c", "Bob b"), ["None ANN", "b BOB"]),
        (people("Ann a", "Bob b"), TWO_PEOPLE, people("Ann c", "Bobby b"), ["c ANN", "b BOB"]),
        (cards("Ann a", "Bob b"), TWO_CARDS, cards("Bob b", "Ann a"), ["ANN a", "BOB b"]),
        (cards("Ann a", "Bob b"), TWO_CARDS, cards("Cid c", "Bob b"), ["ANN None", "BOB b"]),
        (cards("Ann a", "Bob b"), TWO_CARDS, cards("Ann c", "Bobby b"), ["ANN c", "BOB b"]),
        (
            ways("Ann a", "Bob b"),
            "::way[ANN]\n\n::way[BOB]\n\n",
            "New.\n\n" + ways("Ann! a", "Bob! b"),
            ["ANN https://a.e/", "BOB https://b.e/"],
        ),
        (
            people("Ann a") + ways("Bob b", "Cid c"),
            "::way[BOB]\n\n::way[CID]\n\n:::person\nANN\n:::\n\n",
            ways("Cid c", "Bob b") + people("Ann d"),
            ["BOB https://b.e/", "CID https://c.e/", "d ANN"],
        ),
        (
            "So :chip[Ann]{tip=a} and :chip[Bob]{tip=b}\n",
            "Or :chip[ANN], :chip[BOB]\n",
            "So :chip[Cid]{tip=c} and :chip[Ann]{tip=a}\n\n",
            ["a ANN", "None BOB"],
        ),
    ],
    ids=[
        *("texts swapped", "a text replaced", "facts or texts changed"),
        *("nested ones swapped", "one with a nested one replaced", "nested facts or words changed"),
        *("links moved down", "other types first", "inline"),
    ],
)
def test_block_has_the_facts_of_the_text_in_it_or_around_it(
    make_site: MakeSite, head: str, before: str, own: str, after: str, shown: list[str]
) -> None:
    was, now = ("## All\n\n", "## Everybody\n\n") if head == "renamed" else (head, head)

    assert shown_in_french(make_site, was + before, was + own, now + f"{after}Bye.\n") == shown


@pytest.mark.parametrize(
    ("later", "shown"),
    [
        (TWO_CARDS.replace("BOB", "ROB"), ["ANN None", "ROB None", "CID c"]),
        (TWO_CARDS.replace("ANN", "-").replace("BOB", "ANN").replace("-", "BOB"), ["BOB None", "ANN None", "CID c"]),
    ],
    ids=["other words", "swapped as in the source"],
)
def test_block_of_a_translation_that_has_changed_too_has_no_facts_where_it_may_be_another(
    make_site: MakeSite, later: str, shown: list[str]
) -> None:
    third = ":::card[CID]\n::street\n:::\n"
    before, after = cards("Ann a", "Bob b", "Cid c"), cards("Bob b", "Ann a", "Cid c")

    assert shown_in_french(make_site, before, TWO_CARDS + third, after, later + third) == shown
