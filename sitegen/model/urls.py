"""(page, language) → address and file; pure."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

from sitegen.model.values import Key, Url


class Target(NamedTuple):
    """What a link within the site names, read as a browser reads it.

    Attributes:
        path: without percent-encoding, in NFC; "" for the page itself.
        query: as written, with its `?`.
        fragment: as written, with its `#`.
    """

    path: str
    query: str
    fragment: str

    @classmethod
    def of(cls, written: str) -> Target:
        before, mark, fragment = written.partition("#")
        path, question, query = before.partition("?")
        return cls(plain(path), question + query, mark + fragment)

    @property
    def anchor(self) -> str:
        """The id that is named; "" for the top of the page, which every page has."""
        anchor = plain(self.fragment[1:])
        return "" if anchor.lower() == "top" else anchor

    @property
    def rest(self) -> str:
        """What follows the path."""
        return self.query + self.fragment


def plain(text: str) -> str:
    """A part of an address without percent-encoding, in the one form that letters with marks have here."""
    return normal(unquote(text))


def normal(text: str) -> str:
    """A name in NFC; macOS and some programs hand names over in NFD, which look the same."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def parent_key(key: Key) -> Key | None:
    """The folder above: `/plan/x/` → `/plan/`; None for `/`."""
    return Key(key.rstrip("/").rpartition("/")[0] + "/") if key != "/" else None


def ancestor_keys(key: Key) -> tuple[Key, ...]:
    """The folders above, outermost first: `/a/b/` → `/`, `/a/`."""
    above: list[Key] = []
    parent = parent_key(key)
    while parent is not None:
        above.insert(0, parent)
        parent = parent_key(parent)
    return tuple(above)


def join_key(base: Key, target: str) -> Key:
    """The page that a link names from a page: `../x/` from `/plan/a/` is `/plan/x/`; an absolute target is itself."""
    parts = [] if target.startswith("/") else [part for part in base.split("/") if part]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return Key("/" + "".join(f"{part}/" for part in parts))


def file_path(language_path: str, segments: Iterable[str], number: int = 1) -> str:
    """Where a page's HTML lies below the output folder: `zh/plan/index.html`, from the second list page `…/page/2/index.html`."""
    numbered = ("page", str(number)) if number > 1 else ()
    return "/".join((language_path, *segments, *numbered, "index.html"))


def url_of_file(base_path: str, path: str) -> Url:
    """The address of an output file: `index.html` is its folder."""
    return Url(base_path + quote(path.removesuffix("index.html"), safe="/~"))


def as_path(text: str) -> str:
    r"""A content path as a person may type it: `news/opening`, `\news\opening`."""
    parts = [part for part in normal(text).strip().replace("\\", "/").split("/") if part]
    return "".join(f"/{part}" for part in parts) + "/"


def write_path(text: str, outside: Collection[str] = ()) -> str:
    """What to write for a text that is no content path, as `write /news/opening/`; "" for one that is.

    Args:
        outside: folders that no content path begins with, though files and addresses do.
    """
    path = as_path(text)
    parts = re.sub(r"[\s_]+", "-", path.lower()).strip("/").split("/")
    while len(parts) > 1 and parts[0] in outside:
        del parts[0]
    if len(parts) > 1 and re.fullmatch(r"index\.[a-z0-9-]+\.md", parts[-1]):
        del parts[-1]
    meant = as_path("/".join(parts))
    if not re.fullmatch(r"/(?:[a-z0-9][a-z0-9-]*/)*", meant):
        return "use lower-case letters, digits and hyphens, as /news/opening/"
    return f"write {meant}" if meant != path else ""


_APART, _HYPHENS = re.compile(r"\W+"), re.compile("-{2,}")


def slugify(text: str) -> str:
    """A text as part of an address, in its own script: `What it is` → `what-it-is`."""
    kept = _APART.sub(_marks_and_hyphens, normal(text).lower())
    return _HYPHENS.sub("-", kept).strip("-_") or "section"


def _marks_and_hyphens(apart: re.Match[str]) -> str:
    """What is no letter or digit, but marks that belong to words, as hyphens."""
    return "-" if apart[0].isascii() else "".join(sign if _belongs(sign) else "-" for sign in apart[0])


def is_slug(text: str) -> bool:
    """Whether a text is one part of an address: letters of any script and their marks, digits, `-`, `_`, `.` and `~`."""
    return bool(text.strip(".")) and all(_belongs(character) or character in "-.~" for character in text)


_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
#: What an old address may have beside what a slug has: nothing that a configuration, a disk or a browser reads otherwise.
_IN_OLD = frozenset("-.~ !&()+,;=:@%")


def alias_parts(alias: str) -> tuple[str, ...]:
    """The parts of an old address as a server sees them: `/old%20plan/` is `old plan`."""
    whole = unicodedata.normalize("NFC", unquote(alias))
    return tuple(part for part in join_key(Key("/"), whole).split("/") if part)


def fault_of_alias(alias: str) -> str:
    """Why a text can't be an old address; "" if it is one."""
    if "?" in alias or "#" in alias:
        return "what follows ? or # never leads to another page"
    if "://" in alias or alias.startswith("//"):
        return "it is a path, without the host"
    strange = [
        letter for part in alias_parts(alias) for letter in part if not _belongs(letter) and letter not in _IN_OLD
    ]
    if strange:
        return (
            f"{strange[0]!a} can't be used in it"
            if not strange[0].isprintable()
            else f"{strange[0]} can't be used in it"
        )
    return ""


def parts_of(url: str) -> SplitResult:
    """An address in its parts; one that can't be read, as `https://[::1`, has a path alone, and so no host."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def site_url(text: str) -> str:
    """The address of a site as servers and browsers send it: the host in ASCII, the path percent-encoded, a slash at the end.

    Raises:
        ValueError: it is none; with what is wrong.
    """
    parts = urlsplit(text.strip())
    try:
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise ValueError("its port is not a number up to 65535") from error
    if port == 0 or not host or parts.scheme not in ("http", "https"):
        raise ValueError("its port is not a number up to 65535" if port == 0 else "it has no host")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("it has a name, a query or a fragment; a site has none of these")
    folders = [unicodedata.normalize("NFC", unquote(part)) for part in parts.path.split("/") if part]
    if not all(is_slug(folder) for folder in folders):
        raise ValueError("its path may have letters, digits, hyphens and dots alone")
    path = "".join(f"{quote(folder, safe='~')}/" for folder in folders)
    return f"{parts.scheme}://{_ascii_host(host)}{f':{port}' if port else ''}/{path}"


def _ascii_host(host: str) -> str:
    """A host as DNS has it: центр.рф is xn--e1aqjhr.xn--p1ai."""
    try:
        address = ipaddress.ip_address(host)
        return f"[{address}]" if address.version == 6 else str(address)
    except ValueError:
        pass
    if _HOST.fullmatch(host) and len(host) < 254:
        return host
    import idna  # its tables take time that few sites need

    try:
        return idna.encode(host.rstrip("."), uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"'{host}' is not a host name") from error


def _belongs(character: str) -> bool:
    """Whether a character is part of a word: a letter, a digit, a mark that a script sets on them, or `_`."""
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"
