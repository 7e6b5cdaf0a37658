"""Blocks in a text are rendered by their templates, in the reader's language, with the facts of the source version."""

from __future__ import annotations

import json

import pytest
from conftest import SITE, MakeSite
from home_page import made, text, words
from lxml import html

from sitegen.editing.rename_remove import rename
from sitegen.model.page import Key
from sitegen.translation.review import accept

KINDS = """\
page:
  template: page.html
news:
  template: page.html
  facts:
    topic: {type: page}
newsroom:
  template: page.html
  children: {kind: news, sort: -date}
"""


def one(page: html.HtmlElement, path: str) -> html.HtmlElement:
    found = page.find(path)
    assert found is not None
    return found


def test_note_is_rendered_with_its_title_and_content(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": text(":::note[Closes on 1 December]\nSend it *early*.\n:::\n")})

    page = made(site)

    assert words(one(page, ".//div[@role='note']/p[@class='callout-title']")) == "Closes on 1 December"
    assert one(page, ".//div[@role='note']/p/em").text == "early"


@pytest.mark.parametrize("name", ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"])
def test_github_callout_is_rendered(make_site: MakeSite, name: str) -> None:
    site = make_site({"content/index.en.md": text(f"> [!{name}]\n> Send it early.\n")})

    page = made(site)

    expected = {"CAUTION": "warning"}.get(name, name.lower())
    assert one(page, f".//div[@class='callout callout-{expected}']/p[2]").text == "Send it early."
    assert "[!" not in words(page)


def test_facts_of_a_block_apply_in_every_language(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": text(
                '::button[Apply]{to=/apply/}\n\n::download[Form]{src=form.pdf note="as of May"}\n'
            ),
            "content/index.fr.md": text("::button[Postuler]\n\n::download[Formulaire]\n", "Accueil"),
            "content/apply/index.en.md": text("", "Apply"),
            "content/form.pdf": b"x" * 2_345_678,
        }
    )

    page = made(site, "fr/index.html")

    button, download = one(page, ".//a[@class='button']"), one(page, ".//p[@class='download']")
    assert (button.text, button.get("href")) == ("Postuler", "/fr/apply/")
    assert one(download, "a").get("href") == "/en/form.pdf"
    assert words(download) == "Formulaire PDF · 2,3 Mo"


def test_tabs_work_without_a_script(make_site: MakeSite) -> None:
    site = make_site(
        {"content/index.en.md": text("::::tabs\n:::tab[Linux]\nOne\n:::\n:::tab[Windows]\nTwo\n:::\n::::\n")}
    )

    page = made(site)

    inputs = page.findall(".//input")
    assert [field.get("checked") is not None for field in inputs] == [True, False]
    assert len({field.get("name") for field in inputs}) == 1
    assert [label.get("for") for label in page.findall(".//label")] == [field.get("id") for field in inputs]
    assert [words(panel) for panel in page.findall(".//div[@class='tab']")] == ["One", "Two"]


def test_tab_outside_tabs_is_shown_where_that_is_only_a_warning(make_site: MakeSite) -> None:
    site = make_site(
        {"content/index.en.md": text(":::tab[Linux]\nOne\n:::\n")}, site=SITE + "checks: {block: warning}\n"
    )

    page = made(site)

    assert [words(panel) for panel in page.findall(".//div[@class='tab']")] == ["One"]


@pytest.mark.parametrize("end", ["", "\n:::\n"], ids=["unclosed", "closed"])
def test_content_of_an_unknown_block_is_shown_where_that_is_only_a_warning(make_site: MakeSite, end: str) -> None:
    files = {
        "content/index.en.md": text(
            f"::::note\nOne\n:::x[Two]{{a=b}}\nThree{end}\n::::\n\n:::tip\nFour\n:::\n\n:::y\nFive{end}"
        )
    }
    page = made(make_site(files, site=SITE + "checks: {block: warning, unknown-block: warning}\n"))

    assert [words(part) for part in page.findall(".//p")] == ["Note", "One", "Three", "Tip", "Four", "Five"]
    assert [words(part) for part in page.findall(".//div[@role='note']")] == ["Note One Three", "Tip Four"]


