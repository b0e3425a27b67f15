"""An order in, the state moved on or one sentence of refusal out."""
