"""Word evidence weighted by inverse document frequency: what two texts share, and what neither explains."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison
from matchwright.core.corpus import Corpus


@dataclass(frozen=True)
class TokenEvidence:
    """Per pair: ``overlap`` in [0, 1], and the information (orders of magnitude) unmatched on each side."""

    overlap: Comparison
    unmatched_left: Comparison
    unmatched_right: Comparison


def token_evidence(pairing: Pairing, field: str, corpus: Corpus) -> TokenEvidence:
    """Weighted cosine of word sets, and unmatched mass both ways.

    Where the sources are ``alike`` the larger unmatched mass is given as left and the
    smaller as right, so that the evidence does not depend on the order of the records.
    Inverse document frequency: Spärck Jones (1972).
    """
    both = pairing.both
    overlap, over_left, over_right = (np.full(len(both), np.nan, dtype=np.float32) for _ in range(3))
    if pairing.any:
        codes, distinct = pd.factorize(np.concatenate([pairing.left[both], pairing.right[both]]))
        words, mass = _weighted_words([str(value) for value in distinct], field, corpus)
        one, other = codes[: both.sum()], codes[both.sum() :]
        shared = np.asarray(words[one].multiply(words[other]).sum(axis=1)).ravel()
        left_mass, right_mass = mass[one], mass[other]
        norm = np.sqrt(left_mass * right_mass)
        overlap[both] = np.where(norm > 0, shared / np.where(norm > 0, norm, 1), 0.0)
        first, second = left_mass - shared, right_mass - shared
        if pairing.alike:
            first, second = np.maximum(first, second), np.minimum(first, second)
        over_left[both], over_right[both] = np.maximum(first, 0), np.maximum(second, 0)
    return TokenEvidence(overlap, over_left, over_right)


def _weighted_words(values: list[str], field: str, corpus: Corpus) -> tuple[Any, np.ndarray[Any, Any]]:
    places: dict[str, int] = {}
    indices: list[int] = []
    ends = [0]
    for value in values:
        indices += [places.setdefault(word, len(places)) for word in dict.fromkeys(value.split())]
        ends.append(len(indices))
    # the square root on each side makes the product of two rows the weight itself
    weights = np.sqrt(corpus.inverse_document_frequency(field, list(places)))
    matrix = csr_matrix((weights[indices], indices, ends), shape=(len(values), max(len(places), 1)))
    return matrix, np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
