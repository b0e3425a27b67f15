"""What happened, past tense: one module for each matter, and `every` for all of them."""
