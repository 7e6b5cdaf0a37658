"""Blocks of a section that change in the source: texts stay in their own block, and blocks with their own facts."""

from __future__ import annotations

import pytest
from babel.messages.pofile import read_po, write_po
from conftest import MakeSite
from lxml import html
from translated_page import TranslatedPage

from sitegen.translation import history
from sitegen.translation.exchange import export, import_file
from sitegen.translation.review import accept

BLOCKS = {
    "content/blocks.yaml": "person:\n  facts: {photo: {type: text}}\n",
    "templates/blocks/person.html": "<div class=shown>{{ block.facts.photo or '' }} {{ inner }}</div>",
}


class Page(TranslatedPage):
    """A page whose French translation says the same in capitals, accepted; all versions of the source are in git."""

    def __init__(self, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, *parts: str) -> None:
        source = page_of(*parts)
        super().__init__(make_site(BLOCKS), source, in_capitals(source))
        monkeypatch.setattr(history, "run_git", self.git)
        list(accept(self.site.root, "/a/", "fr"))

    def write(self, *parts: str) -> None:
        """Write the source."""
        self.write_source(page_of(*parts))

    def translate(self, *, done: bool = True) -> None:
        """Export, translate all texts, and import them."""
        catalog = read_po([line + b"\n" for line in export(self.site.root, "fr", "po").splitlines()])
        for message in catalog:
            if message.id and str(message.context).startswith("/a/"):
                message.string = in_capitals(str(message.id))
                message.flags = set() if done else {"fuzzy"}
        path = self.site.root / "fr.po"
        with path.open("wb") as file:
            write_po(file, catalog)
        import_file(self.site.root, path)

    @property
    def shown(self) -> list[str]:
        blocks = html.fromstring(self.site.build()["fr/a/index.html"]).xpath("//div[@class='shown']")
        return [" ".join(block.text_content().split()) for block in blocks]


def page_of(*parts: str) -> str:
    return "---\ntitle: A\n---\n## Run\n\n" + "\n\n".join(parts) + "\n"


def in_capitals(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(line.split("{")[0] if line.startswith((":", "title")) else line.upper() for line in lines)


def person(name: str, photo: str) -> str:
    return f":::person{{photo={photo}}}\n{name}\n:::"


def test_text_that_moves_out_of_a_block_leaves_it_in_the_translation_too(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(make_site, monkeypatch, person("ann", "a.jpg"), "see there", "and here")
    page.write("see ann", person("there", "t.jpg"), "and here")

    page.translate()

    assert page.body == in_capitals(page_of("see ann", person("there", "t.jpg"), "and here")).split("---\n", 2)[2]
    assert (page.state, page.shown) == ("current", ["t.jpg THERE"])


def test_words_of_a_block_that_nobody_has_confirmed_never_have_the_facts_of_another(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, cid = person("ann", "a.jpg"), person("bob", "b.jpg"), person("cid", "c.jpg")
    page = Page(make_site, monkeypatch, ann, bob)
    page.write(cid, ann, bob)
    page.translate(done=False)
    assert page.shown == ["c.jpg CID", "a.jpg ANN", "b.jpg BOB"]

    page.write(ann, cid, bob)
    assert page.shown == ["CID", "ANN", "BOB"]

    page.translate()
    assert (page.state, page.shown) == ("current", ["a.jpg ANN", "c.jpg CID", "b.jpg BOB"])


def test_unconfirmed_words_of_a_section_with_another_name_keep_their_facts(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = person("ann", "a.jpg"), person("bob", "b.jpg")
    page = Page(make_site, monkeypatch, ann)
    page.write_source(page_of(ann, bob).replace("Run", "Go"))
    page.translate(done=False)
    assert page.shown == ["a.jpg ANN", "b.jpg BOB"]

    page.write_source(page_of(bob, ann).replace("Run", "Go"))

    assert page.shown == ["a.jpg ANN", "b.jpg BOB"]
