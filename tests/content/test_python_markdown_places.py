"""Links in texts for Python-Markdown are found where they are written, or not at all."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite

from sitegen.build.options import Options
from sitegen.content.python_markdown_places import Places
from sitegen.editing.fix import apply_fixes
from sitegen.editing.rename_remove import rename
from sitegen.problems.problem import SiteError
from sitegen.source.html import pieces

PAGE = "content/c/index.en.md"
SETTINGS = SITE + "markdown: {engine: python-markdown, extensions: [fenced_code, footnotes, admonition]}\n"


def found(text: str, *links: str) -> list[str]:
    """What is written at the places of links to these addresses."""
    places = Places(text, pieces("".join(f'<a href="{address}">x</a>' for address in links)))
    ranges = [places.of(address) for address in links]
    return [text.encode()[own["start"] : own["end"]].decode() for own in ranges]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("[é](/a/) [b]( </a/> 'x') ![c](/a/)\n", ["/a/"] * 3),
        ("`[b](/a/)` [a](/a/)\n\n<!-- [c](/a/) -->\n\n```\n[d](/a/)\n```\n", ["/a/"]),
        ("[a](/Fenced/) [b](/CodeBlock/)\n", ["/Fenced/", "/CodeBlock/"]),
        ("[a](/a/) [b](/a/b/) [c](/a/b(c)/)\n", ["/a/", "/a/b/", "/a/b(c)/"]),
        ("[a] [b][a]\n\n[a]:\n   /a/\n", ["/a/", "/a/"]),
        ("!!! note\n\n    [a](/a/)\n", ["/a/"]),
        ("<a href='/a/'>x</a> <img src = \"/a/\">\n", ["/a/", "/a/"]),
    ],
)
def test_addresses_are_found_where_they_are_written(text: str, links: list[str]) -> None:
    assert found(text, *links) == links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("\\[a](/a/) [b](/a/)\n", ["/a/"]),
        ("    [a](/a/)\n\n[b](/a/)\n", ["/a/"]),
        ("[a](/a\\_b/)\n", ["/a_b/"]),
        ("[a] [b]\n\n[a]: /a/\n[b]: /a/\n[c]: /a/\n", ["/a/", "/a/"]),
        ("Text.", ["/a/"]),
    ],
)
def test_no_place_is_given_where_it_is_not_certain(text: str, links: list[str]) -> None:
    assert found(text, *links) == [""] * len(links)


def test_rename_changes_links_and_leaves_code_and_comments(make_site: MakeSite) -> None:
    text = "---\ntitle: C\n---\n[one]({0}) \\[w](/a/).\n\n```\n[code](/a/)\n```\n\n<!-- [comment](/a/) -->\n\n[two]({0}) [three]({0}) [r]\n\n[r]: {0} 't /a/'\n"
    site = make_site({PAGE: text.format("/a/"), "content/a/index.en.md": "---\ntitle: A\n---\n"}, site=SETTINGS)

    rename(site.root, "/a/", "/z/")

    assert (site.root / PAGE).read_text() == text.format("/z/")
    assert site.report().warnings == ()


def test_rename_changes_nothing_where_it_is_not_certain_what_is_a_link(make_site: MakeSite) -> None:
    whole = "---\ntitle: C\n---\n    [code](/a/)\n\n<a href='/&#97;/'>x</a>\n"
    site = make_site({PAGE: whole, "content/a/index.en.md": "---\ntitle: A\n---\n"}, site=SETTINGS)

    with pytest.raises(SiteError) as told:
        rename(site.root, "/a/", "/z/")

    assert told.value.problems[0].path == PAGE
    assert (site.root / PAGE).read_text() == whole


def test_fix_leaves_an_address_in_code(make_site: MakeSite) -> None:
    text = "---\ntitle: C\n---\n[one]({0}).\n\n```\n[code](https://example.org/en/c/)\n```\n"
    site = make_site({PAGE: text.format("https://example.org/en/c/")}, site=SETTINGS)

    apply_fixes(Options(root=site.root, output=site.public))

    assert (site.root / PAGE).read_text() == text.format("/c/")


@pytest.mark.parametrize(
    "text",
    [
        "[r]: {0}\n\n[r] x\n\n> [a]({0})\n\nExample:\n\n    [c]({0})\n",
        "[a]({0}) and <{0}>\n\n[r]: {0}\n\n[r] [r]\n\nExample:\n\n    [c]({0})\n",
        "Example:\n\n    [c]({0})\n\n```\n[a]({0})\n",
    ],
)
def test_fix_leaves_an_address_in_what_is_indented_as_code(make_site: MakeSite, text: str) -> None:
    """As many links by reference as there are examples were taken for the examples."""
    whole = f"---\ntitle: C\n---\n{text.format('https://example.org/en/c/')}"
    site = make_site({PAGE: whole}, site=SETTINGS)

    apply_fixes(Options(root=site.root, output=site.public))

    now = (site.root / PAGE).read_text()
    assert "    [c](https://example.org/en/c/)\n" in now


def test_fix_changes_a_link_of_a_paragraph_that_is_indented(make_site: MakeSite) -> None:
    text = '---\ntitle: C\n---\n!!! note "A"\n    One.\n\n    [two]({0})\n'
    site = make_site({PAGE: text.format("https://example.org/en/c/")}, site=SETTINGS.replace("]", ", admonition]"))

    apply_fixes(Options(root=site.root, output=site.public))

    assert (site.root / PAGE).read_text() == text.format("/c/")
