"""The unsupervised start: a scorer and a review queue before anybody has labelled a pair.

The version is registered, so that a reviewer can read it. Its gate on labelled pairs always fails, so it never becomes
a challenger and cannot be released. It serves to choose which pairs to label first (``matchwright label``).
"""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.registry import log_metrics
from matchwright.core.compare import compare
from matchwright.core.compare.names import CONTEXT_SIDES, disagreement_limits
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.files import write_scorer
from matchwright.core.models.household import Household
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.evaluation.behaviours import Behaviour, behave
from matchwright.evaluation.gates import Gate
from matchwright.files import write_whole
from matchwright.operations.training_artifacts import COMPARISONS, COMPETING, MISSED, PAIRS, SUMMARY
from matchwright.settings import Settings
from matchwright.training.datasets.candidate_sets import competing_twice, with_context
from matchwright.training.datasets.register_pairs import RegisterPairs
from matchwright.training.models.unsupervised import fit_fellegi_sunter

UNKNOWN = -1
MOST_CANDIDATES = 300_000
"""The most candidates that weights are estimated from. More would not change the weights."""
SHOWN = 20_000
"""The most candidates that are kept for the evaluation, the plots and the bundle's reference."""

LABELLED_GATE = "labelled pairs (labels: none)"

_log = logging.getLogger(__name__)


def train_without_labels(
    settings: Settings,
    spec: MatchSpec,
    frame: pd.DataFrame,
    corpus: Corpus,
    proposed: RegisterPairs,
    run_id: str,
    model: Path,
) -> dict[str, Any]:
    """Fit the unsupervised start on the candidates. Writes the files of the train step, with unknown labels.

    Raises:
        TrainingError: there are too few candidates to fit it on.
    """
    order = np.random.default_rng(spec.model.seed).permutation(len(proposed))
    chosen = np.sort(order[:MOST_CANDIDATES])
    pairs = proposed.pair_keys(chosen).assign(label=proposed.label[chosen])
    comparisons = compare(rows_of(frame, pairs["left_key"]), rows_of(frame, pairs["right_key"]), spec, corpus)
    comparisons = with_context(comparisons, pairs, proposed, frame, spec, corpus)
    expected = expected_matches(most_matches(frame, spec), len(pairs), len(proposed))
    limits = disagreement_limits(spec)
    scorer = fit_fellegi_sunter(comparisons, expected, competing_sides(pairs, spec), limits, Household.of(spec))
    _log.info("unsupervised start: weights of agreement from %d candidates without labels", len(pairs))
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
    competing_twice(shown, proposed).to_parquet(model / COMPETING, index=False)
    comparisons.iloc[kept].to_parquet(model / COMPARISONS, index=False)
    log_metrics(settings, run_id, {"labelled_pairs": 0.0, "fitted_on_candidates": float(len(pairs))})
    write_whole(model / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return summary


def most_matches(frame: pd.DataFrame, spec: MatchSpec) -> int:
    """The most pairs that can match under the spec's multiplicity: one for each record of a table."""
    left = int(frame["record_key"].str.startswith("left:").sum())
    right = len(frame) - left
    if not right:
        return left
    return min(left, right) if spec.multiplicity == "one_to_one" else max(left, right)


def expected_matches(most: int, fitted: int, proposed: int) -> int:
    """The most matches among the candidates that the start is fitted on, a share of all. At least 2."""
    return max(2, round(most * fitted / max(proposed, 1)))


def competing_sides(pairs: pd.DataFrame, spec: MatchSpec) -> list["pd.Series[str]"]:
    """The record keys of the sides whose records have at most one match."""
    return [pairs[f"{side}_key"] for side in CONTEXT_SIDES[spec.multiplicity]]


def evaluation_without_labels(
    decider: DecisionModel, scored: pd.DataFrame, records: pd.DataFrame
) -> tuple[dict[str, Any], list[Gate]]:
    """The content of ``evaluation.json`` without labelled pairs, and the gates. One gate always fails.

    Args:
        decider: the model of the unsupervised start.
        scored: left_key, right_key, score and band of candidates.
        records: the conformed records. Behaviours are tested on the pairs with the highest scores.
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
        "pairs_alone": {},
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
