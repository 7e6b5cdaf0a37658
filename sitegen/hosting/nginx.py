"""The configuration of nginx."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from sitegen.hosting.headers_and_redirects import (
    NEGOTIATED,
    PRIVATE,
    START,
    TYPES,
    WORTH_COMPRESSING,
    Hosting,
    Rule,
    as_lines,
    is_text_type,
    literal_pattern,
    refuse_signs,
)


def write_nginx(hosting: Hosting) -> str:
    """A file for nginx's `conf.d`, complete except for the certificate; its variable names are unique to the site."""
    name = f"site_{hashlib.sha256(hosting.base_url.encode()).hexdigest()[:6]}"
    packages = "nginx-light, libnginx-mod-http-brotli-static" if hosting.has_brotli else "nginx-light"
    lines = [
        f"# {hosting.base_url} on nginx, for /etc/nginx/conf.d/; Debian: {packages}",
        *_nginx_maps(hosting, name),
        *_nginx_secure(hosting),
        "server {",
        *("    " + line if line else "" for line in _nginx_server(hosting, name)),
        "}",
    ]
    return as_lines(lines)


def literal(text: str) -> str:
    """A word of nginx's configuration for a literal text; nginx has no way to write a dollar sign."""
    refuse_signs(text, "$", "nginx")
    return _quoted(text)


def _quoted(text: str) -> str:
    """A word of nginx's configuration, in which variables are replaced by their values."""
    refuse_signs(text, "", "nginx")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _nginx_maps(hosting: Hosting, name: str) -> Iterator[str]:
    base = literal_pattern(hosting.base)
    ranges = [("~*" + pattern, "$1") for pattern in hosting.range_patterns]
    yield from _nginx_map("$http_accept_language", f"{name}_range", ranges)
    yield from _nginx_map(f"${name}_range", f"{name}_language", hosting.ranges.items())
    chosen = [("~^[^ ]*(?:[?]|&)choose(?:[=&]| )", "1"), ("~ " + hosting.referer_pattern.removeprefix("^"), "1")]
    yield from _nginx_map('"?$args $http_referer"', f"{name}_chosen", chosen)
    yield from _nginx_map(f"${name}_chosen", f"{name}_target", [("", f"${name}_language")])
    if hosting.others:
        yield from _nginx_map('"$host$uri"', f"{name}_elsewhere", _elsewhere(hosting))
        first = [(urlsplit(origin).hostname or "", paths[0]) for origin, paths in hosting.others.items()]
        yield from _nginx_map("$host", f"{name}_own", first)
    missing = [(f"~^{base}{hosting.any_language}/", f"{hosting.base}$1/404.html")]
    yield from _nginx_map("$uri", f"{name}_missing", missing, f"{hosting.base}404.html")
    for header in _varying(hosting):
        yield from _nginx_map('"$status $uri"', _variable(name, header), *_values(hosting, header))


def _elsewhere(hosting: Hosting) -> Iterator[tuple[str, str]]:
    """Host and address of a page → the origin where the page is published, if that is a different one."""
    for host, places in hosting.wrong_hosts.items():
        name = urlsplit(f"//{host}").hostname or ""
        for origin, paths in places.items():
            languages = "|".join(literal_pattern(path) for path in paths)
            yield f"~^{literal_pattern(name)}{literal_pattern(hosting.base)}({languages})(/.*)?/$", origin


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
    """The values of a header by "status path", the winning one first; and its value in all other answers and errors."""
    rules = [*hosting.rules, *(Rule(path, NEGOTIATED) for path in START)]
    own = [rule for rule in rules if header in rule.headers]
    rows = [
        (f"~^[23].. {hosting.rule_pattern(rule.pattern)}$", rule.headers[header])
        for rule in reversed(own)
        if rule.pattern != "*"
    ]
    return rows, next((rule.headers[header] for rule in own if rule.pattern == "*"), "")


def _nginx_secure(hosting: Hosting) -> Iterator[str]:
    """Redirect unencrypted requests to HTTPS."""
    parts = urlsplit(hosting.base_url)
    if hosting.is_secure and parts.port is None:
        yield f"server {{ listen 80; listen [::]:80; server_name {_names(hosting)}; return 301 https://$host$request_uri; }}"


