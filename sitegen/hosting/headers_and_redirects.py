"""What a server needs to know about a site: headers, media types, redirects and languages.

`RULES` and `TYPES` are the common table, which `HOSTS` writes in each host's format. nginx and Caddy also redirect
visitors of the site's root to a language, chosen only by the `Accept-Language` header (RFC 9110, 12.5.4):

- The range with the highest weight wins, comparing weights by tenths; of several, the first. Weight 0 refuses a range.
- A range matches a site's language by the lookup of RFC 4647: `en-US` → `en`, `uz-Cyrl-UZ` → `uz-Cyrl`. If the site has
  only the language in other forms, the range matches the first of these in site.yaml: `zh-TW` → `zh-Hans`. `*` matches
  nothing.
- Visitors who come from a page of the site, or request `/?choose`, have already chosen and get the list of languages;
  so does everyone whose languages the site lacks. No cookie is set.

Hosts that read `_headers` and `_redirects` see only the first range, and no referrer, so there `/` is always the list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import PurePath
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct, field

from sitegen.i18n.language_tags import full_tag
from sitegen.i18n.locale import Locale
from sitegen.library.library import Library
from sitegen.library.redirects import aliases
from sitegen.model.settings import Config, Editor
from sitegen.model.urls import ADMIN, ASSETS, url_of_file
from sitegen.problems.problem import Problem, SiteError
from sitegen.storage.output import MARKER, PART, WAITING


class Rule(Struct, frozen=True):
    """Headers for the addresses that match a pattern, relative to the site's address; `*` matches any text."""

    pattern: str
    headers: Mapping[str, str]


#: The generator's own records in an output or published folder, which are not part of the site: servers answer 404.
PRIVATE = (MARKER, WAITING, PART, ".lock")

#: What a page may load: only the site's own files. Data blocks such as JSON-LD are not scripts and need no permission.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

#: Drawings are files beside pages that anyone may edit, and documents of the site when opened directly.
#: Whatever the case of the ending: servers go by its letters alone when they choose the media type.
DRAWINGS = ("*.svg", "*.svgz")
DRAWING_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"

#: If two rules apply to an address, the later one wins, header by header.
RULES: tuple[Rule, ...] = (
    Rule(
        "*",
        {
            "Cache-Control": "public, max-age=300, must-revalidate",
            "Content-Security-Policy": POLICY,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Referrer-Policy": "strict-origin-when-cross-origin",  # the full address within the site: `referer_pattern`
            "X-Content-Type-Options": "nosniff",
        },
    ),
    # The names contain digests. No other site's page needs them; a picture beside a page may be shown anywhere.
    Rule(
        f"{ASSETS}*",
        {"Cache-Control": "public, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": "same-origin"},
    ),
    *(Rule(pattern, {"Content-Security-Policy": DRAWING_POLICY}) for pattern in DRAWINGS),
)
#: Added for https only, as RFC 6797 (7.2) requires.
SECURE = {"Strict-Transport-Security": "max-age=31536000"}
#: Paths of the root, and the headers added there because the answer depends on the visitor.
START = ("", "index.html")
NEGOTIATED = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Referer"}

#: End of a file's path → media type. Text is in UTF-8 and labelled as such.
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
#: Endings that hosts don't know themselves; no others, because hosts then label even error pages with the type.
UNCOMMON = ("/feed.xml", ".ics")

#: A weight as written in the header, and the blanks behind it, the highest first. Anybody can send a header, and nginx's patterns go
#: back: no two repetitions that match the same characters may stand side by side, or 7 KB take 0.1 s of the server's time.
_WEIGHTS = (
    r"(?:;[ \t]*q=1(?:\.0*)?[ \t]*)?",
    *(rf";[ \t]*q=0\.{tenth}[0-9]*[ \t]*" for tenth in range(9, 0, -1)),
    r";[ \t]*q=0\.00*[1-9][0-9]*[ \t]*",
)
#: Answers with fewer bytes than this are not compressed.
WORTH_COMPRESSING = 1024


