"""Importer for Hugo sites."""
