"""Releases the built site, and verifies it."""
