"""Every fact of the seed stands on the site in every language, on the page where a reader looks for it."""

from __future__ import annotations

import re
import unicodedata

import pytest
from published import REPOSITORY, Published

from sitegen.checks.glossary import stems
from sitegen.source.files import read_text

#: Page → what it must say, by language; Russian by stems, as names are inflected.
FACTS: dict[str, dict[str, tuple[str, ...]]] = {
    "center/": {
        "en": (
            "China-SCO Higher Education Cooperation Center",
            "Xi'an Jiaotong University",
            "Shaanxi Provincial People's Government",
            "Ministry of Education",
            "Ministry of Foreign Affairs",
            "guidance and support",
            "education, of science and technology, and of talent",
            "economic and social development of the countries",
            "more open",
            "peoples closer",
            "joint training to drive innovation",
            "lead through wisdom",
        ),
        "zh": (
            "中国—上海合作组织高等教育合作中心", "西安交通大学", "陕西省人民政府", "教育部", "外交部", "指导和支持",
            "教育、科技、人才一体发展", "经济社会发展", "更加开放", "拉近各国人民的距离", "联合培养推动创新", "以智慧引领",
        ),
        "ru": (
            "Центр сотрудничества Китай — ШОС", "Сианьск\\w+ университет\\w* Цзяотун", "Народн\\w+ правительств\\w+ провинции Шэньси",
            "Министерств\\w+ образования", "Министерств\\w+ иностранных дел", "поддержк", "социально-экономическ|экономическ\\w+ и социальн",
            "открыт", "мудрост",
        ),
    },
    "events/inauguration-tianjin/": {
        "en": ("2 September 2025", "Tianjin", "Higher Education / Vocational Education Cooperation Center", "Zhang Liqun"),
        "zh": ("2025年9月2日", "天津", "高等教育/职业教育合作中心", "张立群"),
        "ru": ("2 сентября 2025", "Тяньцзин", "Чжан Лицюнь"),
    },
    "events/unveiling-iharbour/": {
        "en": ("iHarbour", "Xi'an", "Construction Plan", "six programmes"),
        "zh": ("中国西部科技创新港", "西安", "建设方案", "六个项目"),
        "ru": ("iHarbour", "Сиан", "План\\w* создания", "шест\\w+ программ"),
    },
    "people/zhang-liqun/": {
        "en": (
            "academician of the Chinese Academy of Engineering", "President of Xi'an Jiaotong University",
            "led the preparations", "a bridge between", "educational cooperation and cultural exchange",
            "great this responsibility", "glorious the mission",
        ),
        "zh": ("中国工程院院士", "西安交通大学校长", "牵头筹建", "桥梁", "教育合作与人文交流", "责任重大", "使命光荣"),
        "ru": (
            "академик\\w* Китайской инженерной академии", "[Рр]ектор\\w* Сианьского университета Цзяотун", "подготовк",
            "мост", "культурн\\w+ обмен", "ответственност", "мисси",
        ),
    },
    "center/platform/": {
        "en": (
            "Talent cultivation", "Scientific and technological innovation", "Cultural exchange", "Think-tank building",
            "Integration of industry and education", "Deepening joint talent cultivation",
            "Strengthening teacher development and research cooperation", "Building high-end think tanks",
            "Promoting digital education cooperation",
        ),
        "zh": (
            "人才培养", "科技创新", "人文交流", "智库建设", "产教融合", "深化人才联合培养", "加强师资发展与科研合作",
            "建设高端智库", "推进数字教育合作",
        ),
        "ru": (
            "[Пп]одготовк\\w+ (?:талант|кадр|специалист)|[Вв]оспитани\\w+ талант", "инноваци", "[Кк]ультурн\\w+ обмен", "аналитическ\\w+ центр",
            "[Ии]нтеграци", "совместн\\w+ подготовк", "преподавател", "цифров",
        ),
    },
    "plan/": {
        "en": (
            "Regional research and education governance", "Talent gathering and teacher development",
            "Talent cultivation and digital education",
            "Scientific and technological cooperation and industry-education integration",
            "Construction Plan for China-SCO Higher Education Cooperation Center",
        ),
        "zh": ("区域研究与教育治理", "人才汇聚与师资发展", "人才培养与数字教育", "科技合作与产教融合", "建设方案"),
        "ru": ("[Рр]егиональн\\w+ исследовани", "развити\\w+ (?:преподавател|педагог)", "цифров\\w+ образовани", "[Нн]аучно-техническ", "План\\w* создания"),
    },
    "programs/": {
        "en": (
            "SCO International Summer School Project",
            "SCO National Excellent Engineering Talent Training Program and Evaluation Standard Research Project",
            "SCO Excellent Talent Overseas Internship Program",
            "SCO International Curriculum System Construction Project",
            "SCO University Student Affairs Development Forum Project",
            '"SCO Countries Cultural Education Publishing Alliance" Initiative Project',
        ),
        "zh": (
            "上合组织国际暑期学校项目", "上合组织国家卓越工程人才培养与评价标准研究项目", "上合组织卓越人才海外实习项目",
            "上合组织国际课程体系建设项目", "上合组织大学学生事务发展论坛项目", "“上合组织国家文化教育出版联盟”倡议项目",
        ),
        "ru": ("летн\\w+ школ", "инженерн\\w+ ", "стажиров", "учебн\\w+ программ", "[Фф]орум", "[Ии]здательск\\w+ альянс"),
    },
}  # fmt: skip
CASES = [(path, language, fact) for path, by in FACTS.items() for language, facts in by.items() for fact in facts]


