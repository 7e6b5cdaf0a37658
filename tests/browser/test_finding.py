"""Search on the real page in a real browser: queries in every language, and the page that must come first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from browsing import page_of, served
from conftest import KINDS, SITE, MakeSite

#: (language, what is typed, the page that must come first; None where nothing may be found)
QUERIES = [
    ("en", "summer school", "/study/summer-school/"),
    ("en", "summers", "/study/summer-school/"),  # another form
    ("en", "internships abroad", "/study/overseas-internship/"),
    ("en", "publisher", "/study/publishing-alliance/"),  # a common stem
    ("en", "Xian Jiaotong", "/about/partners/xjtu/"),  # without its apostrophe
    ("en", "zhang liqun", "/about/people/zhang-liqun/"),
    ("en", "constructon plan", "/about/plan/"),  # a slip
    ("en", "intership", "/study/overseas-internship/"),
    ("en", "Kazakhstan", "/about/sco/"),  # a fact, named by CLDR
    ("en", "Ministry of Education", "/about/partners/"),
    ("en", "volcano erupts", None),
    ("zh", "暑期学校", "/study/summer-school/"),
    ("zh", "海外实习", "/study/overseas-internship/"),
    ("zh", "西安交通大学", "/about/partners/xjtu/"),
    ("zh", "通大学", "/about/partners/xjtu/"),  # no word of a dictionary
    ("zh", "乌兹别克斯坦", "/about/sco/"),
    ("zh", "塔吉克斯坦", "/about/sco/"),
    ("zh", "白俄罗斯", "/about/sco/"),
    ("zh", "出版", "/study/publishing-alliance/"),
    ("zh", "Zhang Liqun", "/about/people/zhang-liqun/"),  # in Latin letters
    ("zh", "隐", "/site/privacy/"),  # one character
    ("zh", "火星", None),
    ("ru", "стажировками", "/study/overseas-internship/"),
    ("ru", "летней школы", "/study/summer-school/"),
    ("ru", "Чжан Лицюня", "/about/people/zhang-liqun/"),
    ("ru", "Zhang Liqun", "/about/people/zhang-liqun/"),
    ("ru", "Xi'an Jiaotong", "/about/partners/xjtu/"),
    ("ru", "министерства образования", "/about/partners/"),
    ("ru", "издательство", "/study/publishing-alliance/"),
    ("ru", "Таджикистан", "/about/sco/"),
    ("ru", "вулкан", None),
    ("kk", "жазғы мектеп", "/study/summer-school/"),
    ("kk", "жазгы мектеп", "/study/summer-school/"),  # on a Russian keyboard
    ("kk", "Казакстан", "/about/sco/"),
    ("kk", "купиялык", "/site/privacy/"),
    ("kk", "министрлігінің", "/about/partners/"),
    ("ky", "жайкы мектеп", "/study/summer-school/"),
    ("ky", "билим беруу министрлиги", "/about/partners/"),
    ("ky", "купуялык", "/site/privacy/"),
    ("ky", "Zhang Liqun", "/about/people/zhang-liqun/"),
    ("tg", "мактаби тобистона", "/study/summer-school/"),
    ("tg", "Точикистон", "/about/sco/"),
    ("tg", "Чан Личюн", "/about/people/zhang-liqun/"),
    ("tg", "дастраси", "/site/accessibility/"),
    ("uz", "yozgi maktab", "/study/summer-school/"),
    ("uz", "O'zbekiston", "/about/sco/"),  # five ways to write its apostrophe, and none
    ("uz", "O‘zbekiston", "/about/sco/"),
    ("uz", "Oʻzbekiston", "/about/sco/"),
    ("uz", "Ozbekiston", "/about/sco/"),
    ("uz", "ta'lim vazirligi", "/about/partners/"),
    ("uz", "talim vazirligi", "/about/partners/"),
    ("uz-cyrl", "ёзги мактаб", "/study/summer-school/"),
    ("uz-cyrl", "Узбекистон", "/about/sco/"),
    ("be", "летняй школы", "/study/summer-school/"),
    ("be", "прыватнасці", "/site/privacy/"),
    ("be", "Беларусі", "/about/sco/"),
    ("be", "ўніверсітэт", "/about/partners/xjtu/"),
    ("be", "універсітэт", "/about/partners/xjtu/"),
    ("hi", "ग्रीष्मकालीन विद्यालय", "/study/summer-school/"),
    ("hi", "विश्वविद्यालयों", "/universities/"),
    ("hi", "शिक्षा मंत्रालय", "/about/partners/"),
    ("hi", "कजाखस्तान", "/about/sco/"),  # without nukta
    ("hi", "गोपनीयता", "/site/privacy/"),
    ("hi", "ज्वालामुखी", None),
    ("ur", "سمر اسکول", "/study/summer-school/"),
    ("ur", "يونيورسٹي", "/about/partners/xjtu/"),  # Arabic ye
    ("ur", "وزارت تعليم", "/about/partners/"),  # without zer
    ("ur", "رازداری", "/site/privacy/"),
    ("ur", "آتش فشاں", None),
    ("fa", "مدرسه تابستانی", "/study/summer-school/"),
    ("fa", "مدرسه‌های تابستانی", "/study/summer-school/"),  # a plural with its joiner
    ("fa", "حريم خصوصى", "/site/privacy/"),  # Arabic ye and alef maksura
    ("fa", "قزاقستان", "/about/sco/"),
    ("fa", "ژانگ لیچون", "/about/people/zhang-liqun/"),  # without its joiner
    ("fa", "Zhang Liqun", "/about/people/zhang-liqun/"),
    ("fa", "آتشفشان", None),
    # what readers of an office ask for
    ("en", "scholarship", "/study/faq/"),
    ("en", "scholarships", "/study/faq/"),
    ("en", "tuition", "/study/faq/"),
    ("en", "tuition fees", "/study/faq/"),
    ("en", "visa", "/study/faq/"),
    ("en", "deadlines", "/study/faq/"),
    ("en", "rector", "/about/people/"),
    ("en", "email", "/contact/"),
    ("en", "apply", "/study/faq/"),
    ("en", "how to apply", "/study/faq/"),
    ("en", "phone number", "/contact/"),
    ("en", "imprint", "/contact/"),
    ("en", "summer camp", "/study/summer-school/"),
    ("en", "joint degrees", "/universities/"),
    ("en", "credits", "/universities/"),
    ("en", "laboratories", "/universities/"),
    ("en", "artificial intelligence", "/universities/"),
    ("en", "AI", "/universities/"),
    ("en", "microelectronics", "/news/secretariat-meeting/"),
    ("en", "six platforms", "/about/sco/"),
    ("en", "vocational", "/news/urumqi-proposal/"),
    ("en", "calendar", "/news/"),
    ("en", "fact sheet", "/about/fact-sheet/"),
    ("en", "journalist", "/about/fact-sheet/"),
    ("en", "Sohail Khan", "/news/secretariat-meeting/"),
    ("en", "Shan Zhiwei", "/about/people/shan-zhiwei/"),
    ("en", "Huai Jinpeng", "/news/urumqi-proposal/"),
    ("en", "member states", "/about/sco/"),
    ("en", "Uzbekistan", "/about/sco/"),
    ("en", "cookies", "/site/privacy/"),
    ("en", "screen reader", "/site/accessibility/"),
    ("en", "textbooks", "/study/publishing-alliance/"),
    ("en", "curriculum", "/study/curriculum-system/"),
    ("en", "student affairs", "/study/student-affairs-forum/"),
    ("en", "engineers", "/study/engineer-training-standards/"),
    ("en", "iHarbour", "/news/unveiling-iharbour/"),
    ("en", "Tianjin ceremony", "/news/inauguration-tianjin/"),
    ("en", "five functions", "/about/platform/"),
    ("en", "think tank", "/about/platform/"),
    ("en", "timeline", "/news/"),
    ("en", "official languages", "/about/sco/"),
    ("zh", "奖学金", "/study/faq/"),
    ("zh", "学费", "/study/faq/"),
    ("zh", "签证", "/study/faq/"),
    ("zh", "暑校", "/study/summer-school/"),
    ("zh", "联系方式", "/contact/"),
    ("zh", "上海合作組織", "/about/sco/"),
    ("zh", "人工智能", "/universities/"),
    ("zh", "联合学位", "/universities/"),
    ("zh", "学分", "/universities/"),
    ("zh", "单智伟", "/about/people/shan-zhiwei/"),
    ("zh", "张立群", "/about/people/zhang-liqun/"),
    ("zh", "建设方案", "/about/plan/"),
    ("zh", "五项功能", "/about/platform/"),
    ("zh", "成员国", "/about/sco/"),
    ("zh", "课程", "/study/curriculum-system/"),
    ("zh", "论坛", "/study/student-affairs-forum/"),
    ("zh", "教育部", "/about/partners/"),
    ("zh", "媒体资料", "/about/fact-sheet/"),
    ("zh", "资料页", "/about/fact-sheet/"),  # a keyword
    ("ru", "стипендия", "/study/faq/"),
    ("ru", "стипендии", "/study/faq/"),
    ("ru", "виза", "/study/faq/"),
    ("ru", "стоимость обучения", "/study/faq/"),
    ("ru", "контакты", "/contact/"),
    ("ru", "телефон", "/contact/"),
    ("ru", "искусственный интеллект", "/universities/"),
    ("ru", "совместные дипломы", "/universities/"),
    ("ru", "зачётные единицы", "/universities/"),
    ("ru", "лаборатории", "/universities/"),
    ("ru", "Шань Чживэй", "/about/people/shan-zhiwei/"),
    ("ru", "Хуай Цзиньпэн", "/news/urumqi-proposal/"),
    ("ru", "план создания", "/about/plan/"),
    ("ru", "пять функций", "/about/platform/"),
    ("ru", "государства-члены", "/about/sco/"),
    ("ru", "форум", "/study/student-affairs-forum/"),
    ("ru", "инженеров", "/study/engineer-training-standards/"),
    ("ru", "справка о центре", "/about/fact-sheet/"),
    ("ru", "конфиденциальность", "/site/privacy/"),
    ("kk", "шәкіртақы", "/study/faq/"),
    ("kk", "виза", "/study/faq/"),
    ("kk", "байланыс", "/contact/"),
    ("kk", "форум", "/study/student-affairs-forum/"),
    ("kk", "Өзбекстан", "/about/sco/"),
    ("kk", "инженер", "/study/engineer-training-standards/"),
    ("kk", "жасанды интеллект", "/universities/"),
    ("ky", "стипендия", "/study/faq/"),
    ("ky", "виза", "/study/faq/"),
    ("ky", "байланыш", "/contact/"),
    ("ky", "форум", "/study/student-affairs-forum/"),
    ("ky", "Кыргызстан", "/about/sco/"),
    ("ky", "инженер", "/study/engineer-training-standards/"),
    ("ky", "жасалма интеллект", "/universities/"),
    ("be", "стыпендыя", "/study/faq/"),
    ("be", "віза", "/study/faq/"),
    ("be", "кантакты", "/contact/"),
    ("be", "форум", "/study/student-affairs-forum/"),
    ("be", "інжынераў", "/study/engineer-training-standards/"),
    ("be", "штучны інтэлект", "/universities/"),
    ("be", "Узбекістан", "/about/sco/"),
    ("tg", "стипендия", "/study/faq/"),
    ("tg", "раводид", "/study/faq/"),
    ("tg", "форум", "/study/student-affairs-forum/"),
    ("tg", "Ӯзбекистон", "/about/sco/"),
    ("tg", "зеҳни сунъӣ", "/universities/"),
    ("uz", "stipendiya", "/study/faq/"),
    ("uz", "viza", "/study/faq/"),
    ("uz", "forum", "/study/student-affairs-forum/"),
    ("uz", "Tojikiston", "/about/sco/"),
    ("uz", "sunʼiy intellekt", "/universities/"),
    ("uz-cyrl", "стипендия", "/study/faq/"),
    ("uz-cyrl", "виза", "/study/faq/"),
    ("uz-cyrl", "Тожикистон", "/about/sco/"),
    ("hi", "छात्रवृत्ति", "/study/faq/"),
    ("hi", "वीज़ा", "/study/faq/"),
    ("hi", "वीजा", "/study/faq/"),
    ("hi", "कृत्रिम बुद्धिमत्ता", "/universities/"),
    ("hi", "उज़्बेकिस्तान", "/about/sco/"),
    ("hi", "इंटर्नशिप", "/study/overseas-internship/"),
    ("hi", "केन्द्र", "/about/"),
    ("ur", "وظیفہ", "/study/faq/"),
    ("ur", "ویزا", "/study/faq/"),
    ("ur", "ازبکستان", "/about/sco/"),
    ("ur", "انٹرن شپ", "/study/overseas-internship/"),
    ("ur", "مصنوعی ذہانت", "/universities/"),
    ("fa", "بورسیه", "/study/faq/"),
    ("fa", "ویزا", "/study/faq/"),
    ("fa", "ازبکستان", "/about/sco/"),
    ("fa", "کارآموزی", "/study/overseas-internship/"),
    ("fa", "هوش مصنوعی", "/universities/"),
]
#: What a journalist or a ministry types for the fact sheet, by language.
PRESS = {
    "en": ("press kit", "media kit", "press kits", "media pack", "logo", "boilerplate", "for journalists"),
    "zh": ("媒体资料包", "新闻资料包", "资料包", "标志", "记者"),
    "ru": ("пресс-кит", "медиакит", "материалы для СМИ", "для прессы", "логотип", "журналистам"),
    "kk": ("пресс-кит", "медиакит", "баспасөз", "логотип", "журналистерге"),
    "ky": ("пресс-кит", "басма сөз үчүн материалдар", "логотип", "журналисттерге"),
    "tg": ("пресс-кит", "маводи матбуотӣ", "логотип", "журналистон"),
    "uz": ("press-kit", "matbuot uchun materiallar", "logotip", "jurnalistlar"),
    "uz-cyrl": ("пресс-кит", "логотип", "журналистлар"),
    "be": ("прэс-кіт", "медыякіт", "матэрыялы для СМІ", "лагатып", "журналістам"),
    "hi": ("प्रेस किट", "मीडिया किट", "लोगो", "पत्रकारों"),
    "ur": ("پریس کٹ", "میڈیا کٹ", "لوگو", "صحافیوں"),
    "fa": ("بستهٔ مطبوعاتی", "بسته رسانه ای", "لوگو", "خبرنگاران"),
}
QUERIES += [(language, query, "/about/fact-sheet/") for language, queries in PRESS.items() for query in queries]
#: Written before the site's keywords were read: (language, what is typed, the pages of which one must come first). Slips, other
#: inflections, whole questions, names as other languages write them.
FRESH = [
    ("en", "how to aply", "study/faq study/students"),
    ("en", "summer scool 2026", "study/summer-school"),
    ("en", "credit transfer", "universities"),
    ("en", "double degree", "universities"),
    ("en", "Xian Jiaotong", "about/partners/xjtu"),
    ("zh", "夏令营报名", "study/summer-school study/faq"),
    ("zh", "西交大", "about/partners/xjtu"),
    ("zh", "去哪里实习", "study/overseas-internship"),
    ("zh", "学分互认", "universities"),
    ("zh", "zhang liqun", "about/people/zhang-liqun"),
    ("zh", "成员国有哪些", "about/sco"),
    ("ru", "летния школа", "study/summer-school"),
    ("ru", "как поступить иностранцу", "study/faq study/students"),
    ("ru", "признание кредитов", "universities"),
    ("ru", "стажировки за границей", "study/overseas-internship"),
    ("ru", "сианьский университет транспорта", "about/partners/xjtu"),
    ("ru", "пресс-служба контакты", "contact about/fact-sheet"),
    ("kk", "жазғы мектепке қатысу", "study/summer-school"),
    ("kk", "шетелде тағылымдамадан өту", "study/overseas-internship"),
    ("kk", "қос диплом", "universities"),
    ("kk", "орталық кашан ашылды", "news/launch news/unveiling-iharbour study/faq about/fact-sheet"),
    ("kk", "байланыс нөмірі", "contact"),
    ("kk", "баспасөз үшін мәлімет", "about/fact-sheet contact"),
    ("ky", "жайкы мектеп", "study/summer-school"),
    ("ky", "окуу акысы канча", "study/faq"),
    ("ky", "чет өлкөдө практика", "study/overseas-internship"),
    ("ky", "инженер даярдоо", "study/engineer-training-standards"),
    ("ky", "ректор ким", "about/people about/people/zhang-liqun about/partners/xjtu"),
    ("ky", "ШКУга мүчө мамлекеттер", "about/sco"),
    ("tg", "мактаби тобистонӣ", "study/summer-school"),
    ("tg", "стипендия барои донишҷӯён", "study/faq study/students"),
    ("tg", "чи тавр ҳуҷҷат супорам", "study/faq study/students"),
    ("tg", "сиан донишгоҳ", "about/partners/xjtu"),
    ("tg", "таҷрибаомӯзӣ дар хориҷа", "study/overseas-internship"),
    ("tg", "кишварҳои аъзои созмон", "about/sco"),
    ("uz", "yozgi maktab qachon", "study/summer-school"),
    ("uz", "xorijda amaliyot otash", "study/overseas-internship"),
    ("uz", "o'qish narxi", "study/faq"),
    ("uz", "qo'shma diplom", "universities"),
    ("uz", "ShHT davlatlari royxati", "about/sco"),
    ("uz", "matbuot uchun", "about/fact-sheet"),
    ("uz-cyrl", "ёзги мактаб", "study/summer-school"),
    ("uz-cyrl", "грант борми", "study/faq study/students"),
    ("uz-cyrl", "муҳандислар тайёрлаш", "study/engineer-training-standards"),
    ("uz-cyrl", "Си Цзиньпин", "news/sco-plus-announcement"),
    ("uz-cyrl", "хамкорлик сохалари", "universities"),
    ("uz-cyrl", "вазирлик қўллаб-қувватлаши", "about/partners"),
    ("be", "летняя школа шас", "study/summer-school"),
    ("be", "як паступіць", "study/faq study/students"),
    ("be", "стажыроўка за мяжой", "study/overseas-internship"),
    ("be", "сумесны дыплом", "universities"),
    ("be", "выдавецкі альянс", "study/publishing-alliance"),
    ("be", "міністэрства адукацыі Кітая", "about/partners"),
    ("hi", "ग्रीष्मकालीन विद्यालय", "study/summer-school"),
    ("hi", "छात्रवृति", "study/faq study/students"),
    ("hi", "आवेदन कैसे करे", "study/faq study/students"),
    ("hi", "शिआन जियाओतोंग यूनिवर्सिटी", "about/partners/xjtu"),
    ("hi", "विदेश में इंटर्नशिप", "study/overseas-internship"),
    ("hi", "सदस्य देश कौन कौन से", "about/sco"),
    ("ur", "سمر سکول", "study/summer-school"),
    ("ur", "داخلہ کیسے لیں", "study/faq study/students"),
    ("ur", "وظيفه", "study/faq study/students"),
    ("ur", "مشترکہ ڈگری", "universities"),
    ("ur", "انٹرنشپ", "study/overseas-internship"),
    ("ur", "رکن ممالک کی فہرست", "about/sco"),
    ("fa", "مدرسه تابستاني", "study/summer-school"),
    ("fa", "بورسيه تحصيلى", "study/faq study/students"),
    ("fa", "کارآموزی خارج کشور", "study/overseas-internship"),
    ("fa", "دانشگاه شیان", "about/partners/xjtu"),
    ("fa", "آزمایشگاه مشترک", "universities"),
    (
        "fa",
        "سخنان رئیس دانشگاه در افتتاح",
        "about/people/zhang-liqun news/launch news/inauguration-tianjin news/unveiling-iharbour",
    ),
]
ANSWERED = "[data-search-status]:not(:empty)"
RESULTS = "links => links.map(link => new URL(link.href).pathname)"

#: Lets each answer to a submitted query be told from the one before.
FORGET = """() => document.querySelector('form[data-search]').addEventListener('submit', () => {
  document.querySelector('[data-search-status]').textContent = '';
}, {capture: true})"""


def ask(page: Any, address: str, language: str, query: str) -> list[str]:
    """Open the search page by a link with a query; return the addresses of the results."""
    page.goto(f"{address}{language}/search/?q={quote(query)}")
    page.locator(ANSWERED).wait_for()
    return page.locator(".found a").evaluate_all(RESULTS)  # type: ignore[no-any-return]


#: Types one query after another, each in place of the one before, and returns the addresses found for each.
ASK_EACH = """async queries => {
  const form = document.querySelector('form[data-search]'), status = document.querySelector('[data-search-status]');
  const found = {};
  for (const query of queries) {
    status.textContent = '';  // so that the answer before isn't taken for this one's
    const answered = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`no answer to ${query}`)), 30_000);
      const observer = new MutationObserver(() => status.textContent && resolve(observer.disconnect()));
      observer.observe(status, {childList: true, characterData: true, subtree: true});
    });
    form.q.value = query;
    form.requestSubmit();
    await answered;
    found[query] = [...document.querySelectorAll('.found a')].map(link => new URL(link.href).pathname);
  }
  return found;
}"""


@dataclass(frozen=True)
class Reader:
    """One page for all queries, each language's in one visit."""

    page: Any
    address: str
    wrong: list[str]
    answers: dict[str, dict[str, list[str]]]

    def found(self, language: str, query: str) -> list[str]:
        if language not in self.answers:
            own = [asked for of, asked, _ in (*QUERIES, *FRESH) if of == language]
            first = {own[0]: ask(self.page, self.address, language, own[0])}
            self.answers[language] = first | self.page.evaluate(ASK_EACH, own[1:])
        return self.answers[language][query]


