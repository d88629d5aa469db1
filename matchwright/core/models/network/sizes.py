"""Sizes of the network that do not follow from the data."""

HIDDEN = (32, 16)
"""Units of the pair head's two hidden layers."""

DIMENSION = 16
"""Length of the dense part of an embedding."""
