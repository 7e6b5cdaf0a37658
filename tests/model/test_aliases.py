"""Which old addresses a page may have."""

from __future__ import annotations

import pytest

from sitegen.model.aliases import fault_of_alias


@pytest.mark.parametrize("alias", ["/.htaccess", "/a/.git/config", "/.sitegen/", "/...", "/%2ehtaccess", ".user.ini"])
def test_an_old_address_whose_name_servers_keep_to_themselves_is_refused(alias: str) -> None:
    assert "begins with a dot" in fault_of_alias(alias)


@pytest.mark.parametrize("alias", ["/.well-known/security.txt", "/a.b/", "/a..b", "/x.", "old/", "/"])
def test_an_old_address_with_other_dots_is_accepted(alias: str) -> None:
    assert fault_of_alias(alias) == ""


@pytest.mark.parametrize(
    "alias",
    [
        "../old/",
        "/a/../b/",
        "/a//b/",
        "/./a/",
        "/a/.",
        "/a/%2e%2E/b/",
        "/a%2F%2Fb/",
        "/a/..",
        "///",
        "/a//",
        "/../../etc/",
    ],
)
def test_an_old_address_that_browsers_shorten_is_refused(alias: str) -> None:
    """Nobody would ever ask for it as it is written, and what they ask for may be another page's."""
    assert "shorten" in fault_of_alias(alias) or "without the host" in fault_of_alias(alias)
