"""What people ask of the house: one module for each matter, and `every` for all of them."""
