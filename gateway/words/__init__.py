"""What people read: every word of the house in Chinese and English, one module for each part of the catalogue."""
