"""Sizes of the network that do not depend on the data."""

HIDDEN = (32, 16)
"""Units of the two hidden layers of the pair head."""

DIMENSION = 16
"""Length of the dense part of an embedding."""
