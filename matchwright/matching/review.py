"""The pairs for people, those first that a wrong answer costs most."""

import numpy as np
import pandas as pd

from matchwright.core.spec.deciding import Costs


def for_review(pairs: pd.DataFrame, clusters: pd.DataFrame, costs: Costs) -> pd.DataFrame:
    """The pairs that a person should decide, ordered by what it costs to leave them as they are.

    These are the pairs in review, and matches that did not join their records. The ``expected_cost`` of a pair is the
    probability that the run left it wrong, times the cost of this error.

    - Two records in two clusters are kept apart. If they match, all pairs of the two clusters are missed: the cost
      counts for the product of their sizes.
    - Two records in one cluster are together, and other pairs hold them so. That they match is at least as probable as
      the weakest link of the cluster, and an answer changes this pair alone.

    Args:
        pairs: of :func:`~matchwright.matching.deciding.decided_pairs`.
        clusters: record_key, cluster_id, cluster_size and weakest_link of every record.
        costs: of the spec.

    Returns:
        The pairs with ``expected_cost``, the largest first, and equal ones by their keys.
    """
    chosen = pairs[(pairs["band"] == "review") | (pairs["not_joined_because"] != "")].reset_index(drop=True)
    of_record = clusters.set_index("record_key")
    one, other = (of_record.loc[chosen[key]] for key in ("left_key", "right_key"))
    together = one["cluster_id"].to_numpy() == other["cluster_id"].to_numpy()
    score = chosen["score"].to_numpy(dtype=np.float64)
    sizes = one["cluster_size"].to_numpy() * other["cluster_size"].to_numpy()
    held = np.fmax(score, one["weakest_link"].to_numpy(dtype=np.float64))
    cost = np.where(together, (1 - held) * costs.false_match, score * costs.missed_match * sizes)
    found = chosen.assign(expected_cost=np.round(cost, 6))
    by = ["expected_cost", "left_key", "right_key"]
    return found.sort_values(by, ascending=[False, True, True], kind="stable", ignore_index=True)
