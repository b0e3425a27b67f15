"""The small books: households, devices, staff, cards; personal fields sealed."""
