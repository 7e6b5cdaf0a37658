"""XML for feeds and sitemaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def add_child(parent: ET.Element, name: str, text: str) -> None:
    """Add an Atom element with a text."""
    from xml.etree import ElementTree as ET  # here and elsewhere where it is used: an edit makes no feeds

    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = str(text)


def to_xml(root: ET.Element) -> bytes:
    """Return an indented XML file in UTF-8; its elements need no prefix, which not all readers of feeds know."""
    from xml.etree import ElementTree as ET

    ET.register_namespace("", root.tag.removeprefix("{").partition("}")[0])
    ET.register_namespace("xhtml", XHTML)
    ET.indent(root, " ")
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
