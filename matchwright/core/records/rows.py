"""Rows of a frame by record key."""

from typing import Any

import pandas as pd


def rows_of(features: pd.DataFrame, keys: "pd.Series[Any]") -> pd.DataFrame:
    """The rows of a frame with a record_key column, in the order of ``keys``."""
    return features.set_index("record_key", drop=False).loc[keys].reset_index(drop=True)
