"""Fields or pages that are the same in every language are never missing in a translation."""

from __future__ import annotations

import pytest
from conftest import MakeSite, TinySite

from sitegen.model.page import Key
from sitegen.translation.exchange import export
from sitegen.translation.review import accept

KINDS = """\
page:
  template: page.html
  words:
    brand: {type: text, translate: false}
    motto: {type: text}
"""


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    return make_site(
        {
            "content/index.en.md": "---\ntitle: Home\nbrand: XJTU\nmotto: Learn\n---\n",
            "content/index.fr.md": "---\ntitle: Accueil\nmotto: Apprendre\n---\n",
            "content/licence/index.en.md": "---\ntitle: Apache License\ntranslate: false\n---\nTerms.\n",
        },
        kinds=KINDS,
    )


def test_untranslated_field_is_not_missing(site: TinySite) -> None:
    assert [p.message for p in site.report().warnings if p.code == "structure"] == []


def test_untranslated_field_makes_nothing_stale(site: TinySite) -> None:
    list(accept(site.root, "/", "fr"))

    site.write("content/index.en.md", "---\ntitle: Home\nbrand: Xi'an Jiaotong\nmotto: Learn\n---\n")

    assert site.report().library.pages[Key("/")].states["fr"].name == "current"


def test_untranslated_page_is_current_in_every_language(site: TinySite) -> None:
    page = site.report().library.pages[Key("/licence/")]

    assert (page.states["fr"].name, page.states["fr"].shown) == ("current", "en")


def test_export_omits_untranslated_fields_and_pages(site: TinySite) -> None:
    text = export(site.root, "fr", "po", only=("missing",)).decode()

    assert "XJTU" not in text
    assert "Apache" not in text
