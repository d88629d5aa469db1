"""Fitting every kind of model that a bundle holds."""