@pytest.fixture(scope="module")
def reader(browser: Any, address: str) -> Iterator[Reader]:
    with page_of(browser) as page:
        reader = Reader(page, address, [], {})
        page.on("pageerror", lambda error: reader.wrong.append(str(error)))
        page.on("console", lambda message: reader.wrong.append(message.text))
        yield reader


@pytest.mark.parametrize(("language", "query", "first"), QUERIES)
def test_query_finds_its_page_first(reader: Reader, language: str, query: str, first: str | None) -> None:
    found = reader.found(language, query)

    assert found[:1] == ([f"/{language}{first}"] if first else [])
    assert reader.wrong == []


@pytest.mark.parametrize(("language", "query", "pages"), FRESH)
def test_whole_question_finds_its_page_first(reader: Reader, language: str, query: str, pages: str) -> None:
    found = reader.found(language, query)

    assert found
    assert found[0] in [f"/{language}/{page}/" for page in pages.split()]
    assert reader.wrong == []


def test_queries_cover_every_language() -> None:
    assert {language for language, _, _ in (*QUERIES, *FRESH)} == {
        "en",
        "zh",
        "ru",
        "kk",
        "ky",
        "tg",
        "uz",
        "uz-cyrl",
        "be",
        "hi",
        "ur",
        "fa",
    }
    assert len(QUERIES) >= 150


