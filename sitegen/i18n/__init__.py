"""Languages: their catalogs, formats, scripts and order."""
