"""What a site declares: settings, kinds, fields, addresses; and the values of content."""
