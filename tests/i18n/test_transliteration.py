"""Texts in another script: Uzbek in both its alphabets, and pseudo-locales."""

from __future__ import annotations

import re
from itertools import product

import pytest
from conftest import MakeSite
from hypothesis import given
from hypothesis import strategies as st

from sitegen.i18n.transliteration import SCRIPTS, UZBEK, writer


def cyrillic(text: str, **words: str) -> str:
    return writer("uz-Cyrl", words)(text)


@pytest.mark.parametrize(
    ("latin", "expected"),
    [
        # The alphabet of 1995 in its order, with the Cyrillic letter of each (resolution 339 of 24 August 1995).
        ("a b d e f g h i j k l m n o p q r s t u v x y z", "а б д э ф г ҳ и ж к л м н о п қ р с т у в х й з"),
        ("oʻ gʻ sh ch ng", "ў ғ ш ч нг"),
        ("A B D Oʻ Gʻ Sh Ch SH CH", "А Б Д Ў Ғ Ш Ч Ш Ч"),
        # ё, ю, я and е stand for two Latin letters; э for e at a word's beginning and after a vowel (rules 1, 4).
        ("yozuv yurt yangi yer Yevropa dunyo", "ёзув юрт янги ер Европа дунё"),
        ("yoʻl elektron poeziya mehmon", "йўл электрон поэзия меҳмон"),
        # The apostrophe of length or break (ʼ) is ъ; between s and h it only parts them.
        ("taʼlim sanʼat eʼlon Isʼhoq", "таълим санъат эълон Исҳоқ"),
        # ц is s in Latin after n, k and p before -iya, and ts between vowels (imlo lugʻati, 2023).
        ("konferensiya funksiya litsey integratsiya missiya", "конференция функция лицей интеграция миссия"),
        ("ketsa aytsin etsang", "кетса айтсин этсанг"),
        # The soft sign, which Latin does not write, gives way to an ending.
        ("2-sentabr sentabrda model modeli", "2-сентябрь сентябрда модель модели"),
        ("fakultet prinsip markaz", "факультет принцип марказ"),
        ("Oʻzbekiston Respublikasi OLIY TAʼLIM", "Ўзбекистон Республикаси ОЛИЙ ТАЪЛИМ"),
        ("ShHT BMT", "ШҲТ БМТ"),
        # However the apostrophes are typed.
        ("O'zbek o’quv g`oya ta'lim", "Ўзбек ўқув ғоя таълим"),
        ("‘soʻz’ “matn”", "‘сўз’ “матн”"),
        # What holds a letter that the alphabet lacks is foreign.
        ("WCAG Windows core", "WCAG Windows core"),
    ],
)
def test_uzbek_is_written_in_cyrillic(latin: str, expected: str) -> None:
    assert cyrillic(latin) == expected


def test_exception_of_the_site_is_spelled_as_given_with_its_endings() -> None:
    text = "XJTUning Tyanszinda, Tyanszin"

    assert cyrillic(text, XJTU="XJTU", Tyanszin="Тяньцзинь") == "XJTUнинг Тяньцзинда, Тяньцзинь"


def test_every_letter_of_the_table_is_reached() -> None:
    for latin, letter in UZBEK.items():
        assert cyrillic("b" + latin) == "б" + letter


def test_each_word_is_looked_up_once_for_each_length_of_the_spellings_of_a_site() -> None:
    class Spellings(dict[str, str]):
        asked = 0

        def __contains__(self, word: object) -> bool:
            self.asked += 1
            return super().__contains__(word)

    names = ["".join(pair) for pair in product("bdgklmnrst", repeat=3)]
    spellings = Spellings({**dict.fromkeys(names, "й"), "bdgkl": "ы"})

    change = writer("uz-Cyrl", spellings)
    assert change(" ".join(f"{name}ga" for name in names)) == " ".join(["йга"] * len(names))
    assert change("bdgklga") == "ыга"  # the longest wins
    assert spellings.asked == 2 * len(names) + 1