class Hosting(Struct, frozen=True):
    """A site as its server sees it."""

    base_url: str  #: such as "https://example.org/site/"
    folder: str  #: the site's folder on the server's disk; empty if the host knows it
    languages: tuple[str, ...]  #: paths of the languages
    ranges: Mapping[str, str]  #: language range in lower case → path of the language it selects; longer ranges first
    moved: Mapping[str, str]  #: old address → new one, both with the base path and percent-encoded
    #: Origins from which the editor in the browser may load more than its own files; None without an editor.
    editor: tuple[str, ...] | None = None
    #: Origin of an additional host → paths of the languages it serves.
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    has_brotli: bool = True  #: whether nginx has the module that sends .br files

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
        """Host → origin → the languages whose pages are served there and not by this host.

        Only addresses of pages, which end in `/`, redirect. Files are published once, below the language of the source,
        and pages in all languages show them: each host serves them, as its pages may load nothing from another one.
        """
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

    @property
    def range_patterns(self) -> list[str]:
        """Regular expressions for `Accept-Language`, to try in order; group 1 is the range as the site knows it."""
        ranges = "|".join(literal_pattern(name) for name in self.ranges)
        return [rf"(?:^|,)[ \t]*({ranges})(?:-[a-z0-9]+)*[ \t]*{weight}(?:,|$)" for weight in _WEIGHTS]

    @property
    def referer_pattern(self) -> str:
        """A regular expression for `Referer` that matches a page in a language of the site."""
        host = literal_pattern(urlsplit(self.base_url).netloc)
        return rf"^https?://{host}{literal_pattern(self.base_path)}{self.any_language}/"

    @property
    def any_language(self) -> str:
        """A group of a regular expression that matches the path of any language."""
        return f"({'|'.join(literal_pattern(path) for path in self.languages)})"

    @property
    def moved_in_any_form(self) -> dict[str, str]:
        """`moved`, also from the addresses that a site had whose files came from a Mac; `_redirects` may not be so long."""
        return {**{_decomposed(old): new for old, new in self.moved.items()}, **self.moved}

    def rule_pattern(self, pattern: str) -> str:
        """A rule's pattern as a regular expression over paths, without anchors."""
        before, *after = map(literal_pattern, pattern.split("*"))
        ends = (f"(?i:{end})" if pattern in DRAWINGS else end for end in after)
        return literal_pattern(self.base) + ".*".join((before, *ends))


def hosting_of(library: Library, folder: PurePath | None = None) -> Hosting:
    """What servers need to know about a site."""
    config = library.config
    locales = {path: library.locales[path] for path in config.built}
    moved: dict[str, str] = {
        url_of_file(config.base_path, old): library.url(page.key, path)
        for page in library.pages.values()
        for old, path in aliases(library, page)
        if path in locales
    }
    moved |= {old[:-1]: new for old, new in moved.items() if "." in old[:-1].rpartition("/")[2]}  # not by way of `/`
    return Hosting(
        config.base_url,
        str(folder or ""),
        config.built,
        find_ranges(locales),
        dict(sorted(moved.items())),
        editor_hosts(config.editor) if config.editor else None,
        _other_hosts(config),
    )


def _decomposed(url: str) -> str:
    """An address as a site had it whose files came from a Mac (NFD)."""
    text = unquote(url)
    apart = unicodedata.normalize("NFD", text)
    return url if apart == text else quote(apart, safe="/~")


def _other_hosts(config: Config) -> dict[str, tuple[str, ...]]:
    """Origin → languages, for languages with their own host."""
    others: dict[str, tuple[str, ...]] = {}
    for path in config.built:
        origin = config.origin_of(path)
        if origin != config.origin:
            others[origin] = (*others.get(origin, ()), path)
    return others


def editor_hosts(editor: Editor) -> tuple[str, ...]:
    """The origins that the editor contacts for files and for signing in."""
    public = {"github": ("https://api.github.com",), "gitlab": ("https://gitlab.com",)}[editor.backend]
    own = [urlsplit(address) for address in (editor.api, editor.auth) if address]
    return (*(() if editor.api else public), *(f"{parts.scheme}://{parts.netloc}" for parts in own))


