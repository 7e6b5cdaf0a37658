"""Front matter and settings of a Hugo site are converted to those of a site here."""

from __future__ import annotations

import pytest
from conftest import MoveHugo


def test_front_matter_has_facts_in_the_source_and_words_in_each_language(move_hugo: MoveHugo) -> None:
    front = (
        "date: 2024-05-06T07:08:09Z\nlastmod: 2024-06-01\npublishDate: 2024-05-01\nexpiryDate: 2030-01-01\nweight: 3\n"
    )

    site = move_hugo(
        {
            "content/a.md": f"---\n{front}title: 'A: b'\ndescription: Of a.\n---\nText\n",
            "content/a.fr.md": "---\ntitle: À\nsummary: D'a.\ndate: 2024-05-06\n---\nTexte\n",
        }
    )

    assert site.text("content/a/index.en.md") == (
        "---\ndate: 2024-05-06\nupdated: 2024-06-01\npublish: 2024-05-01\nexpires: 2030-01-01\norder: 3\n"
        'title: "A: b"\nsummary: Of a.\n---\n\nText\n'
    )
    assert site.text("content/a/index.fr.md") == "---\ntitle: À\nsummary: D'a.\n---\n\nTexte\n"


def test_missing_title_is_taken_from_the_first_heading_or_the_file_name(move_hugo: MoveHugo) -> None:
    site = move_hugo({"content/a.md": "# The title\n\nText\n", "content/some-name.md": "Text\n"})

    assert site.text("content/a/index.en.md") == "---\ntitle: The title\n---\n\nText\n"
    assert site.text("content/some-name/index.en.md") == "---\ntitle: Some name\n---\n\nText\n"


def test_facts_that_differ_in_a_translation_are_reported(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/a.md": "---\ntitle: A\ndate: 2024-05-06\ndraft: true\n---\n",
            "content/a.fr.md": "---\ntitle: A\ndate: 2024-06-01\n---\n",
            "content/b.md": "---\ntitle: B\ndate: soon\n---\n",
        }
    )

    assert "content/a.fr.md: warning[not-imported]: held back, as content/a.md is a draft" in site.told_then
    assert (
        "content/a.fr.md:3:7: warning[not-imported]: date: '2024-06-01' is not what content/a.md has, which holds for all languages"
    ) in site.told_then
    assert "content/b.md:3:7: warning[not-imported]: date: 'soon' is not a date" in site.told_then


def test_old_addresses_redirect_with_and_without_a_language(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "content/posts/a.md": "---\ntitle: A\naliases: [/old/, older]\n---\n",
            "content/posts/a.fr.md": "---\ntitle: A\nurl: ici/\naliases: [/vieux/]\n---\n",
        }
    )

    pages = site.build()

    assert "aliases: [/en/old/, /en/posts/older/, /fr/ici/, /fr/vieux/]\n" in site.text("content/posts/a/index.en.md")
    for path in ("posts/a", "old", "posts/older", "en/old"):
        assert 'url=/en/posts/a/"' in pages[f"{path}/index.html"]
    for path in ("fr/ici", "fr/vieux"):
        assert (
            f'url=/fr/posts/{site.text("content/posts/a/index.fr.md").partition("slug: ")[2].split()[0]}/"'
            in pages[f"{path}/index.html"]
        )


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("summary: {a: b}", "'summary' is left out, as it is a table of keys"),
        ("description: [a, b]", "'description' is left out, as it is a list"),
        ("Date: {a: b}", "'Date' is left out, as it is a table of keys"),
        ("weight: heavy", "'weight' is left out, as 'heavy' is not a number"),
        ("draft: maybe", "'draft' is left out, as 'maybe' is neither true nor false"),
        ("tags: {a: b}", "'tags' is left out where it is not a list of texts"),
        ("aliases: [/x/, {a: b}]", "'aliases' is left out where it is not a list of texts"),
        ("params: {title: B}", "params.title is left out, as 'title' is there too"),
    ],
)
def test_fields_of_another_shape_are_reported_at_their_line(move_hugo: MoveHugo, field: str, told: str) -> None:
    site = move_hugo({"content/a.md": f"---\ntitle: A\n{field}\n---\n"})

    assert [line for line in site.told_then.split("\n") if line.startswith("content/a.md:3:")] == [
        f"content/a.md:3:{field.find('title') + 1 or 1}: warning[not-imported]: {told}"
    ]


