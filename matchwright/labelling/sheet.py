"""The two records of a pair side by side: for the terminal, or for a spreadsheet."""

import unicodedata
from typing import Any

import pandas as pd

from matchwright.core.records.conform import is_missing
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec

_FORMULA = ("=", "+", "-", "@")


def shown_fields(spec: MatchSpec) -> list[str]:
    """The fields that a labeller sees: all except direct identifiers that are not compared."""
    return [name for name, field in spec.fields.items() if field.compare or field.pii != "direct"]


def side_by_side(left: "pd.Series[Any]", right: "pd.Series[Any]", spec: MatchSpec) -> list[tuple[str, str, str]]:
    """Label, left value and right value of every shown field; a missing value is empty."""
    return [(spec.fields[name].label, shown(left[name]), shown(right[name])) for name in shown_fields(spec)]


def shown(value: Any) -> str:
    """A value as text. Invisible characters are replaced, so that a terminal cannot take them as commands."""
    if is_missing(value):
        return ""
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c).startswith("C") else c for c in text)


def sheet(pairs: pd.DataFrame, records: pd.DataFrame, spec: MatchSpec) -> pd.DataFrame:
    """A table to answer in a spreadsheet: ids, an empty ``label``, each field's two values side by side, and keys.

    Ids are for the reader. When the sheet comes back, the keys identify the records, because spreadsheets rewrite ids
    that look like a number or a date.
    """
    left, right = rows_of(records, pairs["left_key"]), rows_of(records, pairs["right_key"])
    ids = {
        f"{side}_id": [_cell(value) for value in one["record_id"]] for side, one in (("left", left), ("right", right))
    }
    columns: dict[str, Any] = {**ids, "label": ""}
    for name in shown_fields(spec):
        for source, side in ((spec.sources.left, left), (spec.sources.right, right)):
            columns[f"{name} ({source})"] = [_cell(value) for value in side[name]]
    keys = {"left_key": left["record_key"], "right_key": right["record_key"]}
    return pd.DataFrame(columns | keys)


def _cell(value: Any) -> str:
    """Text that a spreadsheet does not read as a formula."""
    text = shown(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, float) else text
