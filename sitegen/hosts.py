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

import hashlib
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath
from urllib.parse import unquote, urlsplit

from babel.core import get_global

from sitegen.config import Editor
from sitegen.library import Library, aliases
from sitegen.locales import Locale
from sitegen.urls import url_of_file


@dataclass(frozen=True, slots=True)
class Rule:
    """Headers of the addresses that a pattern names: below the site's own address, `*` being any text."""

    pattern: str
    headers: Mapping[str, str]


#: What a page may load: only what is the site's own. Data blocks such as JSON-LD are no scripts and need no leave.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

#: Of two rules for one address the later one wins, header by header.
RULES: tuple[Rule, ...] = (
    Rule(
        "*",
        {
            "Cache-Control": "public, max-age=300, must-revalidate",
            "Content-Security-Policy": POLICY,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Referrer-Policy": "strict-origin-when-cross-origin",  # the whole address within the site: see `_came_from`
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
_UNCOMMON = ("/feed.xml", ".ics")

#: A weight as it is written in the header, the highest first.
_WEIGHTS = (
    r"(?:;[ \t]*q=1(?:\.0*)?)?",
    *(rf";[ \t]*q=0\.{tenth}[0-9]*" for tenth in range(9, 0, -1)),
    r";[ \t]*q=0\.0[0-9]*[1-9][0-9]*",
)
#: Answers shorter than this, in bytes, are sent as they are.
WORTH_COMPRESSING = 1024


@dataclass(frozen=True, slots=True)
class Hosting:
    """A site as its server sees it.

    Attributes:
        base_url: as "https://example.org/site/".
        folder: where the site lies on the server's disk; empty where a host knows.
        languages: paths of the languages.
        ranges: language range, in small letters → path of the language that it means; longer ones first.
        moved: old address → new one, both with the base path and percent-encoded.
        editor: what the editor in the browser may load besides its own files; None where there is none.
    """

    base_url: str
    folder: str
    languages: tuple[str, ...]
    ranges: Mapping[str, str]
    moved: Mapping[str, str]
    editor: tuple[str, ...] | None = None

    @property
    def base_path(self) -> str:
        return urlsplit(self.base_url).path

    @property
    def origin(self) -> str:
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

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
    )


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
    written = {f"{locale.cldr.language}_{locale.script}": path for path, locale in reversed(list(locales.items()))}
    likely: Mapping[str, str] = get_global("likely_subtags")
    for shorter, whole in sorted(likely.items()):
        path = written.get("_".join(whole.split("_")[:2]))
        if path is not None and not shorter.startswith("und"):
            found.setdefault(shorter.replace("_", "-").lower(), path)
    for path, locale in locales.items():
        found.setdefault(locale.cldr.language, path)
    return dict(sorted(found.items(), key=lambda row: (-len(row[0]), row[0])))


# what the hosts' forms share


def _range_patterns(hosting: Hosting) -> list[str]:
    """Regular expressions over `Accept-Language`, to be tried in order; group 1 is the range, as the site knows it."""
    ranges = "|".join(_literal(name) for name in hosting.ranges)
    return [rf"(?:^|,)[ \t]*({ranges})(?:-[a-z0-9]+)*[ \t]*{weight}[ \t]*(?:,|$)" for weight in _WEIGHTS]


def _came_from(hosting: Hosting) -> str:
    """A regular expression over `Referer`: a page in a language of the site."""
    host = _literal(urlsplit(hosting.base_url).netloc)
    return rf"^https?://{host}{_literal(hosting.base_path)}{_any_language(hosting)}/"


def _any_language(hosting: Hosting) -> str:
    return f"({'|'.join(_literal(path) for path in hosting.languages)})"


def _literal(text: str) -> str:
    """A regular expression for a text as it is."""
    return re.escape(text).replace("\\-", "-")


def _pattern(hosting: Hosting, pattern: str) -> str:
    """A rule's pattern as a regular expression over paths, without anchors."""
    return ".*".join(_literal(part) for part in (hosting.base_path + pattern).split("*"))


def is_text(path: str) -> bool:
    """Whether a file is read as text, by its name."""
    return _is_text(TYPES.get("." + path.rpartition(".")[2], ""))


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type.endswith(("json", "xml"))


def labelled(media_type: str) -> str:
    """A media type as a header has it: text is said to be in UTF-8."""
    return f"{media_type}; charset=utf-8" if _is_text(media_type) else media_type


def headers_of(path: str, *, is_secure: bool = False, editor: Iterable[str] | None = None) -> dict[str, str]:
    """The headers that a file of the site should have, and its media type where the table knows it.

    Args:
        editor: what the editor in the browser may load, where there is one.
    """
    rules = [*RULES, *([Rule(f"{ADMIN}*", editor_headers(editor))] if editor is not None else [])]
    headers = {name: value for rule in rules if fnmatchcase(path, rule.pattern) for name, value in rule.headers.items()}
    media = [media_type for ending, media_type in TYPES.items() if f"/{path}".endswith(ending)]
    return headers | (SECURE if is_secure else {}) | ({"Content-Type": labelled(media[0])} if media else {})


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


# _headers and _redirects


def write_headers(hosting: Hosting) -> str:
    """`_headers`, as Netlify and Cloudflare Pages read it.

    A header stands in one rule only, as some hosts join two values to one. The first, that of all addresses, then gives
    way: pages are revalidated by these hosts' own rule.
    """
    rules = [rule for rule in hosting.rules if rule.pattern != f"{ADMIN}*"]
    last = {name: rule for rule in rules for name in rule.headers}
    lines: list[str] = []
    for pattern in dict.fromkeys(rule.pattern for rule in rules):
        lines += [hosting.base_path + pattern]
        own = [(name, rule.headers[name]) for name, rule in last.items() if rule.pattern == pattern]
        lines += [f"  {name}: {value}" for name, value in sorted(own)]
    for ending in _UNCOMMON:
        lines += [f"{hosting.base_path}*{ending}", f"  Content-Type: {labelled(TYPES[ending])}"]
    return _text([*lines, *_editor_lines(hosting)])


def _editor_lines(hosting: Hosting) -> Iterator[str]:
    """The editor's own headers in place of the site's, which `!` takes away; hosts that don't know it keep the strict ones."""
    if hosting.editor is not None:
        yield f"{hosting.base_path}{ADMIN}*"
        for name, value in editor_headers(hosting.editor).items():
            yield from (f"  ! {name}", f"  {name}: {value}")


def write_redirects(hosting: Hosting) -> str:
    """`_redirects`, as Netlify, Cloudflare Pages and GitLab Pages read it; each passes over lines that it does not know."""
    lines = ["# 301! holds although a page lies at the old address too; hosts that do not know it take the next line."]
    for old, new in hosting.moved.items():
        lines += [f"{old} {new} 301!", f"{old} {new} 301"]
    lines += ["# An address that does not exist is said not to in the language of its path."]
    lines += [f"{hosting.base_path}{path}/* {hosting.base_path}{path}/404.html 404" for path in hosting.languages]
    return _text(lines)


# nginx


def write_nginx(hosting: Hosting) -> str:
    """A file for nginx's `conf.d`, complete but for the certificate; names of variables are this site's own."""
    name = f"site_{hashlib.sha256(hosting.base_url.encode()).hexdigest()[:6]}"
    lines = [
        f"# {hosting.base_url} on nginx, for /etc/nginx/conf.d/; Debian: nginx-light, libnginx-mod-http-brotli-static",
        *_nginx_maps(hosting, name),
        *_nginx_secure(hosting),
        "server {",
        *("    " + line if line else "" for line in _nginx_server(hosting, name)),
        "}",
    ]
    return _text(lines)


def _quoted(text: str) -> str:
    """A word of nginx's configuration."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _nginx_maps(hosting: Hosting, name: str) -> Iterator[str]:
    base = _literal(hosting.base_path)
    ranges = [("~*" + pattern, "$1") for pattern in _range_patterns(hosting)]
    yield from _nginx_map("$http_accept_language", f"{name}_range", ranges)
    yield from _nginx_map(f"${name}_range", f"{name}_language", hosting.ranges.items())
    chosen = [("~^[^ ]*(?:[?]|&)choose(?:[=&]| )", "1"), ("~ " + _came_from(hosting).removeprefix("^"), "1")]
    yield from _nginx_map('"?$args $http_referer"', f"{name}_chosen", chosen)
    yield from _nginx_map(f"${name}_chosen", f"{name}_target", [("", f"${name}_language")])
    missing = [(f"~^{base}{_any_language(hosting)}/", f"{hosting.base_path}$1/404.html")]
    yield from _nginx_map("$uri", f"{name}_missing", missing, f"{hosting.base_path}404.html")
    for header in _varying(hosting):
        yield from _nginx_map('"$status $uri"', _variable(name, header), *_values(hosting, header))


def _nginx_map(source: str, name: str, rows: Iterable[tuple[str, str]], default: str = "") -> Iterator[str]:
    yield f"map {source} ${name} {{"
    yield f"    default {_quoted(default)};"
    yield from (f"    {_quoted(key)} {_quoted(value)};" for key, value in rows)
    yield "}"


def _variable(name: str, header: str) -> str:
    return f"{name}_{header.lower().replace('-', '_')}"


def _varying(hosting: Hosting) -> list[str]:
    """Headers whose value depends on the address."""
    rows = [*(rule for rule in hosting.rules if rule.pattern != "*"), Rule("", NEGOTIATED)]
    return sorted({name for rule in rows for name in rule.headers})


def _values(hosting: Hosting, header: str) -> tuple[list[tuple[str, str]], str]:
    """The values of a header over "status path", the winning one first; and that of every other answer, errors too."""
    rules = [*hosting.rules, *(Rule(path, NEGOTIATED) for path in START)]
    own = [rule for rule in rules if header in rule.headers]
    rows = [
        (f"~^[23].. {_pattern(hosting, rule.pattern)}$", rule.headers[header])
        for rule in reversed(own)
        if rule.pattern != "*"
    ]
    return rows, next((rule.headers[header] for rule in own if rule.pattern == "*"), "")


def _nginx_secure(hosting: Hosting) -> Iterator[str]:
    """Who asks without encryption is sent on."""
    parts = urlsplit(hosting.base_url)
    if hosting.is_secure and parts.port is None:
        yield f"server {{ listen 80; listen [::]:80; server_name {parts.hostname}; return 301 {hosting.origin}$request_uri; }}"


def _nginx_server(hosting: Hosting, name: str) -> Iterator[str]:
    yield from _nginx_address(hosting)
    yield from ("server_tokens off;", "absolute_redirect off;", "")
    yield from _nginx_types()
    yield "# Files that `build --compress` has left are sent as they are; others are compressed on their way."
    yield from ("brotli_static on;", "gzip_static on;", "gzip on;", "gzip_vary on;")
    yield from (f"gzip_min_length {WORTH_COMPRESSING};", f"gzip_types {' '.join(_texts())};", "")
    varying = _varying(hosting)
    steady = {key: value for rule in hosting.rules for key, value in rule.headers.items() if key not in varying}
    yield from (f"add_header {key} {_quoted(value)} always;" for key, value in sorted(steady.items()))
    yield from (f"add_header {key} ${_variable(name, key)} always;" for key in varying)
    yield from ("", f"error_page 403 =404 ${name}_missing;", f"error_page 404 ${name}_missing;", "")
    yield from _nginx_locations(hosting, name)


def _nginx_locations(hosting: Hosting, name: str) -> Iterator[str]:
    base = hosting.base_path
    yield f"location = {base} {{"
    yield f"    if (${name}_target) {{ return 302 {base}${name}_target/; }}"
    yield f"    rewrite ^ {base}index.html last;"
    yield "}"
    for old, new in hosting.moved.items():
        yield f"location = {_quoted(unquote(old))} {{ return 301 {_quoted(new)}; }}"
    yield f"location {base} {{"
    yield f"    alias {_quoted(hosting.folder.rstrip('/') + '/')};"
    feed = f"default_type {TYPES['/feed.xml']};"  # its own place, as nginx knows types by the ending alone
    yield f"    location ~ /feed\\.xml$ {{ types {{ }} {feed} }}"
    yield "}"
    if base != "/":
        yield f"location = {base.rstrip('/')} {{ return 301 {base}; }}"
        yield "location / { return 404; }"


def _nginx_address(hosting: Hosting) -> Iterator[str]:
    parts = urlsplit(hosting.base_url)
    host = parts.hostname or ""
    port = parts.port or (443 if hosting.is_secure else 80)
    after = " ssl http2;" if hosting.is_secure else ";"
    yield from (
        [f"listen {host}:{port}{after}"]
        if _is_number(host)
        else [f"listen {port}{after}", f"listen [::]:{port}{after}"]
    )
    yield f"server_name {host};"
    if hosting.is_secure:
        yield f"ssl_certificate /etc/letsencrypt/live/{host}/fullchain.pem;"
        yield f"ssl_certificate_key /etc/letsencrypt/live/{host}/privkey.pem;"


def _is_number(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 4
    except ValueError:
        return False


def _texts() -> list[str]:
    """Media types of text but HTML, which nginx compresses and labels anyway."""
    return sorted({media_type for media_type in TYPES.values() if _is_text(media_type)} - {"text/html"})


def _nginx_types() -> Iterator[str]:
    yield "types {"
    yield from (f"    {media_type} {end[1:]};" for end, media_type in TYPES.items() if end.startswith("."))
    yield "}"
    yield from ("default_type application/octet-stream;", "charset utf-8;", f"charset_types {' '.join(_texts())};", "")


# Caddy


def write_caddy(hosting: Hosting) -> str:
    """A Caddyfile, which may be imported into another; Caddy fetches the certificate itself."""
    inner = [*_block("route", _caddy_route(hosting)), *_block("handle_errors", _caddy_errors(hosting))]
    return _text([f"# {hosting.base_url} on Caddy 2.6 or newer", *_block(hosting.origin, inner)])


def _word(text: str) -> str:
    """A word of a Caddyfile, in which a backslash is itself."""
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'


def _block(name: str, lines: Iterable[str]) -> Iterator[str]:
    yield from (f"{name} {{", *("\t" + line for line in lines), "}")


def _caddy_route(hosting: Hosting) -> Iterator[str]:
    base = hosting.base_path
    yield from _caddy_headers(hosting)
    yield from _caddy_negotiation(hosting)
    if hosting.moved:
        yield from _caddy_map("{path}", "{moved}", [(unquote(old), new) for old, new in hosting.moved.items()])
        yield from ('@moved expression {moved} != ""', "redir @moved {moved} 301")
    if base != "/":
        yield f"redir {base.rstrip('/')} {base} 301"
    yield from _block("encode gzip", [f"minimum_length {WORTH_COMPRESSING}"])
    yield from _block(f"handle_path {base}*", _caddy_files(hosting))
    yield "error 404"


def _caddy_headers(hosting: Hosting) -> Iterator[str]:
    for number, rule in enumerate(hosting.rules):
        matcher = "*" if rule.pattern == "*" else f"@rule{number}"
        if rule.pattern != "*":
            yield f"{matcher} path {hosting.base_path}{rule.pattern}"
        yield from (f"header {matcher} {key} {_word(value)}" for key, value in rule.headers.items())
    yield f"@start path {' '.join(hosting.base_path + path for path in START)}"
    yield from (f"header @start {key} {_word(value)}" for key, value in NEGOTIATED.items())
    rows = [(f"~{_literal(end)}$", labelled(media_type)) for end, media_type in TYPES.items()]
    yield from _caddy_map("{path}", "{media_type}", rows)
    yield from ('@typed expression {media_type} != ""', "header @typed Content-Type {media_type}")


def _caddy_negotiation(hosting: Hosting) -> Iterator[str]:
    ranges = [("~(?i)" + pattern, "${1}") for pattern in _range_patterns(hosting)]
    yield from _caddy_map("{header.Accept-Language}", "{range}", ranges)
    languages = [(f"~(?i)^{_literal(name)}$", path) for name, path in hosting.ranges.items()]
    yield from _caddy_map("{range}", "{language}", languages)
    conditions = [
        f"path {hosting.base_path}",
        "not query choose=*",
        f"not header_regexp Referer {_word(_came_from(hosting))}",
        'expression {language} != ""',
    ]
    yield from _block("@negotiated", conditions)
    yield f"redir @negotiated {hosting.base_path}{{language}}/ 302"


def _caddy_map(source: str, name: str, rows: Iterable[tuple[str, str]], default: str = "") -> Iterator[str]:
    lines = [f"{_word(key)} {_word(value)}" for key, value in rows]
    return _block(f"map {source} {name}", [*lines, f"default {_word(default)}"])


def _caddy_files(hosting: Hosting, *options: str) -> Iterator[str]:
    yield f"root * {_word(hosting.folder)}"
    yield from _block("file_server", ["precompressed br gzip", *options])


def _caddy_errors(hosting: Hosting) -> Iterator[str]:
    yield "@missing expression {http.error.status_code} == 404"
    yield from _block("handle @missing", _caddy_missing(hosting))


def _caddy_missing(hosting: Hosting) -> Iterator[str]:
    pages = [(f"~^{_literal(hosting.base_path)}{_any_language(hosting)}/", "/${1}/404.html")]
    yield from _caddy_map("{path}", "{missing}", pages, "/404.html")
    yield f"header Cache-Control {_word(RULES[0].headers['Cache-Control'])}"
    yield f"header Content-Type {_word(labelled(TYPES['.html']))}"
    yield "rewrite * {missing}"
    yield from _caddy_files(hosting, "status 404")


#: Host → what it is told.
HOSTS: dict[str, Callable[[Hosting], str]] = {
    "caddy": write_caddy,
    "headers": write_headers,
    "nginx": write_nginx,
    "redirects": write_redirects,
}
