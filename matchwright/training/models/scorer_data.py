"""The pairs that a scorer is fitted on, and those that stop the fit early."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from matchwright.core.models.scorer import Labels


@dataclass(frozen=True)
class ScorerData:
    """Training and validation pairs.

    ``comparisons`` and ``validation`` have one row per pair and the same columns. Labels are 1 for a match, else 0,
    shape (pairs,). ``limits`` say for the first comparison of a field below which value the field disagrees, see
    :func:`~matchwright.core.compare.names.disagreement_limits`.
    """

    comparisons: pd.DataFrame
    labels: Labels
    validation: pd.DataFrame
    validation_labels: Labels
    limits: Mapping[str, float] = field(default_factory=dict)
