"""String comparisons over row-aligned normal forms: float32 in [0, 1], NaN where a side is missing."""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matchwright.core.compare.pairing import Pairing

Comparison = np.ndarray[Any, np.dtype[np.float32]]
Scorer = Callable[..., float]


def string_comparison(pairing: Pairing, scorer: Scorer, scale: float) -> Comparison:
    """Compare with a rapidfuzz scorer whose largest value, for equal strings, is ``scale``."""

    def compute(left: list[str], right: list[str]) -> Comparison:
        scores = np.asarray(cpdist(left, right, scorer=scorer, dtype=np.float32))
        return cast("Comparison", scores / scale)

    return pairing.each(compute, same=1.0)


def jaro_winkler(pairing: Pairing) -> Comparison:
    """Jaro-Winkler similarity. Winkler (1990), String Comparator Metrics and Enhanced Decision Rules."""
    return string_comparison(pairing, cast("Scorer", JaroWinkler.normalized_similarity), 1.0)


def edit_similarities(left: list[str], right: list[str]) -> Comparison:
    """1 minus the optimal string alignment distance over the longer length, of each pair of strings."""
    return cast("Comparison", np.asarray(cpdist(left, right, scorer=OSA.normalized_similarity, dtype=np.float32)))


def levenshtein(pairing: Pairing) -> Comparison:
    """1 minus the optimal string alignment distance over the longer length. Damerau (1964)."""
    return string_comparison(pairing, cast("Scorer", OSA.normalized_similarity), 1.0)


def token_sort(pairing: Pairing) -> Comparison:
    """Indel similarity of the alphabetically sorted words (rapidfuzz ``token_sort_ratio``)."""
    return string_comparison(pairing, fuzz.token_sort_ratio, 100.0)


def token_set(pairing: Pairing) -> Comparison:
    """Similarity of the sets of words (rapidfuzz ``token_set_ratio``): 1 where one set contains the other."""
    return string_comparison(pairing, fuzz.token_set_ratio, 100.0)


def exact(pairing: Pairing) -> Comparison:
    """1 where the values are equal, else 0."""
    return np.where(pairing.both, pairing.equal, np.nan).astype(np.float32)


def containment(pairing: Pairing) -> Comparison:
    """The shorter length over the longer one if the longer code contains the shorter one, else 0.

    The shorter code must have at least 4 characters.
    """
    return pairing.each(lambda left, right: list(map(_share_contained, left, right)))


def _share_contained(one: str, other: str) -> float:
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    return len(shorter) / len(longer) if len(shorter) >= 4 and shorter in longer else 0.0


def shared_rarity(pairing: Pairing, rarity: Pairing) -> Comparison:
    """The rarity of a shared value in decimal orders of magnitude, 0 where the values differ."""
    mean = (rarity.left.astype(np.float64) + rarity.right.astype(np.float64)) / 2
    return np.where(pairing.both, np.where(pairing.equal, mean, 0.0), np.nan).astype(np.float32)
