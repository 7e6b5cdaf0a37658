"""Headers, redirects and languages, as each server reads them."""
