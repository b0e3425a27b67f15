"""What the gatekeeper remembers: one serialisable value, and the small values it is made of."""
