"""What a file is by its first bytes, and whether its ending may have that: a page of HTML is no picture, whatever its name.

Bytes that belong to no format here are accepted: there are more formats than this list has.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from sitegen.media.file_types import LITTLE_KNOWN
from sitegen.media.metadata import BRANDS
from sitegen.problems.problem import Problem
from sitegen.source.files import open_file, shown, unreadable
from sitegen.source.lazy_regex import lazily

#: How many bytes are looked at.
_BEGINNING = 2_000
#: What a format is called in messages, which begin "its content is", and its family → how its files begin. What browsers
#: take for HTML is as in the WHATWG's standard on MIME sniffing.
_BEGINNINGS: Mapping[tuple[str, str], str] = {
    ("HTML", "markup"): r"(?:\xef\xbb\xbf)?[\t\n\f\r ]*(?i:<!doctype html|<(?:html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[\s>/]|<!--)",
    ("XML", "markup"): r"(?:\xef\xbb\xbf)?[\t\n\f\r ]*(?i:<\?xml|<svg[\s>])",
    ("a reference to a file that Git LFS has not fetched", "lfs"): r"version https://git-lfs",
    ("a program", "program"): r"#!|<\?php|\x7fELF|\0asm|MZ.{58}....|[FCZ]WS[\x01-\x30]|\xca\xfe\xba\xbe",
    ("a picture", "picture"): r"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|BM....\0\0\0\0|....ftyp(?:" + b"|".join(sorted(BRANDS)).decode() + ")",
    ("a picture", "tiff"): r"II\*\0|MM\0\*",
    ("an icon", "picture"): r"\0\0\x01\0[\x01-\x40]\0",
    ("PDF", "pdf"): r"%PDF-",
    ("PostScript", "postscript"): r"%!PS",
    ("RTF", "rtf"): r"\{\\rtf",
    ("a Zip archive", "zip"): r"PK(?:\x03\x04|\x05\x06)",
    ("a document of Office 97", "ole"): r"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ("an archive", "archive"): r"\x1f\x8b\x08|BZh[1-9]1AY|\xfd7zXZ\0|7z\xbc\xaf\x27\x1c|Rar!\x1a",
    ("sound or film", "media"): r"OggS\0|fLaC|RIFF....(?:WAVE|AVI )|\x1a\x45\xdf\xa3|ID3[\x02-\x04]|MThd\0|....ftyp",
    ("a font", "font"): r"\0\x01\0\0\0[\x01-\x40]|OTTO\0|wOF[F2]|ttcf\0",
    ("a Parquet table", "parquet"): r"PAR1",
}  # fmt: skip
_PATTERN = lazily("|".join(f"({pattern})" for pattern in _BEGINNINGS.values()).encode(), re.DOTALL)
#: Endings → the families that their files may be of; Office and its rivals write several for one ending.
_FAMILIES: Mapping[str, str] = {
    "apng avif gif heic ico jpeg jpg png webp": "picture",
    "tif tiff": "tiff picture",
    "pdf": "pdf",
    "ps": "postscript pdf",
    "rtf": "rtf",
    "doc ppt xls": "ole rtf zip markup",
    "docx pptx xlsx odp ods odt epub": "zip ole",
    "aac flac m4a m4v mid mov mp3 mp4 oga ogg ogv opus wav webm": "media",
    "7z bz2 gz tar tgz xz zip": "archive zip",
    "otf ttf woff woff2": "font",
    "parquet": "parquet",
}
_FITTING = {ending: frozenset(own.split()) for endings, own in _FAMILIES.items() for ending in endings.split()}
#: How the cues of WebVTT begin; `.srt` writes a comma for the full stop, and browsers leave out such a cue.
_CUE = lazily(r"^(?P<own>[^\S\n]*(?:\d{2,}:)?\d\d:\d\d\.\d{3}[^\S\n]+-->)|^[^\n]*-->", re.MULTILINE)
#: How a file begins that a browser may run if no server tells it the type: Chromium takes more than the standard names.
_RUN_UNTOLD = lazily(rb"(?:\xef\xbb\xbf)*[\x00-\x20]*<[A-Za-z!?/]")


def has_signature(path: str, more: Collection[str]) -> bool:
    """Whether files of this ending may not begin with anything.

    Args:
        more: additional extensions that the site publishes.
    """
    ending = path.rpartition(".")[2].lower()
    return ending in _FITTING or ending in LITTLE_KNOWN or ending == "vtt" or ending in more


def content_problem(root: Path, path: str) -> Problem | None:
    """Return the problem with a file whose content is evidently of another type than its ending says."""
    try:
        with open_file(root, path) as handle:
            beginning = os.read(handle, _BEGINNING)
    except OSError as error:
        return unreadable(shown(path), error)
    ending = path.rpartition(".")[2].lower()
    found = _misfit(beginning, ending)
    if found is None:
        return _captions_problem(path, beginning) if ending == "vtt" else None
    message = f"'{path.rpartition('/')[2]}' ends in .{ending}, but its content is {found[0]}"
    hint = "run: git lfs pull" if found[1] == "lfs" else f"save it again as .{ending}, or rename it"
    return Problem(path=path, code="file-type", message=message, hint=hint)


def _captions_problem(path: str, beginning: bytes) -> Problem | None:
    """Return the problem with subtitles that no browser shows, as the W3C's WebVTT has it."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(beginning).removeprefix("\ufeff")
    except UnicodeDecodeError:
        message, hint = "is not UTF-8, so browsers don't show its letters", "save it as UTF-8"
    else:
        first = _CUE.search(text.replace("\r\n", "\n").replace("\r", "\n"))
        if not re.match(r"WEBVTT(?:[ \t\r\n]|\Z)", text):
            message, hint = "does not begin with WEBVTT, so no browser shows it", "save the subtitles as WebVTT"
        elif first and first["own"] is None:
            message = "has times that browsers don't read, so they leave out what is said then"
            hint = "write them as 00:00:01.000 --> 00:00:04.000"
        else:
            return None
    return Problem(path=path, code="file-type", message=f"'{path.rpartition('/')[2]}' {message}", hint=hint)


def _misfit(beginning: bytes, ending: str) -> tuple[str, str] | None:
    """The format in which a file begins, if the ending may not have it; any text may have one that few servers know."""
    if ending not in _FITTING:
        return ("HTML", "markup") if _RUN_UNTOLD.match(beginning) else None
    found = recognized(beginning)
    return None if found is None or found[1] in _FITTING[ending] else found


def recognized(beginning: bytes) -> tuple[str, str] | None:
    """Return the name and the family of the format in which a file begins; None if it is not known."""
    found = _PATTERN.match(beginning)
    return list(_BEGINNINGS)[(found.lastindex or 1) - 1] if found else None
