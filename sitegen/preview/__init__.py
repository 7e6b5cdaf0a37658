"""The preview: a site as its editor sees it, rebuilt at each save."""
