"""Languages: catalogs, formats, scripts and sort order."""
