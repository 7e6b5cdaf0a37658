"""Headers, redirects and languages in each server's format."""
