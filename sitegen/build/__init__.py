"""The stages in order, and what still stands from the last build."""
