"""Checks that look beyond one page: official names, and translations beside their sources."""
