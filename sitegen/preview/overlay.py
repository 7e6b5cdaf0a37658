"""What the preview adds to a page, from parts/, and the policy of its own pages."""

from __future__ import annotations

from pathlib import Path

import jinja2

_FOLDER = Path(__file__).with_name("parts")
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
SCRIPT = b'<script src="/livereload.js?snipver=1"></script>'
#: Name below /preview/ → what the preview's own pages load: the policy of a page allows nothing inline.
PARTS = {name: (_FOLDER / name).read_text(encoding="utf-8") for name in ("preview.css", "preview.js")}
#: The policy of the pages below /preview/.
OWN_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def draw(name: str, **values: object) -> str:
    """Fill in a template of parts/."""
    return _TEMPLATES.get_template(name).render(values)
