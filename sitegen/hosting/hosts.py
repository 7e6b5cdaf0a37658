"""The hosts that a site can be configured for."""

from __future__ import annotations

from collections.abc import Callable

from sitegen.hosting.caddy import write_caddy
from sitegen.hosting.netlify import write_headers, write_redirects
from sitegen.hosting.nginx import write_nginx
from sitegen.hosting.table import Hosting

#: Host → what it is told.
HOSTS: dict[str, Callable[[Hosting], str]] = {
    "caddy": write_caddy,
    "headers": write_headers,
    "nginx": write_nginx,
    "redirects": write_redirects,
}
