"""Who is let in to the pages, and what they looked at."""
