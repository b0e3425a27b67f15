"""A certificate authority of this gateway's own, for HTTPS on an island."""
