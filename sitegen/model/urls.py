"""(page, language) → address and file, in pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from sitegen.model.page import Key, Url
from sitegen.source.lazy_regex import lazily

#: The beginning of a target that leads out of the site: a scheme, or a host with the page's own scheme.
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):|//")
#: Addresses that name a host, as nearly all on the web do; and those of mailboxes and telephones.
_COMMON = lazily(r"[hH][tT][tT][pP][sS]?://[A-Za-z0-9][A-Za-z0-9.-]*+(?=[/?#]|\Z)")
_NO_HOST = lazily(r"(?i:mailto|tel):.")
#: The beginning of an address on the web, with as many slashes as there may be.
_SLASHES = lazily(r"(?i:(https?):)[/\\]*")
#: An address without a character that is quoted; nearly all are such, and each page has dozens.
_AS_IT_IS = re.compile(r"[A-Za-z0-9/._~-]*")
#: Folders of the published site with headers of their own, so that no page may be in them: of files whose names have a
#: digest, which browsers keep for a year, and of the editor, which may run more than a page.
ASSETS, ADMIN = "assets/", "admin/"


class Target(NamedTuple):
    """The target of a link within the site, parsed as a browser does."""

    path: str  #: percent-decoded, in NFC; "" for the page itself
    query: str  #: as written, including `?`
    fragment: str  #: as written, including `#`

    @classmethod
    def of(cls, written: str) -> Target:
        before, mark, fragment = written.partition("#")
        path, question, query = before.partition("?")
        return cls(plain(path), question + query, mark + fragment)

    @property
    def anchor(self) -> str:
        """The id that the fragment refers to; "" for the top of the page, which always exists."""
        anchor = plain(self.fragment[1:])
        return "" if anchor.lower() == "top" else anchor

    @property
    def rest(self) -> str:
        """The query and fragment."""
        return self.query + self.fragment


def plain(text: str) -> str:
    """Return a part of an address percent-decoded and in NFC."""
    return normal(unquote(text))


def normal(text: str) -> str:
    """Return a name in NFC; macOS and some programs use NFD, which looks the same."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def parent_key(key: Key) -> Key | None:
    """Return the parent folder: `/plan/x/` → `/plan/`; None for `/`."""
    return Key(key.rstrip("/").rpartition("/")[0] + "/") if key != "/" else None


def last_part(key: Key) -> str:
    """The name of a page's folder; "" for the home page."""
    return key.rstrip("/").rpartition("/")[2]


def ancestor_keys(key: Key) -> tuple[Key, ...]:
    """Return the ancestor folders, outermost first: `/a/b/` → `/`, `/a/`."""
    above: list[Key] = []
    parent = parent_key(key)
    while parent is not None:
        above.insert(0, parent)
        parent = parent_key(parent)
    return tuple(above)


def join_key(base: Key, target: str) -> Key:
    """Resolve a link's target against a page: `../x/` from `/plan/a/` → `/plan/x/`; absolute targets are kept."""
    parts = [] if target.startswith("/") else [part for part in base.split("/") if part]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return Key("/" + "".join(f"{part}/" for part in parts))


def shortened(base: Key, path: str) -> str | None:
    """Return what a link's path is shortened to if it goes above the home page, or back, or has an empty part; else None.

    A path may begin with `./` or with `../` for each folder that its page is in.
    """
    parts = path.split("/")
    depth, has_names = (0, True) if path.startswith("/") else (base.count("/") - 1, False)
    for number, part in enumerate(parts[:-1] if parts[-1] == "" else parts):
        if number == 0 and part in ("", "."):
            continue
        if part == ".." and depth > 0 and not has_names:
            depth -= 1
        elif part in ("", ".", ".."):
            is_file = parts[-1].strip(".") != "" and "." in parts[-1]
            whole = join_key(base, path)
            return whole.rstrip("/") if is_file else whole
        else:
            has_names = True
    return None


def file_path(language_path: str, segments: Iterable[str], number: int = 1) -> str:
    """Return a page's output file: `zh/plan/index.html`, or `…/page/2/index.html` from the second list page on."""
    numbered = ("page", str(number)) if number > 1 else ()
    return "/".join((language_path, *segments, *numbered, "index.html"))


def url_of_file(base_path: str, path: str) -> Url:
    """Return the address of an output file; for `index.html`, the address of its folder."""
    return _url_of_folder(base_path, path.removesuffix("index.html"))


def url_of_page(base_path: str, language_path: str, segments: Iterable[str], number: int = 1) -> Url:
    """Return the address of a page, as `url_of_file` does for its `file_path`."""
    numbered = ("page", str(number)) if number > 1 else ()
    return _url_of_folder(base_path, "/".join((language_path, *segments, *numbered, "")))


def _url_of_folder(base_path: str, shown: str) -> Url:
    return Url(base_path + (shown if _AS_IT_IS.fullmatch(shown) else quote(shown, safe="/~")))


def as_path(text: str) -> str:
    r"""Convert input such as `news/opening` or `\news\opening` to a content path."""
    parts = [part for part in normal(text).strip().replace("\\", "/").split("/") if part]
    return "".join(f"/{part}" for part in parts) + "/"


def write_path(text: str, outside: Collection[str] = ()) -> str:
    """Return a hint for an invalid content path, such as `write /news/opening/`; "" if the path is valid.

    Args:
        outside: folders that files and addresses begin with, but content paths do not.
    """
    path = as_path(text)
    parts = re.sub(r"[\s_]+", "-", path.lower()).strip("/").split("/")
    while len(parts) > 1 and parts[0] in outside:
        del parts[0]
    if len(parts) > 1 and re.fullmatch(r"index\.[a-z0-9-]+\.md", parts[-1]):
        del parts[-1]
    meant = as_path("/".join(parts))
    if not re.fullmatch(r"/(?:[a-z0-9][a-z0-9-]*/)*", meant):
        return "use lower-case letters, digits and hyphens, such as /news/opening/"
    has_host = text.replace("\\", "/").startswith("//")  # it would be another site's address in a link
    return f"write {meant}" if meant != path or has_host else ""


def with_scheme(target: str) -> str:
    """Return a target with `https:` if it begins with a host; what the published site may not leave to the page it is on."""
    return f"https:{target}" if target.startswith("//") else target


def is_external(target: str) -> bool:
    """Whether a link leads out of the site, that is, has a scheme or a host."""
    return bool(SCHEME.match(target))


def names_its_target(target: str) -> bool:
    r"""Whether a target with a scheme says to whom it leads: a host, with a port that exists, a mailbox or a number.

    Browsers take what says less for another address than it seems, some by the page that it is on: `https:x.org`,
    `https:///x.org`, `https://x.org\@example.org`.
    """
    if _COMMON.match(target) or _NO_HOST.match(target):
        return True
    parts = parts_of(target)
    try:
        return bool(parts.hostname) and parts.port != 0 and "\\" not in parts.netloc
    except ValueError:
        return False


def with_slashes(target: str) -> str | None:
    """Return the address that `https:/example.org` or the like is meant to be; None if there is none."""
    meant = _SLASHES.sub(r"\1://", target, count=1)
    return meant if meant != target and names_its_target(meant) else None


def parts_of(url: str) -> SplitResult:
    """Split an address into its parts; an invalid one, such as `https://[::1`, has only a path and no host."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def joined(here: str, location: str) -> str:
    """The target of a redirect; one that can't be parsed is kept as it is, and no host has it."""
    try:
        return urljoin(here, location)
    except ValueError:
        return location
