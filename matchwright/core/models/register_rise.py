"""How much further agreement raises the most that a register says, where the values are not known yet.

A hint says what would make a pair a match: such as a date of birth that is missing now, and would agree. Nobody knows
how common that date will be. So the limit rises by what the most common value of the field adds, and no more.
"""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.information import agreeing, disagreeing, similarities
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.spec import MatchSpec

Array = np.ndarray[Any, np.dtype[np.float64]]


def least_rise(register: RegisterEvidence, before: pd.DataFrame, after: pd.DataFrame, spec: MatchSpec) -> Array:
    """How much the most log-odds rise at least from some comparisons to others, shape (pairs,); never below 0.

    A field that agrees before counts by the evidence of agreement in it, whatever its value is, or by its similarity.

    Args:
        register: the register evidence that set the limit of ``before``.
        before: the comparisons of pairs.
        after: those of the same pairs, with further fields that agree.
        spec: the match spec.
    """
    whatever = np.array([curve.whatever for curve in register.curves])
    lowest = np.array([min(curve.evidence, default=curve.whatever) for curve in register.curves])
    agreed, agree = agreeing(before, spec), agreeing(after, spec)
    alike, now = similarities(before, spec), similarities(after, spec)
    nearly = np.column_stack([curve.at(column) for curve, column in zip(register.similar, alike.T, strict=True)])
    known = np.where(alike < 1, np.minimum(whatever, nearly), whatever) * agreed
    further = np.where((alike < now) | ~agreed, np.minimum(lowest, whatever), 0.0) * agree
    first = register.of_evidence(known, disagreeing(before, spec))
    second = register.of_evidence(np.maximum(known, further), disagreeing(after, spec))
    return np.asarray(np.maximum(second - first, 0.0))
