"""The stages of a build in order, and what is still valid from the last build."""
