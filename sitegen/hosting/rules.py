"""What a server must know of the site: headers, media types, redirects, languages; written for each kind of host.

`RULES` and `TYPES` are the one table, `HOSTS` writes it in each host's form. nginx and Caddy also send a visitor of the
site's root on to a language of the `Accept-Language` header (RFC 9110, 12.5.4), and of nothing else:

- The range with the highest weight wins, weights compared by tenths; among equals the first. Weight 0 refuses a range.
- A range means a site's language as in the lookup of RFC 4647: `en-US` → `en`, `uz-Cyrl-UZ` → `uz-Cyrl`; one of which
  the site has no more than the language itself means the first in site.yaml: `zh-TW` → `zh-Hans`. `*` means none.
- Who comes from a page of the site, or asks for `/?choose`, has chosen already, and gets the list of languages; so does
  everyone whose languages the site lacks. No cookie is set for that.

Hosts that read `_headers` and `_redirects` see the first range only, and no referrer, so there `/` is always the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePath
from urllib.parse import unquote, urlsplit

from babel.core import get_global
from msgspec import Struct, field

from sitegen.i18n.locale import Locale
from sitegen.i18n.tags import full_tag
from sitegen.library.library import Library, aliases
from sitegen.model.settings import Config, Editor
from sitegen.model.urls import url_of_file
from sitegen.problems.problem import Problem, SiteError


class Rule(Struct, frozen=True):
    """Headers of the addresses that a pattern names: below the site's own address, `*` being any text."""

    pattern: str
    headers: Mapping[str, str]


#: What a page may load: only what is the site's own. Data blocks such as JSON-LD are no scripts and need no leave.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

#: Drawings lie beside pages that anyone may edit, and are documents of the site when they are opened by themselves.
DRAWINGS = "*.svg"
DRAWING_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"

