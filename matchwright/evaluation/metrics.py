"""Metrics of a matching model on labelled pairs, with bootstrap intervals over left records.

A pair is predicted positive when its band is ``match``. Recall and F1 are end to end: a true pair that blocking
missed is a false negative. ``f1_at_half`` predicts a match from a score of 0.5 instead. ``f1_review_resolved``
assumes that every review is decided correctly. Log loss and Brier score cover candidates only, because a pair that
blocking missed has no score.
"""

import numpy as np
import pandas as pd

from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec.deciding import Costs
from matchwright.errors import TrainingError
from matchwright.evaluation.bootstrap import REPLICATES, Array, Estimate, bootstrap
from matchwright.evaluation.paired import LEAST_SCORE, Change, changes
from matchwright.evaluation.wilson import wilson_interval

_PAIRS, _TRUE, _MISSED, _MATCH_TRUE, _MATCH_FALSE, _REVIEW_TRUE, _REVIEW_FALSE = range(7)
_HALF_TRUE, _HALF_FALSE, _LOG_LOSS, _BRIER = range(7, 11)


def measure(outcomes: pd.DataFrame, costs: Costs, replicates: int = REPLICATES, seed: int = 0) -> dict[str, Estimate]:
    """Every metric of the outcomes (see :func:`pair_outcomes`) with its interval.

    The bootstrap draws left records with all their pairs, because pairs of one record are not independent. A share
    that is equal in all replicates (for example without any error) gets Wilson's interval instead.

    Returns:
        f1, precision, recall, f1_at_half, f1_review_resolved, review_share, pairs_completeness,
        log_loss, brier and cost_per_1000 (in the spec's unit, per 1,000 candidates).
    """
    counts = _counts(outcomes)
    estimates = bootstrap(counts, outcomes["left_key"], lambda sums: _metrics(sums, costs), seed, replicates)
    for name, (part, whole) in _shares(counts.sum(axis=0)).items():
        if estimates[name].lower == estimates[name].upper:
            lower, upper = wilson_interval(part, whole)
            if name.startswith("f1"):
                lower, upper = _f1(lower), _f1(upper)
            value = estimates[name].value  # where it is 1, a rounding error may put Wilson's bound below it
            estimates[name] = Estimate(value, min(float(lower), value), max(float(upper), value))
    return estimates


def compare_models(
    champion: pd.DataFrame, challenger: pd.DataFrame, costs: Costs, replicates: int = REPLICATES, seed: int = 0
) -> dict[str, Change]:
    """Every metric of the challenger less that of the champion on the same pairs, with a paired test.

    Args:
        champion: outcomes of the serving model.
        challenger: outcomes of the new model on the same pairs, in the same order.
        costs: the spec's costs.
        replicates: bootstrap replicates.
        seed: of the resampling.

    Raises:
        TrainingError: the rows are not the same pairs.
    """
    same = [*PAIR_KEYS, "label", "missed"]
    if len(champion) != len(challenger) or not (champion[same].to_numpy() == challenger[same].to_numpy()).all():
        raise TrainingError(
            "Champion and challenger were not scored on the same pairs.", "score both on one candidates table"
        )
    old, new = _counts(champion), _counts(challenger)
    return changes(old, new, champion["left_key"], lambda sums: _metrics(sums, costs), seed, replicates)


def band_table(outcomes: pd.DataFrame) -> pd.DataFrame:
    """One row per band: candidates in it, their share of all, true pairs, and the true share with Wilson's interval."""
    candidates = outcomes[~outcomes["missed"]]
    rows = []
    for band in ("match", "review", "no_match"):
        label = candidates.loc[candidates["band"] == band, "label"]
        lower, upper = wilson_interval(int(label.sum()), len(label))
        rows.append(
            {
                "band": band,
                "pairs": len(label),
                "share": len(label) / len(candidates) if len(candidates) else float("nan"),
                "true_pairs": int(label.sum()),
                "true_share": float(label.mean()) if len(label) else float("nan"),
                "lower": float(lower),
                "upper": float(upper),
            }
        )
    return pd.DataFrame(rows)


def _counts(outcomes: pd.DataFrame) -> Array:
    """What every pair adds to each sum: (pairs, 11)."""
    missed = outcomes["missed"].to_numpy(dtype=bool)
    true = outcomes["label"].to_numpy() == 1
    band = outcomes["band"].to_numpy(dtype=object)
    match, review = band == "match", band == "review"
    score = outcomes["score"].to_numpy(dtype=np.float64)
    half = np.where(missed, 0.0, score) >= 0.5
    sure = np.clip(np.where(true, score, 1 - score), LEAST_SCORE, 1.0)
    columns = [~missed, true, missed & true, match & true, match & ~true, review & true, review & ~true]
    columns += [half & true, half & ~true, np.where(missed, 0, -np.log(sure)), np.where(missed, 0, (score - true) ** 2)]
    return np.column_stack(columns).astype(np.float64)


def _shares(sums: Array) -> dict[str, tuple[Array, Array]]:
    """Part and whole of every metric that is a share. For F1 it is TP / (TP + FP + FN), from which F1 follows."""
    s = np.moveaxis(sums, -1, 0)
    resolved = s[_MATCH_TRUE] + s[_REVIEW_TRUE]
    return {
        "f1": (s[_MATCH_TRUE], s[_TRUE] + s[_MATCH_FALSE]),
        "precision": (s[_MATCH_TRUE], s[_MATCH_TRUE] + s[_MATCH_FALSE]),
        "recall": (s[_MATCH_TRUE], s[_TRUE]),
        "f1_at_half": (s[_HALF_TRUE], s[_TRUE] + s[_HALF_FALSE]),
        "f1_review_resolved": (resolved, s[_TRUE] + s[_MATCH_FALSE]),
        "review_share": (s[_REVIEW_TRUE] + s[_REVIEW_FALSE], s[_PAIRS]),
        "pairs_completeness": (s[_TRUE] - s[_MISSED], s[_TRUE]),
    }


def _metrics(sums: Array, costs: Costs) -> dict[str, Array]:
    s = np.moveaxis(sums, -1, 0)
    reviews = s[_REVIEW_TRUE] + s[_REVIEW_FALSE]
    lost = s[_TRUE] - s[_MATCH_TRUE] - s[_REVIEW_TRUE]
    cost = costs.false_match * s[_MATCH_FALSE] + costs.missed_match * lost + costs.review * reviews
    values = {
        name: _f1(_ratio(part, whole)) if name.startswith("f1") else _ratio(part, whole)
        for name, (part, whole) in _shares(sums).items()
    }
    return values | {
        "log_loss": _ratio(s[_LOG_LOSS], s[_PAIRS]),
        "brier": _ratio(s[_BRIER], s[_PAIRS]),
        "cost_per_1000": _ratio(1000 * cost, s[_PAIRS]),
    }


def _f1(share: Array) -> Array:
    return np.asarray(2 * share / (1 + share))


def _ratio(part: Array, whole: Array) -> Array:
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0))
