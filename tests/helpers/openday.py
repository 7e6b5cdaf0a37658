"""A site of the starter with one page that uses every block of the package, in five languages."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path
from string import Template

from PIL import Image, ImageDraw

from sitegen.editing.init import init_site
from sitegen.translation.review import accept

LANGUAGES = ("en", "zh", "ru", "ur", "hi")
KEY = "/events/festival/"
FOLDER = "content/events/festival"

#: What the page says; its source version has the facts of blocks besides.
TEXT = Template("""\
---
${facts}title: ${title}
summary: ${summary}
place: ${place}
---

${intro} :abbr[${short}]{title="${long}"}${end}

:::note[${note}]
${note_text}
:::

## ${program}

::video[${film}]$film_facts

::download[${file}]$file_facts

:::quote[${who}]$quote_facts
${said}
:::

:::gallery[${pictures}]
::figure[${hall}]{${hall_facts}alt="${hall_alt}" credit="${credit}"}

::figure[${garden}]{${garden_facts}alt="${garden_alt}"}
:::

## ${people}

::table[${whom}]{${table_facts}columns="${columns}"}

::contact[${name}]{${contact_facts}role="${role}" hours="${hours}"}

::button[${register}]$button_facts
$more""")

#: The blocks that a page needs more seldom.
MORE = Template("""\

## ${how}

:::steps
1. ${step}
2. ${step_two}
:::

:::tip
${tip}
:::

:::important
${note_text}
:::

:::warning[${careful}]
${tip}
:::

:::details[${question}]
${answer}
:::

::::tabs[${ways}]
:::tab[${train}]
${tip}
:::
:::tab[${plane}]
${answer}
:::
::::

::::timeline[${history}]
:::entry[${founded}]{${entry_facts}}
${said}
:::
:::entry[${today}]{${entry_two_facts}}
${answer}
:::
::::

::figure[${hall}]{${hall_facts}alt="${hall_alt}"}

::audio[${talk}]$audio_facts

::pages[${others}]$pages_facts

> [!WARNING]
> ${tip}
""")

FACTS = {
    "facts": "starts: 2026-12-05T09:30\nends: 2026-12-05T17:00\nregistration: https://forms.example.net/1\nregistration_until: 2026-12-01\n",
    "film_facts": "{src=https://films.example.net/watch/1}",
    "file_facts": "{src=program.pdf}",
    "quote_facts": "{url=https://speeches.example.net/7}",
    "hall_facts": "src=hall.png ",
    "garden_facts": "src=garden.png ",
    "table_facts": "src=contacts.csv ",
    "contact_facts": 'email=day@example.org phone="+86 10 1234 5678" url=https://office.example.net/ ',
    "button_facts": "{to=https://forms.example.net/1}",
    "entry_facts": "date=2001-06-15",
    "entry_two_facts": "date=2026-12-05",
    "audio_facts": "{src=https://talks.example.net/1}",
    "pages_facts": "{kind=news limit=3}",
}

_KEYS = [
    "title",
    "summary",
    "place",
    "intro",
    "short",
    "long",
    "note",
    "note_text",
    "program",
    "film",
    "file",
    "who",
    "said",
    "pictures",
    "hall",
    "hall_alt",
    "credit",
    "garden",
    "garden_alt",
    "people",
    "whom",
    "columns",
    "name",
    "role",
    "hours",
    "register",
    "how",
    "step",
    "step_two",
    "tip",
    "careful",
    "question",
    "answer",
    "ways",
    "train",
    "plane",
    "history",
    "founded",
    "today",
    "talk",
    "others",
]
_LINES = {
    "en": """Open day of the university|Lectures, a walk through the halls and answers to every question.|Main building, hall 2
