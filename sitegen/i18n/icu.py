"""Features of ICU that Babel lacks: collation, calendars, ranges, native digits, quotation marks, line breaks, bidi.

icu4py ships ICU in its wheel but wraps little of it, so the rest is called through ICU's stable C API (ucol.h, udat.h,
udateintervalformat.h, unum.h, ulocdata.h, ubidi.h). The library is loaded on the first call, and its default locale is
set to root, so that nothing depends on the machine's locale.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from ctypes import byref, c_double, c_int, c_int32, c_void_p
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from sitegen.i18n.bidi import RTL
from sitegen.source.lazy_regex import lazily

#: CLDR's date styles, with their numbers in udat.h.
STYLES = {"full": 0, "long": 1, "medium": 2, "short": 3}

_NONE = _DEFAULT = -1
_DECIMAL, _PERCENT = 1, 3
#: The attribute of a format for the most digits behind the separator.
_MOST_FRACTION_DIGITS = 6
_TERTIARY = 2
#: Words of one character that belong to the one before: endings and suffixes of Chinese, particles of Japanese.
_ENDINGS = frozenset("的了等们师处部院局厅者性化员家界型式率年月日省市区县州港のはがをにへとでも")
#: Marks with which no line begins (GB/T 15834), though UAX 14 has it so.
_NEVER_FIRST = frozenset("—–～")
_OVERFLOW = 15  # U_BUFFER_OVERFLOW_ERROR
#: Without these characters a left-to-right line runs in one direction.
_MAY_TURN = lazily(rf"[{RTL}\u202a-\u202e\u2066-\u2069]")
#: The first day that ICU does not show in the Julian calendar, and the first in whose place it shows none of them. ISO 8601
#: has Gregorian dates before it too; so what is shown is the day that the Julian calendar called so.
_GREGORIAN, _JULIAN = dt.date(1582, 10, 15), dt.date(1582, 10, 5)
#: Calendars that change on that day and can't be told to change on another one.
_LIKE_GREGORIAN = ("buddhist", "japanese", "roc")
#: Calendars in which two months may have one number, and the field of a calendar that says so (UCAL_IS_LEAP_MONTH).
_WITH_LEAP_MONTHS, _LEAP_MONTH = ("chinese", "dangi"), 22
_EPOCH = dt.date(1970, 1, 1)


class IcuError(RuntimeError):
    """ICU can't be loaded, or a required function fails."""


@cache
def has(locale: str) -> bool:
    """Whether ICU has data of a locale, such as `zh_Hans_CN`; it lists its 900 locales in order, to be searched in."""
    library, version = _library()
    name, wanted = getattr(library, f"uloc_getAvailable_{version}"), locale.encode()
    name.restype = ctypes.c_char_p
    count = getattr(library, f"uloc_countAvailable_{version}")()
    place = bisect_left(range(count), wanted, key=name)
    return place < count and bool(name(place) == wanted)


