"""The steps' report on candidates: by method, by rank and by budget."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates.budget import ranks_in_record
from matchwright.core.spec.blocking import CandidateSpec
from matchwright.evaluation.candidates.completeness import completeness_by_budget
from matchwright.evaluation.candidates.quality import contributions, pairs_completeness, recall_at_k

RANKS = (1, 2, 3, 5, 10, 20, 50, 100, 200)
BUDGETS = (*RANKS, 500, 1_000, 2_000, 5_000)


def found_and_cut(
    everything: pd.DataFrame, made: pd.DataFrame, true_pairs: pd.DataFrame, spec: CandidateSpec
) -> dict[str, Any]:
    """What all methods find together, what each method finds, and what the budget cuts.

    Args:
        everything: all proposed candidates.
        made: the candidates within the budget.
        true_pairs: the known matches.
        spec: the spec's section about candidates.

    Returns:
        candidates, true_pairs, pairs_completeness, methods, budget, completeness_by_budget, and for each ranked
        method that proposed anything its recall among the first k neighbours (such as ``tfidf_recall_at_k``).
    """
    lost = 0
    if len(everything) > len(made) and len(true_pairs):
        before = pairs_completeness(everything, true_pairs)
        lost = round((before - pairs_completeness(made, true_pairs)) * len(true_pairs))
    report: dict[str, Any] = {
        "candidates": len(made),
        "true_pairs": len(true_pairs),
        "pairs_completeness": pairs_completeness(made, true_pairs) if len(true_pairs) else None,
        "methods": contributions(made, true_pairs).replace({np.nan: None}).to_dict("records"),
        "budget": {
            "max_candidates_per_record": spec.max_candidates_per_record,
            "most_used": int(ranks_in_record(made).max(initial=0)),
            "candidates_cut": len(everything) - len(made),
            "true_pairs_cut": lost,
        },
        "completeness_by_budget": completeness_by_budget(made, true_pairs, BUDGETS),
    }
    for name, most in most_ranks(spec).items():
        if len(true_pairs) and made[f"{name}_rank"].notna().any():
            ranks = [*(k for k in RANKS if k < most), most]
            recall = recall_at_k(made, true_pairs, ranks, name)
            report[f"{name}_recall_at_k"] = {str(k): share for k, share in recall.items()}
    return report


def embedding_facts(report: dict[str, Any]) -> str:
    """In one line what candidates find with the embedding's nearest among them; see :func:`found_and_cut`."""
    budget = report["budget"]
    own = next((row for row in report["methods"] if row["method"] == "embedding"), None)
    alone = own["true_pairs_alone"] if own else 0
    facts = [f"{report['candidates']:,} pairs in training, {alone:,} true ones proposed by the embedding alone"]
    if recall := report.get("embedding_recall_at_k"):
        k, share = list(recall.items())[-1]
        facts.append(f"{share:.4f} of {report['true_pairs']:,} true pairs are among its nearest {k}")
    if report["pairs_completeness"] is not None:
        facts.append(f"pairs completeness {report['pairs_completeness']:.4f}")
    facts.append(
        f"the budget of {budget['max_candidates_per_record']:,} per record cuts {budget['candidates_cut']:,} pairs, "
        f"{budget['true_pairs_cut']:,} of them true"
    )
    return "; ".join(facts)


def most_ranks(spec: CandidateSpec) -> dict[str, int]:
    """The largest rank that each method that ranks may give; 0 where the spec does not use it."""
    return {"tfidf": spec.tfidf.top_k if spec.tfidf else 0, "embedding": spec.embedding_top_k}
