"""Estimating the weights of agreement from unlabelled candidates, by expectation maximisation."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.names import constraints, field_of, group_of
from matchwright.core.models.household import Household
from matchwright.core.models.scorer import Array
from matchwright.core.models.unsupervised import Curve, FellegiSunterScorer, close_swaps, swapped_or_straight
from matchwright.core.spec.vocabulary import CONTEXT, EVIDENCE_KINDS, SWAPPED
from matchwright.errors import TrainingError
from matchwright.training.models.agreement_levels import LEAD, SIMILARITY, Levels, Scale

RARITY = "rarity"
"""This comparator is not a similarity, although its values may lie between 0 and 1."""

ROUNDS = 50
SETTLED = 1e-4
STEEPNESS = 20.0
RAREST = 1e-4
FEWEST_PAIRS = 20
DECIMALS = 6


def fit_fellegi_sunter(
    comparisons: pd.DataFrame,
    expected_matches: int,
    competing: "Sequence[pd.Series[str]]" = (),
    limits: Mapping[str, float] | None = None,
    household: Household | None = None,
) -> FellegiSunterScorer:
    """Estimate the weights of agreement from unlabelled candidates.

    Textbooks estimate ``u`` from random pairs. That is wrong here: candidates are chosen because they are alike, so
    agreement that is rare among random pairs is common among wrong candidates.

    Args:
        comparisons: of the candidates, one row per pair, with or without context.
        expected_matches: the most that may match (the number of records of the smaller table). The estimation starts
            from a quarter as many pairs, those that are most alike.
        competing: the record key of each pair, for each side whose records have at most one match. Candidates of one
            record then compete in the estimation, so that a group of similar records does not count as many matches.
            The scorer itself stays additive and sees one pair at a time.
        limits: the limits of disagreement, see :func:`~matchwright.core.compare.names.disagreement_limits`. Below its
            limit a comparison adds nothing above 0.
        household: what the fields of persons have to do with each other. Without it, members of households are so many
            and so alike that they count as matches.

    Returns:
        The scorer. It does not depend on the order of the pairs.

    Raises:
        TrainingError: too few candidates to estimate anything from.
    """
    if len(comparisons) < FEWEST_PAIRS:
        raise TrainingError(
            f"An unsupervised start has {len(comparisons)} candidates to learn from; it needs {FEWEST_PAIRS}.",
            "widen the candidate rules, or give more records",
        )
    votes = _votes(comparisons)
    if not votes:
        raise TrainingError(
            "No comparison of the candidates says how alike they are.", "check whether fields are empty"
        )
    voting = list(votes)
    values = close_swaps(comparisons[voting].to_numpy(dtype=np.float64), voting)
    levels = {name: Levels.of(values[:, index]) for index, name in enumerate(voting)}
    household = household and household.found_in(values, voting, limits or {})
    sides = [np.unique(np.asarray(keys, dtype=str), return_inverse=True)[1] for keys in competing]
    share = _first_guess(levels, votes, expected_matches)
    weights: dict[str, Array] = {}
    base = 0.0
    for _ in range(ROUNDS):
        weights = {name: _weights(name, votes[name], level, share) for name, level in levels.items()}
        prior = float(np.clip(share.mean(), RAREST, min(0.5, expected_matches / len(share))))
        base = float(np.log(prior / (1 - prior)))
        added = swapped_or_straight(
            np.column_stack([level.read(weights[name]) for name, level in levels.items()]), values, voting
        )
        log_odds = base + (added if household is None else household.read(added, values, voting, base)).sum(axis=1)
        before, share = share, _shares(log_odds, sides)
        if np.abs(share - before).max() < SETTLED:
            break
    swaps = {name: votes[name] * levels[name].weights(share) for name in voting if _is_swap(name)}
    weights |= swaps
    least = limits or {}
    curves = {name: _curve(weights[name], SIMILARITY, least.get(name)) for name in levels}
    scorer = FellegiSunterScorer(
        names=tuple(map(str, comparisons.columns)),
        base=round(base, DECIMALS),
        curves=curves,
        household=household,
    )
    return _with_lead(scorer, comparisons, sides)


def _with_lead(
    scorer: FellegiSunterScorer, comparisons: pd.DataFrame, sides: "list[np.ndarray[Any, np.dtype[np.int64]]]"
) -> FellegiSunterScorer:
    """Add the weights of the lead over competing candidates. Both sides together have one vote.

    The weights of pair evidence do not change. If they were estimated together with the lead they would depend on it,
    and would be wrong for a pair without its competing candidates.
    """
    names = list(map(str, comparisons.columns))
    leads = {
        name: Levels.of(_values(comparisons, name), LEAD)
        for name, rises in zip(names, constraints(names), strict=True)
        if rises > 0 and field_of(name) == CONTEXT and comparisons[name].notna().any()
    }
    if not leads:
        return scorer
    alone = scorer.log_odds(comparisons)
    share = _shares(alone, sides)
    weights: dict[str, Array] = {}
    for _ in range(ROUNDS):
        weights = {name: lead.weights(share) / len(leads) for name, lead in leads.items()}
        log_odds = alone + np.sum([lead.read(weights[name]) for name, lead in leads.items()], axis=0)
        before, share = share, _shares(log_odds, sides)
        if np.abs(share - before).max() < SETTLED:
            break
    curves = {name: _curve(weights[name], LEAD) for name in leads}
    return scorer.model_copy(update={"curves": {**scorer.curves, **curves}})


def _shares(log_odds: Array, sides: "list[np.ndarray[Any, np.dtype[np.int64]]]") -> Array:
    """The probability of each pair to match. Candidates of a record with at most one match share at most 1."""
    odds = np.exp(np.clip(log_odds, -40, 40))
    share = odds / (1 + odds)
    for record in sides:
        share = np.minimum(share, odds / (1 + np.bincount(record, odds)[record]))
    return np.asarray(share)


def _weights(name: str, vote: float, level: Levels, share: Array) -> Array:
    """The weights of a comparison while the matches are being found.

    Swapped names are not asked: a few pairs of names that happen to be swapped would be taken for all of the matches.
    """
    return np.zeros(len(level.scale.middles)) if _is_swap(name) else vote * level.weights(share)


def _is_swap(name: str) -> bool:
    return name.partition("__")[2] == SWAPPED


def _vote_of(comparison: str) -> str:
    """The name of the comparison's shared vote: its field, or its kind of evidence in any field."""
    return EVIDENCE_KINDS.get(comparison.partition("__")[2]) or group_of(comparison)


