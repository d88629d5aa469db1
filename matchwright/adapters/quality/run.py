"""Run expectations with Great Expectations, and read plain figures from its results."""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.quality.result import Check
from matchwright.adapters.quality.suite import Expected
from matchwright.core.records.columns import with_categories
from matchwright.errors import QualityError
from matchwright.telemetry import silence

_POSITION = "position"
MOST_ROWS = 200_000
"""Rows up to which all expectations are checked together."""
_RESULT_FORMAT = {"result_format": "COMPLETE", "include_unexpected_rows": False}


@dataclass(frozen=True)
class Observed:
    """A check, and the positions of the rows that fail it."""

    check: Check
    failed: "np.ndarray[Any, np.dtype[np.int64]]"


def run_expectations(frame: pd.DataFrame, expected: Sequence[Expected], table: str, source: str = "") -> list[Observed]:
    """Check a frame. The results have the order of ``expected``.

    Rows are identified by position, so the results of Great Expectations hold no record id.

    Raises:
        QualityError: Great Expectations could not compute an expectation.
    """
    silence()
    # messages below a warning may quote values
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    source_of_data = context.data_sources.add_pandas("lake")
    results: dict[int, Any] = {}
    for number, positions in enumerate(_together(expected, len(frame))):
        some = [expected[position] for position in positions]
        asset = source_of_data.add_dataframe_asset(f"{table} {number}")
        results |= zip(positions, _outcomes(asset, _checked(frame, some), some), strict=True)
    return [
        observed(one, results[position].result, results[position].success, table, source)
        for position, one in enumerate(expected)
    ]


def _together(expected: Sequence[Expected], rows: int) -> list[list[int]]:
    """The positions of the expectations that are checked together: all of a small frame, those of a column else.

    Great Expectations keeps what it computed of each column until all are checked.
    """
    if rows <= MOST_ROWS:
        return [list(range(len(expected)))] if expected else []
    by_column: dict[str, list[int]] = {}
    for position, one in enumerate(expected):
        by_column.setdefault(one.arguments.get("column", ""), []).append(position)
    return list(by_column.values())


def _outcomes(asset: Any, frame: pd.DataFrame, expected: Sequence[Expected]) -> list[Any]:
    """What Great Expectations says of each expectation."""
    import great_expectations as gx

    suite = gx.ExpectationSuite(
        name=asset.name,
        expectations=[
            {"type": one.type, "kwargs": one.arguments, "meta": {_POSITION: position}}
            for position, one in enumerate(expected)
        ],
    )
    # Great Expectations ignores an expectation that it does not know, and then reports success
    if len(suite.expectations) != len(expected):
        raise QualityError(
            f"Great Expectations accepted {len(suite.expectations)} of {len(expected)} expectations.",
            "install the versions in requirements.lock",
        )
    batch = asset.add_batch_definition_whole_dataframe("batch").get_batch({"dataframe": frame})
    outcomes: list[Any] = batch.validate(suite, result_format=_RESULT_FORMAT).results
    results = {one.expectation_config.meta[_POSITION]: one for one in outcomes}
    if sorted(results) != list(range(len(expected))):
        raise QualityError("Great Expectations left expectations out.", "install the versions in requirements.lock")
    return [results[position] for position in range(len(expected))]


def _checked(frame: pd.DataFrame, expected: Sequence[Expected]) -> pd.DataFrame:
    """The columns that are checked, with each distinct text once.

    Great Expectations copies all columns for each expectation: of a million records that took three times as long.
    """
    named = {one.arguments["column"] for one in expected if "column" in one.arguments}
    columns = [name for name in frame.columns if name in named] or list(frame.columns[:1])
    return with_categories(frame[columns].reset_index(drop=True))


def observed(expected: Expected, result: Any, success: bool, table: str, source: str) -> Observed:
    """The check of an expectation, from its result as Great Expectations writes it.

    Raises:
        QualityError: there is none.
    """
    if not result:
        # the original message and traceback may quote a value
        raise QualityError(
            f"The expectation on {table}, {expected.field} ({expected.what}) could not be computed.",
            "check that it suits the field's kind in the spec",
        )
    failed = np.array(result.get("unexpected_index_list") or [], dtype=np.int64)
    limited = expected.at_least is not None or expected.at_most is not None
    stops = limited and not success
    check = Check(
        table=table,
        source=source,
        field=expected.field,
        what=expected.what,
        unit=expected.unit,
        observed=_figure(result),
        at_least=expected.at_least,
        at_most=expected.at_most,
        quarantines=expected.quarantines,
        failed_rows=len(failed),
        outcome="stopped" if stops else "quarantined" if expected.quarantines and len(failed) else "passed",
    )
    return Observed(check, failed)


def _figure(result: Any) -> float | None:
    """The observed figure, or the share of rows with a value that pass."""
    if "unexpected_count" in result:
        rows = result["element_count"] - result.get("missing_count", 0)
        return 1 - result["unexpected_count"] / rows if rows else None
    observed = result["observed_value"]
    return None if observed is None or math.isnan(observed) else float(observed)
