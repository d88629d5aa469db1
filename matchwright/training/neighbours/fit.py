"""Fitting what neighbours add, on pairs that the scorer was not trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit, logit

from matchwright.core.models.neighbours import Links, Measure, NeighbourEvidence, Neighbours
from matchwright.core.models.neighbours.links import Array, Whole
from matchwright.core.models.neighbours.model import FALLING, RISING, Discounts, design

STEPS: Mapping[str, tuple[float, ...]] = {
    "common": (0, 1, 2, 3, 5, 10),
    "share": (0, 0.25, 0.5, 0.75, 1),
    "share_of_larger": (0, 0.25, 0.5, 0.75, 1),
    "path": (0, 2, 4, 8),
    "unshared_fewest": (0, 1, 2, 4),
    "unshared_most": (0, 1, 2, 4, 8),
    "rejected_fewest": (0, 1, 2, 4),
    "rejected_most": (0, 1, 2, 4, 8),
}
"""Where the weight of a measure may change."""

FEWEST = 50
"""With fewer pairs of a class that have neighbours, nothing is fitted."""

MOST = 200_000
"""The most pairs that are fitted on. More of them change little and take memory."""

FOLDS = 5
PENALTY = 1e-4
"""Of the squares of all weights, for the mean loss of a pair."""

LARGEST_DISCOUNT = 0.45
DECIMALS = 6


@dataclass(frozen=True)
class FittedNeighbours:
    """What neighbours add, and the mean log loss of the pairs without and with it.

    The pair's entity was not in the fit that gives ``log_loss_after``.
    """

    neighbours: Neighbours
    log_loss_before: float
    log_loss_after: float

    @property
    def figures(self) -> dict[str, float | int]:
        """For JSON: what it was fitted on, and the log losses."""
        return {
            "pairs": self.neighbours.pairs,
            "true_pairs": self.neighbours.matches,
            "log_loss_before": round(self.log_loss_before, DECIMALS),
            "log_loss_after": round(self.log_loss_after, DECIMALS),
        }


def fit_neighbours(
    pairs: pd.DataFrame, scores: Array, unlimited: Array, inside: "np.ndarray[Any, np.dtype[np.bool_]]", seed: int
) -> FittedNeighbours | None:
    """Fit what neighbours add to the log-odds of a pair.

    Args:
        pairs: left_key, right_key and label of every candidate of the register.
        scores: of each candidate, more than 0 and less than 1, shape (pairs,).
        unlimited: the same without the limit of register evidence.
        inside: the pairs to fit on, shape (pairs,): labelled ones, that neither scorer nor calibrator was trained on.
        seed: of the folds.

    Returns:
        None where too few pairs of a class have neighbours, or the neighbours do not lower the log loss of pairs of
        other entities.
    """
    left, right, labels = (pairs[name].to_numpy() for name in ("left_key", "right_key", "label"))
    links = Links.of(left, right, logit(unlimited))
    one, other = links.other_partners()
    rows = np.flatnonzero(inside & ((one > 0) | (other > 0)))
    true = (labels[rows] == 1).astype(np.float64)
    if min(int(true.sum()), int((1 - true).sum())) < FEWEST:
        return None
    if len(rows) > MOST:
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:MOST])
        true = (labels[rows] == 1).astype(np.float64)
    log_odds = logit(scores[rows])
    matrix = design(NeighbourEvidence.among(links, rows), log_odds, dict(STEPS))
    fold = _folds(links, rows[true == 1], seed)[links.left[rows]]
    held_out = np.zeros(len(rows))
    for number in range(FOLDS):
        rest, gone = fold != number, fold == number
        if gone.any() and rest.any():
            held_out[gone] = matrix[gone] @ _weights(matrix[rest], log_odds[rest], true[rest])
    before, after = log_loss(log_odds, true), log_loss(log_odds + held_out, true)
    if after >= before:
        return None
    return FittedNeighbours(_model(_weights(matrix, log_odds, true), len(rows), int(true.sum())), before, after)


def log_loss(log_odds: Array, true: Array) -> float:
    """The mean log loss of pairs; ``true`` is 1 for a match."""
    return float((np.logaddexp(0, log_odds) - true * log_odds).mean())


def _folds(links: Links, matches: Whole, seed: int) -> Whole:
    """The fold of each record. All records of an entity are in one fold."""
    size = len(links.records)
    ends = links.left[matches], links.right[matches]
    count, entity = connected_components(coo_array((np.ones(len(matches)), ends), shape=(size, size)), directed=False)
    return np.asarray(np.random.default_rng(seed).integers(FOLDS, size=count)[entity], dtype=np.int64)


def _weights(matrix: Array, log_odds: Array, true: Array) -> Array:
    """The weights of the columns of :func:`design`, none below 0, with the least penalised log loss."""
    discounts = len(Discounts.model_fields)
    bounds = [(0.0, None)] * (matrix.shape[1] - discounts) + [(0.0, LARGEST_DISCOUNT)] * discounts

    def loss(weights: Array) -> tuple[float, Array]:
        sums = log_odds + matrix @ weights
        slope = (expit(sums) - true) / len(true)
        return log_loss(sums, true) + PENALTY * float(weights @ weights) / 2, matrix.T @ slope + PENALTY * weights

    found = minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(np.round(found.x, DECIMALS))


def _model(weights: Array, pairs: int, matches: int) -> Neighbours:
    values = iter(weights.tolist())
    measures = {
        name: Measure(steps=STEPS[name], weights=tuple(next(values) for _ in STEPS[name][1:]))
        for name in (*RISING, *FALLING)
    }
    return Neighbours(
        rising={name: measures[name] for name in RISING},  # type: ignore[misc]
        falling={name: measures[name] for name in FALLING},  # type: ignore[misc]
        discounts=Discounts(**{name: next(values) for name in Discounts.model_fields}),
        pairs=pairs,
        matches=matches,
    )
