"""A reading in, an event with a place and a meaning out."""
