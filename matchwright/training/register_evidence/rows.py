"""What a register says about sets of agreeing and disagreeing fields, as few weighted rows.

For a set of agreeing fields all pairs of the register are counted by grouping, so nothing is left to chance. Pairs that
also disagree have to be compared, so these are sampled. Rows of about the same information are joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.training.register_evidence.agreement import Agreement
from matchwright.training.register_evidence.register import Mask, Register
from matchwright.training.register_evidence.sample import SampledPairs

Array = np.ndarray[Any, np.dtype[np.float64]]

WIDTHS = (0.1, 0.2, 0.4, 0.8)
"""Rows are joined if their information is within so many orders of magnitude: the first width that is enough."""
MOST_ROWS = 200
"""The most rows of one set of fields, unless the greatest width leaves more."""


@dataclass(frozen=True)
class EvidenceRows:
    """Matches and other pairs by what is known of them.

    ``information``, ``agree`` and ``disagree`` have shape (rows, fields). ``matches`` and ``others`` are numbers of
    pairs of the whole register. ``unit`` is the number of pairs that has the weight 1 in the fit.
    """

    information: Array
    agree: Mask
    disagree: Mask
    matches: Array
    others: Array
    unit: Array

    @property
    def total(self) -> Array:
        """How many pairs each row stands for."""
        return self.matches + self.others

    def __getitem__(self, chosen: Any) -> "EvidenceRows":
        return EvidenceRows(*(getattr(self, name)[chosen] for name in _NAMES))

    @classmethod
    def joined(cls, parts: Sequence["EvidenceRows"]) -> "EvidenceRows":
        """The rows of all parts."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in _NAMES))


_NAMES = ("information", "agree", "disagree", "matches", "others", "unit")


def counted_rows(register: Register, sets: Mask, values: Array) -> EvidenceRows:
    """All pairs of the register that agree in each set of fields, counted by grouping.

    Args:
        register: whose matches are all known.
        sets: the sets of fields, shape (sets, fields).
        values: the information of every record's values, shape (records, fields).
    """
    parts = []
    for chosen in sets:
        fields = np.flatnonzero(chosen)
        agreement = Agreement.of(register, tuple(fields.tolist()))
        pairs, matches = agreement.pairs, agreement.matches_by_group
        present = np.flatnonzero(pairs > 0)
        information = np.zeros((len(present), sets.shape[1]))
        information[:, fields] = values[agreement.left_rows[present]][:, fields]
        others = (pairs - matches)[present].astype(np.float64) * register.scale
        unit = max(float(len(agreement.matches)), 0.5)  # no match was seen: half of one is assumed
        apart = np.zeros(sets.shape[1], dtype=bool)
        parts.append(_joined(information, chosen, apart, matches[present].astype(np.float64), others, unit))
    return EvidenceRows.joined(parts)


def sampled_rows(pairs: SampledPairs, values: Array, target: Array) -> EvidenceRows:
    """The sampled pairs as rows. ``target`` is the probability that each pair is a match."""
    information = np.where(pairs.agree, np.minimum(values[pairs.left], values[pairs.right]), 0.0)
    known = np.column_stack([pairs.agree, pairs.disagree])
    code = np.unique(known, axis=0, return_inverse=True)[1].ravel()
    parts = []
    for chosen in np.split(np.argsort(code, kind="stable"), np.cumsum(np.bincount(code))[:-1]):
        agree, apart = pairs.agree[chosen[0]], pairs.disagree[chosen[0]]
        weight = pairs.weight[chosen] * pairs.unit[chosen]
        matches = weight * target[chosen]
        parts.append(
            _joined(information[chosen], agree, apart, matches, weight - matches, float(pairs.unit[chosen[0]]))
        )
    return EvidenceRows.joined(parts)


def _joined(
    information: Array, agree: Mask, disagree: Mask, matches: Array, others: Array, unit: float
) -> EvidenceRows:
    """Rows of one set of fields, joined where their information is about the same."""
    code, size = np.zeros(len(information), dtype=np.int64), 0
    for width in WIDTHS:
        code = np.zeros(len(information), dtype=np.int64)
        for values in information[:, agree].T:
            steps = (values / width).astype(np.int64)
            code = pd.factorize(code * (int(steps.max(initial=0)) + 1) + steps)[0].astype(np.int64)
        size = int(code.max(initial=-1)) + 1
        if size <= MOST_ROWS:
            break
    total = matches + others
    weights = np.bincount(code, total, size)
    means = [np.bincount(code, total * values, size) / np.maximum(weights, 1e-300) for values in information.T]
    return EvidenceRows(
        np.column_stack(means),
        np.tile(agree, (size, 1)),
        np.tile(disagree, (size, 1)),
        np.bincount(code, matches, size).astype(np.float64),
        np.bincount(code, others, size).astype(np.float64),
        np.full(size, unit),
    )
