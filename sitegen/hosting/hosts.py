"""The hosts that a site can be configured for."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from sitegen.hosting.caddy import write_caddy
from sitegen.hosting.netlify import write_headers, write_redirects
from sitegen.hosting.nginx import write_nginx
from sitegen.hosting.rules import Hosting


class Host(Struct, frozen=True, kw_only=True):
    """A server or a service that a site can be published by.

    Attributes:
        write: its configuration, as `hosts NAME` prints it.
        file: where it reads that in the folder that is published, as "_headers"; "" where a person installs it.
    """

    write: Callable[[Hosting], str]
    file: str = ""


#: Name → host: the engine's own, and those that extensions add.
HOSTS: dict[str, Host] = {
    "caddy": Host(write=write_caddy),
    "headers": Host(write=write_headers, file="_headers"),
    "nginx": Host(write=write_nginx),
    "redirects": Host(write=write_redirects, file="_redirects"),
}
