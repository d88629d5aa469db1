"""Conforming input tables of records, with flags for values that cannot be read."""

from collections.abc import Sequence

import pandas as pd
from pandas.api.types import union_categoricals

from matchwright.core.records import conform, unreadable, unreadable_column
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, Fault


def conformed_records(table: pd.DataFrame, spec: MatchSpec, source: str) -> pd.DataFrame:
    """The table conformed to the spec. Fields with values that cannot be read have a column of flags.

    Raises:
        DataError: columns that the spec needs are absent.
    """
    wanted = [spec.record_id, *(spec.column_of(field) for field in spec.fields)]
    if not set(wanted) & set(table.columns):
        # its first row may be a record, so the message must not quote it
        hint = f"check that its first row is a header. The spec reads {', '.join(wanted)}"
        raise DataError("A table does not fit.", [Fault("", "has no column that the spec reads", hint)])
    return conform(table, spec, source).assign(**unreadable(table, spec, source))


def together(sides: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The records of all tables, sorted by key: the same rows in another order have the same digest."""
    records = pd.concat(sides)
    for name in records.columns:
        of_sides = [side[name].array for side in sides if name in side]
        if all(isinstance(values, pd.Categorical) for values in of_sides):
            records[name] = union_categoricals(of_sides)
    # flags are in every row, also if only one table has such a value
    flagged = [name for name in records.columns if name.endswith(unreadable_column(""))]
    whole = records.assign(**{name: records[name].eq(True) for name in flagged})
    return whole.sort_values("record_key", kind="stable", ignore_index=True)
