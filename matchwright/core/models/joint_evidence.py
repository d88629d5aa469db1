"""What the evidence of several fields amounts to, for the largest of all sets of fields that agree.

All pairs and all their sets are computed together, with the numbers of one kind of matches next to each other in
memory: that is several times as fast as with the numbers of one pair next to each other.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from matchwright.core.models.compiling import FEWEST_PAIRS, compiles
from matchwright.core.models.joint_kernel import kernel

Array = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

AT_ONCE = 2_000
"""Pairs whose sets of fields are computed together. With more, the numbers do not fit into the processor's cache."""


LEAST_BASE, MOST_ADDED = -500.0, 50.0
"""Log-odds further below those of the likeliest kind, and more of one field, are not told apart: so that no product of
odds is too large or too small for a number. Both are far beyond what registers can show."""


class FieldSet(NamedTuple):
    """What is added to the log-odds of pairs that agree in these fields: ``intercept + slopes @ evidence``."""

    fields: tuple[int, ...]
    intercept: float
    slopes: tuple[float, ...]


class JointEvidence:
    """The joint log-odds of pairs from the evidence of their fields.

    Args:
        intercepts: of each class of different entities and kind of matches, shape (classes, kinds).
        weights: of whether each field agrees, of its evidence, and of -1 where it disagrees; shape (classes, kinds, 3 *
            fields).
        sets: the sets of fields with a correction.
    """

    def __init__(self, intercepts: Array, weights: Array, sets: Sequence[FieldSet]) -> None:
        self._classes = len(intercepts)
        self._intercepts = intercepts.reshape(-1, 1)
        units = weights.reshape(len(self._intercepts), 3, -1)
        self._agrees, self._evidence, self._disagrees = (np.ascontiguousarray(units[:, part]) for part in range(3))
        self._fields = fields = units.shape[2]
        # the empty set is one of them, so that a pair without any agreement has log-odds
        every = [*sets, FieldSet((), 0.0, ())]
        width = max(len(one.fields) for one in every)
        self._sizes = width
        self._sets = np.zeros((len(every), fields), dtype=np.float32)
        # a set with fewer fields has a last one that says nothing
        self._members = np.full((width, len(every)), fields, dtype=np.intp)
        self._slopes = np.zeros((width, len(every)))
        for row, one in enumerate(every):
            self._sets[row, one.fields] = 1.0
            self._members[: len(one.fields), row] = one.fields
            self._slopes[: len(one.fields), row] = one.slopes
        self._added = np.array([one.intercept for one in every])
        sizes = np.array([len(one.fields) for one in every], dtype=np.int64)
        of_units = self._intercepts.ravel(), self._agrees, self._evidence, self._disagrees, self._classes
        members, of_sets = (np.ascontiguousarray(each.T) for each in (self._members, self._slopes))
        self._for_kernel = *of_units, members, sizes, of_sets, self._added

    def largest(self, evidence: Array, disagree: Mask, most: float) -> Array:
        """The largest log-odds of all sets of fields that agree, at most ``most``, shape (pairs,).

        Without corrections more fields never lower them. So of the sets that have none, the largest set is enough.

        Args:
            evidence: of each field, 0 where it does not agree, shape (pairs, fields).
            disagree: where a field clearly disagrees, shape (pairs, fields).
            most: larger ones are not told apart.
        """
        if len(evidence) >= FEWEST_PAIRS and compiles():
            limits = np.array([most, LEAST_BASE, MOST_ADDED])
            return np.asarray(kernel()(np.ascontiguousarray(evidence), disagree, *self._for_kernel, limits))
        found = [np.empty(0)]
        for start in range(0, len(evidence), AT_ONCE):
            rows = slice(start, start + AT_ONCE)
            found.append(self._of_few(evidence[rows], disagree[rows], most))
        return np.asarray(np.concatenate(found))

    def _of_few(self, evidence: Array, disagree: Mask, most: float) -> Array:
        pairs, agree = len(evidence), evidence > 0
        base = self._intercepts - self._disagrees @ disagree.T.astype(np.float64)
        shift = base.max(axis=0)
        odds = np.exp(np.maximum(base - shift, LEAST_BASE))
        # by what each field multiplies the odds, shape (units, fields + 1, pairs); the last one says nothing
        factors = np.ones((len(base), self._fields + 1, pairs))
        added = self._agrees[:, :, None] * agree.T + self._evidence[:, :, None] * evidence.T
        np.exp(np.minimum(added, MOST_ADDED), out=factors[:, :-1])
        largest = np.full(pairs, -np.inf)
        large = np.flatnonzero(agree.sum(axis=1) > self._sizes)
        whole = odds[:, large] * factors[:, :, large].prod(axis=1)
        largest[large] = joint_log_odds(whole, self._classes) + shift[large]
        # what is beyond the most needs no further sets, as for most pairs that agree in nearly everything
        open_rows = np.flatnonzero(largest < most)
        within = (~agree[open_rows]).astype(np.float32) @ self._sets.T == 0
        rows, sets = np.nonzero(within)
        rows = open_rows[rows]
        if len(rows):
            found = self._of_sets(rows, sets, odds, factors, evidence) + shift[rows]
            starts = np.flatnonzero(np.diff(rows, prepend=-1))
            largest[rows[starts]] = np.maximum(largest[rows[starts]], np.maximum.reduceat(found, starts))
        return np.asarray(np.minimum(largest, most))

    def _of_sets(self, rows: Any, sets: Any, odds: Array, factors: Array, evidence: Array) -> Array:
        """The log-odds of pairs that agree in these sets alone; ``rows`` and ``sets`` are aligned."""
        pairs = odds.shape[1]
        flat = factors.reshape(len(odds), -1)
        own = np.zeros((self._fields + 1, pairs))
        own[:-1] = evidence.T
        joint = np.take(odds, rows, axis=1)
        correction = self._added[sets]
        for fields, slopes in zip(self._members, self._slopes, strict=True):
            at = fields[sets] * pairs + rows
            joint *= np.take(flat, at, axis=1)
            correction += slopes[sets] * own.ravel()[at]
        return np.asarray(joint_log_odds(joint, self._classes) + correction)


def joint_log_odds(odds: Array, classes: int) -> Array:
    """The smooth minimum over the classes of the smooth maximum over the kinds of matches, shape (pairs,).

    It is the logarithm of the harmonic sum over the classes of the sum over the kinds. ``odds`` has shape (classes *
    kinds, pairs).
    """
    by_class = odds.reshape(classes, len(odds) // classes, odds.shape[1]).sum(axis=1)
    return np.asarray(-np.log((1 / by_class).sum(axis=0)))


def margin(linear: Array, classes: int) -> Array:
    """:func:`joint_log_odds` of log-odds of any size, as fitting meets them; shape (classes * kinds, pairs)."""
    kinds = linear.reshape(classes, len(linear) // classes, linear.shape[1])
    largest = kinds.max(axis=1)
    by_class = largest + np.log(np.exp(kinds - largest[:, None]).sum(axis=1))
    smallest = by_class.min(axis=0)
    return np.asarray(smallest - np.log(np.exp(smallest - by_class).sum(axis=0)))