@pytest.mark.parametrize("field", ["weight: 0", "draft: false", "tags: one", "aliases: []", "summary:", "keywords: {}"])
def test_fields_of_the_expected_shape_are_not_reported(move_hugo: MoveHugo, field: str) -> None:
    assert "content/a.md" not in move_hugo({"content/a.md": f"---\ntitle: A\n{field}\n---\n"}).told_then


def test_settings_with_words_are_reported_at_their_keys(move_hugo: MoveHugo) -> None:
    settings = "paginate = 'x'\ncopyright = 'We'\nown = true\n[params]\nwide = true\nauthor = 'I'\n"

    files = {"hugo.toml": f"{settings}[languages.en]\ncopyright = 'Us'\n", "content/a.md": "---\ntitle: A\n---\n"}

    told = move_hugo(files).told_then

    assert [line for line in told.split("\n") if line.startswith("hugo")] == [
        "hugo.toml:2:1: warning[not-imported]: the setting 'copyright' is not imported",
        "hugo.toml:6:1: warning[not-imported]: the setting 'params.author' is not imported",
        "hugo.toml:8:1: warning[not-imported]: the setting 'copyright' of the language 'en' is not imported",
    ]


def test_alias_claimed_by_two_pages_is_reported(move_hugo: MoveHugo) -> None:
    site = move_hugo({"content/a.md": "---\ntitle: A\naliases: [/b/]\n---\n", "content/b.md": "---\ntitle: B\n---\n"})

    assert (
        "content/a.md:3:11: warning[not-imported]: aliases: '/b/' is the address of another page too" in site.told_then
    )


def test_settings_become_those_of_site_yaml(move_hugo: MoveHugo) -> None:
    files = {"content/a.md": "---\ntitle: A\n---\n", "content/a.fr.md": "---\ntitle: A\n---\n"}

    site = move_hugo(files, settings="timeZone = 'Asia/Almaty'\n")

    assert site.text("content/site.yaml") == (
        "# Made from a Hugo site; from now on it is yours.\n"
        "title:\n  en: Old\n  fr: Vieux\n"
        "base_url: https://old.example/\nsource_language: en\nlanguages:\n  - {tag: en}\n  - {tag: fr}\n"
        "# Addresses without a language led to this one, and still do.\nunprefixed: en\ntime_zone: Asia/Almaty\n"
        "# The source of the templates, styles and messages that the site does not have itself.\ntheme: default\nmarkdown: {highlight: true}\n"
    )


def test_menus_of_settings_and_pages_are_merged_by_weight(move_hugo: MoveHugo) -> None:
    menus = "[[languages.en.menus.main]]\npageRef = '/b'\nweight = 2\n[[languages.en.menus.main]]\nname = 'X'\nurl = 'https://x.org'\n"
    files = {
        "hugo.toml": f"title = 'Old'\n[languages.en]\nweight = 1\n{menus}",
        "content/a.md": "---\ntitle: A\nmenus: {main: {weight: 3}, foot: {}}\n---\n",
        "content/b.md": "---\ntitle: B\n---\n",
        "content/c.md": "---\ntitle: C\nmenu: main\nweight: 1\n---\n",
    }

    site = move_hugo(files)

    elsewhere = '{url: "https://x.org", label: {en: X}}'
    assert f"menus:\n  foot: [/a/]\n  main: [/c/, /b/, /a/, {elsewhere}]\n" in site.text("content/site.yaml")


def test_nested_entries_stay_nested_and_labels_are_by_language(move_hugo: MoveHugo) -> None:
    menus = "[[languages.{0}.menus.main]]\nidentifier = 'b'\npageRef = '/b'\nname = 'B'\n[[languages.{0}.menus.main]]\nparent = 'b'\nname = '{1}'\nurl = 'https://x.org/'\n[[languages.{0}.menus.main]]\nname = 'Lost'\nurl = '/none/'\n"
    files = {
        "hugo.toml": "title = 'Old'\n[languages.en]\nweight = 1\n[languages.fr]\nweight = 2\n"
        + menus.format("en", "Away")
        + menus.format("fr", "Ailleurs"),
        "content/b.md": "---\ntitle: B\n---\n",
        "content/b.fr.md": "---\ntitle: B\n---\n",
        "content/c.md": "---\ntitle: C\nmenus: {main: {parent: b, weight: 1}}\n---\n",
    }

    site = move_hugo(files)

    away = '{url: "https://x.org/", label: {en: Away, fr: Ailleurs}}'
    assert f"  main: [{{page: /b/, entries: [/c/, {away}]}}]\n" in site.text("content/site.yaml")
    assert "menus.main: 'Lost' does not lead to a page of the site" in site.told_then
    assert "Ailleurs" in site.build()["fr/index.html"]


