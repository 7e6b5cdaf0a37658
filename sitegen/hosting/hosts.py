"""The hosts that a site can be configured for.

To add a host, write its files in a module beside this one, as `nginx.py` does, and add one entry to `HOSTS`.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from sitegen.hosting.caddy import write_caddy
from sitegen.hosting.headers_and_redirects import Hosting
from sitegen.hosting.netlify import write_headers, write_redirects
from sitegen.hosting.nginx import write_nginx


class Host(Struct, frozen=True, kw_only=True):
    """A server or service that can publish a site.

    Attributes:
        write: makes its configuration, as `hosts NAME` prints it.
        file: its place in the published folder, such as "_headers"; "" if the configuration is installed by hand.
    """

    write: Callable[[Hosting], str]
    file: str = ""


#: Name → host: the engine's own, and those added by extensions.
HOSTS: dict[str, Host] = {
    "caddy": Host(write=write_caddy),
    "headers": Host(write=write_headers, file="_headers"),
    "nginx": Host(write=write_nginx),
    "redirects": Host(write=write_redirects, file="_redirects"),
}
