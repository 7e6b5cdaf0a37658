"""Transliteration: languages written in two alphabets, and pseudo-locales.

Each function works on plain text, HTML and messages: tags, entities, code, addresses and placeholders stay unchanged.
To add a script, add a function and an entry in `SCRIPTS`; it takes the spellings of a site once, before any text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial

from sitegen.source.html import MARKUP
from sitegen.source.lazy_regex import lazily

#: Code, tags, and unresolved links and ids. Unclosed markup extends to the end, so that its end is searched only once.
_TAGS = r"<(?:code|pre|kbd|samp)\b.*?(?:</(?:code|pre|kbd|samp)>|\Z)|" + MARKUP
#: An e-mail address; each run of characters is tried only once.
_EMAIL = r"(?<![^\s<>])[^\s<>@]++@[^\s<>@.]++(?>(?:\.[^\s<>@.]++)+)"
#: Text that is never transliterated: the above, entities, placeholders and addresses.
_FIXED = lazily(_TAGS + r"|&#?\w+;|%\(\w+\)[sd]|https?://[^\s<>]++|" + _EMAIL, re.DOTALL)
_SPOKEN = lazily(r'(?<=\salt=)"[^"]*"|(?<=\stitle=)"[^"]*"')


def writer(tag: str, words: Mapping[str, str]) -> Callable[[str], str]:
    """Return the function that transliterates texts into the script of a language tag, a key of `SCRIPTS`.

    Args:
        words: words that the rules would get wrong → their spelling; they also apply to words that begin with one.
    """
    change = SCRIPTS[tag](words)
    keep = partial(_spoken, change=change)
    return lambda text: _around_fixed(text, change, keep)


def _around_fixed(text: str, change: Callable[[str], str], keep: Callable[[str], str]) -> str:
    """Apply `change` to a text, and `keep` to its fixed parts."""
    parts, end = [], 0
    for found in _FIXED.finditer(text):
        parts += [change(text[end : found.start()]), keep(found[0])]
        end = found.end()
    return "".join((*parts, change(text[end:])))


def _spoken(tag: str, change: Callable[[str], str]) -> str:
    """Transliterate the `alt` and `title` attributes of a tag."""
    if not tag.startswith("<") or '="' not in tag:
        return tag
    return _SPOKEN.sub(lambda found: f'"{_around_fixed(found[0][1:-1], change, str)}"', tag)


# Uzbek

#: The Latin alphabet of the law of 6 May 1995 → the Cyrillic alphabet of 1940 (Cabinet of Ministers, resolution 339 of
#: 24 August 1995, "Oʻzbek tilining asosiy imlo qoidalari"). Longer combinations come first.
UZBEK = {
    "yoʻ": "йў", "oʻ": "ў", "gʻ": "ғ", "sʼh": "сҳ", "sh": "ш", "ch": "ч", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е",
    "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "ҳ", "i": "и", "j": "ж", "k": "к", "l": "л",
    "m": "м", "n": "н", "o": "о", "p": "п", "q": "қ", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "x": "х",
    "y": "й", "z": "з", "ʼ": "ъ",
}  # fmt: skip
#: Stems of loanwords with ambiguous Latin letters: s for ц, y for ь or ъ, or yo for йо.
UZBEK_STEMS = {
    "aksent": "акцент", "aksiya": "акция", "byulleten": "бюллетень", "dotsent": "доцент", "fakultet": "факультет",
    "filtr": "фильтр", "fransiya": "франция", "ierogli": "иерогли", "intervyu": "интервью", "kansel": "канцел",
    "kompyuter": "компьютер", "konsep": "концеп", "konsert": "концерт", "konsorsium": "консорциум", "kvalifik": "квалифик",
    "lisenz": "лиценз", "mayor": "майор", "medal": "медаль", "model": "модель", "multimedia": "мультимедиа",
    "obyekt": "объект", "parallel": "параллель", "premyer": "премьер", "prinsip": "принцип", "profil": "профиль",
    "rayon": "район", "relyef": "рельеф", "rol": "роль", "rejissyor": "режиссёр", "sement": "цемент", "sentr": "центр",
    "senz": "ценз", "seysm": "сейсм", "sikl": "цикл", "sirk": "цирк", "sitat": "цитат", "sivil": "цивил", "stansiya": "станция",
    "subyekt": "субъект", "syezd": "съезд", "tabel": "табель", "ultra": "ультра", "vals": "вальс",
    "yanvar": "январь", "fevral": "февраль", "aprel": "апрель", "iyun": "июнь", "iyul": "июль", "sentabr": "сентябрь",
    "oktabr": "октябрь", "noyabr": "ноябрь", "dekabr": "декабрь",
}  # fmt: skip
_UZBEK_WORD = lazily(
    r"(?<![A-Za-z\u02bb\u02bc\u2018\u2019'\u0060])[\u02bb\u02bc\u2018\u2019'\u0060]*+[A-Za-z][A-Za-z\u02bb\u02bc\u2018\u2019'\u0060]*+"
)
_UZBEK_LETTERS = lazily("|".join(UZBEK))
_UZBEK_STEM = lazily("|".join(sorted(UZBEK_STEMS, key=len, reverse=True)))
#: The s in -siya after these letters, and ts unless a verb's ending follows, become ц: konferensiya, funksiya, litsey.
_UZBEK_TS = lazily(r"(?<=[nkp])s(?=iya)|ts(?=iya|e[^n]|y|i(?!n|z|k))")
_FOREIGN = lazily(r"c(?!h)|w", re.IGNORECASE)


def uzbek_cyrillic(words: Mapping[str, str]) -> Callable[[str], str]:
    """Transliterate Uzbek to Cyrillic; words with letters outside its Latin alphabet (c, w) are foreign and kept."""
    longest_first = sorted(set(map(len, words)), reverse=True)
    # most words of a site are in it often
    spelled = lru_cache(maxsize=20_000)(partial(_uzbek_word, words=words, longest_first=longest_first))
    return lambda text: _UZBEK_WORD.sub(lambda found: spelled(found[0]), text)


def _uzbek_word(word: str, words: Mapping[str, str], longest_first: Sequence[int]) -> str:
    body = word.lstrip("'\u2018\u2019")
    body = body.rstrip("\u2018\u2019'") if not re.search(r"[oOgG][\u2018\u2019']+$", body) else body
    before, _, after = word.partition(body)
    beginnings = (body[:length] for length in longest_first if length <= len(body))
    known = next((beginning for beginning in beginnings if beginning in words), None)
    if known is not None:
        return before + _joined(words[known], _uzbek_letters(body[len(known) :])) + after
    if _FOREIGN.search(body):
        return word
    return before + _uzbek_letters(body) + after


def _joined(stem: str, ending: str) -> str:
    """Join a stem and an ending; the soft sign is dropped before an ending: сентябрь, сентябрда."""
    return stem.removesuffix("ь") + ending if ending else stem


@lru_cache(maxsize=10_000)
def _uzbek_letters(word: str) -> str:
    plain = re.sub("(?<=[oOgG])[\u02bb\u2018\u2019'\u0060]", "ʻ", word)
    plain = re.sub("[\u2018\u2019'\u0060]", "ʼ", plain)
    lower = plain.lower()
    found = _UZBEK_STEM.match(lower)
    stem = found[0] if found else ""
    rest = _UZBEK_TS.sub("ц", lower[len(stem) :])
    rest = re.sub("(^|(?<=[aiouʻ]))e", "э", rest) if not stem else re.sub("(?<=[aiouʻ])e", "э", rest)
    rest = _UZBEK_LETTERS.sub(lambda found: UZBEK[found[0]], rest)
    whole = _joined(UZBEK_STEMS[stem], rest) if stem else rest
    if plain.isupper() and len(plain) > 1:
        return whole.upper()
    if plain != lower and sum(letter.isupper() for letter in plain) > 1:
        return _mixed(plain)
    return whole[:1].upper() + whole[1:] if plain[:1].isupper() else whole


def _mixed(word: str) -> str:
    """Transliterate an abbreviation in mixed case, letter by letter: ShHT → ШҲТ."""

    def letter(found: re.Match[str]) -> str:
        cyrillic = UZBEK[found[0].lower()]
        return cyrillic.upper() if found[0][0].isupper() else cyrillic

    return re.sub(_UZBEK_LETTERS.pattern, letter, word, flags=re.IGNORECASE)


# pseudo-locales

_ACCENTS = str.maketrans(
    "AaBCcDdEeFfGgHhIiJjKkLlMNnOoPRrSsTtUuVvWwYyZz", "ÅåßÇçÐðÉéƑƒĜĝĤĥÎîĴĵĶķĻļṀÑñÖöÞŔŕŠšŢţÛûṼṽŴŵÝýŽž"
)
_FILLING = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def accented(text: str) -> str:
    """Accent the letters of English and lengthen it by 40 %, to expose truncated text and hard-coded strings."""
    if not re.search("[A-Za-z]", text):
        return text
    filling, wanted = "", len(text.strip()) * 2 // 5
    for number in range(wanted):
        if len(filling) >= wanted:
            break
        filling += " " + _FILLING[number % len(_FILLING)]
    end = text[len(text.rstrip()) :]
    return text.rstrip().translate(_ACCENTS) + filling[: wanted + 2].rstrip().translate(_ACCENTS) + end


def mirrored(text: str) -> str:
    """Turn English right-to-left: wrap each word in RLO and PDF, as in Android's ar-XB."""
    return re.sub(r"[A-Za-z][\w'\u2019]*", "\u202e\\g<0>\u202c", text)


