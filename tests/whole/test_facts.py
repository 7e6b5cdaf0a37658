"""The seed's statements are on the site in full, in every language, on the page where readers look for them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html
from published import REPOSITORY, Page, Published

from sitegen.checks.glossary_names import Words
from sitegen.source.files import read_text

LANGUAGES = ("en", "zh", "ru", "kk", "ky", "tg", "uz", "be", "hi", "ur", "fa")
STANDING = (
    "important platform supporting the integrated development of education, science and technology, and talent, "
    "and serving the economic and social development of the SCO countries"
)
STATEMENT = (
    "as the leading university in preparing the Center and a bridge connecting SCO countries in educational cooperation "
    "and cultural exchange, feels a great responsibility and a glorious mission"
)
OUTLOOK = (
    "embrace the internationalization of education with a more open attitude. It will promote people-to-people "
    "connectivity through educational cooperation, drive innovation and development through joint talent training, and "
    "lead through wisdom"
)
FUNCTIONS = (
    "talent cultivation, scientific and technological innovation, cultural exchange, think-tank building, and the "
    "integration of industry and education"
)
#: (page, what it says in English, word for word)
STATEMENTS = [
    ("", STANDING),
    ("", "built the Center jointly, under the guidance and with the support of China's Ministry of Education and Ministry of Foreign Affairs"),
    ("", "Xi'an Jiaotong University (XJTU) and the Shaanxi Provincial People's Government"),
    ("", f"The Center will {OUTLOOK}"),
    ("", "education that empowers development, openness, building together and sharing"),
    ("about/", STANDING),
    ("about/", FUNCTIONS),
    ("about/", "deepening joint talent cultivation, strengthening teacher development and scientific research cooperation, building high-end think tanks, and promoting digital education cooperation"),
    ("about/", "XJTU focuses on the economic and social development needs of the SCO countries"),
    ("about/", "XJTU is the leading university in preparing the Center"),
    ("about/", "China's President Xi Jinping announced the establishment of the Center at the \"SCO Plus\" meeting"),
    ("about/", "one of six practical platforms that China announced at the summit"),
    ("about/", "Its sister institution, the China-SCO Vocational Education Cooperation Center in Tianjin, opened on the same day"),
    ("about/", "regional research and education governance talent gathering and teacher development talent cultivation and digital education scientific and technological cooperation and industry-education integration"),
    ("about/", OUTLOOK),
    ("about/platform/", "Wider recognition of credits, joint degrees, and joint study programs"),
    ("about/platform/", "Joint laboratories, and closer ties between academia and industry"),
    ("about/platform/", "Proposals for educational governance and policy in the SCO"),
    ("about/platform/", "A model of education with artificial intelligence"),
    ("about/plan/", "Construction Plan for China-SCO Higher Education Cooperation Center was released at iHarbour in Xi'an, together with six programs"),
    ("about/plan/", "The Center focuses on four key tasks and goals"),
    ("about/partners/", "Education Minister Huai Jinpeng proposed a platform for higher and vocational education"),
    ("about/partners/xjtu/", "XJTU serves as the Chinese president's office of the SCO University"),
    ("about/people/zhang-liqun/", "academician of the Chinese Academy of Engineering"),
    ("about/people/zhang-liqun/", "feels a great responsibility and a glorious mission"),
    ("about/people/shan-zhiwei/", "Vice president of Xi'an Jiaotong University"),
    ("about/sco/", "has ten member states and two official languages, Russian and Chinese"),
    ("about/sco/", "joined observers and dialogue partners into one group, the SCO partners: 17, with Laos"),
    ("about/fact-sheet/", "It was inaugurated in Tianjin on 2 September 2025 and then unveiled at iHarbour in Xi'an"),
    ("about/fact-sheet/", STATEMENT),
    ("about/fact-sheet/", "中国—上海合作组织高等教育合作中心"),
    ("study/", "SCO International Summer School Project"),
    ("study/", "SCO National Excellent Engineering Talent Training Program and Evaluation Standard Research Project"),
    ("study/", "SCO Excellent Talent Overseas Internship Program"),
    ("study/", "SCO International Curriculum System Construction Project"),
    ("study/", "SCO University Student Affairs Development Forum Project"),
    ("study/", '"SCO Countries Cultural Education Publishing Alliance" Initiative Project'),
    ("universities/", "Economics, engineering, microelectronics, artificial intelligence and other disciplines"),
    ("news/inauguration-tianjin/", "China-SCO Higher Education / Vocational Education Cooperation Center was inaugurated in Tianjin"),
    ("news/inauguration-tianjin/", STATEMENT),
    ("news/unveiling-iharbour/", "was released at the ceremony, along with six projects, programs and initiatives"),
    ("news/launch/", STATEMENT),
    ("news/launch/", FUNCTIONS),
    ("news/sco-plus-announcement/", "The summit was held from 31 August to 1 September"),
    ("news/secretariat-meeting/", "Sohail Khan, Deputy Secretary-General of the Shanghai Cooperation Organization (SCO), met Shan Zhiwei, vice president"),
    ("news/urumqi-proposal/", "In Urumqi on 13 May 2025, China's Education Minister Huai Jinpeng proposed a platform"),
    ("news/sco-university-conference/", "with 86 universities of seven countries"),
]  # fmt: skip


#: Each statement of the seed and of the sources: what it is about, the page, and what the page says, by language.
FACTS = yaml.load(Path(__file__).with_name("facts.yaml").read_bytes(), yaml.CSafeLoader)


def letters(text: str) -> str:
    """A text without what stands between its words; Chinese has nothing there."""
    return "".join(sign for sign in text if unicodedata.category(sign)[0] in "LMN")


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def numbers(text: str) -> set[str]:
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text.replace("第二十条", "20"))
    return set(re.findall(r"\d+", plain))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["fact"])
def test_fact_is_complete_in_every_language(center: Published, language: str, fact: dict[str, Any]) -> None:
    page = center.pages[f"{language}/{fact['page']}index.html"]
    statement = fact["says"][language]

    assert letters(statement) in letters(page.visible)
    assert numbers(fact["says"]["en"]) <= numbers(statement)


@pytest.mark.parametrize(("path", "statement"), STATEMENTS)
def test_statement_is_complete_where_readers_look_for_it(center: Published, path: str, statement: str) -> None:
    page = center.pages[f"en/{path}index.html"]

    assert letters(statement) in letters(page.visible)


@pytest.mark.parametrize("language", LANGUAGES)
def test_functions_means_and_tasks_are_the_same_words_on_every_page(center: Published, language: str) -> None:
    """Five functions and four means on home, About, platform and fact sheet; four tasks as the plan's headings and the programs' facts."""
    shown = {
        path: [
            [words(item) for item in listed.xpath("li")]
            for listed in center.pages[f"{language}/{path}index.html"].root.xpath("//main//ol")
        ]
        for path in ("", "about/", "about/platform/", "about/fact-sheet/")
    }
    plan = center.pages[f"{language}/about/plan/index.html"]
    tasks = {
        heading.get("id"): words(heading) for heading in plan.root.xpath("//main//h3[not(starts-with(@id, 'part-'))]")
    }
    program = center.pages[f"{language}/study/engineer-training-standards/index.html"]
    related = program.root.xpath("//main//dd//a[contains(@href, '/about/plan/#')]")

    functions, means = (
        [
            words(item)
            for item in center.pages[f"{language}/about/platform/index.html"].root.xpath(f"//ol[@class='{name}']/li")
        ]
        for name in ("functions", "means")
    )
    assert (len(functions), len(means), len(tasks)) == (5, 4, 4)
    assert [path for path, found in shown.items() if functions not in found or means not in found] == []
    assert len(related) == 3
    assert [link for link in related if tasks[link.get("href").rpartition("#")[2]] != words(link)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_mapping_of_programs_to_tasks_is_labelled_as_an_interpretation(center: Published, language: str) -> None:
    """Wherever a program names tasks, and nowhere on the front page."""
    label = {"en": "our reading", "zh": "我们的理解", "ru": "нашем понимании"}.get(language, "")

    for path, page in center.pages.items():
        if re.fullmatch(rf"{language}/study/[^/]+/index\.html", path):
            for term in page.root.xpath("//dt[following-sibling::dd//a[contains(@href, '/about/plan/#')]]"):
                assert label in term.text_content()
    assert not center.pages[f"{language}/index.html"].root.xpath("//main//a[contains(@href, '/about/plan/#')]")


#: What says that something is not known; by language, as patterns.
UNKNOWN = {
    "en": r"not (?:yet )?(?:been )?(?:announced|known|public\b|published|stated)|unknown|do not know|as far as (?:we|is|this)|no public",
    "zh": r"尚未公布|未公布|尚未公开|未公开|尚不清楚|未知|据我们所知|目前还没有|尚无",
    "ru": r"\bне (?:объявлен|сообща|известн|опубликован|названы)|неизвестн|насколько (?:нам|это)",
    "kk": r"жарияланған жоқ|жарияланбаған|белгісіз|хабарланған жоқ",
    "ky": r"жарыялана элек|жарыяланган эмес|белгисиз|билдириле элек",
    "tg": r"эълон нашуда|маълум нест|номаълум|нашр нашуда",
    "uz": r"eʼlon qilinmagan|maʼlum emas|nomaʼlum|chop etilmagan",
    "be": r"\bне (?:абвешчан|паведамл|вядом|апублікаван)|невядом|наколькі (?:нам|гэта)",
    "hi": r"घोषित नहीं|ज्ञात नहीं|सार्वजनिक नहीं|घोषणा नहीं|अज्ञात|जहाँ तक हमें",
    "ur": r"اعلان نہیں|معلوم نہیں|شائع نہیں|نامعلوم|جہاں تک ہمیں",
    "fa": r"اعلام نشده|معلوم نیست|نامعلوم|منتشر نشده|تا جایی که",
}


def said(page: Page, without: str) -> str:
    """A page's own text without the part that may say that something is not announced."""
    root = html.document_fromstring(page.text.encode())
    for part in root.xpath(f"//main//{without} | //*[contains(@class, 'note')]"):
        part.drop_tree()
    return " ".join(" ".join(root.xpath("//main//text()")).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_program_blocks_and_the_faq_mention_unannounced_facts(center: Published, language: str) -> None:
    found = []

    for path, page in center.pages.items():
        if page.language == language and not page.is_fallback and not page.is_error and "/study/faq/" not in path:
            text = said(page, "section[@aria-labelledby='part-taking-part']")
            found += [(path, text[max(0, m.start() - 40) : m.end() + 20]) for m in re.finditer(UNKNOWN[language], text)]

    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_program_answers_five_questions(center: Published, language: str) -> None:
    for path, page in center.pages.items():
        parts = path.split("/")
        if parts[:2] == [language, "study"] and len(parts) == 4 and parts[2] not in ("students", "faq"):
            rows = page.root.xpath("//section[@aria-labelledby='part-taking-part']//dt")
            assert len(rows) == 5, path


def test_every_member_state_has_its_cldr_name_and_its_own(center: Published) -> None:
    names = {
        "en": "Belarus China India Iran Kazakhstan Kyrgyzstan Pakistan Russia Tajikistan Uzbekistan",
        "zh": "白俄罗斯 中国 印度 伊朗 哈萨克斯坦 吉尔吉斯斯坦 巴基斯坦 俄罗斯 塔吉克斯坦 乌兹别克斯坦",
        "ru": "Беларусь Китай Индия Иран Казахстан Киргизия Пакистан Россия Таджикистан Узбекистан",
    }
    own = "Беларусь 中国 भारत ایران Қазақстан Кыргызстан پاکستان Россия Тоҷикистон Oʻzbekiston Ўзбекистон"

    for language, listed in names.items():
        for path in ("", "about/sco/"):
            text = center.pages[f"{language}/{path}index.html"].visible
            assert [name for name in f"{listed} {own}".split() if name not in text] == []


#: Page → names of the glossary that it must hold, whatever the language.
NAMES = {
    "about/": ("center", "xjtu", "shaanxi-government", "ministry-of-education", "ministry-of-foreign-affairs", "sco"),
    "news/inauguration-tianjin/": ("joint-center", "tianjin", "zhang-liqun", "academy-of-engineering"),
    "news/unveiling-iharbour/": ("iharbour", "xian", "construction-plan"),
    "about/people/zhang-liqun/": ("zhang-liqun", "academy-of-engineering", "xjtu"),
    "about/plan/": ("construction-plan-full",),
    "news/secretariat-meeting/": ("sohail-khan", "shan-zhiwei", "sco-deputy-secretary-general", "beijing"),
    "news/urumqi-proposal/": ("huai-jinpeng", "urumqi"),
    "about/fact-sheet/": ("center", "zhang-liqun", "tianjin", "iharbour"),
}


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("path", NAMES)
def test_names_are_where_readers_look_for_them_in_every_language(center: Published, language: str, path: str) -> None:
    """By the stems of their words, as they are inflected."""
    page = center.pages[f"{language}/{path}index.html"]
    text = Words(re.sub(r"\s+", " ", page.visible))
    glossary = read_text(REPOSITORY, f"content/glossary/index.{language}.md")
    terms = dict(re.findall(r'\{key: ([\w-]+), term: "?(.*?)"?, form:', glossary))

    assert not page.is_fallback
    assert [name for name in NAMES[path] if not text.has(terms[name])] == []


@pytest.mark.parametrize(
    ("path", "numbers"),
    [
        ("news/inauguration-tianjin/", ("2025",)),
        ("about/sco/", ("17", "2025")),
        ("news/sco-university-conference/", ("86", "2025")),
        ("news/secretariat-meeting/", ("2026",)),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_numbers_appear_in_every_language(
    center: Published, language: str, path: str, numbers: tuple[str, ...]
) -> None:
    text = center.pages[f"{language}/{path}index.html"].visible
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)

    assert [number for number in numbers if number not in plain] == []


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("study/students/", "taking-part"),
        ("universities/", "taking-part"),
        ("contact/", "the-center"),
        ("about/fact-sheet/", "the-center"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_visitor_finds_the_questions_one_click_from_their_answers(
    center: Published, language: str, path: str, part: str
) -> None:
    faq = center.pages[f"{language}/study/faq/index.html"].root
    asked = faq.xpath(f"//h3[preceding::h2[1][@id='{part}']]")
    links = center.pages[f"{language}/{path}index.html"].root.xpath("//section[@aria-labelledby='part-questions']//a")

    assert len(asked) >= 4
    assert [(link.get("href").rpartition("/study/faq/")[2], words(link)) for link in links] == [
        (f"#{question.get('id')}", words(question)) for question in asked
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_fact_sheet_says_of_the_center_what_about_says(center: Published, language: str) -> None:
    about, sheet = (center.pages[f"{language}/about/{path}index.html"].root for path in ("", "fact-sheet/"))

    for anchor in ("the-center-in-the-sco", "guiding-principle", "outlook"):
        part = f"//*[@id='{anchor}'] | //*[@id='{anchor}']/following-sibling::*[1]"
        said = [words(found) for found in about.xpath(part)]
        assert [words(found) for found in sheet.xpath(part)] == said
        assert len(said) == 2
