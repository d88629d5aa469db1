"""Records: from an input table to conformed values, normal forms and record features."""

from matchwright.core.records.conform import conform, conform_values, record_key
from matchwright.core.records.features import feature_schema, normal_forms, record_features
from matchwright.core.records.perturb import mistyped

__all__ = ["conform", "conform_values", "feature_schema", "mistyped", "normal_forms", "record_features", "record_key"]
