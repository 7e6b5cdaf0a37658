"""What only whole pages show: official names, and a translation beside its source."""