def test_list_of_pages_shows_those_of_a_kind_with_a_fact_newest_first(make_site: MakeSite) -> None:
    def news(title: str, date: str, topic: str) -> str:
        return f"---\ntitle: {title}\ndate: {date}\ntopic: {topic}\n---\n"

    site = make_site(
        {
            "content/index.en.md": text("::pages[Latest]{kind=news topic=/topics/x/ limit=2}\n"),
            "content/topics/index.en.md": text("", "Topics"),
            "content/topics/x/index.en.md": text("", "X"),
            "content/topics/y/index.en.md": text("", "Y"),
            "content/news/index.en.md": "---\ntitle: News\nkind: newsroom\n---\n",
            "content/news/a/index.en.md": news("A", "2025-01-01", "/topics/x/"),
            "content/news/b/index.en.md": news("B", "2025-02-01", "/topics/x/"),
            "content/news/c/index.en.md": news("C", "2025-03-01", "/topics/y/"),
            "content/news/d/index.en.md": news("D", "2025-04-01", "/topics/x/"),
        },
        kinds=KINDS,
    )

    page = made(site)

    assert [(a.text, a.get("href")) for a in page.findall(".//ul/li/a")] == [
        ("D", "/en/news/d/"),
        ("B", "/en/news/b/"),
    ]

    site.write("content/news/e/index.en.md", news("E", "2025-05-01", "/topics/x/"))

    assert [a.text for a in made(site).findall(".//ul/li/a")] == ["E", "D"]


def test_video_of_another_host_is_a_link_and_one_next_to_the_page_is_played(make_site: MakeSite) -> None:
    body = '::video[A talk]{src=https://example.com/watch?v=1}\n\n::video{src=talk.mp4 title="Here"}\n'
    site = make_site({"content/index.en.md": text(body), "content/talk.mp4": b"film"})

    page = made(site)

    link = one(page, ".//p/a")
    assert (link.get("href"), link.get("rel")) == ("https://example.com/watch?v=1", "noopener noreferrer")
    assert "example.com" in words(page)
    assert one(page, ".//video").get("src") == "/en/talk.mp4"
    assert page.findall(".//iframe") == []


def test_words_of_blocks_are_transliterated_in_a_derived_language(make_site: MakeSite) -> None:
    config = "title: {uz: Sayt}\nbase_url: https://example.org/\nlanguages: [{tag: uz}]\ntransliterate: {from: uz, to: uz-Cyrl}\n"
    site = make_site(
        {"content/index.uz.md": text('::button[Ariza]{to=/}\n\n:abbr[SHHT]{title="Tashkilot"}\n', "Bosh")}, site=config
    )
    (site.root / "content/index.en.md").unlink()

    page = made(site, "uz-Cyrl/index.html")

    assert one(page, ".//a").text == "Ариза"
    assert one(page, ".//abbr").get("title") == "Ташкилот"


def test_block_of_a_site_is_rendered_by_its_own_template(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/blocks.yaml": (
                "badge:\n  form: inline\n  facts:\n    color: {type: choice, of: [red, blue]}\n"
                "card:\n  label: name\n  facts:\n    at: {type: date}\n    tags: {type: list, of: {type: id}}\n"
                "  words:\n    name: {type: text, required: true}\n"
            ),
            "templates/blocks/badge.html": "<b class='{{ block.facts.color.value }}'>{{ inner }}</b>",
            "templates/blocks/card.html": (
                "<div id='{{ block.id }}' data-tags='{{ block.facts.tags|join('+') }}'>"
                "<h2>{{ block.words.name }}</h2>{{ block.facts.at|date }} {{ inner }}{{ block.children|length }}</div>"
            ),
            "content/index.en.md": text(
                ':::card[<One> & \\[two\\]]{at=2025-05-01 tags="a, b"}\n:badge[new]{color=red}\n:::\n'
            ),
        }
    )

    page = made(site)

    assert one(page, ".//h2").text == "<One> & [two]"
    assert one(page, ".//div").get("data-tags") == "a+b"
    assert "May 1, 2025" in words(page)
    assert words(one(page, ".//b[@class='red']")) == "new"
    assert words(one(page, ".//div")).endswith("1")


def test_block_inside_a_list_stays_in_its_item(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": text("1. One\n\n   :::tip\n   Two\n   :::\n\n2. Three\n")})

    page = made(site)

    assert [words(item) for item in page.findall(".//ol/li")] == ["One Tip Two", "Three"]


def test_search_finds_the_words_and_content_of_blocks(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": text(':::note[Scholarship]\nDeadline\n:::\n\n:abbr[SCO]{title="Cooperation"}\n'),
            "content/search/index.en.md": "---\nkind: search\ntitle: Search\n---\n",
            "templates/search.html": "<p>{{ site.search_url }}</p>",
        },
        kinds="page:\n  template: page.html\nsearch:\n  extends: page\n  template: search.html\n",
    )

    site.report()

    found = json.loads(site.files()["en/search-terms-0.json"])
    assert {"scholarship", "deadline", "cooperation", "sco"} <= found.keys()
    assert not {"x", "word", "scholarshipdeadline", "cooperationsco"} & found.keys()


