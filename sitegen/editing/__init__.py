"""Commands that change source files."""
