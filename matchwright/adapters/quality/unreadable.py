"""Values that are there, but that cannot be read in the notation of their column."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.quality.result import Check
from matchwright.adapters.quality.run import Observed
from matchwright.core.records import unreadable_column
from matchwright.core.spec import MatchSpec

_WHAT = {"number": "must be readable as a number", "date": "must be readable as a date"}


def unreadable_checks(records: pd.DataFrame, spec: MatchSpec, table: str, source: str) -> Iterator[Observed]:
    """A check for each field of a source with an unreadable value.

    Up to the limit of the field such values count as missing. Beyond it their rows are quarantined.
    """
    for name in spec.fields:
        column = unreadable_column(name)
        flags = records[column].to_numpy(dtype=bool) if column in records else np.zeros(len(records), dtype=bool)
        if not flags.any():
            continue
        rows = np.flatnonzero(flags)
        yield unreadable_check(name, rows, int(records[name].notna().sum()), spec, table, source)


def unreadable_check(
    name: str, rows: "np.ndarray[Any, np.dtype[np.int64]]", present: int, spec: MatchSpec, table: str, source: str
) -> Observed:
    """The check of a field, some rows of which cannot be read. ``present`` rows have a value that can."""
    share = len(rows) / (len(rows) + present)
    limit = _limit(spec, name)
    check = Check(
        table=table,
        source=source,
        field=name,
        what=_WHAT[spec.fields[name].kind],
        unit="share",
        observed=1 - share,
        at_least=1 - limit,
        quarantines=share > limit,
        failed_rows=len(rows),
        outcome="quarantined" if share > limit else "passed",
    )
    return Observed(check, rows)


def without_flags(records: pd.DataFrame, spec: MatchSpec) -> pd.DataFrame:
    """The records without the columns that say which values are unreadable."""
    return records.drop(columns=[unreadable_column(name) for name in spec.fields], errors="ignore")


def _limit(spec: MatchSpec, field: str) -> float:
    quality = spec.quality.fields.get(field)
    own = quality.unreadable_share if quality else None
    return spec.quality.unreadable_share if own is None else own
