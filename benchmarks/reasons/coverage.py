"""Coverage: the share of the largest contributions that the given reasons name."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from matchwright.core.reasons import Reason


def named_share(contributions: pd.DataFrame, reasons: Sequence[Sequence[Reason]], top: int = 4) -> float:
    """Absolute contributions of the named groups over those of the ``top`` largest groups, mean over pairs.

    It is 1 if each pair's reasons are its largest contributions, in any order. NaN if no pair has a contribution.

    Args:
        contributions: log-odds per pair (row) and group (column).
        reasons: of each pair.
        top: the most reasons that a pair may get.
    """
    sizes = contributions.abs().to_numpy()
    index = {group: position for position, group in enumerate(contributions.columns)}
    named = np.array([sum(sizes[row, index[one.field]] for one in given) for row, given in enumerate(reasons)])
    largest = np.sort(sizes, axis=1)[:, ::-1][:, :top].sum(axis=1)
    some = largest > 0
    return float((named[some] / largest[some]).mean()) if some.any() else float("nan")
