"""Text files and their grammars: YAML with places, edits in place, git."""
