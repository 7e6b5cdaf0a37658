"""Outputs out of the library: pages, feeds, sitemaps, search, calendars."""
