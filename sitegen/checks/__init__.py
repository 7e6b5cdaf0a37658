"""Checks across pages: official names, and a translation beside its source."""
