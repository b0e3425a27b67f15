"""The list of households (名册): its columns, its rows, and what can be wrong with them."""
