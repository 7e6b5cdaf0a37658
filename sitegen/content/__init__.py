"""content/ becomes checked documents with parsed Markdown."""
