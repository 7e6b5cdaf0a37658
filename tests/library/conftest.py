"""A site whose translations are reviewed."""

from __future__ import annotations

import pytest
from conftest import MakeSite, TinySite
from four_languages import DREI, THREE, make, page

from sitegen.translation.review import accept


@pytest.fixture
def tracked(make_site: MakeSite) -> TinySite:
    """A site whose page /a/ has an accepted Russian translation."""
    site = make(
        make_site,
        {
            "content/a/index.en.md": page("It's A", THREE, summary="A sum", slug="aa"),
            "content/a/index.ru.md": page("А", DREI, summary="Сумма"),
        },
    )
    list(accept(site.root, "all", "all"))
    return site