@cache
def collation(locale: str, rules: str = "") -> Callable[[str], bytes]:
    """Return a key function for sorting texts in a locale (CLDR's root collation, tailored: pinyin for zh).

    Args:
        rules: a tailoring of the root collation (UTS 35, part 5) that replaces the locale's.
    """
    if rules:
        collator = _open("ucol_openRules", _utf16(rules), len(rules), _DEFAULT, _TERTIARY, None)
    else:
        collator = _open("ucol_open", locale.encode())
    sort_key = _function("ucol_getSortKey", c_void_p, c_void_p, c_int32, c_void_p, c_int32)

    def key(text: str) -> bytes:
        utf16, room = text.encode("utf-16-le", "surrogatepass"), 4 * len(text) + 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            size = sort_key(collator, utf16, len(utf16) // 2, buffer, room)
            if size <= room:
                return buffer.raw[:size]
            room = size

    return key


@lru_cache(maxsize=4096)  # a page's date appears on the page, in lists and in feeds
def date(locale: str, value: dt.date, style: str) -> str:
    """Format a date in one of `STYLES`, with the locale's calendar and digits: fa@calendar=persian;numbers=arabext."""
    call = _function("udat_format", c_void_p, c_double, c_void_p, c_int32, c_void_p, c_void_p)
    opened = _date_format(locale, STYLES[style])
    moment = _milliseconds(value, is_julian=value < _JULIAN and _calendar_of(locale) in _LIKE_GREGORIAN)
    return _text(lambda *out: call(opened, moment, out[0], out[1], None, out[2]))


def date_range(locale: str, first: dt.date, last: dt.date, skeleton: str) -> str:
    """Format a range of dates without repeating the parts that they share: 2–5 September 2025.

    Args:
        skeleton: the fields to show, in the notation of UTS 35, part 4, such as "yMMMMd".
    """
    call = _function("udtitvfmt_format", c_void_p, c_double, c_double, c_void_p, c_int32, c_void_p, c_void_p)
    turns = first < _GREGORIAN and _calendar_of(locale) in ("gregorian", *_LIKE_GREGORIAN)
    has_no_such_days = turns and (first >= _JULIAN or _JULIAN <= last < _GREGORIAN)
    if has_no_such_days or _is_in_leap_month(locale, first) != _is_in_leap_month(
        locale, last
    ):  # which ICU takes for the same month
        return f"{date(locale, first, 'long')} – {date(locale, last, 'long')}"
    moments = (_milliseconds(day, is_julian=turns and day < _JULIAN) for day in (first, last))
    return _text(lambda *out: call(_range_format(locale, skeleton), *moments, out[0], out[1], None, out[2]))


def number(locale: str, value: float) -> str:
    """Format a number with the locale's separators and digits."""
    return _formatted(_number_format(locale, _DECIMAL), value)


def percent(locale: str, value: float) -> str:
    """Format a ratio as a percentage in a locale: 0.5 → 50 %."""
    return _formatted(_number_format(locale, _PERCENT), value)


def _formatted(number_format: c_void_p, value: float) -> str:
    call = _function("unum_formatDouble", c_void_p, c_double, c_void_p, c_int32, c_void_p, c_void_p)
    return _text(lambda *out: call(number_format, float(value), out[0], out[1], None, out[2]))


@cache
def quotation_marks(locale: str) -> tuple[str, str]:
    """Return the outer quotation marks of a language, opening and closing."""
    data = _open("ulocdata_open", locale.encode())
    call = _function("ulocdata_getDelimiter", c_void_p, c_int, c_void_p, c_int32, c_void_p)
    opening, closing = (_text(lambda *out, kind=kind: call(data, kind, *out)) for kind in (0, 1))
    return opening, closing


def line_parts(locale: str, text: str) -> list[str]:
    """Split a text at every possible line break (UAX 14)."""
    from icu4py.breakers import LineBreaker

    return list(LineBreaker(text, locale))


def phrases(locale: str, text: str, names: re.Pattern[str] | None = None) -> list[str]:
    """Split a text in a script without spaces into words; a word of one character stays with one beside it.

    Within a match of `names` no word ends.
    """
    from icu4py.breakers import WordBreaker

    words = _ends(WordBreaker(text, locale))
    ends = {end for end, word in words.items() if len(word) > 1 or not word.isalpha() or word in _ENDINGS}
    ends.discard(len(text) - 1)  # no character is alone on a line
    for name in names.finditer(text) if names else ():
        start, end = name.span()
        ends.difference_update(range(start + 1, end))
        if start not in words and start - 1 not in ends:  # the name leaves more than one character of a word
            ends.add(start)
        ends.add(end)
    ends.difference_update(end - 1 for end, word in words.items() if word in _ENDINGS or word in _NEVER_FIRST)
    places = [0, *sorted(ends & _ends(line_parts(locale, text)).keys()), len(text)]
    return [text[start:end] for start, end in pairwise(places) if start < end]


def _ends(parts: Iterable[str]) -> dict[int, str]:
    """The place where each part of a text ends → the part."""
    return dict(zip(accumulate(map(len, parts := list(parts))), parts, strict=True))


def visual_runs(text: str, *, is_rtl: bool) -> list[tuple[str, bool]]:
    """Return a line's directional runs in visual order (UAX 9): (text, whether it is right-to-left)."""
    if not is_rtl and text and not _MAY_TURN.search(text):
        return [(text, False)]
    status, start, length = c_int(0), c_int32(0), c_int32(0)
    bidi = c_void_p(_function("ubidi_open")())
    try:
        utf16 = text.encode("utf-16-le")
        buffer = ctypes.create_string_buffer(utf16, len(utf16))
        set_text = _function("ubidi_setPara", c_void_p, c_void_p, c_int32, ctypes.c_uint8, c_void_p, c_void_p)
        set_text(bidi, buffer, len(utf16) // 2, int(is_rtl), None, byref(status))
        count = _function("ubidi_countRuns", c_void_p, c_void_p)(bidi, byref(status))
        _check("ubidi_countRuns", status)
        run = _function("ubidi_getVisualRun", c_void_p, c_int32, c_void_p, c_void_p)
        runs = []
        for number in range(count):
            direction = run(bidi, number, byref(start), byref(length))
            part = utf16[2 * start.value : 2 * (start.value + length.value)]
            runs.append((part.decode("utf-16-le"), direction == 1))
        return runs
    finally:
        _function("ubidi_close", c_void_p)(bidi)


@cache
def _date_format(locale: str, style: int) -> c_void_p:
    opened = _open("udat_open", _NONE, style, locale.encode(), _utf16("UTC"), 3, None, 0)
    calendar = _function("udat_getCalendar")(opened)
    # ISO 8601 dates are Gregorian even before 1582. Other calendars reject this call; the error is ignored.
    _function("ucal_setGregorianChange", c_void_p, c_double, c_void_p)(calendar, -1e18, byref(c_int(0)))
    return opened


@cache
def _range_format(locale: str, skeleton: str) -> c_void_p:
    return _open("udtitvfmt_open", locale.encode(), _utf16(skeleton), len(skeleton), _utf16("UTC"), 3)


@cache
def _number_format(locale: str, style: int) -> c_void_p:
    opened = _open("unum_open", style, None, 0, locale.encode(), None)
    if style == _DECIMAL:
        _function("unum_setAttribute", c_void_p, c_int, c_int32)(opened, _MOST_FRACTION_DIGITS, 15)
    return opened


@cache
def _calendar_of(locale: str) -> str:
    """Return ICU's name of the calendar in which it formats a locale's dates."""
    calendar = _function("udat_getCalendar")(_date_format(locale, STYLES["long"]))
    name = _function("ucal_getType", c_void_p, c_void_p)
    name.restype = ctypes.c_char_p
    return str(name(calendar, byref(c_int(0))).decode())


def _is_in_leap_month(locale: str, day: dt.date) -> bool:
    """Whether a day is in the second of two months with one number, as the Chinese and Korean calendars have."""
    if _calendar_of(locale) not in _WITH_LEAP_MONTHS:
        return False
    calendar = _function("udat_getCalendar")(_date_format(locale, STYLES["long"]))
    _function("ucal_setMillis", c_void_p, c_double, c_void_p)(calendar, _milliseconds(day), byref(c_int(0)))
    return bool(_function("ucal_get", c_void_p, c_int32, c_void_p)(calendar, _LEAP_MONTH, byref(c_int(0))))


def _milliseconds(day: dt.date, *, is_julian: bool = False) -> float:
    """Return noon of a day in UTC, in ICU's unit of time; or of the day that the Julian calendar calls so."""
    days = (_ordinal_of_julian(day) if is_julian else day.toordinal()) - _EPOCH.toordinal()
    return (days + 0.5) * 86_400_000.0


def _ordinal_of_julian(day: dt.date) -> int:
    """Return what `toordinal` does, for a date of the Julian calendar."""
    year, month = (day.year, day.month) if day.month > 2 else (day.year - 1, day.month + 12)
    return 365 * year + year // 4 + (153 * month - 457) // 5 + day.day - 308


def _utf16(text: str) -> Any:
    encoded = text.encode("utf-16-le") + b"\0\0"
    return ctypes.create_string_buffer(encoded, len(encoded))


def _open(name: str, *arguments: Any) -> c_void_p:
    """Open an ICU service; it is kept for the lifetime of the process, one per locale."""
    status = c_int(0)
    opened = _function(name)(*arguments, byref(status))
    _check(name, status)
    return c_void_p(opened)


def _check(name: str, status: c_int) -> None:
    if status.value > 0:
        raise IcuError(f"ICU's {name} failed: error {status.value}")


def _text(write: Callable[..., int]) -> str:
    """Return the text that an ICU function writes to (buffer, its size in UTF-16 units, status)."""
    room = 256
    while True:
        buffer, status = ctypes.create_string_buffer(2 * room), c_int(0)
        size = write(buffer, room, byref(status))
        if status.value != _OVERFLOW:
            _check("formatting", status)
            return buffer.raw[: 2 * size].decode("utf-16-le")
        room = size + 1


@cache
def _function(name: str, *types: Any) -> Any:
    """Return a function of the library; without argument types, its result is a pointer."""
    library, version = _library()
    function = getattr(library, f"{name}_{version}")
    if types:
        function.argtypes = types
    else:
        function.restype = c_void_p
    return function


@cache
def _library() -> tuple[ctypes.CDLL, str]:
    """Load ICU's library for formatting and collation from icu4py; return it and the version suffix of its symbols."""
    import icu4py
    from icu4py import breakers  # noqa: F401 - loads the libraries that ours depends on

    package, version = Path(icu4py.__file__).parent, icu4py.icu_version.split(".")[0]
    folders = (package.parent / "icu4py.libs", package / ".dylibs", package)
    found = [path for folder in folders for name in ("*icui18n*", "icuin*.dll") for path in sorted(folder.glob(name))]
    if not found:
        raise IcuError("icu4py has come without ICU's library; reinstall it: pip install --force-reinstall icu4py")
    try:
        library, status = ctypes.CDLL(str(found[0])), c_int(0)
        getattr(library, f"uloc_setDefault_{version}")(b"root", byref(status))
        if not getattr(library, f"uloc_countAvailable_{version}")():
            raise OSError("it has no data")
    except (OSError, AttributeError) as error:
        raise IcuError(f"ICU's library {found[0].name} can't be used: {error}") from error
    _check("uloc_setDefault", status)
    return library, version