def test_block_without_a_template_is_reported_where_it_is_declared(make_site: MakeSite) -> None:
    site = make_site({"content/blocks.yaml": "badge:\n  form: inline\n"})

    assert "content/blocks.yaml:1:1: error[missing-template]: the block 'badge' needs templates/blocks/badge.html" in (
        site.told()
    )


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("Note: {}", "1:1: error[expected]: 'Note' can't be the name of a block"),
        ("card: {form: leave}", "1:14: error[choice]: form: 'leave' is not one of container, leaf, inline"),
        ("card: {lable: x}", "1:8: error[unknown-key]: 'lable' is not a field of a block"),
        ("card: {label: x}", "1:15: error[unknown-key]: label: 'x' is not one of the block's words"),
        ("card: {inside: [nota]}", "1:17: error[unknown-block]: inside: 'nota' is not a block"),
        ("card: {facts: {a: {type: group, fields: {b: {type: text}}}}}", "'a' is a group, and an attribute can't hold one"),
        ("card: text", "1:7: error[expected]: the block 'card' must have lines of `key: value`"),
    ],
)  # fmt: skip
def test_invalid_declaration_is_reported_at_its_position(make_site: MakeSite, declared: str, told: str) -> None:
    assert told in make_site({"content/blocks.yaml": declared + "\n"}).told()


def test_fact_in_a_translation_and_a_page_that_is_missing_are_errors(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": text("::button[Apply]{to=/aply/}\n\n::figure{src=b.png alt=b}\n"),
            "content/index.fr.md": text("::button[Postuler]{to=/apply/}\n"),
            "content/apply/index.en.md": text(""),
            "content/apply/a.png": b"",
        }
    )

    told = site.told()

    assert "content/index.en.md:4:20: error[dead-page]: the page '/aply/' does not exist" in told
    assert "did you mean '/apply/'?" in told
    assert "content/index.en.md:6:14: error[dead-file]: there is no picture 'b.png'" in told
    assert (
        "content/index.fr.md:4:20: error[misplaced-fact]: 'to' is a fact, and belongs in the source version only"
        in told
    )


def test_translation_that_lacks_a_block_or_its_words_is_reported(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": text(":::note[Title]\nHeld here.\n:::\n\n:::tip\nx\n:::\n"),
            "content/index.fr.md": text(":::note\nTenu ici.\n:::\n", "Accueil"),
        }
    )

    told = [(p.line, p.message) for p in site.report().warnings if p.code == "structure"]

    assert told == [
        (4, "'title' of the source's block 'note' is missing here"),
        (4, "the block 'tip' is missing in this section"),
    ]


def test_page_in_a_block_is_renamed_with_the_page(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": text('::button[Apply]{to="/apply/#how"}\n\n::contact[A]{page=/apply/}\n'),
            "content/apply/index.en.md": text("## How\n"),
        }
    )

    rename(site.root, "/apply/", "/study/")

    now = (site.root / "content/index.en.md").read_text()
    assert '{to="/study/#how"}' in now
    assert "{page=/study/}" in now


def test_translation_is_rendered_again_when_a_fact_of_the_source_changes(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/index.en.md": text("::button[Apply]{to=https://example.com/a}\n"),
            "content/index.fr.md": text("::button[Postuler]\n"),
        }
    )
    site.build()

    site.write("content/index.en.md", text("::button[Apply]{to=https://example.com/b}\n"))

    assert "https://example.com/b" in site.build()["fr/index.html"]


def test_pseudo_locale_accents_the_words_of_blocks(make_site: MakeSite) -> None:
    site = make_site({"content/index.en.md": text("::button[Apply]{to=https://example.com/}\n")})

    page = html.fromstring(site.build(pseudo=True)["en-XA/index.html"])

    assert "Åppļý" in words(page)
    assert one(page, ".//a[@class='button']").get("href") == "https://example.com/"


def test_tasks_are_shown_done_or_not(make_site: MakeSite) -> None:
    page = made(make_site({"content/index.en.md": text("- [ ] Write\n- [x] Send\n")}))

    assert [words(item) for item in page.findall(".//li")] == ["☐ Write", "☑ Send"]


