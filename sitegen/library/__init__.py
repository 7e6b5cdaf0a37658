"""All pages in all languages: states, fallbacks, links, lists."""
