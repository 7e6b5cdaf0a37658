"""Isolates left-to-right runs, as a whole, in right-to-left text.

UAX 9 orders signs, digits and spaces by their neighbours. Between Arabic letters, `C++`, a telephone number or an
address is therefore scrambled, and so is any part of one that is isolated separately. To find the runs, each tag and
entity is replaced by one character; each step reads its text only once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from sitegen.source.html import MARKUP
from sitegen.source.lazy_regex import lazily

#: Characters of right-to-left scripts, including their digits and punctuation.
RTL = "\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff"
#: Placeholders for markup during the search: control characters, which texts can't contain.
_OPEN, _CLOSE, _CODE, _SIGN, _QUOTE, _BREAK = "\x04\x05\x06\x07\x0e\x0f"
_MARKERS = {
    "code": _CODE,
    "open": _OPEN,
    "close": _CLOSE,
    "quote": _QUOTE,
    "sign": _SIGN,
    "block": _BREAK,
    "other": _BREAK,
}
_INLINE = r"(?:abbr|a|bdi|b|cite|del|dfn|em|ins|i|mark|q|small|span|strong|sub|sup|s|time|u|var)\b[^<>]*>"
_MARKUP = lazily(
    r"(?P<block><pre\b[^<>]*>[^<]*(?:<(?!/?pre\b)[^<]*)*</pre>)"
    r"|(?P<code><(?:code|kbd|samp)\b[^<>]*>[^<]*</(?:code|kbd|samp)>|<math\b[^<>]*>[^<]*(?:<(?!/?math\b)[^<]*)*</math>)"
    rf"|(?P<open><{_INLINE})|(?P<close></{_INLINE})"
    r"|(?P<quote>&(?:quot|#34);)|(?P<sign>&#?\w+;|[\x04-\x07\x0e\x0f])"
    rf"|(?P<other>{MARKUP})"
)
#: Tags that end a run.
_BLOCK = lazily(r"(</?(?:p|li|td|th|tr|ul|ol|table|thead|tbody|blockquote|dl|dt|dd|h[1-6])(?: [^<>]*)?>)")
_BLOCK_OF_BYTES = lazily(_BLOCK.pattern.encode())
_TAG, _OF_CODE = lazily("<[^<>]*>"), lazily(r"<(?:pre|code|kbd|samp|math)\b")
#: A left-to-right letter or digit.
_MAY_RUN = lazily(rf"[^\W{RTL}]")
#: Signs of U+2000-203F, and quotation marks; other bytes that no left-to-right letter or digit begins with.
_SIGNS = (b"\xe2\x80", b"\xc2\xab", b"\xc2\xbb")
_BLANKED = bytes(
    32
    if (byte < 128 and not chr(byte).isalnum() and byte not in b"_<>") or 0x80 <= byte < 0xC0 or 0xD8 <= byte < 0xDC
    else byte
    for byte in range(256)
)
_LEFT_TO_RIGHT = re.compile(b"> *+[^ <>]")
_HIDDEN = lazily(r"[\x04-\x07\x0e\x0f]")
#: A stretch with a letter or digit, without right-to-left characters except in a web address. It begins where the
#: previous one ends, so that each is read once.
_STRETCH = lazily(
    rf"(?<![^{RTL}{_BREAK}])[^{RTL}{_BREAK}\w]*+"
    rf"(?>(?:https?://[^\s{_BREAK}{_OPEN}{_CLOSE}{_CODE}{_QUOTE}<>«»“”،؛؟۔]++|[^{RTL}{_BREAK}])+)"
)
_LETTER = lazily(r"[^\W\d_]")
_NUMERIC = lazily(rf"\(?[+−±-]?\d[\d.:/()-]*|{_CODE}")
#: Numbers without adjacent letters that would be reordered: with a sign, in groups, or with several hyphens.
_NUMBER = lazily(
    r"(?<![\w.])(?:\(?\+\d(?:[\d ()./-]{0,40}(?<=\d))?"  # a telephone number, or a positive one
    r"|\(?0\d{1,14}\)?(?:[ -]\d{1,15})+"
    r"|\d{1,3}(?:[ \u00a0\u202f]\d{3})+"
    r"|\d{1,15}(?:[ -]\d{1,15}){2,}"
    r"|[-−$€£¥]\d[\d.,]{0,40}(?<=\d)(?:\s?[%°‰])?"
    r"|\d[\d.,]{0,40}(?<=\d)\s?[%°‰$€£¥])(?!\w)"
)
#: Signs that belong to the word before them, and signs that may also separate it from the next word.
_ENDINGS, _ENDINGS_AT_SPACE = frozenset("+#%°‰′″²³™®©"), frozenset("/=_~*$€£¥&")
_BEGINNINGS = frozenset("+-−±≈≤≥°@#.$€£¥~/\\_*%")
_ABBREVIATION = lazily(r"(?:[^\W\d_]\.)+[^\W\d_]")
_CLOSERS = {"(": ")", "[": "]", "{": "}", "“": "”", "‘": "’", "«": "»", _OPEN: _CLOSE}
_OPENERS = {closer: opener for opener, closer in _CLOSERS.items() if closer != "’"}


def isolate_ltr(html: str) -> str:
    """Wrap each left-to-right run in <bdi>, including its leading and trailing signs, in right-to-left HTML."""
    if _OF_CODE.search(html):
        parts = _BLOCK.split(html)
        parts[::2] = [_isolated(part) if _may_have_some(part) else part for part in parts[::2]]
        return "".join(parts)
    data = html.encode("utf-8", "surrogatepass")
    parts, end = list[str](), 0
    for start, stop in _blocks_with_left_to_right(data):
        part = data[start:stop].decode("utf-8", "surrogatepass")
        parts += [data[end:start].decode("utf-8", "surrogatepass"), _isolated(part) if _may_have_some(part) else part]
        end = stop
    return "".join((*parts, data[end:].decode("utf-8", "surrogatepass"))) if parts else html


def _blocks_with_left_to_right(data: bytes) -> Iterator[tuple[int, int]]:
    """Where blocks are that may have a left-to-right letter or digit outside tags, told by the bytes that begin characters.

    Of most texts these are few, so that their ends alone are looked for.
    """
    shown = b">" + data
    for sign in _SIGNS:
        shown = shown.replace(sign, b"  ")
    shown, stop = shown.translate(_BLANKED), 0
    while found := _LEFT_TO_RIGHT.search(shown, stop):
        start = _start_of_block(data, found.start(), stop)
        end = _BLOCK_OF_BYTES.search(data, found.start())
        stop = end.start() if end else len(data)
        yield start, stop


def _start_of_block(data: bytes, place: int, least: int) -> int:
    """Where the block begins that a text is in: after the last tag before it that ends a run."""
    begin = data.rfind(b"<", least, place)
    while begin >= 0:
        if tag := _BLOCK_OF_BYTES.match(data, begin):
            return tag.end()
        begin = data.rfind(b"<", least, begin)
    return least


def _may_have_some(part: str) -> bool:
    """Whether a block may contain left-to-right runs: a quick check, as most have none."""
    if "<" not in part:
        return _MAY_RUN.search(part) is not None
    return _OF_CODE.search(part) is not None or _MAY_RUN.search(_TAG.sub("", part)) is not None


def _isolated(html: str) -> str:
    hidden: list[str] = []
    text = _MARKUP.sub(lambda found: _hide(found, hidden), html)
    text = _STRETCH.sub(_isolate, text)
    originals = iter(hidden)
    return _HIDDEN.sub(lambda _: next(originals), text)


def _hide(found: re.Match[str], hidden: list[str]) -> str:
    kind = str(found.lastgroup)
    written = found[0]
    if kind in ("code", "block"):
        name = re.match(r"<\w+", written)
        written = f'{name[0]} dir="ltr"{written[name.end() :]}' if name and " dir=" not in written else written
    hidden.append(written)
    return _MARKERS[kind]


def _isolate(found: re.Match[str]) -> str:
    text, (start, end) = found.string, found.span()
    is_glued_before = start > 0 and text[start - 1] != _BREAK
    is_glued_behind = end < len(text) and text[end] != _BREAK
    return _isolate_stretch(found[0], is_glued_before, is_glued_behind)


def _isolate_stretch(text: str, is_glued_before: bool, is_glued_behind: bool) -> str:
    """Wrap the run of a stretch in <bdi>; split it at tags that are not balanced within the run.

    Args:
        is_glued_before: whether a right-to-left character directly precedes the stretch.
        is_glued_behind: whether a right-to-left character directly follows it.
    """
    first = _LETTER.search(text)
    if first is None:
        return _NUMBER.sub(lambda found: _bdi(found[0]), text)
    start = _start(text, first.start(), is_glued_before)
    start, end, crossing = _balanced(text, start, _end(text, is_glued_behind))
    if crossing:
        parts = [text[a:b] for a, b in zip((0, *(at + 1 for at in crossing)), (*crossing, len(text)), strict=True)]
        ends = "".join(text[at] for at in crossing) + "\0"
        return "".join(_isolate_stretch(part, False, False) + end for part, end in zip(parts, ends, strict=True))[:-1]
    return _NUMBER.sub(lambda found: _bdi(found[0]), text[:start]) + _bdi(text[start:end]) + text[end:]


def _bdi(run: str) -> str:
    """Wrap a run in <bdi>, with an explicit direction for an address or number, which may contain no letters."""
    is_said = "@" in run or "/" in run or not _LETTER.search(run)
    return f'<bdi dir="ltr">{run}</bdi>' if is_said else f"<bdi>{run}</bdi>"


def _start(text: str, first: int, is_glued: bool) -> int:
    """Return the start of the run with the first letter, including preceding signs, digits and numbers."""
    start = first
    while start > 0 and (text[start - 1] in _BEGINNINGS or text[start - 1].isdecimal()):
        start -= 1
    if start == 0 and is_glued:
        while not text[start].isalnum():
            start += 1
    while start > 1 and text[start - 1].isspace():
        before = start - 1
        while before > 0 and not text[before - 1].isspace():
            before -= 1
        if not _NUMERIC.fullmatch(text, before, start - 1):
            break
        start = before
    return start


def _end(text: str, is_glued: bool) -> int:
    """Return the end of the last word of a stretch, including its signs."""
    end = len(text)
    while not _is_of_word(text[end - 1]):
        end -= 1
    begin = max(text.rfind(space, 0, end) for space in " \n\u00a0") + 1
    if text[end : end + 1] == "." and end - begin < 40 and _ABBREVIATION.fullmatch(text, begin, end):
        return end + 1
    signs = end
    while signs < len(text) and (text[signs] in _ENDINGS or text[signs] in _ENDINGS_AT_SPACE):
        signs += 1
    if signs == len(text) and is_glued:
        signs = end + sum(1 for sign in text[end:signs] if sign in _ENDINGS)
    return signs + 2 if text[signs : signs + 2] in ("()", "[]") else signs


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == _CODE or unicodedata.category(character)[0] == "M"


def _balanced(text: str, start: int, end: int) -> tuple[int, int, list[int]]:
    """Extend a run to balance its brackets and tags: return (start, end, offsets of unbalanced tags)."""
    opened, crossing = list[int](), list[int]()
    tags = 0
    for at in range(start, end):
        character = text[at]
        if character in _CLOSERS:
            opened.append(at)
            tags += character == _OPEN
            continue
        if character not in _OPENERS:
            continue
        while character == _CLOSE and tags and text[opened[-1]] != _OPEN:
            opened.pop()  # a bracket that is not closed within its element
        if opened and text[opened[-1]] == _OPENERS[character]:
            tags -= text[opened.pop()] == _OPEN
        elif start > 0 and text[start - 1] == _OPENERS[character]:
            start -= 1
        elif character == _CLOSE:
            crossing.append(at)
    return start, *_closed(text, end, opened, crossing)


def _closed(text: str, end: int, opened: list[int], crossing: list[int]) -> tuple[int, list[int]]:
    """Return the end of a run after its closing brackets and tags, and the offsets of unbalanced tags."""
    for at in reversed(opened):
        if text[end : end + 1] == _CLOSERS[text[at]]:
            end += 1
        elif text[at] == _OPEN:
            crossing.append(at)
    return end, sorted(crossing)
