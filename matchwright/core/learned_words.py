"""Words that labelled pairs have taught: which shared ones speak for a match, and which left over against it.

Inverse document frequency says how rare a word is, not what it means: ``black`` left over on one side is
another article in one catalogue and a habit of speech in another. A logistic regression on the words of both
records, shared and left over, learns it from the labels. Only fields without personal data are read, a word
is kept only if enough pairs had it, and the file holds 64-bit hashes, no words.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from safetensors.numpy import load_file, save

from matchwright.core.compare.joined_words import JoinedWords
from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.sets import WeightedSets, Words
from matchwright.core.compare.strings import Comparison
from matchwright.errors import DAMAGED, BundleError

FEWEST_PAIRS = 3
"""Training pairs that must have a word, shared or left over, for it to be learned."""

FEWEST_MATCHES = 50
FOLDS = 5
INVERSE_REGULARISATION = 0.2
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
        joined = sum(JoinedWords.of(words).found(alone, one, other))  # left over on neither side
        evidence = self.intercept + alone.mass[one] + alone.mass[other] - joined + together.shared(one, other)
        result[pairing.both] = np.round(evidence, DECIMALS)
        return result

    def _weights(self, words: list[str], weights: Numbers) -> Numbers:
        if not len(self.keys) or not words:
            return np.zeros(len(words))
        hashed = hashed_words(words)
        places = np.clip(np.searchsorted(self.keys, hashed), 0, len(self.keys) - 1)
        return cast("Numbers", np.where(self.keys[places] == hashed, weights[places], 0.0))

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


@dataclass(frozen=True)
class TaughtWords:
    """Words learned from all training pairs, and per fold from those of the other folds.

    A training pair must be judged by words it did not teach, or the scorer would trust them too much.
    ``fold`` has the fold of each training pair.
    """

    words: LearnedWords
    by_fold: tuple[LearnedWords, ...]
    fold: np.ndarray[Any, np.dtype[np.int64]]

    def compare(self, pairing: Pairing, rows: np.ndarray[Any, Any]) -> Comparison:
        """As :meth:`LearnedWords.compare`; ``rows`` are the training pairs that the pairs were made from."""
        result = np.full(len(rows), np.nan, dtype=np.float32)
        for number, words in enumerate(self.by_fold):
            inside = self.fold[rows] == number
            result[inside] = words.compare(pairing)[inside]
        return result


def teach_words(
    left: Iterable[str | None], right: Iterable[str | None], labels: Any, groups: Any, seed: int
) -> TaughtWords | None:
    """Learn words from training pairs; None where fewer than 50 of them match.

    Args:
        left: the words of each pair's left record, separated by blanks; None where it has none.
        right: those of the right record.
        labels: 1 for a match, else 0; shape (pairs,).
        groups: what no fold may part (the left record's key); shape (pairs,).
        seed: of the folds.
    """
    target = np.asarray(labels) == 1
    if target.sum() < FEWEST_MATCHES or (~target).sum() < FEWEST_MATCHES:
        return None
    _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    fold = np.random.default_rng(seed).permutation(codes.max() + 1)[codes] % FOLDS
    members = _words_of_pairs([text or "" for text in left], [text or "" for text in right])
    whole = _fit(members, target)
    folds = tuple(
        _fit([m for m, f in zip(members, fold, strict=True) if f != number], target[fold != number])
        for number in range(FOLDS)
    )
    return TaughtWords(whole, folds, fold)


def _words_of_pairs(left: list[str], right: list[str]) -> list[list[tuple[str, int]]]:
    """Per pair its words: 0 where both sides have it, 1 where one has; none where a side has no word."""
    words = Words.of(text.split() for text in (*left, *right))
    sets = WeightedSets.of(words, np.ones(len(words.vocabulary)))
    one = np.arange(len(left))
    joined = np.concatenate(JoinedWords.of(words).members(sets, one, one + len(left)))
    found: dict[int, set[str]] = {}
    for pair, member in zip((joined // sets.size).tolist(), (joined % sets.size).tolist(), strict=True):
        found.setdefault(pair, set()).add(words.vocabulary[member])
    sides = [(set(a.split()), set(b.split())) for a, b in zip(left, right, strict=True)]
    return [
        [*((word, 0) for word in a & b), *((word, 1) for word in (a ^ b) - found.get(pair, set()))] if a and b else []
        for pair, (a, b) in enumerate(sides)
    ]


def hashed_words(words: Sequence[str]) -> Keys:
    """64-bit BLAKE2 hashes."""
    digests = b"".join(hashlib.blake2b(word.encode(), digest_size=8, person=b"words").digest() for word in words)
    return np.frombuffer(digests, dtype="<i8").astype(np.int64)


def _fit(members: list[list[tuple[str, int]]], target: np.ndarray[Any, Any]) -> LearnedWords:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    pairs_with = Counter(word for each in members for word, _ in each)
    known = sorted(word for word, count in pairs_with.items() if count >= FEWEST_PAIRS)
    place = {word: number for number, word in enumerate(known)}
    indices = [[place[word] + kind * len(known) for word, kind in each if word in place] for each in members]
    ends = np.cumsum([0, *map(len, indices)])
    flat = np.array([index for each in indices for index in sorted(each)], dtype=np.intp)
    matrix = csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(members), max(2 * len(known), 1)))
    model = LogisticRegression(C=INVERSE_REGULARISATION, solver="liblinear", max_iter=500).fit(matrix, target)
    # rounding makes the file the same on machines whose last bits differ
    weights = np.round(model.coef_[0], DECIMALS)
    keys = hashed_words(known)
    order = np.argsort(keys, kind="stable")
    shared, left_over = weights[: len(known)][order], weights[len(known) : 2 * len(known)][order]
    return LearnedWords(keys[order], shared, left_over, round(float(model.intercept_[0]), DECIMALS))
