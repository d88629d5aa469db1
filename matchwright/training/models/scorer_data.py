"""The pairs that a scorer is fitted on, and those that stop the fit early."""

from dataclasses import dataclass

import pandas as pd

from matchwright.core.models.scorer import Labels


@dataclass(frozen=True)
class ScorerData:
    """Training and validation pairs.

    ``comparisons`` and ``validation`` have one row per pair and the same columns. Labels are 1 for a match, else 0,
    shape (pairs,).
    """

    comparisons: pd.DataFrame
    labels: Labels
    validation: pd.DataFrame
    validation_labels: Labels
