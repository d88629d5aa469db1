"""Decide pairs of records in DataFrames."""

import logging
from typing import Any

import numpy as np
import pandas as pd

from matchwright.api.tables import as_text, decimals_of, field_columns, table_of
from matchwright.core.bundle import Bundle, register_use
from matchwright.core.bundle.golden import value_features
from matchwright.core.decide.decision import Decision
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, Fault
from matchwright.labelling.pair_table import id_column_names

_log = logging.getLogger(__name__)
_PAIRS_AT_ONCE = 10_000


def decide(
    bundle: Bundle,
    left: pd.DataFrame,
    right: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    *,
    top: int = 4,
) -> pd.DataFrame:
    """Decide pairs of records, with reasons.

    A pair is decided as the endpoint decides a pair that comes alone: its competing candidates are not known.

    Tables that ``pairs`` name records of are a register. A warning is logged if they are much larger than the register
    that the scores are for.

    Args:
        bundle: what :func:`matchwright.load_bundle` gives.
        left: records, one column per field. A column is named as in the tables that the spec reads, or like the field.
        right: the other records. Without ``pairs``, row 1 of ``left`` is paired with row 1 of ``right``, and so on.
        pairs: columns ``left_id`` and ``right_id`` (or another pair of names that training accepts). They hold record
            ids of ``left`` and ``right``. Without ``right``, both hold record ids of ``left``.
        top: the most reasons of a pair.

    Returns:
        One row per pair, with the index of ``pairs`` or else of ``left``. ``score`` is the probability of a match.
        ``band`` is ``match``, ``review`` or ``no_match``. ``codes`` and ``reasons`` are lists: the codes of the reasons
        and their texts, the most important first. ``hint`` says what would settle a pair in review, else it is None.

    Raises:
        DataError: the tables do not fit the bundle's spec; no value is quoted.

    Example:
        >>> import matchwright, pandas as pd
        >>> bundle = matchwright.load_bundle("models:/persons@champion")
        >>> person = {"given_name": "marianne", "surname": "testwell", "date_of_birth": "1980-02-14", "locality": None,
        ...           "street_number": "12", "street": "example street", "suburb": "mockville", "postcode": "2999",
        ...           "state": "nsw"}
        >>> left, right = pd.DataFrame([person]), pd.DataFrame([person | {"surname": "testwel"}])
        >>> decided = matchwright.decide(bundle, left, right)
        >>> decided.loc[0, "band"]
        'match'
        >>> "DATE_OF_BIRTH_AGREES" in decided.loc[0, "codes"]
        True
    """
    spec = bundle.model.spec
    one, other, index = _sides(spec, left, right, pairs)
    if pairs is not None:
        _warn_of_size(bundle, len(left), len(left if right is None else right))
    values, faults = {}, []
    for name, table in (("left", one), ("right", other)):
        columns, absent = field_columns(table, name, spec)
        faults += absent
        if not absent:
            text = as_text(table, name, columns.values(), decimals=decimals_of(spec, name, columns))
            values[name] = text.set_axis(list(columns), axis=1)
    if faults:
        raise DataError(f"The tables lack columns that spec '{spec.name}' compares:", faults)
    decisions: list[Decision] = []
    for start in range(0, len(index), _PAIRS_AT_ONCE):
        rows = {name: table.iloc[start : start + _PAIRS_AT_ONCE].to_dict("records") for name, table in values.items()}
        sides = [value_features(bundle.model, rows[name], name) for name in ("left", "right")]  # type: ignore[arg-type]
        decisions += bundle.model.decide(sides[0], sides[1], top)
    return _table(decisions, index)


def _warn_of_size(bundle: Bundle, left_records: int, right_records: int) -> None:
    if warning := register_use(bundle).larger(left_records, right_records, "the register of these tables"):
        _log.warning("%s: %s", warning.name, warning)


def _sides(
    spec: MatchSpec, left: object, right: object, pairs: object
) -> tuple[pd.DataFrame, pd.DataFrame, "pd.Index[Any]"]:
    """Two row-aligned tables, and the index of the pairs."""
    one = table_of(left, "left", spec)
    if pairs is not None:
        named = table_of(pairs, "pairs", spec)
        columns = next((names for names in id_column_names(spec) if set(names) <= set(named.columns)), None)
        if columns is None:
            fault = Fault("pairs", "has no columns left_id and right_id", "name the columns of record ids so")
            raise DataError("The pairs cannot be read.", [fault])
        other = one if right is None else table_of(right, "right", spec)
        sides = (("left", one), ("left" if right is None else "right", other))
        found = [_named(table, side, named, column, spec) for (side, table), column in zip(sides, columns, strict=True)]
        return found[0], found[1], named.index
    if right is None:
        raise DataError("There are no pairs.", [Fault("right", "is not given", "give right, or pairs")])
    other = table_of(right, "right", spec)
    if len(one) != len(other):
        problem = f"has {len(other)} row(s), and left has {len(one)}"
        raise DataError(
            "The tables are not row-aligned.", [Fault("right", problem, "give one row per pair, or give pairs")]
        )
    return one, other, one.index


def _named(table: pd.DataFrame, side: str, pairs: pd.DataFrame, column: str, spec: MatchSpec) -> pd.DataFrame:
    """The rows of ``table`` that a column of record ids names, in its order."""
    if spec.record_id not in table.columns:
        fault = Fault(f"{side}.{spec.record_id}", "no such column", "it numbers the records that pairs name")
        raise DataError("The records cannot be told apart.", [fault])
    ids = pd.Index(as_text(table, side, [spec.record_id], ids=[spec.record_id])[spec.record_id])
    if not ids.is_unique:
        fault = Fault(
            f"{side}.{spec.record_id}",
            "a record id is repeated or missing in more than one row",
            "keep one row of each",
        )
        raise DataError("The records cannot be told apart.", [fault])
    wanted = as_text(pairs, "pairs", [column], ids=[column])[column]
    rows = np.where(wanted.isna(), -1, ids.get_indexer(wanted))  # a pair without an id names no record
    absent = np.flatnonzero(rows < 0)
    if len(absent):
        problem = f"{len(absent)} record id(s) are not in the {side} table"
        raise DataError(
            "The pairs name no records.", [Fault(f"pairs.{column}", problem, f"the first is in row {absent[0] + 1}")]
        )
    chosen: pd.DataFrame = table.iloc[rows]
    return chosen


def _table(decisions: list[Decision], index: "pd.Index[Any]") -> pd.DataFrame:
    columns = {
        "score": pd.Series([decision.score for decision in decisions], dtype=np.float64),
        "band": pd.Series([decision.band for decision in decisions], dtype=object),
        "codes": pd.Series([[reason.code for reason in decision.reasons] for decision in decisions], dtype=object),
        "reasons": pd.Series([[reason.text for reason in decision.reasons] for decision in decisions], dtype=object),
        "hint": pd.Series([decision.hint and decision.hint.text for decision in decisions], dtype=object),
    }
    return pd.DataFrame(columns).set_axis(index, axis=0)
