"""Fitting what neighbours add, on labelled pairs of the register."""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import logit

from matchwright.core.models.neighbours import Neighbours, household_fields, pair_evidence_names
from matchwright.core.models.neighbours.links import Array, Whole
from matchwright.core.models.neighbours.measures import OWN, UNLIMITED, Matrix, Register, considered, measure_names
from matchwright.core.models.neighbours.model import KEPT
from matchwright.core.spec import MatchSpec
from matchwright.threads import COMPUTE_THREADS

FEWEST = 50
"""With fewer pairs of a class that have neighbours, nothing is fitted."""

MOST = 200_000
"""The most pairs of the calibration part, and of the others, that are fitted on. More change little and take memory."""

FOLDS = 5
ROUNDS = (10, 20, 40, 80, 150, 300)
"""The numbers of trees from which the log loss of other entities chooses."""

PARAMETERS = {
    "objective": "binary:logistic",
    "base_score": 0.5,
    "max_depth": 5,
    "eta": 0.05,
    "subsample": 0.8,
    "colsample_bytree": 0.5,
    "min_child_weight": 5.0,
    "tree_method": "hist",
    "nthread": COMPUTE_THREADS,
}

DECIMALS = 6
Rows = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class FittedNeighbours:
    """What neighbours add, and the mean log loss of the pairs of the calibration part without and with it.

    The pair's entity was not in the fit that gives ``log_loss_after``. ``from_training`` says whether pairs on which
    the scorer was trained are fitted on too. ``held_out`` are the log-odds of the pairs of the calibration part, whose
    numbers are ``rows``, by trees that saw no pair of their entity.
    """

    neighbours: Neighbours
    log_loss_before: float
    log_loss_after: float
    trees: int
    from_training: bool
    rows: Whole = field(compare=False, repr=False)
    held_out: Array = field(compare=False, repr=False)

    @property
    def figures(self) -> dict[str, float | int | bool]:
        """For JSON: what it was fitted on, and the log losses."""
        return {
            "pairs": self.neighbours.pairs,
            "true_pairs": self.neighbours.matches,
            "from_training": self.from_training,
            "trees": self.trees,
            "log_loss_before": round(self.log_loss_before, DECIMALS),
            "log_loss_after": round(self.log_loss_after, DECIMALS),
        }


@dataclass(frozen=True)
class _Pairs:
    """Pairs to fit on: their measures, log-odds, labels (1.0 for a match) and the fold of each."""

    measures: Matrix
    own: Array
    true: Array
    fold: Whole

    def take(self, rows: Rows) -> "_Pairs":
        return _Pairs(self.measures[rows], self.own[rows], self.true[rows], self.fold[rows])

    def and_(self, others: "_Pairs") -> "_Pairs":
        both = ("measures", "own", "true", "fold")
        return _Pairs(*(np.concatenate([getattr(self, name), getattr(others, name)]) for name in both))


def fit_neighbours(
    pairs: pd.DataFrame,
    scores: Array,
    unlimited: Array,
    calibration: Rows,
    training: Rows,
    spec: MatchSpec,
) -> FittedNeighbours | None:
    """Fit what neighbours add to the log-odds of a pair.

    Pairs that the scorer was trained on may have scores that are too certain. They are fitted on too if that gives
    pairs of the calibration part a lower log loss.

    Args:
        pairs: left_key, right_key, label and what neighbours read of every candidate of the register.
        scores: of each candidate, more than 0 and less than 1, shape (pairs,).
        unlimited: the same without the limit of register evidence.
        calibration: the labelled pairs that neither scorer nor calibrator was trained on, shape (pairs,).
        training: other labelled pairs to fit on, shape (pairs,).
        spec: the match spec.

    Returns:
        None where too few pairs of a class have neighbours, or the neighbours do not lower the log loss of pairs of
        other entities.
    """
    names, household, seed = pair_evidence_names(spec), household_fields(spec), spec.model.seed
    left, right, labels = (pairs[name].to_numpy() for name in ("left_key", "right_key", "label"))
    evidence = pairs[list(names)].to_numpy(dtype=np.float32)
    own, free = logit(scores), logit(unlimited)
    kept = np.flatnonzero(considered(own, free, evidence, names, household))
    labels = labels[kept]
    register = Register.of(left[kept], right[kept], own[kept], free[kept], evidence[kept], names, household)
    measured = np.zeros(len(kept), dtype=bool)
    measured[register.measured] = True
    rows = [np.flatnonzero(measured & part[kept]) for part in (calibration, training & ~calibration)]
    generator = np.random.default_rng(seed)
    rows = [np.sort(generator.permutation(part)[:MOST]) for part in rows]
    true = int((labels[rows[0]] == 1).sum())
    if min(true, len(rows[0]) - true) < FEWEST:
        return None
    known = np.concatenate(rows)
    fold = _folds(register, known[labels[known] == 1], seed)
    held, trained = (_pairs(register, part, labels, fold) for part in rows)
    before = log_loss(held.own, held.true)
    tried = (None, trained) if len(rows[1]) else (None,)
    found = [(*_held_out(held, others, names, seed), others) for others in tried]
    after, trees, held_out, others = min(found, key=lambda each: each[0])
    if after >= before:
        return None
    fitted = held if others is None else held.and_(others)
    booster = _booster(fitted, names, trees, seed)
    slope, intercept = _calibrated(held_out, held.true)
    neighbours = Neighbours(
        evidence=names,
        household=household,
        slope=slope,
        intercept=intercept,
        trees=_as_json(booster),
        pairs=len(fitted.own),
        matches=int(fitted.true.sum()),
    )
    return FittedNeighbours(
        neighbours, before, after, trees, others is not None, kept[rows[0]], slope * held_out + intercept
    )


