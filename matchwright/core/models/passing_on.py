"""Passing the contributions of competing scores on to the evidence that these scores came from.

The second stage of a scorer reads the first stage's scores: how far a pair leads the other candidates. A pair leads
because its fields agree, or because the others fit badly. A reader wants to know which. So the contribution of a lead
is divided: the fields get what they contributed to the pair's own score, and the context keeps what the other candidate
contributed.

Only what pushes in the direction of the contribution takes part, each by its size. So a share is never negative or
larger than the whole, and no field gets a contribution against its evidence. This is the rule of layer-wise relevance
propagation for contributions of one sign (Bach et al. 2015), applied to a series of models as in Chen, Lundberg and Lee
(2022), Explaining a series of models by propagating Shapley values.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from matchwright.core.compare.competing import SIDES
from matchwright.core.compare.competing_scores import of_side
from matchwright.core.compare.names import field_of, group_of
from matchwright.core.models.scorer import Array, Explanation
from matchwright.core.spec.vocabulary import CONTEXT

SMALLEST = 1e-9
"""Contributions that are smaller in sum are none: nothing is divided by them."""

Columns = np.ndarray[Any, np.dtype[np.intp]]


def passed_on(
    second: Array, first: Explanation, others: Array, first_names: tuple[str, ...], names: tuple[str, ...]
) -> Array:
    """The contributions with those of competing scores passed on. The sum of each row stays the same.

    Args:
        second: contributions of the second stage, shape (pairs, comparisons).
        first: what the first stage says about the same pairs.
        others: the log-odds of the best other candidate on each side, shape (pairs, 2); NaN where none is known.
        first_names: the comparisons of the first stage, in the order of its contributions.
        names: those of the second stage, in the order of its contributions.

    Returns:
        Shape (pairs, comparisons).
    """
    membership, receivers = _fields_of(first_names, names)
    own = first.contributions @ membership
    own_context = first.contributions.sum(axis=1) - own.sum(axis=1)
    found = second.copy()
    for number, side in enumerate(SIDES):
        columns = [names.index(name) for name in of_side(side)]
        known = ~np.isnan(others[:, number])
        # above those of an average pair
        other = np.where(known, others[:, number] - first.base, 0.0)
        whole = found[:, columns].sum(axis=1)
        direction = np.sign(whole)
        gains = np.maximum(own * direction[:, None], 0)
        stays = np.maximum(own_context * direction, 0) + np.maximum(-other * direction, 0)
        total = gains.sum(axis=1) + stays
        share = np.divide(whole, total, out=np.zeros_like(whole), where=(total > SMALLEST) & known)
        moved = gains * share[:, None]
        found[:, receivers] += moved
        found[:, columns[0]] -= moved.sum(axis=1)
    return found


@lru_cache
def _fields_of(first_names: tuple[str, ...], names: tuple[str, ...]) -> tuple[Array, Columns]:
    """Which comparison of the first stage (row) is in which group (column), and the column of ``names`` of each group.

    Comparisons with competing candidates are in no group.
    """
    groups = list(dict.fromkeys(group_of(name) for name in first_names if field_of(name) != CONTEXT))
    membership = np.zeros((len(first_names), len(groups)))
    for row, name in enumerate(first_names):
        if field_of(name) != CONTEXT:
            membership[row, groups.index(group_of(name))] = 1.0
    first_of = {group: names.index(next(name for name in names if group_of(name) == group)) for group in groups}
    return membership, np.array([first_of[group] for group in groups], dtype=np.intp)
