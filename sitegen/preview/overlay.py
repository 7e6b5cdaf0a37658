"""What the preview lays over a page: its problems, and the script that reloads it."""

from __future__ import annotations

SCRIPT = b'<script src="/livereload.js?snipver=1"></script>'
OVERLAY = """<dialog open id="preview-problems" aria-label="Problems" dir="ltr" lang="en" style="position:fixed;inset:0;z-index:2147483647;\
box-sizing:border-box;width:100%;height:100%;max-width:none;max-height:none;margin:0;border:0;overflow:auto;background:#1b1b1bf2;color:#fff;\
padding:2rem;text-align:left;font:14px/1.5 ui-monospace,monospace"><form method="dialog" style="float:right"><button autofocus style="font:inherit;\
color:inherit;background:#333;border:1px solid #777;padding:.25rem .75rem">Close (Esc)</button></form><div role="alert"><strong>{count}</strong>\
<pre style="white-space:pre-wrap;clear:right">{text}</pre></div></dialog><script>addEventListener("keydown", event => event.key == "Escape" && \
document.getElementById("preview-problems").close())</script>"""
