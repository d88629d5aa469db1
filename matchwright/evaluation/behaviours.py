"""Behavioural tests: properties that every matching model must have.

Invariance, directional and minimum-functionality tests after Ribeiro et al. (2020), Beyond Accuracy.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.bundle.golden import decide_values
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import evidence
from matchwright.core.records import mistyped, record_features
from matchwright.core.spec.vocabulary import IN_ANOTHER_WAY, SWAPPED

SAMPLE = 200
SWAP_TOLERANCE = 1e-6
ALIKE = 0.8
"""From here on, a value that is found in another way may be the same."""
RISE_TOLERANCE = 0.01
"""A score that should not rise may still rise by this much: no decision depends on so little."""

Scores = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Behaviour:
    """How many cases of one behaviour hold."""

    name: str
    passed: int
    total: int

    @property
    def share(self) -> float:
        """The share of passed cases; 1 without any case."""
        return self.passed / self.total if self.total else 1.0


def behave(model: DecisionModel, left: pd.DataFrame, right: pd.DataFrame, seed: int) -> list[Behaviour]:
    """Test every behaviour on true pairs.

    Args:
        model: the model to test.
        left: conformed records of true pairs, one row per pair (a sample of 200 is used).
        right: the records they match.
        seed: of the sample.
    """
    rows = np.sort(np.random.default_rng(seed).permutation(len(left))[:SAMPLE])
    left, right = left.iloc[rows].reset_index(drop=True), right.iloc[rows].reset_index(drop=True)
    tried = _TriedPairs(model, left, right)
    found = [tried.symmetry()] if model.spec.sources.alike else []
    found += [tried.does_not_rise(kind) for kind in ("a typo", "a missing value")]
    found += [*tried.disagreement(seed), tried.little_evidence(seed)]
    found += [tried.household(seed)] if model.spec.individual else []
    return [*found, *_golden(model)]


@dataclass(frozen=True)
class _TriedPairs:
    model: DecisionModel
    left: pd.DataFrame
    right: pd.DataFrame

    def compared(self, left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
        spec, corpus = self.model.spec, self.model.corpus
        sides = record_features(left, spec, corpus), record_features(right, spec, corpus)
        return self.model.compare(*sides, of_register=True)

    def scores(self, left: pd.DataFrame, right: pd.DataFrame) -> Scores:
        return self.model.score(self.compared(left, right))

    def symmetry(self) -> Behaviour:
        """Swapping the records changes nothing."""
        difference = np.abs(self.scores(self.left, self.right) - self.scores(self.right, self.left))
        return Behaviour("swapping sides changes nothing", int((difference <= SWAP_TOLERANCE).sum()), len(self.left))

    def does_not_rise(self, kind: str) -> Behaviour:
        """A typo or a missing value in a field in which both records agree does not raise the score."""
        before = self.scores(self.left, self.right)
        passed = total = 0
        for field in self.model.spec.compared:
            agree = (self.left[field] == self.right[field]).to_numpy() & self.left[field].notna().to_numpy()
            spoiled = self.right.copy()
            spoiled[field] = _spoiled(self.right[field], kind)
            changed = agree & (spoiled[field].isna() | (spoiled[field] != self.right[field])).to_numpy()
            if not changed.any():
                continue
            after = self.scores(self.left[changed], spoiled[changed])
            passed += int((after <= before[changed] + RISE_TOLERANCE).sum())
            total += int(changed.sum())
        return Behaviour(f"{kind} in an agreeing field does not raise the score", passed, total)

    def disagreement(self, seed: int) -> list[Behaviour]:
        """A field that disagrees scores no better than a missing one, nor than one that is identical.

        The disagreeing value is that of another record. Names that are swapped agree all the same, and long text may
        agree in part, so these are left out.
        """
        names = ("a missing value in a disagreeing field", "an identical value in a disagreeing field")
        passed, total = [0, 0], [0, 0]
        donors = np.random.default_rng(seed).permutation(len(self.right))
        for field, section in self.model.spec.compared.items():
            if section.kind == "text":
                continue
            disagreeing = self._replaced(field, self.right[field].iloc[donors].to_numpy())
            compared = self.compared(self.left, disagreeing)
            levels = evidence(compared, self.model.spec)
            chosen = (levels[field] == "DISAGREES") & (levels.get(f"{field}_{SWAPPED}", "") != "AGREES")
            if not chosen.any():
                continue
            scores = self.model.score(compared)[chosen]
            left = self.left[chosen].reset_index(drop=True)
            for index, value in enumerate((None, self.left[field].to_numpy())):
                changed = self._replaced(field, value)[chosen].reset_index(drop=True)
                passed[index] += int((self.scores(left, changed) >= scores - RISE_TOLERANCE).sum())
                total[index] += int(chosen.sum())
        return [
            Behaviour(f"{name} does not lower the score", *n) for name, *n in zip(names, passed, total, strict=True)
        ]

    def household(self, seed: int) -> Behaviour:
        """Another member of one household is never matched without review: one with other individual fields."""
        spec, generator = self.model.spec, np.random.default_rng(seed)
        donors = generator.permutation(len(self.right))
        passed = total = 0
        for chosen in _sets_of(spec.individual):
            member = self.right.copy()
            for field in chosen:
                member[field] = self.right[field].iloc[donors].to_numpy()
            compared = self.compared(self.left, member)
            levels = evidence(compared, spec)
            # a short form of a name and two names that are swapped may be those of one person
            other = np.all([levels[field] == "DISAGREES" for field in chosen], axis=0)
            other &= ~_in_another_way(compared, chosen)
            bands = self.model.band(self.model.score(compared), compared)[other]
            passed, total = passed + int((bands != "match").sum()), total + len(bands)
        return Behaviour("members of one household are not matched", passed, total)

    def _replaced(self, field: str, values: Any) -> pd.DataFrame:
        """The right records with other values in a field; None stands for a missing value."""
        missing = np.nan if self.right[field].dtype.kind == "f" else None
        return self.right.assign(**{field: pd.Series(missing if values is None else values, index=self.right.index)})

    def little_evidence(self, seed: int) -> Behaviour:
        """A record with at most one known field is never matched without review, even if the pair is true."""
        fields = list(self.model.spec.compared)
        kept = np.random.default_rng(seed).integers(-1, len(fields), size=len(self.right))
        sparse = self.right.copy()
        for index, field in enumerate(fields):
            sparse[field] = sparse[field].mask(kept != index, np.nan if sparse[field].dtype.kind == "f" else None)
        compared = self.compared(self.left, sparse)
        bands = self.model.band(self.model.score(compared), compared)
        return Behaviour("a record with at most one field is not matched", int((bands != "match").sum()), len(bands))


def _sets_of(fields: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All sets of the fields but the empty one."""
    return [found for size in range(1, len(fields) + 1) for found in combinations(fields, size)]


