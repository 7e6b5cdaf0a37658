"""`content/` → checked documents with parsed Markdown."""
