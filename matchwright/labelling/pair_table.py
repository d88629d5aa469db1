"""The table of labelled pairs: its columns, and its conformed form."""

import difflib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.records import PAIR_KEYS, record_key
from matchwright.core.records.conform import id_text, per_distinct
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, Fault
from matchwright.training.datasets.pair_columns import (
    ID_COLUMNS,
    LABEL_COLUMNS,
    is_unsure,
    label_column,
    label_of,
    unnamed_labels,
    unread_fault,
    unread_labels,
)

__all__ = ["LABEL_COLUMNS", "conform_pairs", "id_column_names", "is_unsure", "label_of", "no_pairs"]


def conform_pairs(
    table: pd.DataFrame, spec: MatchSpec, one_table: bool, lines: Callable[[], Sequence[int]] | None = None
) -> pd.DataFrame:
    """Name the columns of a pairs table and turn its record ids into record keys.

    Args:
        table: two columns of record ids (see :func:`id_column_names`) and, if the spec's labels are partial, a column
            of labels. Without one every pair is a match. Pairs with an unsure answer are left out.
        spec: the match spec.
        one_table: both records come from one table. The pair is then put in order of its keys.
        lines: gives the line of each row in the table's file, for messages.

    Returns:
        Columns left_key, right_key (str or None) and label (Int8; missing where a label is neither yes nor no),
        sorted by key.

    Raises:
        DataError: no columns of record ids are found, or labels are needed and absent, or more labels were not
            understood than rows may be quarantined.
    """
    columns = [str(name) for name in table.columns]
    named = next((pair for pair in id_column_names(spec) if set(pair) <= set(columns)), None)
    label = label_column(columns)
    faults = [] if named else [_no_id_columns(columns, spec)]
    if label is None and spec.labels == "partial":
        faults.append(
            Fault(
                LABEL_COLUMNS[0],
                "no such column, and the spec says labels: partial",
                "add a column 'label' of 1 and 0, or say labels: complete where the table lists every match",
            )
        )
    if label is None and (unnamed := unnamed_labels(table)):
        faults.append(unnamed)
    if faults or named is None:
        raise DataError("The pairs table does not fit.", faults)
    if label is not None:
        _refuse_unread(label, table[label].tolist(), spec, lines)
        kept = np.array([not is_unsure(value) for value in table[label]], dtype=bool)
        table = table.loc[kept].reset_index(drop=True)
    left = _keys(table[named[0]], "left")
    right = _keys(table[named[1]], "left" if one_table else "right")
    if one_table:
        swap = [a is not None and b is not None and a > b for a, b in zip(left, right, strict=True)]
        left, right = np.where(swap, right, left), np.where(swap, left, right)
    labels = per_distinct(table[label], label_of) if label else np.ones(len(table), dtype=np.int8)
    frame = pd.DataFrame({"left_key": left, "right_key": right, "label": pd.array(labels, dtype="Int8")})
    return frame.sort_values(PAIR_KEYS, kind="stable", ignore_index=True)


def no_pairs() -> pd.DataFrame:
    """The conformed table of pairs without any pair."""
    keys = pd.Series([], dtype=object)
    return pd.DataFrame({"left_key": keys, "right_key": keys, "label": pd.array([], dtype="Int8")})


def id_column_names(spec: MatchSpec) -> list[tuple[str, str]]:
    """The accepted names of the two columns of record ids, the preferred ones first."""
    named = (f"{spec.sources.left}_id", f"{spec.sources.right}_id")
    return [ID_COLUMNS[0], named, *ID_COLUMNS[1:]]


def _refuse_unread(label: str, values: list[Any], spec: MatchSpec, lines: Callable[[], Sequence[int]] | None) -> None:
    """Refuse labels of which too many were not understood. A few such rows go to quarantine."""
    unread = unread_labels(values)
    if len(unread) > spec.quality.max_quarantined_share * len(values):
        found = unread_fault(label, values, unread, lines() if lines is not None else ())
        raise DataError("The pairs table does not fit.", [found])


def _keys(ids: "pd.Series[Any]", source: str) -> "np.ndarray[Any, Any]":
    return per_distinct(ids, lambda value: None if (text := id_text(value)) is None else record_key(source, text))


def _no_id_columns(columns: list[str], spec: MatchSpec) -> Fault:
    known = [name for pair in id_column_names(spec) for name in pair]
    close = {name: match for name in columns for match in difflib.get_close_matches(name, known, n=1)}
    if close:
        seen = ", ".join(f"'{name}' (did you mean '{match}'?)" for name, match in close.items())
        return Fault("left_id, right_id", "no such columns", f"the table has {seen}")
    pairs = ", ".join(" and ".join(pair) for pair in id_column_names(spec))
    return Fault("left_id, right_id", "no such columns", f"name them {pairs}, in a header row")
