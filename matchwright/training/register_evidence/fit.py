"""Fitting register evidence on a weighted sample of the register's pairs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from matchwright.core.compare.information import counted_fields
from matchwright.core.decide.calibrator import sigmoid
from matchwright.core.models.register_evidence import RegisterEvidence, basis, smooth_minimum
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.register_evidence.register import Mask, Register, Rows
from matchwright.training.register_evidence.sample import AgreeingPairs, agreeing_pairs

Array = np.ndarray[Any, np.dtype[np.float64]]
Probability = Callable[[Rows, Rows], Array]
"""The probability that rows of the frame match, where no label says it; shape (pairs,)."""

CLASSES = 5
"""Classes of pairs of different entities. More did not fit better."""
RIDGE = 1.0
STEPS = (100, 20, 6)
"""A value that so many records have may have another weight per order of magnitude than a rarer one."""
FEWEST_MATCHES = 50
ROUNDS = 600


def fit_register_evidence(
    frame: pd.DataFrame,
    matches: pd.DataFrame,
    inside: Mask,
    spec: MatchSpec,
    corpus: Corpus,
    probability: Probability | None = None,
) -> RegisterEvidence | None:
    """Fit the limit that agreeing values set to the score.

    Args:
        frame: record features of all records.
        matches: left_key and right_key of the known matches.
        inside: the records that may be used, shape (records,); those of the test part may not.
        spec: the match spec.
        corpus: has the frequency of every value.
        probability: says how likely unlabelled pairs match; None if ``matches`` has all matches.

    Returns:
        None if fewer than fifty matches are known, none agrees exactly in a field, or all compared fields are texts.
    """
    fields = counted_fields(spec)
    if not fields:
        return None
    register = Register.of(frame, matches, inside, spec)
    both_orders = 2 if register.one_table else 1
    if len(register.true) < FEWEST_MATCHES * both_orders:
        return None
    pairs = agreeing_pairs(register, spec.model.seed)
    if not pairs.match.any():
        return None
    target = pairs.match.astype(np.float64)
    if probability is not None:
        unlabelled = np.flatnonzero(~pairs.match)
        target[unlabelled] = probability(pairs.left[unlabelled], pairs.right[unlabelled])
    values = np.column_stack([corpus.value_information(field, frame[field].to_numpy()) for field in fields])
    information = np.where(pairs.agree, (values[pairs.left] + values[pairs.right]) / 2, 0.0)
    steps = tuple(tuple(corpus.information_of_count(field, count) for count in STEPS) for field in fields)
    lefts, rights = _sizes(frame, register.one_table)
    found = len(register.true) / both_orders * register.scale
    intercepts, weights = _fitted(basis(information, steps), target, pairs, np.log(found / lefts / rights), spec)
    return RegisterEvidence(
        fields=fields,
        steps=steps,
        intercepts=tuple(intercepts.round(6).tolist()),
        weights=tuple(tuple(row) for row in weights.round(6).tolist()),
        left_records=lefts,
        right_records=rights,
        matches=round(found, 1),
    )


def _fitted(design: Array, target: Array, pairs: AgreeingPairs, prior: float, spec: MatchSpec) -> tuple[Array, Array]:
    """The intercepts, shape (classes,), and weights, shape (classes, functions), by penalised maximum likelihood."""
    functions = design.shape[1]
    weight = pairs.weight / pairs.weight[pairs.match].sum()
    ridge = RIDGE / max(int(pairs.match.sum()), 1)
    inner = CLASSES * functions

    def loss(parameters: Array) -> tuple[float, Array]:
        weights = parameters[:inner].reshape(CLASSES, functions)
        margin, shares = smooth_minimum(design @ weights.T + parameters[inner:])
        surplus = (weight * (sigmoid(margin) - target))[:, None] * shares
        value = float((weight * (np.logaddexp(0, margin) - target * margin)).sum())
        gradient = (surplus.T @ design).ravel() + ridge * parameters[:inner]
        return value + ridge / 2 * float((parameters[:inner] ** 2).sum()), np.r_[gradient, surplus.sum(axis=0)]

    generator = np.random.default_rng(spec.model.seed)
    start = np.r_[generator.random(inner) * 1.5, prior, generator.uniform(prior, prior / 4, CLASSES - 1)]
    bounds = [(0.0, None)] * inner + [(None, None)] * CLASSES
    options = {"maxiter": ROUNDS, "maxcor": 20, "ftol": 1e-9, "gtol": 1e-7}
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return best[inner:], best[:inner].reshape(CLASSES, functions)


def _sizes(frame: pd.DataFrame, one_table: bool) -> tuple[int, int]:
    if one_table:
        return len(frame), len(frame)
    right = int(frame["record_key"].str.startswith("right:").sum())
    return len(frame) - right, right
