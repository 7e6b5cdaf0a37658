"""The address of a site, or of one of its languages, `base_url`, in its normal form."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import quote, unquote, urlsplit

from sitegen.model.field_declarations import optional_value
from sitegen.model.fields import Checker, Field
from sitegen.model.slugs import is_slug
from sitegen.source.yaml import Node

#: Scheme → the port that an address need not name.
PORTS = {"http": 80, "https": 443}
_BASE_URL = Field(name="base_url", type="url")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
#: A host and port; `urlsplit` ignores what follows a closing bracket.
_NETLOC = re.compile(r"[^\[\]]*|\[[^\[\]]*\](?::[^\[\]]*)?")


def site_url(text: str) -> str:
    """Normalize a site's address: the host in ASCII, no default port, the path percent-encoded, with a trailing slash.

    Raises:
        ValueError: the text is not a site's address; the message says why.
    """
    try:
        parts = urlsplit(text.strip())
    except ValueError as error:
        raise ValueError("its host is not a host name") from error
    if not _NETLOC.fullmatch(parts.netloc):
        raise ValueError("its host is not a host name")
    try:
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise ValueError("its port is not a number up to 65535") from error
    if port == 0 or not host or parts.scheme not in ("http", "https"):
        raise ValueError("its port is not a number up to 65535" if port == 0 else "it has no host")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("it has a name, a query or a fragment; a site has none of these")
    folders = [unicodedata.normalize("NFC", unquote(part)) for part in parts.path.split("/") if part]
    if not all(is_slug(folder) for folder in folders):
        raise ValueError("its path may have only letters, digits, hyphens and dots")
    path = "".join(f"{quote(folder, safe='~')}/" for folder in folders)
    shown = f":{port}" if port and port != PORTS[parts.scheme] else ""
    return f"{parts.scheme}://{_ascii_host(host)}{shown}/{path}"


def read_base_url(check: Checker, node: Node | None) -> str:
    """Return a base URL in its normal form; "/" if it is missing or invalid, which is reported."""
    text = optional_value(check, _BASE_URL, node)
    try:
        return site_url(str(text)) if text else "/"
    except ValueError as error:
        assert node is not None
        check.reject(
            node, "url", f"base_url: '{text}' is not an address for a site: {error}", "write it as https://example.org/"
        )
        return "/"


def is_site_url(text: str) -> bool:
    """Whether a text is the address of a site, so that `base_url` may be it."""
    try:
        return bool(site_url(text))
    except ValueError:
        return False


def _ascii_host(host: str) -> str:
    """Convert a host to its form in DNS: центр.рф → xn--e1aqjhr.xn--p1ai."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    else:
        if "%" in host:
            raise ValueError(f"'{host}' is an address of one network only")
        return f"[{address}]" if address.version == 6 else str(address)
    if _HOST.fullmatch(host) and len(host) < 254:
        return host
    import idna  # imported late, as its tables are slow to load and few sites need them

    try:
        return idna.encode(host.rstrip("."), uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"'{host}' is not a host name") from error
