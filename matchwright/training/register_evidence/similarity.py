"""How alike two different records are by chance, in each field."""

from typing import Any

import numpy as np

from matchwright.core.models.similarity_evidence import ROUNDING, STEPS, SimilarityCurve
from matchwright.training.register_evidence.curves import DECIMALS, LEAST_EVIDENCE
from matchwright.training.register_evidence.register import Register, Rows

Array = np.ndarray[Any, np.dtype[np.float64]]

DRAWN = 50_000
"""Pairs of records that are compared. A similarity that none of them has counts as that of half a pair."""


def random_pairs(register: Register, seed: int) -> tuple[Rows, Rows]:
    """Left and right rows of records that are no known match, drawn at random."""
    generator = np.random.default_rng(seed)
    left, right = (generator.choice(rows, DRAWN) for rows in (register.left, register.right))
    others = (left != right) & ~register.are_true(left, right)
    return left[others], right[others]


def similarity_curves(similarities: Array) -> tuple[SimilarityCurve, ...]:
    """The curve of each field.

    Args:
        similarities: of random pairs, shape (pairs, fields), NaN where a value is missing.
    """
    return tuple(_curve(values[~np.isnan(values)]) for values in similarities.T)


def _curve(similarities: Array) -> SimilarityCurve:
    if not len(similarities):
        return SimilarityCurve(evidence=(LEAST_EVIDENCE,) * (STEPS + 1))
    steps = np.floor(np.clip(similarities, 0, 1) * STEPS + ROUNDING).astype(np.intp)
    as_alike = np.bincount(steps, minlength=STEPS + 1)[::-1].cumsum()[::-1]
    evidence = -np.log(np.maximum(as_alike, 0.5) / len(similarities))
    return SimilarityCurve(evidence=tuple(np.maximum(evidence, LEAST_EVIDENCE).round(DECIMALS).tolist()))
