"""Log-odds per word, learned from labelled pairs: for words that both records have, and for words of one record only.

Inverse document frequency says how rare a word is, but not what it means. If only one title has ``black``, it is
another article in one catalogue; in another catalogue it means nothing. A logistic regression learns this from the
labels. It reads only fields without personal data, and keeps a word only if enough pairs had it. The file holds 64-bit
hashes and no words.
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
from matchwright.core.records.word_split import split_words
from matchwright.errors import DAMAGED, BundleError

DECIMALS = 4

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Keys = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class LearnedWords:
    """Log-odds per word, ordered by hash: ``shared`` if both records have it, ``left_over`` if only one has it."""

    keys: Keys
    shared: Numbers
    left_over: Numbers
    intercept: float

    def compare(self, pairing: Pairing) -> Comparison:
        """Log-odds of a match from the words of both texts, NaN where a side has no text.

        The two sides may be swapped.
        """
        result = np.full(len(pairing.both), np.nan, dtype=np.float32)
        if not pairing.any:
            return result
        present = pairing.present
        one, other = present.left.astype(np.intp), present.right.astype(np.intp)
        words = Words.of(split_words(str(value)) for value in present.values)
        shared, left_over = (self._weights(words.vocabulary, weights) for weights in (self.shared, self.left_over))
        alone = WeightedSets.of(words, left_over)
        # a shared word counts as shared, and is left over on neither side
        together = WeightedSets.of(words, shared - 2 * left_over)
        joined = sum(CompoundWords.of(words).found(alone, one, other))  # these are left over on neither side
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