def test_nothing_is_fetched_before_a_query(browser: Any, address: str) -> None:
    with page_of(browser) as page:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{address}en/search/")
        before = [url for url in requests if ".json" in url or "search." in url.rpartition("/")[2]]
        page.locator("#q").press_sequentially("plan")
        page.locator(ANSWERED).wait_for()
        after = {url.partition("?")[0].rpartition("/")[2] for url in requests if ".json" in url}

    assert before == []
    assert after == {"search.json", "search-terms-0.json", "search-pages-0.json"}


def test_search_works_by_keyboard_alone(browser: Any, address: str) -> None:
    with page_of(browser) as page:
        page.goto(f"{address}ur/search/")
        page.locator("#q").focus()
        page.keyboard.type("سمر اسکول")
        page.locator(ANSWERED).wait_for()
        page.evaluate(FORGET)
        page.keyboard.press("Enter")
        page.locator(ANSWERED).wait_for()
        page.wait_for_url("**/search/?q=*")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/ur/study/summer-school/")
        page.go_back()
        page.locator(ANSWERED).wait_for()

        assert page.locator("#q").input_value() == "سمر اسکول"
        assert page.locator(".found li").count() > 0


def test_clearing_the_query_restores_the_list_of_all_pages(browser: Any, address: str) -> None:
    with page_of(browser) as page:
        ask(page, address, "en", "plan")
        assert not page.locator("[data-search-all]").is_visible()
        page.locator("#q").fill("")
        page.locator("[data-search-all]").wait_for()

        assert page.locator(".found li").count() == 0
        page.wait_for_url(f"{address}en/search/")


