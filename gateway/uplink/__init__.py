"""The road to the operations centre."""
