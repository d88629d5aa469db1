"""Comparisons of labelled pairs, with the words and embeddings that were learned from the training pairs."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.compare.engine import DECIMALS, learned_words_pairing
from matchwright.core.compare.names import record_comparators
from matchwright.core.compare.strings import Comparison
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.models.network import Embeddings
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import LEARNED_WORDS, RECORD
from matchwright.training.datasets.augmentation import (
    counter_examples,
    household_members,
    missing_field_pairs,
    pairs_alone,
)
from matchwright.training.models.learned_words import CrossFittedWords, fit_words
from matchwright.training.models.network.embeddings import CrossFittedEmbeddings, fit_embeddings

UNRELATED = -1
"""Used instead of a training pair's row: the pair was not made from a training pair."""

COLUMN = f"{RECORD}__{LEARNED_WORDS}"


@dataclass(frozen=True)
class PairComparer:
    """Compares pairs as serving does, with one exception: training pairs use cross-fitted words and embeddings.

    A training pair, or one made from it, is compared by words and embeddings that were not learned from it.
    ``learned`` are the embeddings; None where the spec has none or there are too few pairs.
    """

    spec: MatchSpec
    corpus: Corpus
    training: CrossFittedWords | None
    learned: CrossFittedEmbeddings | None = None

    @classmethod
    def fitted_on(
        cls,
        left: pd.DataFrame,
        right: pd.DataFrame,
        labels: Any,
        spec: MatchSpec,
        corpus: Corpus,
    ) -> "PairComparer":
        """Learn words and embeddings from the training pairs, where the spec asks for them.

        Args:
            left: record features of the pairs' left sides, one row per pair.
            right: those of the right sides.
            labels: 1 for a match, else 0, shape (pairs,).
            spec: the match spec.
            corpus: the corpus statistics.
        """
        training = None
        if LEARNED_WORDS in record_comparators(spec):
            texts = learned_words_pairing(left, right, spec)
            training = fit_words(texts.left, texts.right, labels, left["record_key"], spec.model.seed)
        comparer = cls(spec, corpus, training)
        if not spec.model.fits_embeddings:
            return comparer
        compared = comparer.compare(left, right, np.arange(len(left)))
        sides = columns_of(left), columns_of(right)
        learned = fit_embeddings(*sides, compared, labels, left["record_key"], spec)
        return replace(comparer, learned=learned)

    @property
    def words(self) -> LearnedWords | None:
        """The words for the bundle; None where there were too few pairs."""
        return self.training.words if self.training else None

    @property
    def embeddings(self) -> Embeddings | None:
        """The embeddings for the bundle; None where there are none."""
        return self.learned.whole if self.learned else None

    def compare(self, left: pd.DataFrame, right: pd.DataFrame, made_from: Any = None) -> pd.DataFrame:
        """Comparisons of row-aligned record features.

        ``made_from`` is the row of the training pair that each pair is, or was made from; ``UNRELATED`` for others.
        """
        compared = compare(left, right, self.spec, self.corpus, self.words, self.embeddings)
        if made_from is None:
            return compared
        origin = np.asarray(made_from)
        own = np.flatnonzero(origin >= 0)
        sides = columns_of(left.iloc[own]), columns_of(right.iloc[own])
        found: dict[str, Comparison] = {}
        if self.training is not None:
            found[COLUMN] = self.training.compare(learned_words_pairing(*sides, self.spec), origin[own])
        if self.learned is not None:
            found |= self.learned.compare(*sides, origin[own], self.spec)
        for name, own_values in found.items():
            values = compared[name].to_numpy().copy()
            values[own] = np.round(own_values, DECIMALS)
            compared[name] = values
        return compared


@dataclass(frozen=True)
class Made:
    """Augmented pairs: their comparisons, their labels, and the rows (of all pairs) that they were made from.

    ``alone`` is True for pairs whose competing candidates are not known. The others stand in the place of their row.
    ``unlike`` are counter-examples in which all individual fields are those of another record, or all identity fields
    if the spec names no individual ones.
    """

    comparisons: pd.DataFrame
    labels: np.ndarray[Any, Any]
    rows: np.ndarray[Any, Any]
    alone: "np.ndarray[Any, np.dtype[np.bool_]]"
    unlike: "np.ndarray[Any, np.dtype[np.bool_]]"


@dataclass(frozen=True)
class MadePairs:
    """Makes augmented pairs from labelled ones, given by features, comparisons and labels, row by row."""

    comparer: PairComparer
    left: pd.DataFrame
    right: pd.DataFrame
    comparisons: pd.DataFrame
    labels: np.ndarray[Any, Any]

    def for_training(self, training: np.ndarray[Any, np.dtype[np.bool_]]) -> "Made":
        """Pairs made from the training pairs: with another identity, with missing fields, or without context."""
        spec = self.comparer.spec
        left, right = (side[training].reset_index(drop=True) for side in (self.left, self.right))
        labels = self.labels[training]
        true = np.flatnonzero(labels == 1)
        others = labels == 0
        known = household_members(left[others], right[others], spec) if spec.individual else None
        unlike, rows = counter_examples(right.iloc[true].reset_index(drop=True), spec, spec.model.seed, known)
        blank_left, blank_right, blank_rows = missing_field_pairs(left, right, spec, spec.model.seed)
        compared = self.comparer.compare(
            pd.concat([left.iloc[true[rows]], blank_left], ignore_index=True),
            pd.concat([unlike, blank_right], ignore_index=True),
            np.concatenate([true[rows], blank_rows]).astype(np.intp),
        )
        alone, alone_rows = pairs_alone(self.comparisons[training].reset_index(drop=True), spec)
        answers = [np.zeros(len(rows), dtype=labels.dtype), labels[blank_rows], labels[alone_rows]]
        own = list(spec.individual or spec.identity)
        before, after = (side[own].reset_index(drop=True).fillna("") for side in (right.iloc[true[rows]], unlike))
        strangers = before.ne(after).all(axis=1).to_numpy()
        made_from = np.concatenate([true[rows], blank_rows, alone_rows]).astype(np.intp)
        return Made(
            comparisons=pd.concat([compared, alone], ignore_index=True),
            labels=np.concatenate(answers),
            rows=np.flatnonzero(training)[made_from],
            alone=np.repeat([False, True], [len(compared), len(alone)]),
            unlike=np.append(strangers, np.zeros(len(made_from) - len(rows), dtype=bool)),
        )

    def with_little_evidence(self, inside: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[pd.DataFrame, Any]:
        """Comparisons of pairs with missing fields or without context, and the rows that they were made from."""
        spec, indices = self.comparer.spec, np.flatnonzero(inside)
        left, right = (side[inside].reset_index(drop=True) for side in (self.left, self.right))
        blank_left, blank_right, rows = missing_field_pairs(left, right, spec, spec.model.seed)
        alone, alone_rows = pairs_alone(self.comparisons[inside].reset_index(drop=True), spec)
        compared = self.comparer.compare(blank_left, blank_right)
        return pd.concat([compared, alone], ignore_index=True), indices[np.array([*rows, *alone_rows], dtype=np.intp)]
