"""The encoder: text to numbers, and numbers to signals."""
