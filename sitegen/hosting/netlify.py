"""`_headers` and `_redirects`, as Netlify and Cloudflare Pages read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sitegen.hosting.headers_and_redirects import (
    DRAWINGS,
    PRIVATE,
    TYPES,
    UNCOMMON,
    Hosting,
    as_lines,
    editor_headers,
    labelled,
    refuse_signs,
)
from sitegen.model.urls import ADMIN

# _headers and _redirects


def write_headers(hosting: Hosting) -> str:
    """`_headers`, as Netlify and Cloudflare Pages read it.

    Each header is in one rule only, since some hosts join the values of two rules. The rule for all addresses gives
    way: without its Cache-Control, pages are revalidated by these hosts' own rule. `*` within a name matches any
    characters, slashes too: Cloudflare documents it, and Netlify's own command line has it so, whatever the case.
    """
    rules = [rule for rule in hosting.rules if rule.pattern not in (f"{ADMIN}*", *DRAWINGS)]
    last = {name: rule for rule in rules for name in rule.headers}
    lines: list[str] = []
    for pattern in dict.fromkeys(rule.pattern for rule in rules):
        lines += [_word(hosting.base_path + pattern)]
        own = [(name, rule.headers[name]) for name, rule in last.items() if rule.pattern == pattern]
        lines += [_header(name, value) for name, value in sorted(own)]
    for ending in UNCOMMON:
        lines += [f"{hosting.base_path}*{ending}", f"  Content-Type: {labelled(TYPES[ending])}"]
    drawings = [rule for rule in hosting.rules if rule.pattern in DRAWINGS]
    others = {case(rule.pattern): rule.headers for case in (str.lower, str.upper) for rule in drawings}
    if hosting.editor is not None:
        others[f"{ADMIN}*"] = editor_headers(hosting.editor)
    for pattern, headers in others.items():
        lines += _instead(hosting.base_path + pattern, headers)
    return as_lines(lines)


def _instead(pattern: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Headers that replace the site's, which `!` removes; hosts that don't support it keep the strict ones."""
    yield _word(pattern)
    for name, value in headers.items():
        yield from (f"  ! {name}", _header(name, value))


def _word(text: str) -> str:
    """A word of a line; it can't be quoted, so it can't contain a space."""
    refuse_signs(text, " ", "_headers and _redirects")
    return text


def _header(name: str, value: str) -> str:
    refuse_signs(value, "", "_headers")
    return f"  {name}: {value}"


def write_redirects(hosting: Hosting) -> str:
    """`_redirects`, as Netlify, Cloudflare Pages and GitLab Pages read it; each ignores lines it does not support.

    Its patterns can't tell a page from the files beside it, which every host serves: of a language that has another
    host, only the home page redirects there.
    """
    lines = [
        "# 301! redirects even if there is a page at the old address; hosts that do not know it use the next line."
    ]
    for host, places in hosting.wrong_hosts.items() if hosting.others else ():
        scheme = hosting.base_url.partition(":")[0]
        for origin, paths in places.items():
            rows = (f"{hosting.base_path}{path}/" for path in paths)
            lines += [f"{scheme}://{host}{row} {origin}{row} 301!" for row in rows]
    for old, new in hosting.moved.items():
        lines += [f"{_word(old)} {_word(new)} 301!", f"{_word(old)} {_word(new)} 301"]
    lines += [f"{hosting.base_path}{name} {hosting.base_path}404.html 404!" for name in PRIVATE]
    lines += ["# A missing address gets the 404 page of its language."]
    lines += [f"{hosting.base_path}{path}/* {hosting.base_path}{path}/404.html 404" for path in hosting.languages]
    return as_lines(lines)
