"""What a site declares: settings, kinds, fields and addresses."""
