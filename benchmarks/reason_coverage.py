"""Coverage: how much of what moved the scores the reasons that were given name."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from matchwright.core.reasons import Reason


def named_share(contributions: pd.DataFrame, reasons: Sequence[Sequence[Reason]], top: int = 4) -> float:
    """Absolute contributions of the named groups, as a share of those of the ``top`` largest, mean over pairs.

    1 where each pair's reasons are its largest contributions, whatever their order; NaN without a pair that has any.

    Args:
        contributions: per group (column) and pair (row), log-odds.
        reasons: of each pair.
        top: how many reasons a pair may get.
    """
    sizes = contributions.abs().to_numpy()
    index = {group: position for position, group in enumerate(contributions.columns)}
    named = np.array([sum(sizes[row, index[one.field]] for one in given) for row, given in enumerate(reasons)])
    largest = np.sort(sizes, axis=1)[:, ::-1][:, :top].sum(axis=1)
    some = largest > 0
    return float((named[some] / largest[some]).mean()) if some.any() else float("nan")
