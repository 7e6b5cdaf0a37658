"""Which old addresses a page may have."""

from __future__ import annotations

import pytest

from sitegen.model.aliases import fault_of_alias


@pytest.mark.parametrize("alias", ["/.htaccess", "/a/.git/config", "/.sitegen/", "/...", "/%2ehtaccess", ".user.ini"])
def test_an_old_address_whose_name_servers_keep_to_themselves_is_refused(alias: str) -> None:
    assert "begins with a dot" in fault_of_alias(alias)


@pytest.mark.parametrize("alias", ["/.well-known/security.txt", "/a.b/", "/a..b", "/x.", "../old/"])
def test_an_old_address_with_other_dots_is_accepted(alias: str) -> None:
    assert fault_of_alias(alias) == ""
