"""Committed entries in, what the pages show out."""
