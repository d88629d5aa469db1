"""The pairs for people, those first that a wrong answer costs most."""

import numpy as np
import pandas as pd

from matchwright.core.spec.deciding import Costs


def for_review(pairs: pd.DataFrame, cluster_sizes: "pd.Series[int]", costs: Costs) -> pd.DataFrame:
    """The pairs that a person should decide, ordered by what leaving them to the machine costs.

    These are the pairs in review, and matches that did not join their records. The ``expected_cost`` of a pair is what
    the cheaper of the two automatic answers is expected to cost: the probability that it is wrong, times the cost of
    this error. It counts for all pairs of records that the answer joins or keeps apart: the product of the sizes of the
    two clusters.

    Args:
        pairs: see :class:`~matchwright.matching.deciding.DecidedPairs`.
        cluster_sizes: the number of records of each record's cluster, by record key.
        costs: of the spec.

    Returns:
        The pairs with ``expected_cost``, the largest first, and equal ones by their keys.
    """
    chosen = pairs[(pairs["band"] == "review") | (pairs["not_joined_because"] != "")].reset_index(drop=True)
    score = chosen["score"].to_numpy(dtype=np.float64)
    cost = np.minimum(score * costs.missed_match, (1 - score) * costs.false_match)
    sizes = [cluster_sizes.reindex(chosen[key]).to_numpy(dtype=np.float64) for key in ("left_key", "right_key")]
    found = chosen.assign(expected_cost=np.round(cost * sizes[0] * sizes[1], 6))
    by = ["expected_cost", "left_key", "right_key"]
    return found.sort_values(by, ascending=[False, True, True], kind="stable", ignore_index=True)
