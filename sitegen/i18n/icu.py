"""What Babel lacks and ICU has: order, dates in any calendar, ranges, native digits, quotation marks, lines and directions.

icu4py ships ICU in its wheel but wraps little of it, so the rest is called through ICU's C interface, which ICU keeps
stable (ucol.h, udat.h, udateintervalformat.h, unum.h, ulocdata.h, ubidi.h). Loaded at the first call, not at start;
then its default locale is set to the root, so that nothing ever depends on the machine's.
"""

from __future__ import annotations

import ctypes
import datetime as dt
from collections.abc import Callable
from ctypes import byref, c_double, c_int, c_int32, c_void_p
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

#: Styles of CLDR's dates, as udat.h numbers them.
STYLES = {"full": 0, "long": 1, "medium": 2, "short": 3}

_NONE = _DEFAULT = -1
_DECIMAL, _PERCENT = 1, 3
_TERTIARY = 2
_OVERFLOW = 15  # U_BUFFER_OVERFLOW_ERROR
_DAY = dt.timedelta(days=1)
_EPOCH = dt.date(1970, 1, 1)


class IcuError(RuntimeError):
    """ICU can't be loaded, or refuses what it must be able to do."""


@cache
def locales() -> frozenset[str]:
    """The locales that ICU has data of, as `zh_Hans_CN`."""
    library, version = _library()
    name = getattr(library, f"uloc_getAvailable_{version}")
    name.restype = ctypes.c_char_p
    return frozenset(name(number).decode() for number in range(getattr(library, f"uloc_countAvailable_{version}")()))


@cache
def collation(locale: str, rules: str = "") -> Callable[[str], bytes]:
    """A key function that sorts texts as a locale does (CLDR's root order with its tailoring: pinyin for zh).

    Args:
        rules: a tailoring of the root order (UTS 35, part 5) in place of the locale's.
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


@lru_cache(maxsize=4096)  # a page's day stands on the page, in lists and in feeds
def date(locale: str, value: dt.date, style: str) -> str:
    """A date in one of CLDR's `STYLES`; calendar and digits are the locale's: "fa@calendar=persian;numbers=arabext"."""
    call = _function("udat_format", c_void_p, c_double, c_void_p, c_int32, c_void_p, c_void_p)
    return _text(
        lambda *out: call(_date_format(locale, STYLES[style]), _milliseconds(value), out[0], out[1], None, out[2])
    )


def date_range(locale: str, first: dt.date, last: dt.date, skeleton: str) -> str:
    """Two dates as one range, in which what they share stands once: 2–5 September 2025.

    Args:
        skeleton: which fields are shown, as UTS 35, part 4 has them: "yMMMMd".
    """
    call = _function("udtitvfmt_format", c_void_p, c_double, c_double, c_void_p, c_int32, c_void_p, c_void_p)
    moments = _milliseconds(first), _milliseconds(last)
    return _text(lambda *out: call(_range_format(locale, skeleton), *moments, out[0], out[1], None, out[2]))


def number(locale: str, value: float) -> str:
    """A number with the locale's separators and digits."""
    return _formatted(_number_format(locale, _DECIMAL), value)


def percent(locale: str, value: float) -> str:
    """A share as the locale writes it in percent: 0.5 is 50 %."""
    return _formatted(_number_format(locale, _PERCENT), value)


def _formatted(number_format: c_void_p, value: float) -> str:
    call = _function("unum_formatDouble", c_void_p, c_double, c_void_p, c_int32, c_void_p, c_void_p)
    return _text(lambda *out: call(number_format, float(value), out[0], out[1], None, out[2]))


@cache
def quotation_marks(locale: str) -> tuple[str, str]:
    """The outer quotation marks of a language, opening and closing."""
    data = _open("ulocdata_open", locale.encode())
    call = _function("ulocdata_getDelimiter", c_void_p, c_int, c_void_p, c_int32, c_void_p)
    opening, closing = (_text(lambda *out, kind=kind: call(data, kind, *out)) for kind in (0, 1))
    return opening, closing


def line_parts(locale: str, text: str) -> list[str]:
    """A text cut wherever a line may end (UAX 14)."""
    from icu4py.breakers import LineBreaker

    return list(LineBreaker(text, locale))


def phrases(locale: str, text: str) -> list[str]:
    """A text of a script without spaces, cut between its words; a word of one character stays with the next."""
    from icu4py.breakers import WordBreaker

    may_end, end = set(), 0
    for part in line_parts(locale, text):
        end += len(part)
        may_end.add(end)
    parts, start, end = [], 0, 0
    for word in WordBreaker(text, locale):
        end += len(word)
        if end in may_end and not (len(word) == 1 and word.isalpha()):
            parts.append(text[start:end])
            start = end
    return [*parts, text[start:]] if start < len(text) else parts


def visual_runs(text: str, *, is_rtl: bool) -> list[tuple[str, bool]]:
    """A line's runs of one direction from left to right (UAX 9): (text, whether it runs from right to left)."""
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
    # ISO 8601 dates are Gregorian before 1582 too; other calendars know no such change and refuse.
    _function("ucal_setGregorianChange", c_void_p, c_double, c_void_p)(calendar, -1e18, byref(c_int(0)))
    return opened


@cache
def _range_format(locale: str, skeleton: str) -> c_void_p:
    return _open("udtitvfmt_open", locale.encode(), _utf16(skeleton), len(skeleton), _utf16("UTC"), 3)


@cache
def _number_format(locale: str, style: int) -> c_void_p:
    return _open("unum_open", style, None, 0, locale.encode(), None)


def _milliseconds(day: dt.date) -> float:
    """Noon of a day in UTC, as ICU counts time."""
    return ((day - _EPOCH) / _DAY + 0.5) * 86_400_000.0


def _utf16(text: str) -> Any:
    encoded = text.encode("utf-16-le") + b"\0\0"
    return ctypes.create_string_buffer(encoded, len(encoded))


def _open(name: str, *arguments: Any) -> c_void_p:
    """A service of ICU; kept for the life of the process, one for each locale."""
    status = c_int(0)
    opened = _function(name)(*arguments, byref(status))
    _check(name, status)
    return c_void_p(opened)


def _check(name: str, status: c_int) -> None:
    if status.value > 0:
        raise IcuError(f"ICU's {name} failed: error {status.value}")


def _text(write: Callable[..., int]) -> str:
    """What a function of ICU writes into (buffer, its size in UTF-16 units, status)."""
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
    """A function of the library; those that open something return a pointer."""
    library, version = _library()
    function = getattr(library, f"{name}_{version}")
    if types:
        function.argtypes = types
    else:
        function.restype = c_void_p
    return function


@cache
def _library() -> tuple[ctypes.CDLL, str]:
    """The shared library of ICU's formatting and collation that icu4py brings, and the version that its symbols carry."""
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
