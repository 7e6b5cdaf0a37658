"""The stages in order; what a build remembers, and what of the last one still stands."""