@pytest.mark.parametrize(
    "fixed",
    ['<a href="/plan/" hreflang="en">', "<code>print(a)</code>", "%(number)s", "&amp;", "\x01/plan/\x03", "https://a.uz/sahifa",
     "a@b.uz"],
)  # fmt: skip
@pytest.mark.parametrize("tag", SCRIPTS)
def test_tags_code_placeholders_and_addresses_stay_unchanged(tag: str, fixed: str) -> None:
    assert f" {fixed} " in writer(tag, {})(f"salom {fixed} dunyo")


def test_alternative_texts_of_pictures_are_transliterated_too() -> None:
    assert cyrillic('<img src="a.jpg" alt="Oliy taʼlim">') == '<img src="a.jpg" alt="Олий таълим">'


@given(st.text())
def test_any_text_can_be_transliterated(text: str) -> None:
    for tag in SCRIPTS:
        writer(tag, {})(text)


def test_accented_english_is_legible_and_two_fifths_longer() -> None:
    text = "Its dates have not been announced."

    accented = writer("en-XA", {})(text)

    assert accented.startswith("Îţš ðåţéš ĥåṽé ñöţ bééñ åññöûñçéð.")
    assert 1.35 <= len(accented) / len(text) <= 1.5


def test_mirrored_english_runs_right_to_left_word_by_word() -> None:
    assert writer("ar-XB", {})("Our plan, 2025") == "\u202eOur\u202c \u202eplan\u202c, 2025"


# a language made of another

SITE = """\
title: {en: Site, uz: Sayt}
base_url: https://example.org/
source_language: en
languages:
  - {tag: en}
  - {tag: ru}
  - {tag: uz, fallback: [ru, en]}
transliterate: {from: uz, to: uz-Cyrl, path: uz-cyrl, words: {XJTU: XJTU}}
"""
TEMPLATE = (
    "<html lang={{ locale.tag }}><title>{{ site.title }}</title>{% for a in page.alternates %}{{ a.tag }} {% endfor %}"
    "<h1>{{ page.title|words }}</h1>{{ _('Home') }} {{ page.state }}{% for h in page.headings %}[{{ h.title }}]{% endfor %}{{ page.content }}"
)
FILES = {
    "content/a/index.en.md": "---\ntitle: University\n---\n## Study\n\nText\n",
    "content/a/index.uz.md": "---\ntitle: XJTU universiteti\nslug: universitet\n---\n## Oʻqish\n\n[Matn](/), ![Rasm](x.png)\n",
    "content/a/x.png": b"all",
    "content/a/x.uz.png": b"uzbek",
    "content/b/index.en.md": "---\ntitle: Second\n---\n",
    "content/b/index.ru.md": "---\ntitle: Вторая\n---\n",
    "templates/page.html": TEMPLATE,
    "translations/uz/LC_MESSAGES/messages.po": 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Home"\nmsgstr "Bosh sahifa"\n',
}


def test_derived_language_has_its_own_addresses_words_and_messages(make_site: MakeSite) -> None:
    made = make_site(FILES, site=SITE)
    page = made.build()["uz-cyrl/universitet/index.html"]

    assert "<html lang=uz-Cyrl><title>Сайт</title>en uz uz-Cyrl <h1>XJTU университети</h1>Бош саҳифа" in page
    assert '[Ўқиш]<h2 id="study">Ўқиш</h2>' in page
    assert '<a href="/uz-cyrl/">Матн</a>, <img src="/uz/universitet/x.uz.png" alt="Расм"' in page
    assert "<loc>https://example.org/uz-cyrl/universitet/</loc>" in made.pages()["uz-cyrl/sitemap.xml"]


def test_derived_language_falls_back_like_its_source(make_site: MakeSite) -> None:
    page = make_site(FILES, site=SITE).build()["uz-cyrl/b/index.html"]

    assert '<h1><span lang="ru" dir="ltr">Вторая</span></h1>Бош саҳифа missing' in page


