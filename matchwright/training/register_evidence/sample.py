"""A weighted sample of the pairs that a register holds with a given agreement.

For each set of fields, the pairs that agree in all of them are counted by grouping. Matches and other pairs are drawn
apart, and weighted so that their shares are those of the whole register.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matchwright.training.register_evidence.agreement import Agreement, Weights
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
    agreement = Agreement.of(register, fields)
    if agreement.others <= 0 and not len(agreement.matches):
        return None
    taken = generator.permutation(agreement.matches)[: int(each * MATCHES_PER_OTHER)]
    left, right, weight = agreement.drawn_others(each, generator)
    share = max(len(agreement.matches), 0.5)  # no match was seen: half of one is assumed
    true_left, true_right = register.true_rows
    known = np.zeros((len(taken) + len(left), register.codes.shape[1]), dtype=bool)
    known[:, fields] = True
    return AgreeingPairs(
        np.r_[true_left[taken], left],
        np.r_[true_right[taken], right],
        known,
        np.repeat([True, False], [len(taken), len(left)]),
        np.r_[np.full(len(taken), 1 / max(len(taken), 1)), weight * (register.scale / share)],
    )
