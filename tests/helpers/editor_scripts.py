"""The scripts of the editor in the browser, run by Node beside the packages that `make editor` installs."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from conftest import REPOSITORY
from published import require

#: Where `make editor` copies the editor and installs its packages.
MADE = REPOSITORY / "build/editor-source"


def script_of(name: str) -> str:
    """The address of a script of the editor beside its packages; fails if `make editor` ran before it was changed."""
    require("the editor (make editor)", (MADE / "node_modules/yaml").exists())
    for own in (REPOSITORY / "sitegen/editor").glob("*.js"):
        assert (MADE / own.name).read_bytes() == own.read_bytes(), "run make editor"
    return (MADE / name).as_uri()


def ran_by_node(script: str, given: Any) -> Any:
    """The output of a script for an input, both as JSON."""
    command = ["node", "--input-type=module", "-e", script]
    ran = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)
