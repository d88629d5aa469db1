"""The steps' part of an unsupervised start: a scorer and a review queue before anybody has labelled a pair.

A version made so is registered for its reviewer to read, and its gate on labelled pairs fails: it is never a
challenger and cannot be released. It is there to say which pairs to label first (``matchwright label``).
"""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.registry import log_metrics
from matchwright.core.compare import compare
from matchwright.core.compare.names import CONTEXT_SIDES
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.files import write_scorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.evaluation.behaviours import Behaviour, behave
from matchwright.evaluation.gates import Gate
from matchwright.files import write_whole
from matchwright.operations.training_artifacts import COMPARISONS, MISSED, PAIRS, SUMMARY
from matchwright.settings import Settings
from matchwright.training.candidate_sets import with_context
from matchwright.training.unsupervised import fit_fellegi_sunter

UNKNOWN = -1
MOST_CANDIDATES = 300_000
"""Candidates that weights are estimated from at most; more would move no weight."""
SHOWN = 20_000
"""Candidates kept for the evaluation, the plots and the bundle's reference at most."""

LABELLED_GATE = "labelled pairs (labels: none)"

_log = logging.getLogger(__name__)


def train_without_labels(
    settings: Settings,
    spec: MatchSpec,
    frame: pd.DataFrame,
    corpus: Corpus,
    proposed: pd.DataFrame,
    run_id: str,
    model: Path,
) -> dict[str, Any]:
    """Estimate an unsupervised start from the candidates; writes what the train step writes, labels unknown.

    Raises:
        TrainingError: too few candidates to estimate anything from.
    """
    order = np.random.default_rng(spec.model.seed).permutation(len(proposed))
    pairs = (
        proposed.sort_values(PAIR_KEYS, ignore_index=True).iloc[np.sort(order[:MOST_CANDIDATES])].reset_index(drop=True)
    )
    comparisons = compare(rows_of(frame, pairs["left_key"]), rows_of(frame, pairs["right_key"]), spec, corpus)
    comparisons = with_context(comparisons, pairs, proposed, frame, spec, corpus)
    expected = most_matches(frame, spec) * len(pairs) / max(len(proposed), 1)
    scorer = fit_fellegi_sunter(comparisons, max(2, round(expected)), competing_sides(pairs, spec))
    _log.info("unsupervised start: weights of agreement from %d candidates, none of them judged", len(pairs))
    kept = np.sort(np.random.default_rng(spec.model.seed).permutation(len(pairs))[:SHOWN])
    shown = pairs.iloc[kept][PAIR_KEYS].assign(label=np.int8(UNKNOWN), part="test").reset_index(drop=True)
    summary = {
        "run_id": run_id,
        "records_per_part": {"test": len(frame)},
        "pairs_per_part": {"test": len(shown)},
        "pairs_across_parts": 0,
        "augmented_pairs": 0,
        "rounds": 0,
        "train_losses": [],
        "validation_losses": [],
        "fitted_on_candidates": len(pairs),
    }
    model.mkdir(parents=True, exist_ok=True)
    write_scorer(scorer, model)
    shown.to_parquet(model / PAIRS, index=False)
    shown.iloc[:0].to_parquet(model / MISSED, index=False)
    comparisons.iloc[kept].to_parquet(model / COMPARISONS, index=False)
    log_metrics(settings, run_id, {"labelled_pairs": 0.0, "fitted_on_candidates": float(len(pairs))})
    write_whole(model / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return summary


def most_matches(frame: pd.DataFrame, spec: MatchSpec) -> int:
    """How many pairs may match, as far as the multiplicity says: one for each record of a table."""
    left = int(frame["record_key"].str.startswith("left:").sum())
    right = len(frame) - left
    if not right:
        return left
    return min(left, right) if spec.multiplicity == "one_to_one" else max(left, right)


def competing_sides(pairs: pd.DataFrame, spec: MatchSpec) -> list["pd.Series[str]"]:
    """The record keys of the sides whose records have at most one match."""
    return [pairs[f"{side}_key"] for side in CONTEXT_SIDES[spec.multiplicity]]


def evaluation_without_labels(
    decider: DecisionModel, scored: pd.DataFrame, records: pd.DataFrame
) -> tuple[dict[str, Any], list[Gate]]:
    """What ``evaluation.json`` holds where nothing is judged, and the gates, of which one always fails.

    Args:
        decider: the model of the unsupervised start.
        scored: left_key, right_key, score and band of candidates.
        records: the conformed records; behaviours are tried on the pairs with the highest scores.
    """
    likely = scored.sort_values(["score", *PAIR_KEYS], ascending=[False, True, True]).head(max(1, len(scored) // 20))
    sides = rows_of(records, likely["left_key"]), rows_of(records, likely["right_key"])
    tried = [one for one in behave(decider, *sides, seed=decider.spec.model.seed) if not _needs_a_match(one)]
    bands = [
        {"band": band, "pairs": count, "share": count / max(len(scored), 1), "true_pairs": 0}
        | dict.fromkeys(("true_share", "lower", "upper"))
        for band in ("review", "no_match")
        for count in [int((scored["band"] == band).sum())]
    ]
    summary = {
        "test_pairs": len(scored),
        "true_pairs": 0,
        "metrics": {},
        "pair_evidence_alone": {},
        "ranking": {},
        "calibration": None,
        "operating_points": [],
        "bands": bands,
        "slices": [],
        "behaviours": [{"name": one.name, "passed": one.passed, "total": one.total} for one in tried],
        "champion": None,
        "against_champion": {},
    }
    limit = decider.spec.gates.behaviour_pass_min
    gates = [Gate(name=LABELLED_GATE, value=0, must_be="at least", limit=1)]
    gates += [
        Gate(name=one.name, value=one.share, must_be="at least", limit=1.0 if one.name.startswith("golden") else limit)
        for one in tried
    ]
    return summary, gates


def _needs_a_match(behaviour: Behaviour) -> bool:
    return behaviour.name == "golden pairs that must match"