def editor_headers(hosts: Iterable[str]) -> dict[str, str]:
    """Headers for the editor only: it creates styles at run time, and opens a window for signing in."""
    policy = (
        f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' blob: data: {' '.join(hosts)}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' blob: data: https://avatars.githubusercontent.com; "
        "font-src 'self'; worker-src 'self' blob:; frame-src blob:; media-src 'self' blob:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
    return {"Content-Security-Policy": policy, "Cross-Origin-Opener-Policy": "same-origin-allow-popups"}


def find_ranges(locales: Mapping[str, Locale]) -> dict[str, str]:
    """Language range → path of the language it selects; according to CLDR, `zh-TW` is written like `zh-Hant`."""
    found = {locale.tag.lower(): path for path, locale in locales.items()}
    written = {
        f"{full_tag(locale.tag).language}_{locale.script}": path for path, locale in reversed(list(locales.items()))
    }
    for own, path in written.items():
        for shorter in _shorter_tags().get(own, ()):
            found.setdefault(shorter, path)
    for path, locale in locales.items():
        found.setdefault(full_tag(locale.tag).language, path)
    return dict(sorted(found.items(), key=lambda row: (-len(row[0]), row[0])))


@cache
def _shorter_tags() -> dict[str, list[str]]:
    """Language and script, such as zh_Hant → the shorter tags that CLDR takes for them; of its 8,000, once a process."""
    from babel.core import get_global

    likely: Mapping[str, str] = get_global("likely_subtags")
    found: dict[str, list[str]] = {}
    for shorter, whole in likely.items():
        if not shorter.startswith("und"):
            found.setdefault("_".join(whole.split("_", 2)[:2]), []).append(shorter.replace("_", "-").lower())
    return found


# shared by the hosts' formats


def literal_pattern(text: str) -> str:
    """A regular expression that matches a text literally."""
    return re.escape(text).replace("\\-", "-")


def is_text(path: str) -> bool:
    """Whether a file is text, judging by its name."""
    return is_text_type(TYPES.get("." + path.rpartition(".")[2], ""))


def is_text_type(media_type: str) -> bool:
    """Whether a media type is a type of text."""
    return media_type.startswith("text/") or media_type.endswith(("json", "xml"))


def labelled(media_type: str) -> str:
    """A media type as a header's value: text is labelled as UTF-8."""
    return f"{media_type}; charset=utf-8" if is_text_type(media_type) else media_type


def headers_of(path: str, *, is_secure: bool = False, editor: Iterable[str] | None = None) -> dict[str, str]:
    """The headers that a file of the site should have, including its media type if the table knows it.

    Args:
        is_secure: whether the site is published over https.
        editor: origins from which the editor in the browser may load files, if there is an editor.
    """
    rules = [*RULES, *([Rule(f"{ADMIN}*", editor_headers(editor))] if editor is not None else [])]
    named = {False: path, True: path.lower()}
    rules = [rule for rule in rules if fnmatchcase(named[rule.pattern in DRAWINGS], rule.pattern)]
    headers = {name: value for rule in rules for name, value in rule.headers.items()}
    media = [media_type for ending, media_type in TYPES.items() if f"/{path}".endswith(ending)]
    return headers | (SECURE if is_secure else {}) | ({"Content-Type": labelled(media[0])} if media else {})


def refuse_signs(text: str, signs: str, host: str) -> None:
    """Make sure that a text is taken literally in a host's configuration.

    Raises:
        SiteError: it contains a control character, a line end, or a character that the host's grammar can't quote.
    """
    if not text.isprintable() or any(sign in text for sign in signs):
        message = f"{text!r} can't be written into the configuration of {host}"
        hint = f"leave out line ends and {' '.join(signs)}".removesuffix(" and ")
        raise SiteError([Problem(path="hosts", code="hosting", message=message, hint=hint, severity="error")])


def as_lines(lines: Iterable[str]) -> str:
    """Join lines into the text of a file, each with a line end."""
    return "\n".join(lines) + "\n"
