"""Pairs completeness when only the first candidates of each record are kept."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates.budget import ranks_in_record
from matchwright.evaluation.candidates.quality import found
from matchwright.evaluation.wilson import wilson_interval


def completeness_by_budget(
    candidates: pd.DataFrame, true_pairs: pd.DataFrame, budgets: Sequence[int]
) -> list[dict[str, float]]:
    """Pairs completeness when only the first candidates of each record are kept.

    Returns:
        One row per budget that removes candidates, and one for the smallest budget that removes none: budget,
        candidates, and pairs_completeness with Wilson's 95 % interval (lower, upper). Empty without true pairs.
    """
    if candidates.empty or true_pairs.empty:
        return []
    ranks = ranks_in_record(candidates)
    of_true = found(candidates.assign(rank=ranks), true_pairs)["rank"].to_numpy(dtype=np.float64)
    return completeness_of_ranks(ranks, of_true, budgets)


def completeness_of_ranks(
    ranks: "np.ndarray[Any, np.dtype[np.int64]]",
    of_true: "np.ndarray[Any, np.dtype[np.float64]]",
    budgets: Sequence[int],
) -> list[dict[str, float]]:
    """:func:`completeness_by_budget` from the rank of each candidate, and of each true pair (NaN: no candidate)."""
    most = int(ranks.max())
    rows = []
    for budget in [*sorted(k for k in budgets if k < most), most]:
        kept = int((of_true <= budget).sum())
        lower, upper = wilson_interval(kept, len(of_true))
        rows.append(
            {
                "budget": budget,
                "candidates": int((ranks <= budget).sum()),
                "pairs_completeness": kept / len(of_true),
                "lower": float(lower),
                "upper": float(upper),
            }
        )
    return rows
