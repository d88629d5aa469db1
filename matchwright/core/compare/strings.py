"""String comparisons over row-aligned arrays of normal forms: float32 in [0, 1], NaN where a side is missing.

Each distinct pair of values is compared once; ``alike`` sources are put in a fixed order
first, because Jaro-Winkler's greedy matching is not symmetric in every corner.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

Strings = np.ndarray[Any, Any]
Comparison = np.ndarray[Any, np.dtype[np.float32]]
Scorer = Callable[..., float]


def present(left: Strings, right: Strings) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Rows where both sides have a value."""
    return cast("np.ndarray[Any, np.dtype[np.bool_]]", pd.notna(left) & pd.notna(right))


def string_comparison(left: Strings, right: Strings, scorer: Scorer, scale: float, alike: bool) -> Comparison:
    """Compare with a rapidfuzz scorer whose greatest value is ``scale``."""
    result = np.full(len(left), np.nan, dtype=np.float32)
    both = present(left, right)
    if not both.any():
        return result
    one, other = left[both], right[both]
    if alike:
        swap = one > other
        one, other = np.where(swap, other, one), np.where(swap, one, other)
    codes, distinct = pd.factorize(np.concatenate([one, other]))
    pairs = codes[: len(one)].astype(np.int64) * len(distinct) + codes[len(one) :]
    unique, inverse = np.unique(pairs, return_inverse=True)
    scores = cpdist(
        distinct[unique // len(distinct)].tolist(),
        distinct[unique % len(distinct)].tolist(),
        scorer=scorer,
        dtype=np.float32,
    )
    result[both] = (np.asarray(scores) / scale)[inverse]
    return result


def jaro_winkler(left: Strings, right: Strings, alike: bool) -> Comparison:
    """Jaro-Winkler similarity. Winkler (1990), String Comparator Metrics and Enhanced Decision Rules."""
    return string_comparison(left, right, cast("Scorer", JaroWinkler.normalized_similarity), 1.0, alike)


def levenshtein(left: Strings, right: Strings, alike: bool) -> Comparison:
    """One less the optimal string alignment distance over the longer length. Damerau (1964)."""
    return string_comparison(left, right, cast("Scorer", OSA.normalized_similarity), 1.0, alike)


def token_sort(left: Strings, right: Strings, alike: bool) -> Comparison:
    """Indel similarity of the alphabetically sorted words (rapidfuzz ``token_sort_ratio``)."""
    return string_comparison(left, right, fuzz.token_sort_ratio, 100.0, alike)


def token_set(left: Strings, right: Strings, alike: bool) -> Comparison:
    """Similarity of the sets of words (rapidfuzz ``token_set_ratio``): 1 where one holds the other."""
    return string_comparison(left, right, fuzz.token_set_ratio, 100.0, alike)


def exact(left: Strings, right: Strings) -> Comparison:
    """1 where the values are equal, else 0."""
    equal = (left == right).astype(np.float32)
    return np.where(present(left, right), equal, np.float32(np.nan)).astype(np.float32)


def containment(left: Strings, right: Strings) -> Comparison:
    """Length of the contained over the containing code where one (of at least 4 characters) holds the other, else 0."""
    result = np.full(len(left), np.nan, dtype=np.float32)
    for row in np.flatnonzero(present(left, right)):
        shorter, longer = sorted((left[row], right[row]), key=len)
        result[row] = len(shorter) / len(longer) if len(shorter) >= 4 and shorter in longer else 0.0
    return result


def shared_rarity(left: Strings, right: Strings, left_rarity: Strings, right_rarity: Strings) -> Comparison:
    """How rare the shared value is (decimal orders of magnitude), 0 where the values differ."""
    mean = (left_rarity.astype(np.float64) + right_rarity.astype(np.float64)) / 2
    return np.where(present(left, right), np.where(left == right, mean, 0.0), np.nan).astype(np.float32)
