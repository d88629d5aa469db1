"""How much values say that are nearly the same: how often matches have such values, and how often strangers do."""

from typing import Any

import numpy as np

from matchwright.core.models.similarity_evidence import ROUNDING, STEPS, SimilarityCurve
from matchwright.training.register_evidence.comparer import CountedComparer
from matchwright.training.register_evidence.curves import DECIMALS, LEAST_EVIDENCE
from matchwright.training.register_evidence.register import Mask, Register, Rows

Array = np.ndarray[Any, np.dtype[np.float64]]

DRAWN = 50_000
"""Pairs of strangers that are compared."""
COMPARED_MATCHES = 20_000
FEWEST = 0.5
"""A similarity that no pair has counts as that of half a pair."""


def similarity_curves(register: Register, comparer: CountedComparer, seed: int) -> tuple[SimilarityCurve, ...]:
    """The curve of each field, from random pairs of strangers and from the known matches of a register."""
    generator = np.random.default_rng(seed)
    strangers = comparer.similarities(*_strangers(register, generator))
    chosen = np.sort(generator.permutation(len(register.true))[:COMPARED_MATCHES])
    left, right = (rows[chosen] for rows in register.true_rows)
    matches = comparer.similarities(left, right)
    same = register.codes[left] == register.codes[right]
    return tuple(curve_of(*values) for values in zip(strangers.T, matches.T, same.T, strict=True))


def curve_of(strangers: Array, matches: Array, same: Mask) -> SimilarityCurve:
    """The log of how many times more often matches than strangers have other values that are at least so alike.

    Args:
        strangers: the similarities of a field, shape (pairs,), NaN where a value is missing.
        matches: those of matches, shape (matches,).
        same: whether the two values of a match are the same.
    """
    of_strangers, among = _at_least(strangers, np.zeros(len(strangers), dtype=bool))
    of_matches, known = _at_least(matches, same)
    if not among or not known:
        return SimilarityCurve(evidence=(LEAST_EVIDENCE,) * (STEPS + 1))
    ratio = (of_matches / known) / (of_strangers / among)
    # more alike never says less
    evidence = np.maximum(np.maximum.accumulate(np.log(ratio)), LEAST_EVIDENCE)
    return SimilarityCurve(evidence=tuple(evidence.round(DECIMALS).tolist()))


def _strangers(register: Register, generator: np.random.Generator) -> tuple[Rows, Rows]:
    """Left and right rows of records that are no known match, drawn at random."""
    left, right = (generator.choice(rows, DRAWN) for rows in (register.left, register.right))
    others = (left != right) & ~register.are_true(left, right)
    return left[others], right[others]


def _at_least(similarities: Array, left_out: Mask) -> tuple[Array, int]:
    """How many pairs are at least so alike at each step, :data:`FEWEST` or more, and how many have both values."""
    known = ~np.isnan(similarities)
    steps = np.floor(np.clip(similarities[known & ~left_out], 0, 1) * STEPS + ROUNDING).astype(np.intp)
    counts = np.bincount(steps, minlength=STEPS + 1)[::-1].cumsum()[::-1]
    return np.maximum(counts, FEWEST), int(known.sum())
