"""Records: from an input table to conformed values, normal forms and record features."""

from matchwright.core.records.columns import Columns, Table, columns_of, row_count, take
from matchwright.core.records.conform import (
    PAIR_KEYS,
    conform,
    conform_values,
    conformed_values,
    record_key,
    unreadable,
    unreadable_column,
)
from matchwright.core.records.features import feature_columns, feature_schema, normal_forms, record_features
from matchwright.core.records.misspelling import mistyped

__all__ = [
    "PAIR_KEYS",
    "Columns",
    "Table",
    "columns_of",
    "conform",
    "conform_values",
    "conformed_values",
    "feature_columns",
    "feature_schema",
    "mistyped",
    "normal_forms",
    "record_features",
    "record_key",
    "row_count",
    "take",
    "unreadable",
    "unreadable_column",
]
