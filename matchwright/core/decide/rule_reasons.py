"""Reasons that come from no single field: what the register and the competing candidates change in a decision."""

from typing import Any

import numpy as np

from matchwright.core.compare.engine import DECIMALS
from matchwright.core.decide.calibrator import log_odds
from matchwright.core.reasons import Catalogue, Reason
from matchwright.core.reasons.evidence import Levels
from matchwright.core.reasons.giving import SMALLEST_CONTRIBUTION
from matchwright.core.spec.vocabulary import CONTEXT

Array = np.ndarray[Any, np.dtype[np.float64]]
Reasons = tuple[Reason, ...]


def with_register(reasons: Reasons, change: float, catalogue: Catalogue) -> Reasons:
    """The reasons with that of the register: first where it lowers the score, else by how much it raises it."""
    if change < 0:
        return catalogue.common_evidence(change), *reasons
    place = sum(abs(reason.contribution) >= change for reason in reasons)
    return *reasons[:place], catalogue.rare_evidence(change), *reasons[place:]


def with_candidates(reasons: Reasons, change: float, catalogue: Catalogue) -> Reasons:
    """The reasons of a pair whose band the competing candidates change, with one that says so.

    What a scorer concludes from them may be part of the contributions of fields. Also, a pair may be ahead of another
    candidate and still be less certain than alone. A reason that says the opposite of the change is left out.
    """
    own = [reason for reason in reasons if reason.field == CONTEXT]
    if any(reason.contribution * change > 0 for reason in own):
        return reasons
    return catalogue.other_candidates(change), *(reason for reason in reasons if reason not in own)


def nothing_compared(levels: Levels) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The pairs of which no field is known in both records, shape (pairs,)."""
    own = np.array([level for group, level in levels.items() if group != CONTEXT], dtype=object)
    return np.asarray((own == "MISSING").all(axis=0))


def changes(before: Array, after: Array) -> dict[int, float]:
    """The rows whose score a rule changes, and by how much it changes the log-odds."""
    if after is before:
        return {}
    rows = np.flatnonzero(after != before)
    found = log_odds(after[rows]) - log_odds(before[rows])
    return {
        int(row): round(float(change), DECIMALS)
        for row, change in zip(rows, found, strict=True)
        if abs(change) > SMALLEST_CONTRIBUTION
    }
