"""The line of a site's requirements.txt that installs this version of the generator again."""

from __future__ import annotations

import json
from importlib.metadata import Distribution, PackageNotFoundError
from typing import Any

from sitegen import __version__

#: The name of the distribution; the package index has another project by the name of the package.
DISTRIBUTION = "multilingual-sitegen"


def requirement() -> str:
    """Return a requirement by PEP 508, such as `multilingual-sitegen==0.1.0`.

    A generator that was installed from an address (PEP 610) is required from that address: with `git+https://…`, the commit
    that is installed; with a file on the web, that file with its hash. One that comes from a folder or file of this machine
    is required by its version, as the address means nothing elsewhere.
    """
    origin = _origin()
    address = str(origin.get("url", ""))
    if "vcs_info" in origin:
        return f"{DISTRIBUTION} @ {origin['vcs_info']['vcs']}+{address}@{origin['vcs_info']['commit_id']}"
    if address.startswith("https://"):
        hashes = origin.get("archive_info", {}).get("hashes", {})
        return f"{DISTRIBUTION} @ {address}" + "".join(f"#{name}={own}" for name, own in sorted(hashes.items())[:1])
    return f"{DISTRIBUTION}=={__version__}"


def is_local() -> bool:
    """Return whether the generator was installed from a folder or file of this machine, or runs from a clone."""
    return _installed() is None or str(_origin().get("url", "")).startswith("file:")


def _origin() -> dict[str, Any]:
    """Where pip found what is installed; empty if that was a package index."""
    installed = _installed()
    text = installed.read_text("direct_url.json") if installed else None
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _installed() -> Distribution | None:
    try:
        return Distribution.from_name(DISTRIBUTION)
    except PackageNotFoundError:
        return None
