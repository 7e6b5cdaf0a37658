"""All pages in all languages: states, fallbacks, links and lists."""