def _nginx_server(hosting: Hosting, name: str) -> Iterator[str]:
    yield from _nginx_address(hosting)
    yield from ("server_tokens off;", "absolute_redirect off;", "")
    yield from _nginx_types()
    yield "# Files that `build --compress` has left are sent as they are; others are compressed on their way."
    yield from ("brotli_static on;",) if hosting.has_brotli else ()
    yield from ("gzip_static on;", "gzip on;", "gzip_vary on;")
    yield from (f"gzip_min_length {WORTH_COMPRESSING};", f"gzip_types {' '.join(_texts())};", "")
    varying = _varying(hosting)
    steady = {key: value for rule in hosting.rules for key, value in rule.headers.items() if key not in varying}
    yield from (f"add_header {key} {_quoted(value)} always;" for key, value in sorted(steady.items()))
    yield from (f"add_header {key} ${_variable(name, key)} always;" for key in varying)
    yield from ("", f"error_page 403 =404 ${name}_missing;", f"error_page 404 ${name}_missing;", "")
    yield from _nginx_locations(hosting, name)


def _nginx_locations(hosting: Hosting, name: str) -> Iterator[str]:
    base, url = hosting.base, hosting.base_path
    if hosting.others:
        yield f"if (${name}_elsewhere) {{ return 301 ${name}_elsewhere$request_uri; }}"
    yield f"location = {literal(base)} {{"
    if hosting.others:
        yield f"    if (${name}_own) {{ return 302 {_quoted(f'{url}${name}_own/')}; }}"
    yield f"    if (${name}_target) {{ return 302 {_quoted(f'{url}${name}_target/')}; }}"
    yield f"    rewrite ^ {literal(f'{base}index.html')} last;"
    yield "}"
    for old, new in hosting.moved_in_any_form.items():
        yield f"location = {literal(unquote(old))} {{ return 301 {literal(new)}; }}"
    yield f"location {literal(base)} {{"
    yield f"    alias {literal(hosting.folder.rstrip('/') + '/')};"
    feed = f"default_type {TYPES['/feed.xml']};"  # needs its own location: nginx finds types by the ending only
    yield f"    location ~ /feed\\.xml$ {{ types {{ }} {feed} }}"
    yield "}"
    for name in PRIVATE:
        yield f"location = {literal(base + name)} {{ return 404; }}"
        yield f"location {literal(f'{base}{name}/')} {{ return 404; }}"
    if base != "/":
        yield f"location = {literal(base.rstrip('/'))} {{ return 301 {literal(url)}; }}"
        yield "location / { return 404; }"


def _names(hosting: Hosting) -> str:
    """The names of the site's hosts as requests have them, IPv6 addresses in brackets."""
    return " ".join(literal(_host(address)) for address in (hosting.base_url, *hosting.others))


def _host(address: str) -> str:
    parts = urlsplit(address)
    return parts.netloc.removesuffix(f":{parts.port}")


def _nginx_address(hosting: Hosting) -> Iterator[str]:
    parts = urlsplit(hosting.base_url)
    host = _host(hosting.base_url)
    port = parts.port or (443 if hosting.is_secure else 80)
    after = " ssl http2;" if hosting.is_secure else ";"
    places = (f"{host}:{port}",) if _is_number(host) else (f"{port}", f"[::]:{port}")
    yield from (f"listen {place}{after}" for place in places)
    yield f"server_name {_names(hosting)};"
    if hosting.is_secure:
        yield f"ssl_certificate /etc/letsencrypt/live/{host}/fullchain.pem;"
        yield f"ssl_certificate_key /etc/letsencrypt/live/{host}/privkey.pem;"


def _is_number(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 4
    except ValueError:
        return False


def _texts() -> list[str]:
    """Text media types except HTML, which nginx compresses and labels anyway."""
    return sorted({media_type for media_type in TYPES.values() if is_text_type(media_type)} - {"text/html"})


def _nginx_types() -> Iterator[str]:
    yield "types {"
    yield from (f"    {media_type} {end[1:]};" for end, media_type in TYPES.items() if end.startswith("."))
    yield "}"
    yield from ("default_type application/octet-stream;", "charset utf-8;", f"charset_types {' '.join(_texts())};", "")