def _votes(comparisons: pd.DataFrame) -> dict[str, float]:
    """The comparisons that vote, each with its share of one vote.

    Only similarities from 0 to 1 vote. Counts of words and rarity depend on the tables, and comparisons of difference
    repeat a similarity that votes already. Context is added afterwards.
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


def _curve(weights: Array, scale: Scale, limit: float | None = None) -> Curve:
    """The weights as a curve, so that pairs of one level still get different weights.

    Below ``limit`` none is above 0.
    """
    at, adds = np.array(scale.middles), weights
    if limit is not None:
        found = np.interp(limit, at, adds)
        place = int(np.searchsorted(at, limit))
        at = np.insert(at, place, limit)
        adds = np.insert(adds, place, found)
        adds[: place + 1] = np.minimum(adds[: place + 1], 0.0)
    return Curve(at=tuple(at.tolist()), adds=tuple(round(float(value), DECIMALS) for value in adds))


def _first_guess(levels: dict[str, Levels], votes: dict[str, float], expected_matches: int) -> Array:
    """Each pair's probability to match, estimated from its mean similarity."""
    values = np.column_stack([level.values for level in levels.values()])
    weight = np.where(np.isnan(values), 0.0, np.array([votes[name] for name in levels]))
    mean = (np.nan_to_num(values) * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    likely = max(min(expected_matches, len(mean) // 2) // 4, 1)
    return np.asarray(1 / (1 + np.exp(-STEEPNESS * (mean - np.sort(mean)[-likely]))))