def test_entries_keep_names_that_are_not_the_titles_of_their_pages(move_hugo: MoveHugo) -> None:
    """A language without a name of its own keeps the title of the page there: a label holds in all languages."""
    files = {
        "hugo.toml": (
            "title = 'Old'\n[languages.en]\nweight = 1\n[languages.fr]\nweight = 2\n[languages.de]\n"
            "[[menus.main]]\nname = 'About'\nurl = '/a/'\nweight = 1\n[[menus.main]]\nname = 'B'\npageRef = '/b'\nweight = 2\n"
            "[[languages.de.menus.main]]\nname = 'Haus'\npageRef = '/a'\n"
        ),
        "content/a.md": "---\ntitle: About us since 1950\n---\n",
        "content/a.fr.md": "---\ntitle: Depuis 1950\n---\n",
        "content/b.md": "---\ntitle: B\nmenus: {foot: {name: Bee}}\n---\n",
        "content/b.fr.md": "---\ntitle: B\nmenus: {foot: {name: Abeille}}\n---\n",
    }

    site = move_hugo(files)

    labels = '{page: /a/, label: {en: About, fr: "Depuis 1950"}}'
    bees = "{page: /b/, label: {en: Bee, fr: Abeille}}"
    assert f"menus:\n  foot: [{bees}]\n  main: [{labels}, /b/]\n" in site.text("content/site.yaml")
    assert ">About<" in site.build()["en/index.html"]


@pytest.mark.parametrize("word", ["null", "~", "-"])
def test_words_that_yaml_takes_for_nothing_stay_words(move_hugo: MoveHugo, word: str) -> None:
    front = f"---\ntitle: A\nkeywords: ['{word}']\nmenus: {{main: {{name: '{word}'}}}}\n---\n"

    site = move_hugo({"content/a.md": front})

    assert f'keywords: ["{word}"]\n' in site.text("content/a/index.en.md")
    assert f'main: [{{page: /a/, label: {{en: "{word}"}}}}]\n' in site.text("content/site.yaml")


def test_words_of_an_entry_that_a_menu_cannot_show_are_reported(move_hugo: MoveHugo) -> None:
    menus = "[menus]\n[[menus.main]]\nname = 'A'\npageRef = '/a'\npost = 'new'\n[[menus.main]]\nname = 'Again'\nurl = '/a/'\n"
    front = "---\ntitle: A\nmenu:\n  foot:\n    title: Tooltip\n---\n"

    told = move_hugo({"content/a.md": front}, settings=menus).told_then

    assert "hugo.toml:5:1: warning[not-imported]: menus.main: 'post' is left out" in told
    assert "menus.main: 'Again' leads where 'A' does, and is left out" in told
    assert "content/a.md:5:5: warning[not-imported]: menus.foot: 'title' is left out" in told


def test_syntax_of_hugo_without_a_counterpart_is_reported_at_its_position(move_hugo: MoveHugo) -> None:
    site = move_hugo({"content/a.md": "---\ntitle: A\nlayout: wide\n---\nOne {{< icon x >}}\n\nTwo\n"})

    assert (
        "content/a.md:3:1: warning[not-imported]: 'layout' is a build setting of Hugo without a counterpart"
        in site.told_then
    )
    assert (
        "content/a.md:5:5: warning[shortcode]: the shortcode 'icon' became the block ':icon' (1 use in 1 file), and shows only its words"
        in site.told_then
    )


def test_menu_entries_nested_too_deep_or_in_a_circle_are_reported(move_hugo: MoveHugo) -> None:
    def entry(name: str, parent: str) -> str:
        return (
            f"[[menus.main]]\nidentifier = '{name}'\nname = '{name}'\nurl = 'https://{name}.org'\nparent = '{parent}'\n"
        )

    chain = "".join(entry(f"e{number}", f"e{number - 1}") for number in range(1_000))
    circle = entry("x", "y") + entry("y", "x")

    site = move_hugo({"content/_index.md": ""}, settings=chain + circle)

    assert "https://e5.org" in site.text("content/site.yaml")
    assert "https://e6.org" not in site.text("content/site.yaml")
    left_out = "is left out, as its parents are nested too deep or in a circle"
    assert f"menus.main: 'https://e6.org' {left_out}" in site.told_then
    assert f"menus.main: 'https://x.org' {left_out}" in site.told_then
