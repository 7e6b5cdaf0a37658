"""A generator for static sites in many languages: YAML and Markdown in, whole pages out."""

__version__ = "0.1.0"