@pytest.mark.parametrize(("path", "language", "fact"), CASES, ids=str)
def test_fact_stands_where_a_reader_looks_for_it(center: Published, path: str, language: str, fact: str) -> None:
    page = center.pages[f"{language}/{path}index.html"]
    pattern = fact if language == "ru" else re.escape(fact)

    assert not page.is_fallback
    assert re.search(pattern, page.visible)


def test_every_member_state_has_its_name_of_cldr(center: Published) -> None:
    names = {
        "en": "Belarus China India Iran Kazakhstan Kyrgyzstan Pakistan Russia Tajikistan Uzbekistan",
        "zh": "白俄罗斯 中国 印度 伊朗 哈萨克斯坦 吉尔吉斯斯坦 巴基斯坦 俄罗斯 塔吉克斯坦 乌兹别克斯坦",
        "ru": "Беларусь Китай Индия Иран Казахстан Киргизия Пакистан Россия Таджикистан Узбекистан",
    }

    for language, listed in names.items():
        text = center.pages[f"{language}/states/index.html"].visible
        assert [name for name in listed.split() if name not in text] == []


def test_every_programme_says_what_is_not_announced(center: Published) -> None:
    headings = {"en": "Not announced yet", "zh": "尚未公布"}

    for path, page in center.pages.items():
        parts = path.split("/")
        if parts[1:2] == ["programs"] and len(parts) == 4:
            found = [" ".join(h.text_content().split()) for h in page.root.xpath("//main//h2")]
            ids = page.root.xpath("//main//h2/@id")
            assert "not-announced-yet" in ids, path
            assert headings.get(parts[0], "") in " ".join(found)


#: Page → names of the glossary that it must hold, whatever the language.
NAMES = {
    "center/": ("center", "xjtu", "shaanxi-government", "ministry-of-education", "ministry-of-foreign-affairs", "sco"),
    "events/inauguration-tianjin/": ("joint-center", "tianjin", "zhang-liqun"),
    "events/unveiling-iharbour/": ("iharbour", "xian", "construction-plan"),
    "people/zhang-liqun/": ("zhang-liqun", "academy-of-engineering", "xjtu"),
    "plan/": ("construction-plan-full",),
    "programs/": (),
    "news/secretariat-meeting/": ("sohail-khan", "shan-zhiwei", "sco-deputy-secretary-general", "beijing"),
    "news/urumqi-proposal/": ("huai-jinpeng", "urumqi"),
}


@pytest.mark.parametrize("language", ["kk", "ky", "tg", "uz", "be", "hi", "ur", "fa"])
@pytest.mark.parametrize("path", NAMES)
def test_names_stand_where_a_reader_looks_for_them_in_every_language(
    center: Published, language: str, path: str
) -> None:
    """By the stems of their words, as they are inflected."""
    page = center.pages[f"{language}/{path}index.html"]
    text = re.sub(r"\s+", " ", page.visible)
    glossary = read_text(REPOSITORY, f"content/glossary/index.{language}.md")
    terms = dict(re.findall(r'\{key: ([\w-]+), term: "?(.*?)"?, form:', glossary))

    assert not page.is_fallback
    assert [name for name in NAMES[path] if not re.search(stems(terms[name]), text)] == []


@pytest.mark.parametrize(
    ("path", "numbers"),
    [
        ("events/inauguration-tianjin/", ("2025",)),
        ("states/", ("17", "2025")),
        ("partners/xjtu/", ("86", "2025")),
        ("news/secretariat-meeting/", ("2026",)),
    ],
)
@pytest.mark.parametrize("language", ["zh", "ru", "kk", "ky", "tg", "uz", "be", "hi", "ur", "fa"])
def test_numbers_stand_in_every_language(center: Published, language: str, path: str, numbers: tuple[str, ...]) -> None:
    text = center.pages[f"{language}/{path}index.html"].visible
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)

    assert [number for number in numbers if number not in plain] == []
