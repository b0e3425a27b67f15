"""Many readings in, the few that mean something out."""
