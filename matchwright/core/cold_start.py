"""The cold start: a scorer from comparisons alone, before anybody has labelled a pair.

Fellegi and Sunter (1969), A Theory for Record Linkage: a pair's log-odds are a sum over comparisons of
``log(m / u)``, how often a level of agreement is seen among matches against how often among other pairs.
Both are estimated from unlabelled candidates by expectation maximisation, after Winkler (1988), Using the
EM Algorithm for Weight Computation in the Fellegi-Sunter Model. Four things differ from the textbook:
a comparison's weight never falls as agreement rises; the comparisons of one kind of evidence share one vote,
for they see the same two values; evidence that is missing adds nothing; and where a record has at most one
match, by how much a pair leads its rivals is evidence too, weighed last and with one vote.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from matchwright.core.agreement import LEAD, SIMILARITY, Levels, Scale
from matchwright.core.compare.names import CONTEXT, constraints, field_of, group_of
from matchwright.core.spec.vocabulary import EVIDENCE_KINDS
from matchwright.errors import DAMAGED, BundleError, TrainingError
from matchwright.frozen import Frozen

Array = np.ndarray[Any, np.dtype[np.float64]]

RARITY = "rarity"
"""The comparator that is between 0 and 1 in some tables, and still no similarity."""

ROUNDS = 50
SETTLED = 1e-4
STEEPNESS = 20.0
RAREST = 1e-4
FEWEST_PAIRS = 20
DECIMALS = 6


class Curve(Frozen):
    """What one comparison adds to the log-odds: linear between the values ``at``, level beyond them."""

    at: tuple[float, ...]
    adds: tuple[float, ...]


class ColdStartScorer(Frozen):
    """An additive scorer: ``base`` and a non-decreasing (or, for unlikeness, non-increasing) curve per comparison."""

    kind: Literal["cold_start"] = "cold_start"
    names: tuple[str, ...]
    base: float
    curves: dict[str, Curve]

    def margin(self, comparisons: pd.DataFrame) -> Array:
        """Log-odds of a match, shape (pairs,); nobody has judged how true they are."""
        contributions, base = self.contributions(comparisons)
        return np.asarray(contributions.sum(axis=1) + base)

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the margin, shape (pairs, comparisons), and the base value; exact by make."""
        values = comparisons[list(self.names)].to_numpy(dtype=np.float64)
        added = np.zeros_like(values)
        for place, name in enumerate(self.names):
            if name in self.curves:
                added[:, place] = _read(self.curves[name], values[:, place])
        return added, self.base

    def save(self, path: Path) -> None:
        """Write ``scorer.json``."""
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "ColdStartScorer":
        """Read what :meth:`save` wrote.

        Raises:
            BundleError: the file is not such a scorer.
        """
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise BundleError("The scorer cannot be read.", DAMAGED) from error


def fit_cold_start(
    comparisons: pd.DataFrame, expected_matches: int, rivals: "Sequence[pd.Series[str]]" = ()
) -> ColdStartScorer:
    """Estimate the weights of agreement from unlabelled candidates.

    Pairs drawn at random, the textbook's source for ``u``, mislead here: candidates were chosen for being alike,
    so that what is rare among all pairs is common among the wrong ones that have to be told apart.

    Args:
        comparisons: of the candidates, one row per pair; those of context may be among them.
        expected_matches: how many of them may match at most (the smaller table's records); a quarter as many, the most
            alike, are where the estimation starts from.
        rivals: per side whose records have at most one match, the record key of each pair: candidates of one record
            then compete in the estimation, which keeps whole families of look-alikes from passing for matches.
            The scorer itself stays additive, and sees one pair at a time.

    Returns:
        The scorer. The same pairs in any order give the same scorer.

    Raises:
        TrainingError: too few candidates to estimate anything from.
    """
    if len(comparisons) < FEWEST_PAIRS:
        raise TrainingError(
            f"A cold start has {len(comparisons)} candidates to learn from; it needs {FEWEST_PAIRS}.",
            "widen the candidate rules, or give more records",
        )
    votes = _votes(comparisons)
    if not votes:
        raise TrainingError("No comparison of the candidates says how alike they are.", "look whether fields are empty")
    levels = {name: Levels.of(_values(comparisons, name)) for name in votes}
    sides = [np.unique(np.asarray(keys, dtype=str), return_inverse=True)[1] for keys in rivals]
    share = _first_guess(levels, votes, expected_matches)
    weights: dict[str, Array] = {}
    base = 0.0
    for _ in range(ROUNDS):
        weights = {name: votes[name] * level.weights(share) for name, level in levels.items()}
        prior = float(np.clip(share.mean(), RAREST, min(0.5, expected_matches / len(share))))
        base = float(np.log(prior / (1 - prior)))
        margin = np.full(len(share), base)
        for name, level in levels.items():
            margin += level.read(weights[name])
        before, share = share, _shares(margin, sides)
        if np.abs(share - before).max() < SETTLED:
            break
    curves = {name: _curve(weights[name], SIMILARITY) for name in levels}
    scorer = ColdStartScorer(names=tuple(map(str, comparisons.columns)), base=round(base, DECIMALS), curves=curves)
    return _beside_rivals(scorer, comparisons, sides)