def test_no_results_leave_the_list_of_all_pages_visible(browser: Any, address: str) -> None:
    with page_of(browser) as page:
        assert ask(page, address, "en", "volcano erupts") == []

        assert page.locator("[data-search-all] a").first.is_visible()


def test_result_shows_the_passage_that_answers(browser: Any, address: str) -> None:
    """A word that is neither in the title nor in the summary is shown marked in its sentence."""
    with page_of(browser) as page:
        assert ask(page, address, "en", "bridge connecting")[:1] != []
        passage = page.locator(".found li", has=page.locator("a[href$='/news/launch/']")).locator("[data-summary]")
        passage.locator("mark").first.wait_for()

        assert "a bridge connecting SCO countries" in passage.inner_text()
        assert passage.locator("mark").all_inner_texts() == ["bridge", "connecting"]


def test_query_is_kept_when_the_language_changes(browser: Any, address: str) -> None:
    with page_of(browser) as page:
        ask(page, address, "en", "XJTU")
        page.locator(".languages button").click()
        page.locator("header a[hreflang='zh-Hans']").click()
        page.locator(ANSWERED).wait_for()

        assert page.locator("#q").input_value() == "XJTU"
        assert page.url.startswith(f"{address}zh/search/?q=")


def test_numbers_of_results_use_the_readers_digits(browser: Any, address: str) -> None:
    with page_of(browser) as page:
        ask(page, address, "fa", "پروژه")

        assert not any(digit in page.locator("[data-search-status]").inner_text() for digit in "0123456789")