# Serbian

#: The Cyrillic alphabet → the Latin alphabet (Serbia, law on the official use of languages and scripts).
SERBIAN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "đ", "е": "e", "ж": "ž", "з": "z", "и": "i", "ј": "j",
    "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "ћ": "ć", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "č", "џ": "dž", "ш": "š",
}  # fmt: skip
_SERBIAN_WORD = lazily(f"[{''.join(SERBIAN)}{''.join(SERBIAN).upper()}]+")


def serbian_latin(words: Mapping[str, str]) -> Callable[[str], str]:
    """Transliterate Serbian to Latin; capital Љ, Њ and Џ become two capitals only in an all-caps word."""
    return lambda text: _SERBIAN_WORD.sub(lambda found: words.get(found[0]) or _serbian_word(found[0]), text)


def _serbian_word(word: str) -> str:
    is_all_capitals = len(word) > 1 and word.isupper()
    latin = "".join(SERBIAN[letter] if letter in SERBIAN else SERBIAN[letter.lower()].capitalize() for letter in word)
    return latin.upper() if is_all_capitals else latin


#: Language tag → the function that takes a site's own spellings, and returns the one that transliterates a text.
SCRIPTS: dict[str, Callable[[Mapping[str, str]], Callable[[str], str]]] = {
    "sr-Latn": serbian_latin,
    "uz-Cyrl": uzbek_cyrillic,
    "en-XA": lambda _: accented,
    "ar-XB": lambda _: mirrored,
}
#: Pseudo-locales, derived from the source language on demand, to test the site before translation.
PSEUDO = ("en-XA", "ar-XB")
