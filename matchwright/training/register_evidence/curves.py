"""The evidence of a field's values by their information, from all pairs that agree in this field alone."""

import numpy as np

from matchwright.core.models.register_evidence import EvidenceCurve
from matchwright.training.register_evidence.rows import EvidenceRows

SMOOTHED = 2.0
"""So many matches are assumed at every point, with the odds of the point before, which has more common values."""
LEAST_EVIDENCE = 0.05
"""An agreeing value never counts for less than this: it is never worse than a missing one."""
DECIMALS = 4


def evidence_curves(rows: EvidenceRows, prior: float) -> tuple[EvidenceCurve, ...]:
    """The curve of each field.

    Args:
        rows: those that agree in one field and disagree in none.
        prior: the log-odds of a match for any pair of the register.
    """
    return tuple(_curve(rows[rows.agree[:, field]], field, prior) for field in range(rows.agree.shape[1]))


def _curve(rows: EvidenceRows, field: int, prior: float) -> EvidenceCurve:
    order = np.argsort(rows.information[:, field])
    information, matches, others = (values[order] for values in (rows.information[:, field], rows.matches, rows.others))
    if not len(order):
        return EvidenceCurve(information=(1.0,), evidence=(LEAST_EVIDENCE,), whatever=LEAST_EVIDENCE)
    odds = whatever = (matches.sum() + 0.5) / (others.sum() + 0.5)
    evidence = []
    for found, other in zip(matches, others, strict=True):
        odds = (found + SMOOTHED) / (other + SMOOTHED / odds)
        evidence.append(max(float(np.log(odds)) - prior, LEAST_EVIDENCE))
    return EvidenceCurve(
        information=tuple(information.round(DECIMALS).tolist()),
        evidence=tuple(np.round(evidence, DECIMALS).tolist()),
        whatever=round(max(float(np.log(whatever)) - prior, LEAST_EVIDENCE), DECIMALS),
    )
