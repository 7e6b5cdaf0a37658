"""A Hugo site, read and converted."""