def test_search_that_cannot_be_loaded_says_so_and_works_when_tried_again(browser: Any, address: str) -> None:
    with page_of(browser) as page:
        page.route("**/search-terms-0.json*", lambda route: route.abort())
        page.goto(f"{address}en/search/?q=plan")
        page.locator(ANSWERED).wait_for()
        told = page.locator("[data-search-status]").inner_text()
        page.unroute("**/search-terms-0.json*")
        page.keyboard.press("Tab")
        page.locator("main button").click()
        page.locator(".found li").first.wait_for()

    assert told == "The search could not be loaded. Check the connection and try again."


def test_without_scripts_all_pages_are_listed_and_the_form_is_hidden(browser: Any, address: str) -> None:
    with page_of(browser, java_script_enabled=False) as page:
        page.goto(f"{address}ru/search/")

        assert not page.locator("form").is_visible()
        assert page.locator(".tree a").count() >= 40


def test_typed_text_is_never_parsed_as_markup(browser: Any, address: str) -> None:
    with page_of(browser) as page:
        page.goto(f"{address}en/search/?q={quote('<img src=x onerror=alert(1)> plan')}")
        page.locator(ANSWERED).wait_for()

        assert page.locator("main img").count() == 0


def test_screen_reader_announces_the_results(browser: Any, address: str) -> None:
    with page_of(browser) as page:
        ask(page, address, "en", "summer school")
        tree = page.locator("main").aria_snapshot()
        found = page.locator(".found > li").count()

    assert "search:\n" in tree
    assert 'searchbox "Words or names to find": summer school' in tree
    assert 'button "Search"' in tree
    assert found >= 3
    assert f'status: "Pages found: {found}"' in tree or f"status: Pages found: {found}" in tree
    assert "list:" in tree


