"""Learning words from labelled pairs: which shared words are evidence for a match, and which unshared ones against."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.compare.compound_words import CompoundWords
from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.sets import WeightedSets, Words
from matchwright.core.compare.strings import Comparison
from matchwright.core.models.learned_words import DECIMALS, LearnedWords, hashed_words
from matchwright.core.records.word_split import split_words

FEWEST_PAIRS = 3
"""A word is learned if at least this number of training pairs have it, shared or unshared."""

FEWEST_MATCHES = 50
FOLDS = 5
INVERSE_REGULARISATION = 0.2
OPTIONS = {"maxiter": 500, "ftol": 1e-9}
"""How exactly the weights are fitted."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class CrossFittedWords:
    """Words learned from all training pairs, and for each fold from the pairs of the other folds.

    A training pair is compared by words that were not learned from it. Otherwise the scorer would trust words too
    much. ``fold`` is the fold of each training pair.
    """

    words: LearnedWords
    by_fold: tuple[LearnedWords, ...]
    fold: np.ndarray[Any, np.dtype[np.int64]]

    def compare(self, pairing: Pairing, rows: np.ndarray[Any, Any]) -> Comparison:
        """Like :meth:`LearnedWords.compare`. ``rows`` are the training pairs that the pairs were made from."""
        result = np.full(len(rows), np.nan, dtype=np.float32)
        for number, words in enumerate(self.by_fold):
            inside = self.fold[rows] == number
            result[inside] = words.compare(pairing)[inside]
        return result


def fit_words(
    left: Iterable[str | None], right: Iterable[str | None], labels: Any, groups: Any, seed: int
) -> CrossFittedWords | None:
    """Learn words from training pairs; None with fewer than 50 pairs of a class.

    Args:
        left: the words of each pair's left record, separated by blanks; None without words.
        right: those of the right record.
        labels: 1 for a match, else 0; shape (pairs,).
        groups: the left record's key; shape (pairs,). All pairs of a group are in one fold.
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
    return CrossFittedWords(whole, folds, fold)


def _words_of_pairs(left: list[str], right: list[str]) -> list[list[tuple[str, int]]]:
    """The words of each pair, with 0 if both sides have the word and 1 if one has; none if a side has no word."""
    split = [split_words(text) for text in (*left, *right)]
    words = Words.of(split)
    sets = WeightedSets.of(words, np.ones(len(words.vocabulary)))
    one = np.arange(len(left))
    joined = np.concatenate(CompoundWords.of(words).members(sets, one, one + len(left)))
    found: dict[int, set[str]] = {}
    for pair, member in zip((joined // sets.size).tolist(), (joined % sets.size).tolist(), strict=True):
        found.setdefault(pair, set()).add(words.vocabulary[member])
    sides = [(set(a), set(b)) for a, b in zip(split[: len(left)], split[len(left) :], strict=True)]
    return [
        [*((word, 0) for word in a & b), *((word, 1) for word in (a ^ b) - found.get(pair, set()))] if a and b else []
        for pair, (a, b) in enumerate(sides)
    ]


def _fit(members: list[list[tuple[str, int]]], target: np.ndarray[Any, Any]) -> LearnedWords:
    from scipy.sparse import csr_matrix

    pairs_with = Counter(word for each in members for word, _ in each)
    known = sorted(word for word, count in pairs_with.items() if count >= FEWEST_PAIRS)
    column = {word: number for number, word in enumerate(known)}
    indices = [[column[word] + kind * len(known) for word, kind in each if word in column] for each in members]
    ends = np.cumsum([0, *map(len, indices)])
    flat = np.array([index for each in indices for index in sorted(each)], dtype=np.intp)
    matrix = csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(members), max(2 * len(known), 1)))
    shared, left_over, intercept = _weights(matrix[:, : len(known)], matrix[:, len(known) : 2 * len(known)], target)
    keys = hashed_words(known)
    order = np.argsort(keys, kind="stable")
    return LearnedWords(keys[order], shared[order], left_over[order], intercept)


def _weights(both: Any, one: Any, target: Array) -> tuple[Array, Array, float]:
    """The weight of each word that both sides have, that of each word that one side has, and the intercept.

    It is a logistic regression in which a word of one side alone is never evidence for a match, and a word never says
    less for a match where both sides have it. So a value that one record loses never raises the score if it agreed, and
    never lowers it if it disagreed.

    Args:
        both: 1 where both sides of a pair have the word, shape (pairs, words), sparse.
        one: 1 where one side alone has it.
        target: True for a match, shape (pairs,).
    """
    from scipy.optimize import minimize
    from scipy.special import expit, log_expit

    words, either, sign = both.shape[1], both + one, np.where(target, 1.0, -1.0)

    def loss(values: Array) -> tuple[float, Array]:
        gain, cost, intercept = values[:words], values[words:-1], values[-1]
        margin = sign * (both @ gain - either @ cost + intercept)
        push = -INVERSE_REGULARISATION * sign * expit(-margin)
        total = -INVERSE_REGULARISATION * log_expit(margin).sum()
        total += ((gain - cost) ** 2).sum() / 2 + (cost**2).sum() / 2 + intercept**2 / 2
        slopes = [both.T @ push + gain - cost, -(either.T @ push) + 2 * cost - gain, [push.sum() + intercept]]
        return float(total), np.concatenate(slopes)

    bounds = [(0.0, None)] * (2 * words) + [(None, None)]
    found = minimize(loss, np.zeros(2 * words + 1), jac=True, method="L-BFGS-B", bounds=bounds, options=OPTIONS).x
    # rounded, so that machines that differ in the last bits write the same file
    values = np.round(found, DECIMALS)
    return np.round(values[:words] - values[words:-1], DECIMALS), -values[words:-1], float(values[-1])
