"""What a site declares: settings, kinds, fields and addresses."""

from sitegen.model import field_types  # noqa: F401 - registers the built-in types
