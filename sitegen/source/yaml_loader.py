"""The class by which PyYAML reads text."""

from __future__ import annotations

from typing import Any

import yaml

#: PyYAML without libyaml is slower, and makes the same nodes.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