def _in_another_way(comparisons: pd.DataFrame, fields: tuple[str, ...]) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Whether a value of the fields is found in another way than by its spelling."""
    parts = [(name, *name.split("__", 1)) for name in map(str, comparisons)]
    names = [name for name, field, comparator in parts if field in fields and comparator in IN_ANOTHER_WAY]
    return np.asarray((comparisons[names] >= ALIKE).any(axis=1))


def _spoiled(values: "pd.Series[Any]", kind: str) -> "pd.Series[Any]":
    if kind == "a missing value":
        return pd.Series([np.nan if values.dtype.kind == "f" else None] * len(values), dtype=values.dtype)
    if values.dtype.kind == "f":
        return values * 1.5 + 1
    return values.map(lambda value: mistyped(value) if isinstance(value, str) and len(value) > 3 else value)


def _golden(model: DecisionModel) -> list[Behaviour]:
    pairs = model.spec.golden
    decisions = decide_values(model, [pair.left for pair in pairs], [pair.right for pair in pairs])
    found = []
    for band, name in (("match", "must match"), ("no_match", "must not match"), ("review", "must be reviewed")):
        held = [decision.band == band for pair, decision in zip(pairs, decisions, strict=True) if pair.expect == band]
        if held:
            found.append(Behaviour(f"golden pairs that {name}", sum(held), len(held)))
    return found
