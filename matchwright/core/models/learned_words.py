"""Words that labelled pairs have taught: which shared ones speak for a match, and which left over against it.

Inverse document frequency says how rare a word is, not what it means: ``black`` left over on one side is
another article in one catalogue and a habit of speech in another. A logistic regression on the words of both
records, shared and left over, learns it from the labels. Only fields without personal data are read, a word
is kept only if enough pairs had it, and the file holds 64-bit hashes, no words.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from safetensors.numpy import load_file, save

from matchwright.core.compare.compound_words import CompoundWords
from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.sets import WeightedSets, Words
from matchwright.core.compare.strings import Comparison
from matchwright.errors import DAMAGED, BundleError

DECIMALS = 4

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Keys = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class LearnedWords:
    """Log-odds per word, by rising hash: ``shared`` where both records have it, ``left_over`` where one has."""

    keys: Keys
    shared: Numbers
    left_over: Numbers
    intercept: float

    def compare(self, pairing: Pairing) -> Comparison:
        """Log-odds of a match from the words of both texts alone; NaN where a side has none. Symmetric."""
        result = np.full(len(pairing.both), np.nan, dtype=np.float32)
        if not pairing.any:
            return result
        present = pairing.present
        one, other = present.left.astype(np.intp), present.right.astype(np.intp)
        words = Words.of(str(value).split() for value in present.values)
        shared, left_over = (self._weights(words.vocabulary, weights) for weights in (self.shared, self.left_over))
        alone = WeightedSets.of(words, left_over)
        # a shared word counts once for itself, and not as left over on either side
        together = WeightedSets.of(words, shared - 2 * left_over)
        joined = sum(CompoundWords.of(words).found(alone, one, other))  # left over on neither side
        evidence = self.intercept + alone.mass[one] + alone.mass[other] - joined + together.shared(one, other)
        result[pairing.both] = np.round(evidence, DECIMALS)
        return result

    def _weights(self, words: list[str], weights: Numbers) -> Numbers:
        if not len(self.keys) or not words:
            return np.zeros(len(words))
        hashed = hashed_words(words)
        indices = np.clip(np.searchsorted(self.keys, hashed), 0, len(self.keys) - 1)
        return cast("Numbers", np.where(self.keys[indices] == hashed, weights[indices], 0.0))

    def save(self, path: Path) -> None:
        """Write ``words.safetensors``."""
        arrays = {"keys": self.keys, "shared": self.shared, "left_over": self.left_over}
        path.write_bytes(save({**arrays, "intercept": np.array([self.intercept])}))

    @classmethod
    def load(cls, path: Path) -> "LearnedWords":
        """Read what :meth:`save` wrote (BundleError where it is something else)."""
        try:
            arrays = load_file(path)
            return cls(arrays["keys"], arrays["shared"], arrays["left_over"], float(arrays["intercept"][0]))
        except Exception as error:
            raise BundleError("The learned words cannot be read.", DAMAGED) from error


def hashed_words(words: Sequence[str]) -> Keys:
    """64-bit BLAKE2 hashes."""
    digests = b"".join(hashlib.blake2b(word.encode(), digest_size=8, person=b"words").digest() for word in words)
    return np.frombuffer(digests, dtype="<i8").astype(np.int64)
