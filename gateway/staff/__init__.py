"""Who may log in, and by which PIN."""
