"""What a site declares: settings, kinds, fields and addresses."""

from sitegen.model import field_types  # noqa: F401 - puts the engine's own types into the registry