def test_script_of_search_is_small(center: Any) -> None:
    scripts = [*center.folder.glob("assets/search.*.js"), *center.folder.glob("assets/search_loader.*.js")]

    assert len(scripts) == 2
    assert sum(len(script.read_bytes()) for script in scripts) <= 13_500


def test_browser_folds_a_query_as_the_index_does(browser: Any, make_site: MakeSite) -> None:
    words = {"hi": ("केन्द्र", "सम्बन्ध", "हिंदी", "पञ्च"), "zh": ("合作組織", "體育館", "汉语", "聯盟")}
    site = SITE.replace("tag: fr", "tag: hi").replace("fr:", "hi:") + "  - {tag: zh-Hans, path: zh}\ntheme: default\n"
    made = make_site(
        {
            "content/index.en.md": "---\ntitle: Home\n---\n",
            "content/search/index.en.md": "---\ntitle: Search\nkind: search\n---\n",
            "content/index.hi.md": "---\ntitle: घर\n---\nकेंद्र, संबंध, हिन्दी, पंच\n",
            "content/index.zh.md": "---\ntitle: 首页\n---\n合作组织、体育馆、漢語、联盟\n",
        },
        site=site,
        kinds=KINDS + "search:\n  template: search.html\n",
    )
    (made.root / "templates/page.html").unlink()
    made.report()

    with served(made.public) as url, page_of(browser) as page:
        for language, asked in words.items():
            for word in asked:
                page.goto(f"{url}{language}/search/?q={quote(word)}")
                page.locator(ANSWERED).wait_for()
                assert page.locator(".found > li").count() == 1, word


