"""Fitting the form of register evidence by penalised maximum likelihood."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from matchwright.core.decide.calibrator import sigmoid

Array = np.ndarray[Any, np.dtype[np.float64]]

SHAPES = ((1, 1), (3, 1), (6, 2))
"""Classes of pairs of different entities, and kinds of matches. Each shape starts from the fit of the one before."""
BETTER = 0.005
"""A shape is kept if it lowers the loss by more than this share. A register without households needs one class."""
RIDGE = 1.0
ROUNDS = 300


@dataclass(frozen=True)
class Fit:
    """Intercepts, shape (classes, kinds), weights, shape (classes, kinds, functions), and the loss."""

    intercepts: Array
    weights: Array
    loss: float


def fit_limit(design: Array, target: Array, weight: Array, matches: int, prior: float, seed: int) -> Fit:
    """Fit the smallest shape that no larger one improves.

    Args:
        design: the functions of each pair, shape (pairs, functions).
        target: the probability that each pair is a match.
        weight: of each pair.
        matches: how many of the pairs are known matches. The more, the less the weights are pulled to 0.
        prior: the log-odds of a match for any pair of the register.
        seed: of the first values.
    """
    generator = np.random.default_rng(seed)
    ridge = RIDGE / max(matches, 1)
    nothing = Fit(np.empty((0, 1)), np.empty((0, 1, design.shape[1])), np.inf)
    best = _fitted(design, target, weight, ridge, _grown(nothing, SHAPES[0], prior, generator))
    for shape in SHAPES[1:]:
        found = _fitted(design, target, weight, ridge, _grown(best, shape, prior, generator))
        if found.loss > best.loss * (1 - BETTER):
            break
        best = found
    return best


def _grown(fit: Fit, shape: tuple[int, int], prior: float, generator: np.random.Generator) -> tuple[Array, Array]:
    """First values for a shape: those of a smaller one with its kinds split, and random classes."""
    classes, kinds = shape
    known, smaller, functions = fit.weights.shape
    split = kinds // smaller
    noise = 1 + (generator.random((known, kinds, functions)) - 0.5) * 0.6 * (split > 1)
    first = prior if not known else generator.uniform(prior, prior / 4, (classes - known, 1))
    new = np.broadcast_to(first - np.log(kinds), (classes - known, kinds))
    return (
        np.concatenate([fit.intercepts.repeat(split, axis=1) - np.log(split), new]),
        np.concatenate(
            [fit.weights.repeat(split, axis=1) * noise, generator.random((classes - known, kinds, functions)) * 1.5]
        ),
    )


def _fitted(
    design: Array,
    target: Array,
    weight: Array,
    ridge: float,
    start: tuple[Array, Array],
) -> Fit:
    classes, kinds, functions = start[1].shape
    units = classes * kinds
    inner = units * functions
    weight = weight / (weight @ target)

    def loss(parameters: Array) -> tuple[float, Array]:
        weights = parameters[:inner].reshape(units, functions)
        linear = weights @ design.T + parameters[inner:, None]
        found, rise = margin_and_rise(linear, classes)
        surplus = (weight * (sigmoid(found) - target))[:, None] * rise.T
        value = float((weight * (np.logaddexp(0, found) - target * found)).sum())
        gradient = (surplus.T @ design).ravel() + ridge * parameters[:inner]
        return value + ridge / 2 * float((parameters[:inner] ** 2).sum()), np.r_[gradient, surplus.sum(axis=0)]

    bounds = [(0.0, None)] * inner + [(None, None)] * units
    options = {"maxiter": ROUNDS, "maxcor": 20, "ftol": 1e-7, "gtol": 1e-7}
    first = np.r_[start[1].ravel(), start[0].ravel()]
    result = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    found = result.x
    return Fit(
        found[inner:].reshape(classes, kinds), found[:inner].reshape(classes, kinds, functions), float(result.fun)
    )


def margin_and_rise(linear: Array, classes: int) -> tuple[Array, Array]:
    """The joint log-odds of :func:`~matchwright.core.models.joint_evidence.margin`, and how fast they rise.

    ``linear`` has shape (classes * kinds, pairs). Returns shape (pairs,), and for each of ``linear`` how fast the
    log-odds rise with it.
    """
    by_kind = linear.reshape(classes, len(linear) // classes, linear.shape[1])
    largest = by_kind.max(axis=1)
    kinds = np.exp(by_kind - largest[:, None])
    total = kinds.sum(axis=1)
    by_class = largest + np.log(total)
    smallest = by_class.min(axis=0)
    shares = np.exp(smallest - by_class)
    whole = shares.sum(axis=0)
    rise = kinds / total[:, None] * (shares / whole)[:, None]
    return smallest - np.log(whole), rise.reshape(linear.shape)


def functions(evidence: Array, disagree: "np.ndarray[Any, np.dtype[np.bool_]]") -> Array:
    """Whether each field agrees, its evidence, and -1 where it disagrees; shape (pairs, 3 * fields)."""
    return np.column_stack([evidence > 0, evidence, -disagree.astype(np.float64)])
