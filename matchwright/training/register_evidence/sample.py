"""A weighted sample of the pairs that a register holds with a given agreement.

For each set of fields, the pairs that agree in all of them are counted by grouping. Matches and other pairs are drawn
apart, and weighted so that their shares are those of the whole register.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from matchwright.training.register_evidence.register import Mask, Register, Rows

COUNTED_SIZE = 3
"""All sets of up to so many fields are sampled, and as many larger ones as :data:`LARGER_SETS`."""
LARGER_SETS = 60
MOST_SETS = 250
DRAWN = 60_000
"""About how many pairs are drawn in all."""
FEWEST, MOST = 100, 1_500
"""The fewest and the most pairs of different entities that are drawn for one set."""
MATCHES_PER_OTHER = 0.4

Weights = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class AgreeingPairs:
    """Pairs, the fields in which they agree and that alone are known, whether they are known matches, and weights.

    For each set of fields the weights of its matches add up to 1, and those of all pairs to the number of pairs per
    match in the register. ``agree`` has shape (pairs, fields).
    """

    left: Rows
    right: Rows
    agree: Mask
    match: Mask
    weight: Weights


def agreeing_pairs(register: Register, seed: int) -> AgreeingPairs:
    """Draw pairs for many sets of agreeing fields, see :class:`AgreeingPairs`."""
    generator = np.random.default_rng(seed)
    sets = _field_sets(register.codes.shape[1], generator)
    each = int(np.clip(DRAWN / len(sets) / (1 + MATCHES_PER_OTHER), FEWEST, MOST))
    drawn = [found for fields in sets if (found := _of_set(register, fields, each, generator)) is not None]
    if not drawn:
        none = np.empty(0, dtype=np.int64)
        return AgreeingPairs(none, none, np.empty((0, register.codes.shape[1]), bool), none.astype(bool), np.empty(0))
    return AgreeingPairs(*(np.concatenate([getattr(one, name) for one in drawn]) for name in _NAMES))


_NAMES = ("left", "right", "agree", "match", "weight")


def _field_sets(fields: int, generator: np.random.Generator) -> list[tuple[int, ...]]:
    small = [found for size in range(1, min(COUNTED_SIZE, fields) + 1) for found in combinations(range(fields), size)]
    if len(small) > MOST_SETS:
        kept = np.sort(generator.permutation(np.arange(fields, len(small)))[: MOST_SETS - fields])
        small = [*small[:fields], *(small[index] for index in kept)]
    larger = {
        tuple(np.sort(generator.permutation(fields)[:size]).tolist())
        for size in range(COUNTED_SIZE + 1, fields + 1)
        for _ in range(LARGER_SETS // max(fields - COUNTED_SIZE, 1))
    }
    return [*small, *sorted(larger)]


def _of_set(
    register: Register, fields: tuple[int, ...], each: int, generator: np.random.Generator
) -> AgreeingPairs | None:
    rows = np.r_[register.left, register.right]
    group = register.groups(fields, rows)
    one, other = group[: len(register.left)], group[len(register.left) :]
    size = max(int(group.max(initial=-1)) + 1, 1)
    in_left, in_right = (np.bincount(side[side >= 0], minlength=size) for side in (one, other))
    partners = in_right - 1 if register.one_table else in_right
    pairs = in_left * np.maximum(partners, 0)
    true_left, true_right = register.true_rows
    agrees = (register.codes[true_left][:, fields] == register.codes[true_right][:, fields]).all(axis=1)
    agrees &= (register.codes[true_left][:, fields] >= 0).all(axis=1)
    matches = np.flatnonzero(agrees)
    others = int(pairs.sum()) - len(matches)
    if others <= 0 and not len(matches):
        return None
    taken = generator.permutation(matches)[: int(each * MATCHES_PER_OTHER)]
    left, right, weight = _others(register, one, other, in_left, partners, pairs, each if others > 0 else 0, generator)
    share = max(len(matches), 0.5)  # no match was seen: half of one is assumed
    if len(weight):
        weight *= others * register.scale / share / weight.sum()
    known = np.zeros((len(taken) + len(left), register.codes.shape[1]), dtype=bool)
    known[:, fields] = True
    return AgreeingPairs(
        np.r_[true_left[taken], left],
        np.r_[true_right[taken], right],
        known,
        np.repeat([True, False], [len(taken), len(left)]),
        np.r_[np.full(len(taken), 1 / max(len(taken), 1)), weight],
    )


def _others(
    register: Register,
    one: Rows,
    other: Rows,
    in_left: Rows,
    partners: Rows,
    pairs: Rows,
    count: int,
    generator: np.random.Generator,
) -> tuple[Rows, Rows, Weights]:
    """Pairs that are no known match, with weights in proportion to how many pairs each stands for.

    Half are drawn evenly from all pairs, which are mostly those of common values. The other half are drawn evenly from
    the left records, so that rare values are seen too. Weights follow the balance heuristic of Veach and Guibas (1995).
    """
    total = int(pairs.sum())
    if not count or not total:
        none = np.empty(0, dtype=np.int64)
        return none, none, np.empty(0)
    lefts = np.where(pairs > 0, in_left, 0)
    by_pairs = np.searchsorted(np.cumsum(pairs), generator.integers(total, size=count - count // 2), side="right")
    by_records = np.searchsorted(np.cumsum(lefts), generator.integers(lefts.sum(), size=count // 2), side="right")
    chosen = np.r_[by_pairs, by_records]
    left = register.left[_member(one, chosen, in_left, generator)]
    right = register.right[_member(other, chosen, np.bincount(other[other >= 0], minlength=len(pairs)), generator)]
    density = 0.5 / total + 0.5 / (lefts.sum() * np.maximum(partners[chosen], 1))
    kept = (left != right) & ~register.are_true(left, right)
    return left[kept], right[kept], (1 / density)[kept]


def _member(group: Rows, chosen: Rows, sizes: Rows, generator: np.random.Generator) -> Rows:
    """The index of a random record of each chosen group."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(len(sizes)))
    return np.asarray(order[starts[chosen] + (generator.random(len(chosen)) * sizes[chosen]).astype(np.int64)])
