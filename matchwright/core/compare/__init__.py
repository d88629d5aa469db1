"""Comparisons: the only code that turns two records into numbers, for training, batch and serving."""

from matchwright.core.compare.engine import compare
from matchwright.core.compare.names import comparison_names, constraints, field_of, primary_comparison

__all__ = ["compare", "comparison_names", "constraints", "field_of", "primary_comparison"]
