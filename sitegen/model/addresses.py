"""Values that lead somewhere: pages of the site, addresses on the web, of mail and of telephones."""

from __future__ import annotations

import re

from sitegen.model.fields import Checker, Field
from sitegen.model.numbers_and_money import in_ascii_digits
from sitegen.model.page import Destination, Key, Reference
from sitegen.model.urls import as_path, is_external, names_its_target, normal, with_scheme, with_slashes
from sitegen.source.yaml import Node

#: A link's target: an external address, a page or a file.
LINK = (
    r'(?:[hH][tT][tT][pP][sS]?://[^/\s<>"]|[mM][aA][iI][lL][tT][oO]:[^\s<>"]|[tT][eE][lL]:[^\s<>"])[^\s<>"]*'
    r'|(?!//)[^\s<>":/.#]*[/.#][^\s<>"]*'
)
#: An address on the web.
URL = r'https?://[^\s<>"]+'
#: A telephone number as in E.164, with any grouping.
PHONE = r"\(?\+[1-9](?:[\s().-]*[0-9]){6,14}\)?"


def read_page(check: Checker, declared: Field, node: Node) -> Reference | None:
    """Read a content path, such as `/plan/`; the library checks that the page exists."""
    if re.fullmatch(r"/(?:[^/\s]+/)*", node.text):
        return Reference(Key(normal(node.text)), node.mark)
    path = as_path(node.text)
    hint = "write the page's path alone, such as /plan/" if ":" in path else f"write it as {path}"
    meant = path if re.fullmatch(r"[a-z0-9/\\-]+", node.text) else None
    message = f"{declared.name}: {node.quoted} is not a content path"
    check.reject(node, "reference", message, hint if node.text else "", meant)
    return None


def read_link(check: Checker, declared: Field, node: Node) -> Destination | None:
    """Read a page, a file or an address; the library checks that pages and files exist."""
    text = node.text
    if isinstance(node.value, str) and re.fullmatch(LINK, text) and (not is_external(text) or names_its_target(text)):
        return Destination(text, node.mark)
    message = f"{declared.name}: '{text or node.type_name}' is not a page, a file or an address"
    meant = with_scheme(text) if text.startswith("//") and re.fullmatch(LINK, with_scheme(text)) else None
    likely = meant or with_slashes(text)
    hint = f"write {likely}" if likely else "write a page as /plan/, a file beside this one, or https://…"
    check.reject(node, "url", message, hint, meant)
    return None


def read_phone(check: Checker, declared: Field, node: Node) -> str | None:
    """Read an E.164 telephone number with any grouping."""
    if isinstance(node.value, str) and re.fullmatch(PHONE, node.text):
        return node.text
    ascii_text = in_ascii_digits(node.text)
    if isinstance(node.value, (int, float)) and re.fullmatch(PHONE, ascii_text):  # +861012345678 is a number to YAML
        return ascii_text
    plain = re.sub(r"[\s().-]", "", ascii_text.replace("(0)", ""))  # which is left out behind the country's code
    international = f"+{plain[2:]}" if plain.startswith("00") else ""
    message = f"{declared.name}: {node.quoted} is not a telephone number"
    hint = "begin it with + and the country's code, such as +86 10 1234 5678"
    meant = next((text for text in (ascii_text, international) if re.fullmatch(PHONE, text)), None)
    check.reject(node, "phone", message, hint, meant)
    return None


def read_url(check: Checker, declared: Field, node: Node) -> str | None:
    """Read an address that begins with http:// or https://, and has a host."""
    if re.fullmatch(URL, node.text) and names_its_target(node.text):
        return node.text
    meant = with_scheme(node.text) if node.text.startswith("//") and names_its_target(with_scheme(node.text)) else None
    likely = meant or with_slashes(node.text)
    hint = f"write {likely}" if likely else "begin it with https://"
    check.reject(node, "url", f"{declared.name}: {node.quoted} is not a web address", hint, meant)
    return None


#: A name, an at sign and a host; the host's parts exclude full stops, which avoids backtracking. Neither holds what `mailto:`
#: reads otherwise: behind `?` a proposed text could copy its author in (`?bcc=`), behind `,` add a recipient; mail programs
#: pass over what is in round brackets.
_HOST_PART = r'[^\s@<>".,;:?#%&=/\\()\[\]]+'
EMAIL = rf'[^\s@<>",;:?#%\\()\[\]]+@{_HOST_PART}(?:\.{_HOST_PART})+'


def read_email(check: Checker, declared: Field, node: Node) -> str | None:
    """Read an e-mail address, without what mail programs would read as more than one, or as a header."""
    if re.fullmatch(EMAIL, node.text):
        return node.text
    check.reject(node, "email", f"{declared.name}: {node.quoted} is not an e-mail address")
    return None