@pytest.mark.slow
def test_query_of_thousands_of_words_or_letters_is_answered(browser: Any, make_site: MakeSite) -> None:
    long, letters = "q" + "ab" * 5_000, "abcdefgh"
    wide = [f"w{number:039b}" for number in range(2**38, 2**38 + 1_400)]
    alike = " ".join(f"z{a}{b}{c}{d}ing" for a in letters for b in letters for c in letters for d in letters)
    made = make_site(
        {
            "content/index.en.md": "---\ntitle: Home\n---\n",
            "content/search/index.en.md": "---\ntitle: Search\nkind: search\n---\n",
            "content/long/index.en.md": f"---\ntitle: Long\n---\n{long}\n\n{alike}\n",
            "content/wide/index.en.md": f"---\ntitle: Wide\n---\n{' '.join(wide)}\n",
            "content/build/index.en.md": "---\ntitle: Conztructor\n---\n",
        },
        site=SITE + "theme: default\n",
        kinds=KINDS + "search:\n  template: search.html\n",
    )
    (made.root / "templates/page.html").unlink()
    made.report()
    with served(made.public) as address, page_of(browser) as page:
        assert ask(page, address, "en", long) == ["/en/long/"]
        assert ask(page, address, "en", f"{long[:-1]}c") == ["/en/long/"]  # by its common beginning
        assert ask(page, address, "en", " ".join(f"z{n}ing" for n in range(5_000))) == []
        assert ask(page, address, "en", " ".join(f"{word[:-3]}22" for word in wide[:60])) == ["/en/wide/"]
        # What every object of JavaScript has is no word.
        assert ask(page, address, "en", "constructor") == ["/en/build/"]