CATALOG = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def test_messages_are_in_the_second_script_where_only_the_theme_has_a_catalog_in_it(make_site: MakeSite) -> None:
    """The site's messages come before the theme's in both scripts; an empty entry is made of the first script's."""
    site = make_site(
        {
            "content/index.sr.md": "---\ntitle: Почетна\n---\n",
            "templates/page.html": "{{ _('State') }}|{{ _('Skip to the content') }}|{{ pgettext('button', 'Search') }}",
            "translations/sr/LC_MESSAGES/messages.po": CATALOG
            + 'msgid "State"\nmsgstr "Стање"\n\nmsgid "Skip to the content"\nmsgstr "Право на текст"\n',
            "translations/sr_Latn/LC_MESSAGES/messages.po": CATALOG + 'msgid "State"\nmsgstr ""\n',
        },
        site="title: {en: Site}\nbase_url: https://example.org/\nsource_language: en\nlanguages: [{tag: en}, {tag: sr}]\n"
        "transliterate: {from: sr, to: sr-Latn, path: sr-latn}\ntheme: default\n",
    )
    pages = site.build()

    assert pages["sr/index.html"] == "Стање|Право на текст|Претражи"
    assert pages["sr-latn/index.html"] == "Stanje|Pravo na tekst|Pretraži"


def test_page_written_by_hand_replaces_the_derived_one(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/a/index.uz-cyrl.md": "---\ntitle: Oʻzim yozdim\n---\n"}, site=SITE)

    assert "<h1>Oʻzim yozdim</h1>" in site.build()["uz-cyrl/universitet/index.html"]


def test_changed_words_change_the_derived_language(make_site: MakeSite) -> None:
    site = make_site(FILES, site=SITE)
    site.build()
    site.write("content/a/index.uz.md", str(FILES["content/a/index.uz.md"]).replace("Matn", "Yangi matn"))

    assert "Янги матн" in site.build()["uz-cyrl/universitet/index.html"]


def test_problem_of_a_translation_is_reported_once_not_for_each_script(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/a/index.uz.md": "---\ntitle: A\n---\n[x](/no/)\n"}, site=SITE)

    assert [problem.path for problem in site.problems() if problem.code == "dead-page"] == ["content/a/index.uz.md"]


def test_pseudo_locales_are_only_built_on_demand(make_site: MakeSite) -> None:
    site = make_site(FILES, site=SITE)

    assert not any(path.startswith("en-XA") for path in site.build())
    pages = site.build(pseudo=True)
    assert "<h1>Ûñîṽéŕšîţý" in pages["en-XA/a/index.html"]
    assert "\u202eHome\u202c" in pages["ar-XB/a/index.html"]
    assert not any(path.startswith("en-XA") for path in site.build())


VISIBLE = ("title", "aria-label", "alt", "placeholder")


@pytest.mark.slow
def test_every_visible_text_of_the_center_is_a_message_or_words(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In the accented pseudo-locale plain English words show what a template says without a message."""
    from lxml import html
    from published import build_center, copy_center

    copy_center(made := tmp_path_factory.mktemp("pseudo"))
    options = ("--root", str(made), "--pseudo", "--languages", "en", "en-XA", "ar-XB")
    center = build_center(made / "public", *options)
    plain = []
    for path in sorted(center.folder.glob("en-XA/**/*.html")):
        root = html.document_fromstring(path.read_bytes())
        for node in root.xpath("//*[@lang and @lang != 'en-XA'] | //script | //code | //*[@class='print-only']"):
            if node is not root:
                node.drop_tree()
        texts = [*root.itertext(), *(v for a in VISIBLE for v in root.xpath(f"//@{a}"))]
        words = {word for text in texts for word in re.findall(r"[A-Za-z]{3,}", text)}
        plain += [(path.relative_to(center.folder).as_posix(), word) for word in sorted(words)]

    assert plain == []


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Ђорђе и Љиљана", "Đorđe i Ljiljana"),
        ("ЉУБАВ и Њ", "LJUBAV i Nj"),
        ("џеп, XVIII век, ћошак", "džep, XVIII vek, ćošak"),
        ("<code>не</code> %(count)s да", "<code>не</code> %(count)s da"),
    ],
)
def test_serbian_is_written_in_latin(cyrillic: str, latin: str) -> None:
    assert writer("sr-Latn", {})(cyrillic) == latin
