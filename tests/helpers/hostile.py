"""Hostile content. Each case is either reported as a problem or published as harmless text.

python tests/helpers/hostile.py     → how long each takes and how much memory, the worst first
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]
from conftest import KINDS, SITE, TinySite

from sitegen.problems.problem import SiteError

#: What runs a script where HTML is let through; `alert` is listened for in the browser.
SCRIPTS = [
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=//example.org/x.js></script>",
    "<script\n>alert(1)</script\n>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=alert(1)//",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)//",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<input autofocus onfocus=alert(1)>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<link rel=stylesheet href=//example.org/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//example.org/>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php alert(1) ?>",
    "</main></body></html><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script>alert(1)\\</script>",
    "`<script>alert(1)</script>`",
    "```\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "{{ 7 * 7 }}{% include 'page.html' %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for x in range(10**9) %}{% endfor %}",
    "%(alert)s %s {0.__class__} ${alert(1)}",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '" onfocus="alert(1)" autofocus="',
    "javascript:alert(1)",
    "＜script＞alert(1)＜/script＞",
    "<a\u2028href=javascript:alert(1)>x</a>",
]
#: Links and pictures of Markdown that lead where they should not.
LINKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](java&#9;script:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](&#32;javascript:alert(1))",
    "![x](&#32;data&Tab;:text/html,x)",
    "[x](&#1;javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://example.org/1)",
    "[x](view-source:https://example.org/)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    '[x](https://example.org/ "\\" onmouseover=\\"alert(1)")',
    '[x](https://example.org/"onmouseover="alert(1))',
    "[x](//example.org/x)",
    "[x](/../../etc/passwd)",
    "![x](../../../../etc/passwd.png)",
    "![x](/content/site.yaml)",
    "[x](%2e%2e/%2e%2e/secret.txt)",
    "[x](/a/\\..\\..\\secret)",
    "[<img src=x onerror=alert(1)>](/)",
    "![<img src=x onerror=alert(1)>](x.png)",
    "# <script>alert(1)</script>",
    '## x {#"><script>alert(1)</script>}',
    "[^<script>alert(1)</script>]: x\n\n[^<script>alert(1)</script>]",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "term\n: <script>alert(1)</script>",
    "~~<script>alert(1)</script>~~",
    "> <script>alert(1)</script>",
    "- <script>alert(1)</script>",
]
#: Markdown for which careless parsers take quadratic time or too much stack.
HEAVY = {
    "brackets": "[" * 50_000,
    "pictures": "![" * 30_000,
    "links": "[a](" * 30_000,
    "emphasis": "*a **b " * 20_000,
    "underscores": "_" * 60_000,
    "backticks": "".join("`" * n + " " for n in range(1, 500)),
    "quotes": ">" * 3_000 + "x",
    "lists": "".join(" " * (2 * n) + "- x\n" for n in range(400)),
    "entities": "&#" * 40_000,
    "autolinks": "<a:" * 30_000,
    "html": "<!" * 30_000,
    "declarations": "<![CDATA[" * 12_000,
    "definitions": "".join(f"[{n}]: x\n" for n in range(20_000)) + "[1]" * 5_000,
    "self": "[a]: a\n" * 20_000,
    "table": "|" * 20_000 + "\n" + "|-" * 20_000 + "|\n" + "|" * 20_000,
    "headings": "## x\n\n" * 8_000,
    "footnotes": "".join(f"[^{n}]" for n in range(8_000)) + "\n\n" + "".join(f"[^{n}]: x\n\n" for n in range(8_000)),
    "tildes": "~~a" * 30_000,
    "long line": "x" * 1_500_000,
    "spaces": "a" + " " * 90_000 + "b",
}
#: Front matter.
YAML = {
    "bomb": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ntitle: *c",
    "python": "title: !!python/object/apply:os.system ['touch pwned']",
    "python name": "title: !!python/name:os.system",
    "tag": "title: !include /etc/passwd",
    "merge": "<<: {title: x}\ntitle: y",
    "deep list": "title: " + "[" * 30_000,
    "deep table": "title: " + "{a: " * 20_000,
    "deep indent": "\n".join(" " * n + "a:" for n in range(2_000)),
    "long key": "x" * 60_000 + ": y\ntitle: a",
    "many keys": "title: a\n" + "\n".join(f"k{n}: 1" for n in range(8_000)),
    "number": "order: " + "9" * 50_000 + "\ntitle: a",
    "exponent": "order: 1e999999999\ntitle: a",
    "date": "date: 99999-99-99\ntitle: a",
    "documents": "title: a\n...\n---\ntitle: b",
    "directive": "%YAML 1.1\n%TAG ! tag:x,2000:\ntitle: a",
    "slug up": "title: a\nslug: ../../../pwned",
    "slug slash": "title: a\nslug: /etc/pwned",
    "slug dots": "title: a\nslug: '..'",
    "slug nul": 'title: a\nslug: "a\\0b"',
    "slug markup": "title: a\nslug: '\"><script>'",
    "alias up": "title: a\naliases: [/../../pwned/]",
    "alias markup": "title: a\naliases: ['/<script>alert(1)</script>/']",
    "alias long": "title: a\naliases: ['/" + "x/" * 3_000 + "']",
    "kind": "title: a\nkind: ../../secret",
    "bidi": 'title: "a\\u202Etxt.exe"',
    "escape": 'title: "\\e[31mred\\a"',
    "big text": "title: a\nsummary: " + "x" * 60_000,
}
#: Names of files and folders below content/.
NAMES = [
    "a\u202egpj.exe/index.en.md",
    "..%2fup/index.en.md",
    "a b/index.en.md",
    "-rf/index.en.md",
    "con/index.en.md",
    "a\x01b/index.en.md",
    "a\nb/index.en.md",
    "<script>alert(1)<>/index.en.md",
    "'\"><img src=x onerror=alert(1)>/index.en.md",
    "{{7*7}}/index.en.md",
    "%s%n/index.en.md",
    "é/index.en.md",
    "e\u0301/index.en.md",
    "x" * 200 + "/index.en.md",
    "a/" * 60 + "index.en.md",
    "b/index.en.md.en.md",
    "c/index.<script>.md",
    "d/index.en.MD",
    "e/..index.en.md",
    "f/$(touch pwned)",
    "g/`touch pwned`.txt",
    "h/page.html",
    "i/.htaccess",
    "j/x.svg",
]
SVG = [
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>',
    '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]><s>&f;</s>',
    "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 50_000,
    "<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>",
    "\x00\x01<svg/>",
    '<svg xmlns="http://www.w3.org/2000/svg"><style>*{background:url(//example.org/x)}</style></svg>',
]
#: What a translator may put into a catalog, as the translation of `Hello <b>%(name)s</b>`.
PO = [
    "<script>alert(1)</script> <b>%(name)s</b>",
    "<b onclick=alert(1)>%(name)s</b>",
    "<b>%(name)s</b><img src=x onerror=alert(1)>",
    "<b>%(name.__class__)s</b>",
    "<b>%(other)s</b>",
    "<b>%(name)</b>",
    "<b>%s</b>",
    "<b>{{ 7 * 7 }} %(name)s</b>",
    "<b>%(name)s" + "\\n" * 400 + "</b>",
    "<b>\\u202e%(name)s</b>",
]


def cases() -> dict[str, dict[str, str | bytes]]:
    """Every case by name: the files that it adds to a tiny site."""
    found: dict[str, dict[str, str | bytes]] = {}
    for number, text in enumerate((*SCRIPTS, *LINKS)):
        found[f"text {number}"] = {"content/a/index.en.md": f"---\ntitle: A\n---\n{text}\n"}
    for number, text in enumerate(SCRIPTS):
        quoted = text.replace("'", "''").replace("\n", " ").replace("\u2028", " ")
        found[f"words {number}"] = {"content/a/index.en.md": f"---\ntitle: '{quoted}'\nsummary: '{quoted}'\n---\n"}
    for name, text in HEAVY.items():
        found[f"heavy {name}"] = {"content/a/index.en.md": f"---\ntitle: A\n---\n{text}\n"}
    for name, text in YAML.items():
        found[f"yaml {name}"] = {"content/a/index.en.md": f"---\n{text}\n---\n"}
    for name in NAMES:
        found[f"name {name[:30]!r}"] = {f"content/{name}": "---\ntitle: A\n---\n"}
    for number, text in enumerate(SVG):
        page = "---\ntitle: A\n---\n![x](x.svg)\n"
        found[f"svg {number}"] = {"content/a/index.en.md": page, "content/a/x.svg": text}
    for number, text in enumerate(PO):
        message = (
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Hello <b>%(name)s</b>"\nmsgstr "'
        )
        found[f"po {number}"] = {"translations/fr/LC_MESSAGES/messages.po": message + text + '"\n'}
    return found


#: Everything of a page that a template writes, in every kind of place.
TEMPLATE = """\
<!doctype html><html lang="{{ page.shown.tag }}"><head><meta charset="utf-8"><title>{{ page.title }}</title>
<meta name="description" content="{{ page.summary or page.title }}"><link rel="canonical" href="{{ page.canonical_url }}">
<script type="application/ld+json">{{ page.jsonld }}</script></head>
<body><h1>{{ page.title|words }}</h1><p>{% trans name=page.title %}Hello <b>{{ name }}</b>{% endtrans %}</p>
<a href="{{ page.url }}" title="{{ page.title }}">{{ page.url }}</a>
{% for heading in page.headings %}<a href="#{{ heading.anchor }}">{{ heading.title }}</a>{% endfor %}
<main>{{ page.content }}</main></body></html>
"""


def outcome(folder: Path, files: dict[str, str | bytes]) -> str:
    """Build a tiny site with some files in it; return "published" or the codes of its problems."""
    site = TinySite(folder / "site")
    least = {"content/site.yaml": SITE, "content/kinds.yaml": KINDS, "content/index.en.md": "---\ntitle: Home\n---\n"}
    for path, text in {**least, "templates/page.html": TEMPLATE, **files}.items():
        site.write(path, text)
    try:
        site.report(jobs=1)
    except SiteError as error:
        return " ".join(sorted({problem.code for problem in error.problems if problem.severity == "error"}))
    return "published"


def main() -> None:
    """Build every case and print the worst."""
    rows = []
    for name, files in cases().items():
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            told = outcome(Path(folder), files)
            rows.append((time.perf_counter() - start, name, told))
    for seconds, name, told in sorted(rows, reverse=True)[:12]:
        print(f"{seconds:6.3f} s  {name}: {told}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(rows)} cases, {sum(told != 'published' for _, _, told in rows)} told; peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
