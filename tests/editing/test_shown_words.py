"""A fix takes away marks of Markdown, and never words or what they stand in."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import MakeSite

from sitegen.build.options import Options
from sitegen.editing.fix import apply_fixes
from sitegen.editing.shown_words import Before
from sitegen.model.loading import load_config
from sitegen.source.edits import Edit, Text

PAGE = "content/a/index.en.md"
TABLE = "a | b\n--|--\n"


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("•one\n•two\n", "•one\n•", "- one\n- "),
        ("##Fees\n", "##", "## "),
        ("##标题\n文字在这里\n", "##", "## "),
        ("•一\n•二\n", "•一\n•", "- 一\n- "),
        ("1、one\n2、two\n", "1、one\n2、", "1. one\n2. "),
        ("[b] (/b/)\n", "] (", "]("),
        ("[b](/b/) [b](/b/)\n", "/b/", "/c/"),
        ("[ü] (/ü/%20ä?a=b&amp;c)\n", "] (", "]("),
        ("See https://a.example/b.\n", "https://a.example/b", "<https://a.example/b>"),
        (":tada: It is open.\n", ":tada:", "🎉"),
        ("Text.\n", "title: A", "title: B"),
    ],
)
def test_what_makes_marks_of_signs_shows_the_same(make_site: MakeSite, text: str, old: str, new: str) -> None:
    assert is_same(make_site, text, old, new)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (f"{TABLE}1.Ann | France\n", "1.", "1. "),
        ("1、one\n2、two\n===\n", "1、one\n2、", "1. one\n2. "),
        ("See [2]: <https://example.org/en/b/>.\n", "https://example.org/en/b/", "/b/"),
        ("See <https://example.org/en/b/> and //a.example.\n", "https://example.org/en/b/", "/b/"),
        ("    code\n", "    ", "  "),
        ("• one\n\n  ~~~\n*a* - b\n~~~\n\nLast.\n", "• ", "- "),
        ("•::video[A]\n", "•", "- "),
        ("[^1]: • A\n• B\n\nx[^1]\n", "\n• ", "\n- "),
        ("[rules]:\n[rules] (/about/).\n\nmid [rules] and [rules].\n", "] (", "]("),
        ("• one\n\n      a: b\n        c: d\n", "• ", "- "),
        ("> ##Head\nquoted words\n\nOurs.\n", "##", "## "),
        ("- ##Head\nwords of the item\n", "##", "## "),
        ("[^1]: ##Head\nwords of the note\n\nx[^1]\n", "##", "## "),
    ],
)
def test_what_takes_words_or_what_they_stand_in_shows_something_else(
    make_site: MakeSite, text: str, old: str, new: str
) -> None:
    assert not is_same(make_site, text, old, new)


def is_same(make_site: MakeSite, text: str, old: str, new: str) -> bool:
    whole = f"---\ntitle: A\n---\n{text}"
    site = make_site({PAGE: whole})
    start = whole.index(old)
    edit = Edit(start, start + len(old), new)
    return Before(PAGE, whole, edit.end, load_config(site.root)).shows_the_same(
        Text(whole.encode()).edited([edit]).decode(), [edit]
    )


@pytest.mark.parametrize(
    "begin", ["----\ntitle: A\n----\n", "--\ntitle: A\n---\n", "———\ntitle: A\n", "---\ntitle: A\n"]
)
def test_page_whose_front_matter_is_not_closed_keeps_no_other_from_being_fixed(make_site: MakeSite, begin: str) -> None:
    site = make_site(
        {PAGE: "---\ntitle: A\n---\nText.\n\n##Part\n", "content/b/index.en.md": f"{begin}Text.\n\n##Part\n"}
    )

    done = apply_fixes(Options(root=site.root, output=site.public))

    assert "\n+## Part\n" in done.diff
    assert [problem.path for problem in done.problems if problem.code == "front-matter"] == ["content/b/index.en.md"]


def test_slips_of_yaml_and_of_text_are_fixed_from_any_folder(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({PAGE: "---\ntitle：A\nsummary：B\n---\nText.\n\n##Part\n"})
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    apply_fixes(Options(root=site.root, output=site.public))

    assert (site.root / PAGE).read_text() == "---\ntitle: A\nsummary: B\n---\nText.\n\n## Part\n"


def test_one_harmful_fix_of_many_is_left_out(make_site: MakeSite) -> None:
    slips = "".join(f"##Part {number}\n\n- one\n•two\n\n" for number in range(20))
    site = make_site({PAGE: f"---\ntitle: A\n---\nText.\n\n{slips}See [2]: https://example.org/en/a/ here.\n"})

    apply_fixes(Options(root=site.root, output=site.public))

    text = (site.root / PAGE).read_text()
    assert (text.count("## Part"), text.count("- two")) == (20, 20)
    assert text.endswith("See [2]: <https://example.org/en/a/> here.\n")


def test_a_link_is_made_only_where_it_leads_somewhere(make_site: MakeSite) -> None:
    """A site with words in brackets could be built before, and could not with a link to a page that does not exist."""
    made = "[a] (/b/), [a] (https://a.example/) and [a] (/b/plan.csv)"
    left = "[a] (/bb/), [a] (/b/#c), [a] (no.csv), [a] (/b/index.en.md) and ![a] (https://a.example/a.png)"
    pages = {PAGE: f"---\ntitle: A\n---\n{made}\n\n{left}\n", "content/b/index.en.md": "---\ntitle: B\n---\n"}
    site = make_site({**pages, "content/a/plan.csv": "a\n1\n", "content/b/plan.csv": "a\n1\n"})
    site.report()

    apply_fixes(Options(root=site.root, output=site.public))

    assert (site.root / PAGE).read_text() == f"---\ntitle: A\n---\n{made.replace('] (', '](')}\n\n{left}\n"
    site.report()


@pytest.mark.parametrize("title", ["'https://b.example/'", '"x) https://b.example/"'])
def test_what_a_fix_makes_a_title_is_left_as_it_is(make_site: MakeSite, title: str) -> None:
    """The address in a title was put between `<` and `>`, as if it still stood in the text, and readers saw these."""
    rest = "[c] (https://c.example/) and https://d.example/"
    site = make_site({PAGE: f"---\ntitle: A\n---\n[a] (https://a.example/ {title}) or {rest}\n"})

    apply_fixes(Options(root=site.root, output=site.public))

    fixed = "[c](https://c.example/) and <https://d.example/>"
    assert (site.root / PAGE).read_text() == f"---\ntitle: A\n---\n[a](https://a.example/ {title}) or {fixed}\n"


@pytest.mark.parametrize(
    "text",
    [
        "\\https://b.example/x is shown as it is.",
        "[w\\] (https://b.example/)",
        "[w] (https://b.example/ and so on)",
        "![[w] (https://b.example/)](plan.svg)",
        "![x [[w] (https://b.example/) b](/old/) y](plan.svg)",
    ],
)
def test_a_fix_whose_signs_would_be_shown_is_not_made(make_site: MakeSite, text: str) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    site = make_site({PAGE: f"---\ntitle: A\n---\n{text}\n\n##Part\n", "content/a/plan.svg": drawing})

    apply_fixes(Options(root=site.root, output=site.public))

    assert (site.root / PAGE).read_text() == f"---\ntitle: A\n---\n{text}\n\n## Part\n"
