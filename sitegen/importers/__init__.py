"""Importers for the sites of other generators."""