def log_loss(log_odds: Array, true: Array) -> float:
    """The mean log loss of pairs; ``true`` is 1 for a match."""
    return float((np.logaddexp(0, log_odds) - true * log_odds).mean())


def _pairs(register: Register, rows: Whole, labels: Whole, fold: Whole) -> _Pairs:
    true = (labels[rows] == 1).astype(np.float64)
    first = np.minimum(register.candidates.left[rows], register.candidates.right[rows])
    return _Pairs(register.measures(rows), register.own[rows], true, fold[first])


def _folds(register: Register, matches: Whole, seed: int) -> Whole:
    """The fold of each record. All records of an entity are in one fold."""
    at, size = register.candidates, register.candidates.size
    ends = at.left[matches], at.right[matches]
    count, entity = connected_components(coo_array((np.ones(len(matches)), ends), shape=(size, size)), directed=False)
    return np.asarray(np.random.default_rng(seed).integers(FOLDS, size=count)[entity], dtype=np.int64)


def _held_out(held: _Pairs, others: _Pairs | None, names: tuple[str, ...], seed: int) -> tuple[float, int, Array]:
    """The least log loss of pairs whose fold was not fitted on, the number of trees that has it, and their log-odds."""
    margins = np.tile(KEPT * held.own, (len(ROUNDS), 1))
    for number in range(FOLDS):
        rest, gone = held.take(held.fold != number), held.fold == number
        if not gone.any() or not len(rest.own):
            continue
        fitted = rest if others is None else rest.and_(others.take(others.fold != number))
        booster = _booster(fitted, names, ROUNDS[-1], seed)
        for index, trees in enumerate(ROUNDS):
            added = booster.inplace_predict(held.measures[gone], iteration_range=(0, trees), predict_type="margin")
            margins[index, gone] += np.asarray(added, dtype=np.float64).ravel()
    losses = [log_loss(each, held.true) for each in margins]
    best = int(np.argmin(losses))
    return losses[best], ROUNDS[best], margins[best]


def _calibrated(log_odds: Array, true: Array) -> tuple[float, float]:
    """The slope and the intercept with the least log loss, of log-odds by trees that saw no pair of the same entity.

    They stay near 1 and 0 where pairs are few.
    """

    def loss(values: Array) -> float:
        return log_loss(values[0] * log_odds + values[1], true) + float((values[0] - 1) ** 2 + values[1] ** 2) / len(
            true
        )

    slope, intercept = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.1, 10.0), (-5.0, 5.0)]).x
    return round(float(slope), DECIMALS), round(float(intercept), DECIMALS)


def _booster(pairs: _Pairs, names: tuple[str, ...], trees: int, seed: int) -> Any:
    import xgboost

    rising = tuple(int(name in (OWN, UNLIMITED)) for name in measure_names(names))
    data = xgboost.DMatrix(pairs.measures, pairs.true, base_margin=KEPT * pairs.own, nthread=COMPUTE_THREADS)
    return xgboost.train(PARAMETERS | {"monotone_constraints": rising, "seed": seed}, data, trees)


def _as_json(booster: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(booster.save_raw("json")))
    return found