def _beside_rivals(
    scorer: ColdStartScorer, comparisons: pd.DataFrame, sides: "list[np.ndarray[Any, np.dtype[np.int64]]]"
) -> ColdStartScorer:
    """The scorer with the weight of a lead over the rivals, one vote for both sides together.

    The weights of pair evidence stay as they are: estimated together with the lead they would lean on it, and
    fail where a pair comes alone, without its rivals.
    """
    names = list(map(str, comparisons.columns))
    leads = {
        name: Levels.of(_values(comparisons, name), LEAD)
        for name, rises in zip(names, constraints(names), strict=True)
        if rises > 0 and field_of(name) == CONTEXT and comparisons[name].notna().any()
    }
    if not leads:
        return scorer
    alone = scorer.margin(comparisons)
    share = _shares(alone, sides)
    weights: dict[str, Array] = {}
    for _ in range(ROUNDS):
        weights = {name: lead.weights(share) / len(leads) for name, lead in leads.items()}
        margin = alone + np.sum([lead.read(weights[name]) for name, lead in leads.items()], axis=0)
        before, share = share, _shares(margin, sides)
        if np.abs(share - before).max() < SETTLED:
            break
    curves = {name: _curve(weights[name], LEAD) for name in leads}
    return scorer.model_copy(update={"curves": {**scorer.curves, **curves}})


def _shares(margin: Array, sides: "list[np.ndarray[Any, np.dtype[np.int64]]]") -> Array:
    """How probably each pair matches; of a record with at most one match, all its candidates together at most 1."""
    odds = np.exp(np.clip(margin, -40, 40))
    share = odds / (1 + odds)
    for record in sides:
        share = np.minimum(share, odds / (1 + np.bincount(record, odds)[record]))
    return np.asarray(share)


def _vote_of(comparison: str) -> str:
    """What shares one vote: a field's own comparisons, or one kind of evidence wherever in the record it stands."""
    return EVIDENCE_KINDS.get(comparison.partition("__")[2]) or group_of(comparison)


def _votes(comparisons: pd.DataFrame) -> dict[str, float]:
    """The comparisons that vote, each with its share of its kind of evidence's one vote.

    Universal ones alone: similarities from 0 to 1. What counts words or rarity depends on the tables, and unlikeness
    is the other side of a similarity that votes already. Context has its say afterwards.
    """
    names = list(map(str, comparisons.columns))
    voting = [
        name
        for name, rises in zip(names, constraints(names), strict=True)
        if rises > 0
        and field_of(name) != CONTEXT
        and not name.endswith(f"__{RARITY}")
        and _is_similarity(comparisons[name])
    ]
    sizes = Counter(_vote_of(name) for name in voting)
    return {name: 1 / sizes[_vote_of(name)] for name in voting}


def _is_similarity(values: "pd.Series[float]") -> bool:
    return bool(values.notna().any() and values.min() >= 0 and values.max() <= 1)


def _values(comparisons: pd.DataFrame, name: str) -> Array:
    return comparisons[name].to_numpy(dtype=np.float64)


def _curve(weights: Array, scale: Scale) -> Curve:
    """The weights as a curve, so that pairs of one level are still told apart."""
    return Curve(at=scale.middles, adds=tuple(round(float(value), DECIMALS) for value in weights))


def _first_guess(levels: dict[str, Levels], votes: dict[str, float], expected_matches: int) -> Array:
    """How probably each pair matches, from how alike its values are on average."""
    values = np.column_stack([level.values for level in levels.values()])
    weight = np.where(np.isnan(values), 0.0, np.array([votes[name] for name in levels]))
    mean = (np.nan_to_num(values) * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    likely = int(np.clip(expected_matches, 2, len(mean) // 2)) // 4
    return np.asarray(1 / (1 + np.exp(-STEEPNESS * (mean - np.sort(mean)[-likely]))))


def _read(curve: Curve, values: Array) -> Array:
    missing = np.isnan(values)
    return np.where(missing, 0.0, np.interp(np.where(missing, 0.0, values), curve.at, curve.adds))
