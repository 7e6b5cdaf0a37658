"""Importer for MkDocs sites."""