#: Of two rules for one address the later one wins, header by header.
RULES: tuple[Rule, ...] = (
    Rule(
        "*",
        {
            "Cache-Control": "public, max-age=300, must-revalidate",
            "Content-Security-Policy": POLICY,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Referrer-Policy": "strict-origin-when-cross-origin",  # the whole address within the site: see `referer_pattern`
            "X-Content-Type-Options": "nosniff",
        },
    ),
    # Their names carry their digests. Nobody else's page needs them; a picture beside a page may be shown anywhere.
    Rule(
        "assets/*",
        {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    ),
    Rule(DRAWINGS, {"Content-Security-Policy": DRAWING_POLICY}),
)
#: Where the editor in the browser lies, if one is published.
ADMIN = "admin/"
#: Added for https alone, as RFC 6797 (7.2) asks.
SECURE = {"Strict-Transport-Security": "max-age=31536000"}
#: Paths of the root, and what is added there where the answer depends on who asks.
START = ("", "index.html")
NEGOTIATED = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Referer"}

#: End of a file's path → media type. Text is in UTF-8 and is said to be.
TYPES: dict[str, str] = {
    "/feed.xml": "application/atom+xml",
    ".css": "text/css",
    ".csv": "text/csv",
    ".html": "text/html",
    ".ics": "text/calendar",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".xml": "application/xml",
    ".avif": "image/avif",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".epub": "application/epub+zip",
    ".gif": "image/gif",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
#: Those that hosts don't find out by themselves; no more, as they label even an error page so.
UNCOMMON = ("/feed.xml", ".ics")

#: A weight as it is written in the header, the highest first.
_WEIGHTS = (
    r"(?:;[ \t]*q=1(?:\.0*)?)?",
    *(rf";[ \t]*q=0\.{tenth}[0-9]*" for tenth in range(9, 0, -1)),
    r";[ \t]*q=0\.0[0-9]*[1-9][0-9]*",
)
#: Answers shorter than this, in bytes, are sent as they are.
WORTH_COMPRESSING = 1024


class Hosting(Struct, frozen=True):
    """A site as its server sees it.

    Attributes:
        base_url: as "https://example.org/site/".
        folder: where the site lies on the server's disk; empty where a host knows.
        languages: paths of the languages.
        ranges: language range, in small letters → path of the language that it means; longer ones first.
        moved: old address → new one, both with the base path and percent-encoded.
        others: origin of a host of its own → paths of the languages that it serves.
        has_brotli: whether nginx has the module that sends .br files.
        editor: what the editor in the browser may load besides its own files; None where there is none.
    """

    base_url: str
    folder: str
    languages: tuple[str, ...]
    ranges: Mapping[str, str]
    moved: Mapping[str, str]
    editor: tuple[str, ...] | None = None
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    has_brotli: bool = True

    @property
    def base_path(self) -> str:
        return urlsplit(self.base_url).path

    @property
    def base(self) -> str:
        """The base path as a server compares it, percent-decoded."""
        return unquote(self.base_path)

    @property
    def origin(self) -> str:
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def wrong_hosts(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Host → origin → the languages that are to be asked for there, not at this host."""
        own = {path for languages in self.others.values() for path in languages}
        here = tuple(path for path in self.languages if path not in own)
        places = {self.origin: here, **self.others}
        return {
            urlsplit(host).netloc: {origin: paths for origin, paths in places.items() if origin != host and paths}
            for host in places
        }

    @property
    def is_secure(self) -> bool:
        return self.base_url.startswith("https:")

    @property
    def rules(self) -> tuple[Rule, ...]:
        own = RULES if self.editor is None else (*RULES, Rule(f"{ADMIN}*", editor_headers(self.editor)))
        return (*own, Rule("*", SECURE)) if self.is_secure else own


def hosting_of(library: Library, folder: PurePath | None = None) -> Hosting:
    """What servers must know of a site."""
    config = library.config
    locales = {path: library.locales[path] for path in config.built}
    moved = {
        url_of_file(config.base_path, old): library.url(page.key, path)
        for page in library.pages.values()
        for old, path in aliases(library, page)
        if path in locales
    }
    return Hosting(
        config.base_url,
        str(folder or ""),
        config.built,
        find_ranges(locales),
        dict(sorted(moved.items())),
        editor_hosts(config.editor) if config.editor else None,
        _other_hosts(config),
    )


def _other_hosts(config: Config) -> dict[str, tuple[str, ...]]:
    """Origin → languages, for those that have a host of their own."""
    others: dict[str, tuple[str, ...]] = {}
    for path in config.built:
        origin = config.origin_of(path)
        if origin != config.origin:
            others[origin] = (*others.get(origin, ()), path)
    return others


def editor_hosts(editor: Editor) -> tuple[str, ...]:
    """Where the editor asks for files and for leave: scheme and host of each."""
    public = {"github": ("https://api.github.com",), "gitlab": ("https://gitlab.com",)}[editor.backend]
    own = [urlsplit(address) for address in (editor.api, editor.auth) if address]
    return (*(() if editor.api else public), *(f"{parts.scheme}://{parts.netloc}" for parts in own))


def editor_headers(hosts: Iterable[str]) -> dict[str, str]:
    """Headers of the editor alone: its styles are made as it runs, and it opens a window to sign people in."""
    policy = (
        f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' blob: data: {' '.join(hosts)}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' blob: data: https://avatars.githubusercontent.com; "
        "font-src 'self'; worker-src 'self' blob:; frame-src blob:; media-src 'self' blob:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
    return {"Content-Security-Policy": policy, "Cross-Origin-Opener-Policy": "same-origin-allow-popups"}


def find_ranges(locales: Mapping[str, Locale]) -> dict[str, str]:
    """Language range → path of the language that it means; CLDR knows that `zh-TW` is written as `zh-Hant` is."""
    found = {locale.tag.lower(): path for path, locale in locales.items()}
    written = {
        f"{full_tag(locale.tag).language}_{locale.script}": path for path, locale in reversed(list(locales.items()))
    }
    likely: Mapping[str, str] = get_global("likely_subtags")
    for shorter, whole in sorted(likely.items()):
        path = written.get("_".join(whole.split("_")[:2]))
        if path is not None and not shorter.startswith("und"):
            found.setdefault(shorter.replace("_", "-").lower(), path)
    for path, locale in locales.items():
        found.setdefault(full_tag(locale.tag).language, path)
    return dict(sorted(found.items(), key=lambda row: (-len(row[0]), row[0])))


# what the hosts' forms share


def range_patterns(hosting: Hosting) -> list[str]:
    """Regular expressions over `Accept-Language`, to be tried in order; group 1 is the range, as the site knows it."""
    ranges = "|".join(literal_pattern(name) for name in hosting.ranges)
    return [rf"(?:^|,)[ \t]*({ranges})(?:-[a-z0-9]+)*[ \t]*{weight}[ \t]*(?:,|$)" for weight in _WEIGHTS]


def referer_pattern(hosting: Hosting) -> str:
    """A regular expression over `Referer`: a page in a language of the site."""
    host = literal_pattern(urlsplit(hosting.base_url).netloc)
    return rf"^https?://{host}{literal_pattern(hosting.base_path)}{any_language(hosting)}/"


def any_language(hosting: Hosting) -> str:
    """A group of a regular expression: one of the languages' paths."""
    return f"({'|'.join(literal_pattern(path) for path in hosting.languages)})"


def literal_pattern(text: str) -> str:
    """A regular expression for a text as it is."""
    return re.escape(text).replace("\\-", "-")


def rule_pattern(hosting: Hosting, pattern: str) -> str:
    """A rule's pattern as a regular expression over paths, without anchors."""
    return ".*".join(literal_pattern(part) for part in (hosting.base + pattern).split("*"))


def is_text(path: str) -> bool:
    """Whether a file is read as text, by its name."""
    return is_text_type(TYPES.get("." + path.rpartition(".")[2], ""))


def is_text_type(media_type: str) -> bool:
    """Whether a media type is one of text."""
    return media_type.startswith("text/") or media_type.endswith(("json", "xml"))


def labelled(media_type: str) -> str:
    """A media type as a header has it: text is said to be in UTF-8."""
    return f"{media_type}; charset=utf-8" if is_text_type(media_type) else media_type


def headers_of(path: str, *, is_secure: bool = False, editor: Iterable[str] | None = None) -> dict[str, str]:
    """The headers that a file of the site should have, and its media type where the table knows it.

    Args:
        others: origin of a host of its own → paths of the languages that it serves.
        has_brotli: whether nginx has the module that sends .br files.
        editor: what the editor in the browser may load, where there is one.
    """
    rules = [*RULES, *([Rule(f"{ADMIN}*", editor_headers(editor))] if editor is not None else [])]
    headers = {name: value for rule in rules if fnmatchcase(path, rule.pattern) for name, value in rule.headers.items()}
    media = [media_type for ending, media_type in TYPES.items() if f"/{path}".endswith(ending)]
    return headers | (SECURE if is_secure else {}) | ({"Content-Type": labelled(media[0])} if media else {})


def refuse_signs(text: str, signs: str, host: str) -> None:
    """Make sure that a text is nothing but itself in a host's configuration.

    Raises:
        SiteError: it has a control character, a line's end, or one of the signs that the host's grammar can't quote.
    """
    if not text.isprintable() or any(sign in text for sign in signs):
        message = f"{text!r} can't be written into the configuration of {host}"
        hint = f"leave out line ends and {' '.join(signs)}".removesuffix(" and ")
        raise SiteError([Problem(path="hosts", code="hosting", message=message, hint=hint, severity="error")])


def as_lines(lines: Iterable[str]) -> str:
    """Lines as a file, each with its end."""
    return "\n".join(lines) + "\n"
