"""The library becomes outputs: pages, feeds, sitemaps, search, calendars."""
