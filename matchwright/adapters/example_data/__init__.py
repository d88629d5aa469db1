"""Example data that needs no download."""
