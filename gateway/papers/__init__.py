"""Pages of PDF that are handed to people."""
