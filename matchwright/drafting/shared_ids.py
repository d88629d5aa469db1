"""Record ids of two tables that say which records match. Then they are the labels, and need no matching."""

import pandas as pd

from matchwright.drafting.tables import Tables

_FEWEST, _MOST = 20, 500
_AGREE, _TIMES_MORE = 0.3, 2


def shared_ids(tables: Tables) -> str:
    """What to say where records with equal ids in both tables agree far more often than others; empty if they do not.

    Two tables that number their records from 1 on share ids too, but such records agree by chance only.
    """
    if len(tables.sides) != 2:
        return ""
    left, right = (side.drop_duplicates(tables.record_id).set_index(tables.record_id) for side in tables.sides)
    both = [value for value in left.index.intersection(right.index) if value is not None]
    if len(both) < _FEWEST:
        return ""
    some = both[:: max(1, len(both) // _MOST)]
    one, other = left.loc[some, tables.columns], right.loc[some, tables.columns]
    equal, by_chance = _share_equal(one, other), _share_equal(one, other.iloc[::-1])
    if equal < _AGREE or equal < _TIMES_MORE * by_chance:
        return ""
    return (
        f"{len(both):,} record ids are in both tables, and their records agree in {equal:.0%} of their values. So an "
        "id seems to name the same thing in both, and says already which records match. If it does, list these pairs "
        "of ids as labelled matches, and match only the records without a partner"
    )


def _share_equal(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """The share of equal values in rows of the same place, where both have one."""
    left, right = one.to_numpy(dtype=object), other.to_numpy(dtype=object)
    both = ~(pd.isna(left) | pd.isna(right))
    return float((left == right)[both].mean()) if both.any() else 0.0
