"""The configuration of Caddy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from sitegen.hosting.headers_and_redirects import (
    NEGOTIATED,
    PRIVATE,
    RULES,
    START,
    TYPES,
    WORTH_COMPRESSING,
    Hosting,
    as_lines,
    labelled,
    literal_pattern,
    refuse_signs,
)

# Caddy


def write_caddy(hosting: Hosting) -> str:
    """A Caddyfile, which can also be imported into another; Caddy obtains the certificate itself."""
    inner = [*_block("route", _caddy_route(hosting)), *_block("handle_errors", _caddy_errors(hosting))]
    return as_lines(
        [f"# {hosting.base_url} on Caddy 2.6 or newer", *_block(", ".join((hosting.origin, *hosting.others)), inner)]
    )


def literal(text: str) -> str:
    """A word of a Caddyfile for a literal text, in which no placeholders are replaced."""
    refuse_signs(text, "{}", "Caddy")
    return _word(text)


def _word(text: str) -> str:
    """A word of a Caddyfile, in double quotes, or in backticks if it has a backslash at its end or before a quote."""
    refuse_signs(text, "", "Caddy")
    if not text.endswith("\\") and '\\"' not in text:
        return '"' + text.replace('"', '\\"') + '"'
    refuse_signs(text, "`", "Caddy")
    return f"`{text}`"


def _block(name: str, lines: Iterable[str]) -> Iterator[str]:
    yield from (f"{name} {{", *("\t" + line for line in lines), "}")


def _caddy_hosts(hosting: Hosting) -> Iterator[str]:
    """Redirect each language's pages to its own host, and the root of that host to the language's home page."""
    for host, places in hosting.wrong_hosts.items() if hosting.others else ():
        for origin, paths in places.items():
            name = f"@elsewhere_{len(paths)}_{hashlib.sha256((host + origin).encode()).hexdigest()[:6]}"
            yield f"{name} {{"
            yield f"\thost {literal(urlsplit(f'//{host}').hostname or '')}"
            yield f"\tpath {' '.join(literal(f'{hosting.base}{path}/*') for path in paths)}"
            yield "\tpath_regexp /$"
            yield "}"
            yield f"redir {name} {origin}{{uri}} 301"
    for number, (origin, paths) in enumerate(hosting.others.items()):
        yield f"@own_{number} {{"
        yield f"\thost {literal(urlsplit(origin).hostname or '')}"
        yield f"\tpath {literal(hosting.base)}"
        yield "}"
        yield f"redir @own_{number} {literal(f'{hosting.base_path}{paths[0]}/')} 302"


def _caddy_route(hosting: Hosting) -> Iterator[str]:
    base, url = hosting.base, hosting.base_path
    yield from _caddy_headers(hosting)
    yield from _caddy_hosts(hosting)
    yield from _caddy_negotiation(hosting)
    if hosting.moved:
        yield from _caddy_map("{path}", "{moved}", _moved(hosting).items())
        yield from ('@moved expression {moved} != ""', "redir @moved {moved} 301")
    if base != "/":
        yield f"redir {literal(base.rstrip('/'))} {literal(url)} 301"
    own = [literal(hosting.base + name + end) for name in PRIVATE for end in ("", "/*")]
    yield from (f"@private path {' '.join(own)}", "error @private 404")
    yield from _block("encode gzip", [f"minimum_length {WORTH_COMPRESSING}"])
    yield f"@site path_regexp {_word(f'^{literal_pattern(base)}')}"  # for `path`, capital letters are as small ones
    yield from _block("handle @site", [*_stripped(hosting), *_caddy_files(hosting)])
    yield "error 404"


def _stripped(hosting: Hosting) -> Iterator[str]:
    """Take the site's own path away; Caddy finds signs outside ASCII only if the prefix has them encoded."""
    prefix = hosting.base if hosting.base.isascii() else hosting.base_path
    if prefix != "/":
        yield f"uri strip_prefix {literal(prefix.rstrip('/'))}"


def _moved(hosting: Hosting) -> Mapping[str, str]:
    """Old addresses, decoded, and the new ones; without the slash too, where Caddy itself would lead there unencoded."""
    moved = {unquote(old): new for old, new in hosting.moved_in_any_form.items()}
    for old, new in list(moved.items()):
        refuse_signs(old + new, "{}", "Caddy")
        if old.endswith("/") and set(" %").intersection(old):  # signs that its own Location has as they are
            moved.setdefault(old[:-1], new)
    return moved


def _caddy_headers(hosting: Hosting) -> Iterator[str]:
    for number, rule in enumerate(hosting.rules):
        matcher = "*" if rule.pattern == "*" else f"@rule{number}"
        if rule.pattern != "*":
            yield f"{matcher} path_regexp {_word(f'^{hosting.rule_pattern(rule.pattern)}$')}"  # a * of `path` stops at /
        yield from (f"header {matcher} {key} {_word(value)}" for key, value in rule.headers.items())
    yield f"@start path {' '.join(literal(hosting.base + path) for path in START)}"
    yield from (f"header @start {key} {_word(value)}" for key, value in NEGOTIATED.items())
    rows = [(f"~{literal_pattern(end)}$", labelled(media_type)) for end, media_type in TYPES.items()]
    yield from _caddy_map("{path}", "{media_type}", rows)
    yield from ('@typed expression {media_type} != ""', "header @typed Content-Type {media_type}")


def _caddy_negotiation(hosting: Hosting) -> Iterator[str]:
    ranges = [("~(?i)" + pattern, "${1}") for pattern in hosting.range_patterns]
    yield from _caddy_map("{header.Accept-Language}", "{range}", ranges)
    languages = [(f"~(?i)^{literal_pattern(name)}$", path) for name, path in hosting.ranges.items()]
    yield from _caddy_map("{range}", "{language}", languages)
    conditions = [
        f"path {literal(hosting.base)}",
        "not query choose=*",
        f"not header_regexp Referer {_word(hosting.referer_pattern)}",
        'expression {language} != ""',
    ]
    yield from _block("@negotiated", conditions)
    yield f"redir @negotiated {hosting.base_path}{{language}}/ 302"


def _caddy_map(source: str, name: str, rows: Iterable[tuple[str, str]], default: str = "") -> Iterator[str]:
    lines = [f"{_word(key)} {_word(value)}" for key, value in rows]
    return _block(f"map {source} {name}", [*lines, f"default {_word(default)}"])


def _caddy_files(hosting: Hosting, *options: str) -> Iterator[str]:
    yield f"root * {literal(hosting.folder)}"
    yield from _block("file_server", ["precompressed br gzip", *options])


def _caddy_errors(hosting: Hosting) -> Iterator[str]:
    yield "@missing expression {http.error.status_code} == 404"
    yield from _block("handle @missing", _caddy_missing(hosting))


def _caddy_missing(hosting: Hosting) -> Iterator[str]:
    pages = [(f"~^{literal_pattern(hosting.base)}{hosting.any_language}/", "/${1}/404.html")]
    yield from _caddy_map("{path}", "{missing}", pages, "/404.html")
    for name in ("Cache-Control", "Content-Security-Policy"):  # not those of the file that is missing
        yield f"header {name} {_word(RULES[0].headers[name])}"
    yield f"header Content-Type {_word(labelled(TYPES['.html']))}"
    yield "rewrite * {missing}"
    yield from _caddy_files(hosting, "status 404")
