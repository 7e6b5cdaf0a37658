"""Access to the preview: a web page elsewhere must neither read drafts here nor press a button.

- `Host` must be this machine's own name or address, so that a name that an attacker points here (DNS rebinding) is
  refused; so must `Origin`, if a browser sends it.
- Every action requires a token that only the preview's own pages contain.
- Responses have the headers and media types that real hosts send, so what a policy blocks there is blocked here too.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct, field
from tornado import web

from sitegen.hosting.headers_and_redirects import POLICY, headers_of
from sitegen.model.urls import parts_of
from sitegen.storage.output import unfit

#: Addresses that stand for all addresses of this machine.
ANY = ("", "0.0.0.0", "::")  # noqa: S104 - they are compared, not bound
#: What a browser opens for some of these.
_OPENED = {"": "localhost", "0.0.0.0": "localhost", "127.0.0.1": "localhost", "::": "::1"}  # noqa: S104
LOCAL = ("localhost", "127.0.0.1", "::1")


class Guard(Struct, frozen=True):
    """The preview's own addresses and its token."""

    host: str  #: the value of `--host`
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def url(self) -> str:
        """An address that a browser on this machine can open."""
        name = _OPENED.get(self.host, self.host)
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}/"

    def is_own(self, netloc: str) -> bool:
        """Whether a `Host`, or an `Origin` without its scheme, is the preview's own."""
        parts = parts_of(f"//{netloc}")
        try:
            name, port = (parts.hostname or "").lower(), parts.port or 80
        except ValueError:
            return False
        is_port = port == self.port or self.host in ANY  # outside a container, its port has another number
        return is_port and self._is_named(name) and parts.username is None and parts.path == ""

    def _is_named(self, name: str) -> bool:
        if name in LOCAL or name == self.host.lower():
            return True
        return self.host in ANY and (_is_number(name) or name == socket.gethostname().lower())

    def is_right(self, token: str) -> bool:
        """Whether a token is the one in our pages."""
        return hmac.compare_digest(token.encode(), self.token.encode())


def _is_number(name: str) -> bool:
    """Whether a host is an IP address, which no name server can point elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guarded(web.RequestHandler):
    """A handler that answers only requests that come from one of the preview's own addresses."""

    guard: Guard

    def initialize(self, guard: Guard) -> None:
        self.guard = guard

    def set_default_headers(self) -> None:
        self.set_headers(preview_headers("index.html"))

    def set_headers(self, headers: Mapping[str, str]) -> None:
        """Send headers, replacing those with the same names."""
        for name, value in headers.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        host, origin = self.request.headers.get("Host", ""), self.request.headers.get("Origin")
        if not self.guard.is_own(host):
            raise web.HTTPError(403, reason="Not an address of this preview")
        if (origin is not None and parts_of(origin).netloc != host) or self._is_part_of_another_site():
            raise web.HTTPError(403, reason="Not from this preview")

    def _is_part_of_another_site(self) -> bool:
        """Whether the page of another site asks for a file to show or read, and not for a page to go to (Fetch Metadata)."""
        asked = self.request.headers
        is_other = asked.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        return is_other and asked.get("Sec-Fetch-Dest", "document") != "document"

    def require_token(self) -> None:
        """Refuse a request that one of our buttons has not sent."""
        if "Origin" not in self.request.headers or not self.guard.is_right(self.get_body_argument("token", "")):
            raise web.HTTPError(403, reason="Not from a button of this preview")


def preview_headers(path: str, host: str = "", editor: Iterable[str] | None = None) -> dict[str, str]:
    """The headers of a file of the site as a real host sends them, and what only a preview needs.

    Its pages may be framed and reload, and no other site learns which drafts there are.

    Args:
        host: the `Host` of the request, once it is known to be ours.
        editor: origins from which the editor in the browser may load files, if there is an editor.
    """
    headers = headers_of(path, editor=editor)
    policy = headers["Content-Security-Policy"]
    if policy == POLICY:
        policy = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        policy = policy.replace("connect-src 'self'", f"connect-src 'self' ws://{host}") if host else policy
    own = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return {"Content-Type": "application/octet-stream", **headers, **own}


def local_path(url: str) -> str:
    """The path of an address on this preview, safe in a redirect or a frame: it can't refer to another host."""
    path = re.sub(r"^[/\\\s]+", "", parts_of(url.replace("\\", "/")).path)
    return "/" + quote(path, safe="/%~:@!$&'()*+,;=-._")


def find_file(root: Path, address: str) -> Path | None:
    """The file or folder of an address below a folder; None if there is none, if a link leads there, or no site has it."""
    parts = [part for part in address.split("/") if part]
    if address.startswith("/") or (parts and unfit("/".join(parts))):
        return None
    path = root.joinpath(*parts)
    try:
        is_own = path.resolve(strict=True) == path
    except (OSError, ValueError, RuntimeError):  # too long, missing, or (before Python 3.13) a link to itself
        return None
    return path if is_own else None


def may_be_page(address: str) -> bool:
    """Whether a page could be at an address once its problems are mended."""
    path = address.removesuffix("/")
    is_hidden = any(part.startswith(".") for part in path.split("/"))
    return not is_hidden and not (path and unfit(path)) and (address != path or Path(path).suffix in ("", ".html"))