def test_formula_becomes_mathml_if_the_site_enables_it(make_site: MakeSite) -> None:
    body = text("So $x^2 < y$ for $5.\n\n$$\\frac{a}{b}$$\n\nand $x_$\n")
    site = make_site({"content/index.en.md": body.replace("\n\nand $x_$", "")}, site=SITE + "markdown: {math: true}\n")

    page = made(site)

    inline, block = page.findall(".//math")
    assert (inline.get("alttext"), inline.get("display")) == ("x^2 < y", "inline")
    assert block.get("display") == "block"
    assert "for $5." in words(page)

    site.write("content/index.en.md", body)

    assert "content/index.en.md:8:5: warning[markdown]: the formula 'x_' can't be read" in [
        str(problem).split("\n")[0] for problem in site.report().warnings
    ]


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        (r"\text{<script>alert(1)</script>}", "<script>alert(1)</script>"),
        (r"\text{<img src=x onerror=alert(1)>}", "<img\xa0src=x\xa0onerror=alert(1)>"),
        (r"\mbox{</mtext></math><b>}", "</mtext></math><b>"),
        (r"\text{&lt;b&gt;}", "<b>"),
    ],
)
def test_markup_in_a_formula_is_text(make_site: MakeSite, formula: str, shown: str) -> None:
    page = made(make_site({"content/index.en.md": text(f"So ${formula}$\n")}, site=SITE + "markdown: {math: true}\n"))

    formula_element = one(page, ".//math")
    assert formula_element.text_content() == shown
    assert {element.tag for element in formula_element.iter()} <= {"math", "mrow", "mstyle", "mtext"}


@pytest.mark.parametrize("command", [r"\href{javascript:alert(1)}{x}", r"\class{a}{x}", r"\style{background:red}{x}"])
def test_a_formula_sets_no_link_and_no_style(make_site: MakeSite, command: str) -> None:
    site = make_site({"content/index.en.md": text(f"So ${command}$\n")}, site=SITE + "markdown: {math: true}\n")

    page = made(site)

    assert page.findall(".//math") == []
    assert all(
        str(problem).startswith("content/index.en.md:4:4: warning[markdown]") for problem in site.report().warnings
    )
    assert site.report().warnings


def test_code_is_highlighted_by_classes_if_the_site_enables_it(make_site: MakeSite) -> None:
    files = {"content/index.en.md": text("```python\nif a < 1: pass\n```\n\n```nobody\na\n```\n")}

    page = made(make_site(files, site=SITE + "markdown: {highlight: true}\n"))

    first, second = page.findall(".//pre")
    assert first.text_content() == "if a < 1: pass\n"
    assert one(first, ".//span[@class='k']").text == "if"
    assert second.findall(".//span") == []
    assert all("style" not in element.attrib for element in page.iter())


def test_highlighting_leaves_translations_current(make_site: MakeSite) -> None:
    body = text("```python\nif a: pass\n```\n")
    site = make_site({"content/index.en.md": body, "content/index.fr.md": body.replace("Home", "Accueil")})
    list(accept(site.root, "/", "fr"))
    site.write("content/site.yaml", SITE + "markdown: {highlight: true}\n")

    state = site.report().library.pages[Key("/")].states["fr"]

    assert state.name == "current"


def test_extensions_for_a_markdown_engine_without_extensions_are_an_error(make_site: MakeSite) -> None:
    site = make_site({}, site=SITE + "markdown: {extensions: [toc]}\n")

    assert "error[expected]: extensions: are of Python-Markdown" in site.told()


@pytest.mark.parametrize(
    ("fact", "titles"),
    [("status=held", ["A", "B"]), ("year=2025", ["B"]), ("tags=art", ["A", "C"]), ("status=off", [])],
)
def test_list_of_pages_is_chosen_by_a_choice_a_number_or_an_item(
    make_site: MakeSite, fact: str, titles: list[str]
) -> None:
    def event(title: str, facts: str) -> str:
        return f"---\nkind: event\ntitle: {title}\n{facts}---\n"

    site = make_site(
        {
            "content/index.en.md": text(f"::pages[Events]{{kind=event {fact}}}\n"),
            "content/a/index.en.md": event("A", "status: held\nyear: 2024\ntags: [art, music]\n"),
            "content/b/index.en.md": event("B", "status: held\nyear: 2025\n"),
            "content/c/index.en.md": event("C", "status: planned\nyear: 2024\ntags: [art]\n"),
        },
        kinds="page: {template: page.html}\nevent:\n  template: page.html\n  facts:\n"
        "    status: {type: choice, of: [planned, held, 'off']}\n    year: {type: number}\n"
        "    tags: {type: list, of: {type: text}}\n",
    )

    assert [a.text for a in made(site).findall(".//ul/li/a")] == titles


def test_blocks_within_blocks_are_shown_at_any_depth(make_site: MakeSite) -> None:
    """1,500 of them ended in Python's limit of recursion, told at a template of the theme."""
    site = make_site(
        {
            "content/blocks.yaml": "mark-up: {form: inline}\n",
            "templates/blocks/mark-up.html": "{{ inner }}",
            "content/index.en.md": text(":mark-up[" * 1500 + "x" + "]" * 1500 + "\n"),
        }
    )

    assert ">x<" in site.build()["en/index.html"]
