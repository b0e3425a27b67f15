"""The life of an alert, its family, its hours, and what is told of it afterwards."""
