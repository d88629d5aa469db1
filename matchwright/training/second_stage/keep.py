"""Whether the second stage is kept: only where it does no harm to pairs that neither stage was trained on.

Where a record may have twenty matches, being behind another candidate says nothing. Where most values are missing, the
first stage's scores of competing candidates say little. Then the second stage may make decisions worse.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.competing_scores import SCORED_NAMES
from matchwright.core.models.register_limits import limited
from matchwright.core.models.scorer import Array, Scorer
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.spec.deciding import CalibrationMethod
from matchwright.evaluation.paired import log_losses_of_scores
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.datasets.parts import CALIBRATION_PART, VALIDATION_PART

DECIMALS = 6


@dataclass(frozen=True)
class StagesCompared:
    """The mean log loss of the first stage alone and of both, on ``pairs`` pairs with their competing candidates.

    ``kept`` is whether the second stage is not worse by more than one standard error.
    """

    first: float
    both: float
    pairs: int
    kept: bool


def compare_stages(
    scorer: TwoStageScorer,
    comparisons: pd.DataFrame,
    pairs: pd.DataFrame,
    methods: tuple[CalibrationMethod, ...],
    seed: int,
) -> StagesCompared | None:
    """Compare both stages with the first one alone, each calibrated and within what the register says.

    Args:
        scorer: of two stages.
        comparisons: of the labelled candidates, with those that the second stage reads.
        pairs: the labelled candidates: left_key, label and part.
        methods: of calibration.
        seed: of the folds of calibration.

    Returns:
        None where the pairs for early stopping and calibration hold one class.
    """
    rows = pairs["part"].isin((VALIDATION_PART, CALIBRATION_PART)).to_numpy()
    judged, compared = pairs[rows], comparisons[rows].reset_index(drop=True)
    labels, keys = judged["label"].to_numpy(dtype=np.float64), judged["left_key"].to_numpy(dtype=object)
    if len(np.unique(labels)) < 2:
        return None

    def losses(stages: Scorer, known: pd.DataFrame) -> Array:
        held_out = choose_calibrator(stages.log_odds(known), labels, keys, seed, methods).held_out
        return log_losses_of_scores(limited(held_out, known), labels)

    first = losses(scorer.first, compared.drop(columns=list(SCORED_NAMES)))
    both = losses(scorer, compared)
    means = [round(float(each.mean()), DECIMALS) for each in (first, both)]
    return StagesCompared(means[0], means[1], len(labels), _no_worse(both - first, keys))


def _no_worse(difference: Array, keys: Any) -> bool:
    """Whether the mean is at most one standard error above 0. The standard error is that of left records."""
    mean = difference.mean()
    of_record = np.bincount(pd.factorize(keys)[0], difference - mean)
    return bool(mean <= np.sqrt((of_record**2).sum()) / len(difference))