Everyone is welcome, also those who come with the|SCO|Shanghai Cooperation Organisation
Registration closes on 1 December|Bring a document with a photograph; **without it** nobody is let in. See [the news](/news/).|Program
The opening last year|Program of the day|Aigerim Sadykova, director, 2025|Knowledge has no borders, and neither has friendship.
Last year in pictures|The great hall|A hall with rows of seats|Photograph: press service|The garden in autumn|Trees and a bench
People|Whom to ask|Name, Office, Telephone|Li Wei|Head of admissions|Monday to Friday, 9:00 to 17:00|Register now
How to take part|Fill in the form.|Wait for the letter and bring it with you.|Come by underground, as parking is scarce.|Mind the stairs
Can I bring my parents?|Yes, two people may come with you.|How to get there|By train|By plane|History|The organisation is founded|The open day
A talk about Asia|Latest news""",
    "zh": """大学开放日|讲座、参观教学楼，解答您的所有问题。|主楼二号厅
欢迎所有人参加，包括来自该组织各国的朋友：|上合组织|上海合作组织
报名于12月1日截止|请携带有照片的证件；**没有证件**不得入内。请看[新闻](/news/)。|日程
去年的开幕式|当天日程|艾格丽姆·萨德科娃，主任，2025年|知识没有国界，友谊也没有国界。
去年的照片|大礼堂|一排排座位的礼堂|摄影：新闻处|秋天的花园|树木和长椅
联系人|向谁咨询|姓名,部门,电话|李伟|招生办主任|周一至周五，9:00至17:00|立即报名
如何参加|填写表格。|等待通知信，并随身携带。|请乘坐地铁，停车位很少。|小心台阶
可以带父母来吗？|可以，您可以带两个人。|如何到达|乘火车|乘飞机|历史|组织成立|开放日
关于亚洲的讲座|最新消息""",
    "ru": """День открытых дверей университета|Лекции, прогулка по аудиториям и ответы на все вопросы.|Главный корпус, зал 2
Приглашаем всех, в том числе гостей из стран|ШОС|Шанхайская организация сотрудничества
Регистрация закрывается 1 декабря|Возьмите документ с фотографией: **без него** не пропустят. Смотрите [новости](/news/).|Программа
Открытие в прошлом году|Программа дня|Айгерим Садыкова, директор, 2025|У знания нет границ, и у дружбы их нет.
Прошлый год в фотографиях|Большой зал|Зал с рядами кресел|Фото: пресс-служба|Сад осенью|Деревья и скамейка
Люди|К кому обращаться|Имя, Отдел, Телефон|Ли Вэй|Начальник приёмной комиссии|С понедельника по пятницу, с 9:00 до 17:00|Зарегистрироваться
Как принять участие|Заполните анкету.|Дождитесь письма и возьмите его с собой.|Приезжайте на метро: мест для машин мало.|Осторожно, ступеньки
Можно прийти с родителями?|Да, с вами могут прийти два человека.|Как добраться|Поездом|Самолётом|История|Основание организации|День открытых дверей
Лекция об Азии|Последние новости""",
    "ur": """یونیورسٹی کا کھلا دن|لیکچر، ہالوں کی سیر اور ہر سوال کا جواب۔|مرکزی عمارت، ہال 2
سب کو خوش آمدید، ان کو بھی جو تنظیم کے ملکوں سے آئیں:|ایس سی او|شنگھائی تعاون تنظیم
رجسٹریشن یکم دسمبر کو بند ہو گی|تصویر والی دستاویز ساتھ لائیں؛ **اس کے بغیر** داخلہ نہیں۔ [خبریں](/news/) دیکھیں۔|پروگرام
پچھلے سال کا افتتاح|دن کا پروگرام|ایگیرم صادقوا، ڈائریکٹر، 2025|علم کی کوئی سرحد نہیں، دوستی کی بھی نہیں۔
پچھلا سال تصویروں میں|بڑا ہال|نشستوں کی قطاروں والا ہال|تصویر: پریس سروس|خزاں میں باغ|درخت اور ایک بنچ
لوگ|کس سے پوچھیں|نام, دفتر, فون|لی وے|داخلہ دفتر کے سربراہ|پیر سے جمعہ، 9:00 سے 17:00|ابھی رجسٹر کریں
کیسے شریک ہوں|فارم بھریں۔|خط کا انتظار کریں اور اسے ساتھ لائیں۔|میٹرو سے آئیں، گاڑی کھڑی کرنے کی جگہ کم ہے۔|سیڑھیوں کا خیال رکھیں
کیا والدین کو ساتھ لا سکتے ہیں؟|جی ہاں، دو لوگ آپ کے ساتھ آ سکتے ہیں۔|کیسے پہنچیں|ٹرین سے|جہاز سے|تاریخ|تنظیم کا قیام|کھلا دن
ایشیا پر ایک لیکچر|تازہ خبریں""",
    "hi": """विश्वविद्यालय का खुला दिवस|व्याख्यान, सभागारों की सैर और हर प्रश्न का उत्तर।|मुख्य भवन, कक्ष 2
