"""Text files and their grammars: YAML with places, scalars, edits in place, git."""
