"""Search: folding, tokenizing, weights, and when the index is rebuilt."""

from __future__ import annotations

import json

import pytest
from conftest import MakeSite, TinySite

from sitegen.render.search import fold, terms

SEARCHED = {
    "templates/search.html": "<p>{{ site.search_url }}</p>",
    "content/search/index.en.md": "---\nkind: search\ntitle: Search\n---\n",
}
KINDS = "page:\n  template: page.html\nsearch:\n  extends: page\n  template: search.html\n"


def words_of(site: TinySite, language: str = "en") -> dict[str, list[int]]:
    """The index of a language: term → page, weight, page, weight, …"""
    return json.loads(site.files()[f"{language}/search-terms-0.json"])  # type: ignore[no-any-return]


def pages_of(site: TinySite, language: str = "en") -> list[list[str]]:
    """The pages that can be found in a language: address, title, summary."""
    return json.loads(site.files()[f"{language}/search-pages-0.json"])  # type: ignore[no-any-return]


def found(site: TinySite, term: str, language: str = "en") -> list[str]:
    """Titles of the pages that have a term, the highest weight first."""
    row = words_of(site, language).get(term, [])
    pairs = sorted(zip(row[::2], row[1::2], strict=True), key=lambda pair: -pair[1])
    return [pages_of(site, language)[page][1] for page, _ in pairs]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ёлка", "елка"),
        ("Қазақстан", "казакстан"),
        ("Тоҷикистон", "точикистон"),
        ("Oʻzbekiston", "O'zbekiston"),
        ("ta’lim", "talim"),
        ("ўніверсітэт", "университэт"),
        ("كتاب", "کتاب"),
        ("يونيورسٹي", "یونیورسٹی"),
        ("وزارتِ", "وزارت"),
        ("۱۴۰۴", "1404"),
        ("२०२५", "2025"),
        ("क़लम", "कलम"),
        ("École", "ecole"),
        ("Ｘｉ'an", "xian"),
    ],
)
def test_words_that_readers_type_alike_match(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("शिक्षा", "शकष"), ("کار", "کور"), ("план", "плен"), ("教育", "教学")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_chinese_is_indexed_in_overlapping_pairs() -> None:
    assert list(terms("西安交大（XJTU）")) == ["西安", "安交", "交大", "大", "xjtu"]


def test_parts_and_whole_of_a_persian_compound_are_found() -> None:
    assert list(terms("بین‌المللی")) == ["بین", "المللی", "بینالمللی"]


@pytest.mark.parametrize("text", ["a \u200c", "«\u200c»", "☕\u200c b", "\u200c\u200c"])
def test_non_joiner_beside_no_letter_is_no_word(text: str) -> None:
    assert [*terms(text)] == [word for word in text if word in "ab"]


def test_page_with_the_word_in_its_title_weighs_most(make_site: MakeSite) -> None:
    site = make_site(
        {
            **SEARCHED,
            "content/a/index.en.md": "---\ntitle: One\n---\n" + "A plan, a plan, a plan. " * 20,
            "content/b/index.en.md": "---\ntitle: The plan\n---\nText.\n",
        },
        kinds=KINDS,
    )
    site.report()

    assert found(site, "plan") == ["The plan", "One"]


def test_page_is_found_by_its_keywords_in_each_language_that_has_some(make_site: MakeSite) -> None:
    """A translation may lack keywords that the source has, without a warning."""
    pages = {
        "content/a/index.en.md": "---\ntitle: A\nkeywords: [press kit]\n---\nText.\n",
        "content/a/index.fr.md": "---\ntitle: Un\n---\nTexte.\n",
        "content/b/index.en.md": "---\ntitle: B\n---\nText.\n",
        "content/b/index.fr.md": "---\ntitle: Deux\nkeywords: [revue]\n---\nTexte.\n",
    }
    site = make_site({**SEARCHED, **pages}, kinds=KINDS)

    assert [problem.code for problem in site.report().warnings if problem.code == "structure"] == []
    assert (found(site, "press"), found(site, "revue", "fr")) == (["A"], ["Deux"])


def test_texts_of_two_paragraphs_are_not_joined(make_site: MakeSite) -> None:
    site = make_site({**SEARCHED, "content/a/index.en.md": "---\ntitle: A\n---\none\n\ntwo **th**ree\n"}, kinds=KINDS)
    site.report()

    assert {"one", "two", "three"} <= words_of(site).keys()


def test_fallback_page_is_only_found_in_its_own_language(make_site: MakeSite) -> None:
    site = make_site({**SEARCHED, "content/index.fr.md": "---\ntitle: Accueil\n---\n"}, kinds=KINDS)
    site.report()

    assert [row[0] for row in pages_of(site)] == ["/en/", "/en/search/"]
    assert [row[0] for row in pages_of(site, "fr")] == ["/fr/"]


def test_name_is_found_in_the_script_of_the_source_too(make_site: MakeSite) -> None:
    site = make_site(
        {
            **SEARCHED,
            "content/a/index.en.md": "---\ntitle: Li Na\n---\n",
            "content/a/index.fr.md": "---\ntitle: Ли На\n---\n",
        },
        kinds=KINDS,
    )
    site.report()

    assert found(site, "li", "fr") == ["Ли На"]


def test_country_that_is_a_fact_is_found_by_its_name(make_site: MakeSite) -> None:
    kinds = KINDS + "state:\n  extends: page\n  facts:\n    members: {type: list, of: {type: country}}\n"
    site = make_site(
        {**SEARCHED, "content/a/index.en.md": "---\nkind: state\nmembers: [KZ, TJ]\ntitle: A\n---\n"}, kinds=kinds
    )
    site.report()

    assert found(site, "kazakhstan") == found(site, "tajikistan") == ["A"]


def test_site_without_a_search_page_has_no_index(make_site: MakeSite) -> None:
    site = make_site()
    site.report()

    assert not any("search" in path for path in site.files())


def test_index_is_only_rebuilt_when_a_text_of_its_language_has_changed(make_site: MakeSite) -> None:
    site = make_site(
        {
            **SEARCHED,
            "content/index.fr.md": "---\ntitle: Accueil\n---\nAvant.\n",
            "content/a/index.en.md": "---\ntitle: A\n---\nBefore.\n",
        },
        kinds=KINDS,
    )
    site.report()

    site.write("content/a/index.en.md", "---\ntitle: A\n---\nAfter.\n")
    changed = set(site.report().made)
    assert {"en/search.json", "en/search-terms-0.json", "en/search-pages-0.json"} <= changed
    assert not any(path.startswith("fr/search") for path in changed)
    assert "after" in words_of(site)

    assert site.report().change.written == ()


def test_index_after_an_edit_equals_that_of_a_clean_build(make_site: MakeSite) -> None:
    site = make_site({**SEARCHED, "content/a/index.en.md": "---\ntitle: A\n---\nBefore.\n"}, kinds=KINDS)
    site.report()
    site.write("content/a/index.en.md", "---\ntitle: A\n---\nAfter.\n")
    site.report()
    warm = site.files()
    site.report(clean=True)

    assert site.files() == warm


def test_index_of_a_large_site_is_split_into_files(make_site: MakeSite) -> None:
    pages = {f"content/p{n}/index.en.md": f"---\ntitle: Page {n}\n---\nword{n} alpha beta\n" for n in range(450)}
    site = make_site({**SEARCHED, **pages}, kinds=KINDS)
    site.report()
    files = site.files()
    rules = json.loads(files["en/search.json"])
    shards = [json.loads(files[f"en/search-terms-{n}.json"]) for n in range(rules["shards"])]

    assert rules["shards"] == 2
    assert rules["pages"] == 452
    assert all(ord(term[0]) % 2 == number for number, shard in enumerate(shards) for term in shard)
    assert sum(len(json.loads(files[f"en/search-pages-{n}.json"])) for n in range(3)) == 452
    assert "word449" in shards[ord("w") % 2]


@pytest.mark.parametrize(
    ("typed", "written"),
    [("केन्द्र", "केंद्र"), ("सम्बन्ध", "संबंध"), ("हिन्दी", "हिंदी"), ("शङ्ख", "शंख"), ("पञ्च", "पंच"), ("सम्बन्ध", "सम्बंध"), ("সম্বন্ধ", "সংবংধ"),
     ("હિન્દી", "હિંદી"), ("సంబంధ", "సమ్బన్ధ"), ("上海合作組織", "上海合作组织"), ("漢語", "汉语"), ("體育館", "体育馆")],
)  # fmt: skip
def test_spelling_variants_are_one_word(typed: str, written: str) -> None:
    assert list(terms(typed)) == list(terms(written))


@pytest.mark.parametrize(("one", "other"), [("अन्य", "अंय"), ("जन्म", "जंम"), ("कम्बल", "कंडल")])
def test_nasal_before_another_consonant_stays_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.slow
@pytest.mark.parametrize(("steps", "codes"), [(271, []), (276, ["too-costly"])])
def test_a_text_of_countless_words_is_reported(make_site: MakeSite, steps: int, codes: list[str]) -> None:
    """Each pair of signs is a line of the index, which readers fetch; with each step, a prime number of signs has all others."""
    rows = ("".join(chr(0x3400 + own * step % 1103) for own in range(1104)) for step in range(1, steps + 1))
    text = "---\ntitle: A\n---\n" + "\n\n".join(rows)
    site = make_site({**SEARCHED, "content/a/index.en.md": text}, kinds=KINDS)

    if codes:
        assert [problem.code for problem in site.problems()] == codes
    else:
        site.report()
