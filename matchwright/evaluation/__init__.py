"""Metrics, gates and the model card of a model: pure functions, without files or outside systems."""
