"""Fitting models from labelled pairs. Nothing that serves imports this package."""
