"""Commands that change files that people write."""
