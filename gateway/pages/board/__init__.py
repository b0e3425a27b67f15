"""The board: compounds, buildings and flats at a glance."""
