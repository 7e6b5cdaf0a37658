"""What the preview adds to a page: its problems, and the script that reloads it; and the policy of its own pages."""

from __future__ import annotations

from sitegen.preview.toolbar import STYLE

SCRIPT = b'<script src="/livereload.js?snipver=1"></script>'
OVERLAY = """<link rel="stylesheet" href="/preview/preview.css"><dialog open id="preview-problems" aria-label="Problems" dir="ltr" lang="en">\
<form method="dialog"><button autofocus>Close (Esc)</button></form><div role="alert"><strong>{count}</strong>\
<pre>{text}</pre></div></dialog><script src="/preview/preview.js"></script>"""
_STYLE = """
#preview-problems{position:fixed;inset:0;z-index:2147483647;box-sizing:border-box;width:100%;height:100%;max-width:none;max-height:none;margin:0;\
border:0;overflow:auto;background:#1b1b1bf2;color:#fff;padding:2rem;text-align:left;font:14px/1.5 ui-monospace,monospace}
#preview-problems:not([open]){display:none}#preview-problems form{float:right}#preview-problems pre{white-space:pre-wrap;clear:right}
#preview-problems button{font:inherit;color:inherit;background:#333;border:1px solid #777;padding:.25rem .75rem}"""
_CLOSE = (
    'addEventListener("keydown", event => event.key == "Escape" && document.getElementById("preview-problems").close())'
)
#: Name below /preview/ → what the preview's own pages load: the policy of a page allows nothing inline.
PARTS = {"preview.css": STYLE + _STYLE, "preview.js": _CLOSE}
#: The policy of the pages below /preview/.
OWN_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