सबका स्वागत है, संगठन के देशों से आने वालों का भी:|एससीओ|शंघाई सहयोग संगठन
पंजीकरण 1 दिसंबर को बंद होगा|फ़ोटो वाला दस्तावेज़ लाएँ; **उसके बिना** प्रवेश नहीं। [समाचार](/news/) देखें।|कार्यक्रम
पिछले साल का उद्घाटन|दिन का कार्यक्रम|आइगेरिम सादिकोवा, निदेशक, 2025|ज्ञान की कोई सीमा नहीं, और मित्रता की भी नहीं।
तस्वीरों में पिछला साल|बड़ा सभागार|कुर्सियों की क़तारों वाला सभागार|फ़ोटो: प्रेस सेवा|शरद में बाग़|पेड़ और एक बेंच
लोग|किससे पूछें|नाम, कार्यालय, फ़ोन|ली वेई|प्रवेश प्रमुख|सोमवार से शुक्रवार, 9:00 से 17:00|अभी पंजीकरण करें
कैसे भाग लें|फ़ॉर्म भरें।|पत्र की प्रतीक्षा करें और उसे साथ लाएँ।|मेट्रो से आएँ, गाड़ी खड़ी करने की जगह कम है।|सीढ़ियों का ध्यान रखें
क्या माता-पिता को ला सकते हैं?|हाँ, दो लोग आपके साथ आ सकते हैं।|कैसे पहुँचें|रेल से|विमान से|इतिहास|संगठन की स्थापना|खुला दिवस
एशिया पर एक व्याख्यान|नवीनतम समाचार""",
}


#: How a sentence ends.
_END = {"zh": "。", "ur": "۔", "hi": "।"}


def words(language: str) -> dict[str, str]:
    """The text of the page in a language, by position."""
    return dict(zip(_KEYS, "|".join(_LINES[language].split("\n")).split("|"), strict=True))


def page_text(language: str, *, is_whole: bool = False) -> str:
    """The file of the page in a language."""
    facts = FACTS if language == "en" else dict.fromkeys(FACTS, "")
    own: Mapping[str, str] = {**words(language), **facts, "end": _END.get(language, ".")}
    more = MORE.substitute(own) if is_whole else ""
    return TEXT.substitute(own, more=more).replace("{}", "").replace("}]}", "}]")


def make_open_day(root: Path, languages: tuple[str, ...] = LANGUAGES, *, is_whole: bool = False) -> None:
    """Make the site, the page in each language and the files beside it."""
    init_site(root, languages, dt.date(2026, 11, 2), title="University")
    folder = root / FOLDER
    folder.mkdir()
    for language in languages:
        (folder / f"index.{language}.md").write_text(page_text(language, is_whole=is_whole), encoding="utf-8")
    for name, colour in (("hall.png", (40, 80, 140)), ("garden.png", (60, 130, 70))):
        (folder / name).write_bytes(_picture(colour))
    (folder / "program.pdf").write_bytes(b"%PDF-1.4\n" + b"% a program of one page\n" * 3000 + b"%%EOF\n")
    rows = "name,office,phone\nLi Wei,Admissions,+86 10 1234 5678\nAnna Petrova,Press,+7 495 123-45-67\n"
    (folder / "contacts.csv").write_text(rows, encoding="utf-8")
    list(accept(root, "all", "all"))


def _picture(colour: tuple[int, int, int]) -> bytes:
    picture = Image.new("RGB", (1200, 800), colour)
    draw = ImageDraw.Draw(picture)
    for number in range(12):
        shade = tuple(min(255, part + 8 * number) for part in colour)
        draw.rectangle((100 * number, 800 - 50 * number, 100 * number + 90, 800), fill=shade)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
