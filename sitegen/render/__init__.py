"""Renders the library to outputs: pages, feeds, sitemaps, search, calendars."""
