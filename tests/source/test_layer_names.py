"""Names of templates and themes that no disk can have are problems of the settings."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite


@pytest.mark.parametrize("slip", [{"kinds": f"page:\n  template: {'x' * 5_000}\n"}, {"site": f"{SITE}theme: {'x' * 5_000}\n"}])
def test_name_that_is_too_long_is_a_problem(make_site: MakeSite, slip: dict[str, str]) -> None:
    assert make_site(**slip).problems()
