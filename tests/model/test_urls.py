"""Addresses and files follow from a page's key by rule alone."""

from __future__ import annotations

import pytest

from sitegen.model.page import Key
from sitegen.model.urls import (
    ancestor_keys,
    file_path,
    join_key,
    names_its_target,
    parent_key,
    url_of_file,
    with_slashes,
)


@pytest.mark.parametrize(
    ("key", "above"), [("/", None), ("/plan/", "/"), ("/plan/a/", "/plan/"), ("/планы/а/", "/планы/")]
)
def test_parent_is_the_folder_above(key: str, above: str | None) -> None:
    assert parent_key(Key(key)) == above


def test_ancestors_are_listed_outermost_first() -> None:
    assert ancestor_keys(Key("/a/b/c/")) == ("/", "/a/", "/a/b/")
    assert ancestor_keys(Key("/")) == ()


@pytest.mark.parametrize(
    ("base", "target", "key"),
    [
        ("/a/", "/x/", "/x/"),
        ("/a/", "/x", "/x/"),
        ("/a/", "x/", "/a/x/"),
        ("/a/", "./x/", "/a/x/"),
        ("/a/b/", "../x/", "/a/x/"),
        ("/a/b/", "../../", "/"),
        ("/a/", "../../../x/", "/x/"),
        ("/", ".", "/"),
        ("/a/", "", "/a/"),
        ("/a/", "//x//y", "/x/y/"),
    ],
)
def test_link_is_resolved_relative_to_its_page(base: str, target: str, key: str) -> None:
    assert join_key(Key(base), target) == key


@pytest.mark.parametrize(
    ("segments", "number", "path"),
    [
        ([], 1, "kk/index.html"),
        (["a", "b"], 1, "kk/a/b/index.html"),
        (["a"], 2, "kk/a/page/2/index.html"),
    ],
    ids=["home", "page", "second list page"],
)
def test_page_has_its_own_folder(segments: list[str], number: int, path: str) -> None:
    assert file_path("kk", segments, number) == path


@pytest.mark.parametrize(
    ("base_path", "path", "url"),
    [
        ("/", "en/index.html", "/en/"),
        ("/repo/", "en/a/index.html", "/repo/en/a/"),
        ("/", "ru/новости/index.html", "/ru/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/"),
        ("/", "en/a/plan 1.pdf", "/en/a/plan%201.pdf"),
        ("/", "en/a/50%#?.pdf", "/en/a/50%25%23%3F.pdf"),
        ("/", "en/~a/index.html", "/en/~a/"),
    ],
)
def test_address_of_a_file_is_percent_encoded_below_the_base_path(base_path: str, path: str, url: str) -> None:
    assert url_of_file(base_path, path) == url


@pytest.mark.parametrize(
    "target",
    ["https://a.org", "HTTP://A.org/x", "https://центр.рф/путь", "https://a.org:8080?x", "https://[::1]:80/", "https://a@b.org/",
     "https://_x.a.org#y", "http://localhost/", "mailto:a@b.cd", "MAILTO:?subject=x", "tel:+861012345678"],
)  # fmt: skip
def test_address_that_says_where_it_leads(target: str) -> None:
    assert names_its_target(target)


@pytest.mark.parametrize(
    ("target", "meant"),
    [("https:/x", "https://x"), ("https:evil.org", "https://evil.org"), ("https:///evil.org", "https://evil.org"), ("https:\\\\evil.org", "https://evil.org"),
     ("http://", None), ("http:", None), ("https://#", None), ("https://?x", None), ("https://:80/", None), ("https://a.org:0/", None), ("https://a.org:99999/", None),
     ("https://[::1", None), ("https://a.org\\@b.org/", None), ("mailto:", None), ("tel:", None)],
)  # fmt: skip
def test_address_that_browsers_take_for_another_is_none(target: str, meant: str | None) -> None:
    assert not names_its_target(target)
    assert with_slashes(target) == meant
