"""The largest joint log-odds of many pairs, compiled by numba: see :mod:`matchwright.core.models.joint_evidence`.

One pair after the other is worked on, with all that it needs in the processor's registers and nearest cache. Sums have
another order than in whole arrays, so the result is the same but for the last digits, which are rounded off.
"""

from functools import cache
from typing import Any

import numpy as np

from matchwright.core.models.compiling import compiled


@cache
def kernel() -> Any:
    """:func:`_largest`, compiled. It is kept on disk where a folder can be written."""
    return compiled(_largest)


def _largest(
    evidence: Any,
    disagree: Any,
    intercepts: Any,
    agrees: Any,
    weights: Any,
    disagrees: Any,
    classes: int,
    members: Any,
    sizes: Any,
    slopes: Any,
    added: Any,
    limits: Any,
) -> Any:  # pragma: no cover - compiled
    """The largest log-odds of each pair.

    Args:
        evidence: of each field, 0 where it does not agree, shape (pairs, fields).
        disagree: where a field clearly disagrees, shape (pairs, fields).
        intercepts: of each unit (a class and a kind), shape (units,).
        agrees: what each unit adds where a field agrees, shape (units, fields).
        weights: what it adds for the evidence of the field.
        disagrees: what it takes off where the field disagrees.
        classes: how many classes there are.
        members: the fields of each set, shape (sets, most fields of a set).
        sizes: how many they are, shape (sets,).
        slopes: the correction of each set for the evidence of its fields.
        added: the correction of each set.
        limits: the most log-odds, the least base, the most that one field adds.
    """
    pairs, fields = evidence.shape
    units, sets = len(intercepts), len(added)
    kinds, most, least_base, most_added = units // classes, limits[0], limits[1], limits[2]
    widest = 0
    masks = np.zeros(sets, dtype=np.int64)
    for one in range(sets):
        widest = max(widest, sizes[one])
        for place in range(sizes[one]):
            masks[one] |= 1 << members[one, place]
    found, base, odds = np.empty(pairs), np.empty(units), np.empty(units)
    factors, joint = np.empty((fields, units)), np.empty(units)
    for row in range(pairs):
        mask, count = 0, 0
        base[:] = intercepts
        for field in range(fields):
            if disagree[row, field]:
                for unit in range(units):
                    base[unit] -= disagrees[unit, field]
            value = evidence[row, field]
            if value > 0:
                mask |= 1 << field
                count += 1
                for unit in range(units):
                    factors[field, unit] = np.exp(min(agrees[unit, field] + weights[unit, field] * value, most_added))
        shift = base.max()
        for unit in range(units):
            odds[unit] = np.exp(max(base[unit] - shift, least_base))
        largest = -np.inf
        # first all fields that agree, where no set has as many; what is beyond the most needs no sets
        for one in range(sets, -1, -1):
            if one == sets:
                if count <= widest:
                    continue
                chosen, correction = mask, 0.0
            else:
                if largest >= most or masks[one] & ~mask:
                    continue
                chosen, correction = masks[one], added[one]
                for place in range(sizes[one]):
                    correction += slopes[one, place] * evidence[row, members[one, place]]
            joint[:] = odds
            for field in range(fields):
                if chosen >> field & 1:
                    for unit in range(units):
                        joint[unit] *= factors[field, unit]
            inverse = 0.0
            for group in range(classes):
                total = 0.0
                for unit in range(group * kinds, (group + 1) * kinds):
                    total += joint[unit]
                inverse += 1 / total
            largest = max(largest, shift - np.log(inverse) + correction)
        found[row] = min(largest, most)
    return found
