"""What the pages say: leaves of the catalogue, one for each part of the house."""
