"""The quality of candidates: the true pairs among them, their number, and what each method adds.

No later step can have a higher recall than the pairs completeness.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates.pairs import canonical_pairs
from matchwright.core.records import PAIR_KEYS


def found(candidates: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """``pairs``, row by row in canonical order, with the columns of candidates; ``proposed_by`` is NaN if missed."""
    wanted = canonical_pairs(pairs)[PAIR_KEYS]
    return wanted.merge(candidates, how="left", on=PAIR_KEYS, validate="many_to_one")


def pairs_completeness(candidates: pd.DataFrame, true_pairs: pd.DataFrame) -> float:
    """Share of the true pairs that are candidates; NaN without true pairs."""
    return float(found(candidates, true_pairs)["proposed_by"].notna().mean())


def reduction_ratio(candidates: int, possible_pairs: int) -> float:
    """Share of all possible pairs that need no scoring."""
    return 1.0 - candidates / possible_pairs if possible_pairs else 0.0


def contributions(candidates: pd.DataFrame, true_pairs: pd.DataFrame) -> pd.DataFrame:
    """One row per method: candidates it proposed, those that no other method proposed, and the same for true pairs."""
    all_sets = candidates["proposed_by"].value_counts()
    return by_method(all_sets, found(candidates, true_pairs)["proposed_by"].value_counts(), len(true_pairs))


def by_method(all_sets: "pd.Series[int]", true_sets: "pd.Series[int]", true_pairs: int) -> pd.DataFrame:
    """:func:`contributions` from how often each set of methods proposed a candidate, and a true pair."""
    methods = dict.fromkeys(name for names in all_sets.index for name in str(names).split("|"))
    rows = [
        {
            "method": method,
            "candidates": _count(all_sets, method),
            "candidates_alone": int(all_sets.get(method, 0)),
            "true_pairs": _count(true_sets, method),
            "true_pairs_alone": int(true_sets.get(method, 0)),
            "pairs_completeness": _count(true_sets, method) / true_pairs if true_pairs else None,
        }
        for method in sorted(methods)
    ]
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["method"])


def recall_at_k(
    candidates: pd.DataFrame, true_pairs: pd.DataFrame, ranks: Sequence[int], method: str = "tfidf"
) -> dict[int, float]:
    """Share of the true pairs that one ranked method finds among the first k neighbours, for each k."""
    return shares_within(
        found(candidates, true_pairs)[f"{method}_rank"].to_numpy(dtype=np.float64, na_value=np.inf), ranks
    )


def shares_within(rank: "np.ndarray[Any, np.dtype[np.float64]]", ranks: Sequence[int]) -> dict[int, float]:
    """Share of ranks that are at most k, for each k."""
    return {k: float((rank <= k).mean()) if len(rank) else float("nan") for k in ranks}


def candidates_per_record(candidates: pd.DataFrame, record_keys: "pd.Series[Any]") -> dict[str, float]:
    """How many candidates the records have: mean, median, 95th percentile, most, and records without any."""
    sides = pd.concat([candidates["left_key"], candidates["right_key"]]).value_counts()
    return summary_of_counts(sides.reindex(record_keys, fill_value=0).to_numpy(dtype=np.float64))


def summary_of_counts(counts: "np.ndarray[Any, np.dtype[np.float64]]") -> dict[str, float]:
    """:func:`candidates_per_record` from the number of each record, shape (records,)."""
    if not len(counts):
        return {"mean": 0.0, "median": 0.0, "p95": 0.0, "most": 0.0, "records_without": 0.0}
    return {
        "mean": float(counts.mean()),
        "median": float(np.median(counts)),
        "p95": float(np.quantile(counts, 0.95)),
        "most": float(counts.max()),
        "records_without": float((counts == 0).sum()),
    }


def _count(sets: "pd.Series[int]", method: str) -> int:
    return int(sum(count for names, count in sets.items() if method in str(names).split("|")))
