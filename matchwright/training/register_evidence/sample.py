"""A weighted sample of the pairs that a register holds with a given agreement and disagreement.

For each set of fields, the pairs that agree in all of them are counted by grouping. Matches and other pairs are drawn
apart, and weighted so that their shares are those of the whole register. Some of them also clearly disagree in other
fields. These are sampled again, with that disagreement known.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from matchwright.training.register_evidence.agreement import Agreement, Weights
from matchwright.training.register_evidence.register import Mask, Register, Rows

COUNTED_SIZE = 3
"""All sets of up to so many fields are sampled, and as many larger ones as :data:`LARGER_SETS`."""
LARGER_SETS = 60
MOST_SETS = 250
DRAWN = 80_000
"""About how many pairs are drawn for all sets of agreeing fields."""
FEWEST, MOST = 100, 3_000
"""The fewest and the most pairs of different entities that are drawn for one set."""
MATCHES_PER_OTHER = 0.4
DISAGREEING_SETS = 6
"""Sets of disagreeing fields that are drawn for a set of agreeing ones."""
MOST_DISAGREEING = 3
WHOLE_SETS = 6
"""Larger sets that are drawn too: all fields in which a match disagrees. Who moves disagrees in the whole address."""
SHARE_COUNTS, WHOLE_SHARE_COUNTS = 0.5, 0.75
"""A set counts as much as the share of matches that disagree so, to this power; a larger set to the other power. Few
matches disagree in a larger set: by the first power they would bend the fit of a register that hardly has them."""
COMPARED_MATCHES = 20_000
"""So many matches are compared, to know which of them disagree in a field."""

Disagreement = Callable[[Rows, Rows], Mask]
"""In which fields left and right rows clearly disagree; shape (pairs, fields)."""


@dataclass(frozen=True)
class SampledPairs:
    """Pairs, the fields in which they agree or disagree and that alone are known, and whether they are known matches.

    The weights of a set's matches and other pairs have the proportion of the whole register. ``agree`` and
    ``disagree`` have shape (pairs, fields). ``unit`` is how many pairs of the register have the weight 1.
    """

    left: Rows
    right: Rows
    agree: Mask
    disagree: Mask
    match: Mask
    weight: Weights
    unit: Weights


class _Drawn(NamedTuple):
    """The pairs that agree in ``fields``: all ``matches``, as indices into the register's, and some other pairs."""

    fields: tuple[int, ...]
    matches: Rows
    left: Rows
    right: Rows
    weight: Weights


def sample_pairs(register: Register, disagreement: Disagreement, seed: int) -> SampledPairs:
    """Draw pairs for many sets of agreeing and disagreeing fields, see :class:`SampledPairs`."""
    generator = np.random.default_rng(seed)
    width = register.codes.shape[1]
    sets = _field_sets(width, generator)
    each = int(np.clip(DRAWN / len(sets) / (1 + MATCHES_PER_OTHER), FEWEST, MOST))
    drawn = [_drawn(register, fields, each, generator) for fields in sets]
    true_left, true_right = register.true_rows
    compared = np.sort(generator.permutation(len(register.true))[:COMPARED_MATCHES])
    true_disagree = np.zeros((len(register.true), width), dtype=bool)
    true_disagree[compared] = disagreement(true_left[compared], true_right[compared])
    found = disagreement(*(np.concatenate([getattr(one, side) for one in drawn]) for side in ("left", "right")))
    samples, start = [], 0
    for one in drawn:
        apart = found[start : start + len(one.left)]
        start += len(one.left)
        for fields in _disagreeing_sets(one.fields, true_disagree[one.matches], generator):
            samples.append(_of_set(register, one, fields, (true_disagree, apart), compared, each, generator))
    return SampledPairs(*(np.concatenate([getattr(one, name) for one in samples]) for name in _NAMES))


_NAMES = ("left", "right", "agree", "disagree", "match", "weight", "unit")


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


def _disagreeing_sets(
    agree: tuple[int, ...], true_apart: Mask, generator: np.random.Generator
) -> Iterator[tuple[int, ...]]:
    """No disagreement, then a few sets of the other fields, and the larger ones in which some match disagrees.

    ``true_apart`` says in what each match with this agreement disagrees; shape (matches, fields).
    """
    yield ()
    rest = [field for field in range(true_apart.shape[1]) if field not in agree]
    drawn = [
        generator.permutation(rest)[: generator.integers(1, MOST_DISAGREEING + 1)]
        for _ in range(DISAGREEING_SETS if rest else 0)
    ]
    apart = np.flatnonzero(true_apart.sum(axis=1) > MOST_DISAGREEING)
    whole = [np.flatnonzero(true_apart[match]) for match in generator.permutation(apart)[:WHOLE_SETS]]
    yield from sorted({tuple(np.sort(fields).tolist()) for fields in (*drawn, *whole)})


def _drawn(register: Register, fields: tuple[int, ...], each: int, generator: np.random.Generator) -> _Drawn:
    agreement = Agreement.of(register, fields)
    left, right, weight = agreement.drawn_others(each, generator)
    return _Drawn(fields, agreement.matches, left, right, weight * register.scale)


def _of_set(
    register: Register,
    drawn: _Drawn,
    disagree: tuple[int, ...],
    apart: tuple[Mask, Mask],
    compared: Rows,
    each: int,
    generator: np.random.Generator,
) -> SampledPairs:
    """The sample of the pairs that also disagree in ``disagree``. ``apart``: in what matches and other pairs disagree.

    The weights of the matches add up to 1 without disagreement. Else they add up to a power of the share of matches
    that disagree so: sets that are rare among matches count less, but are not lost.
    """
    true_apart, other_apart = apart
    matches, count = drawn.matches, float(len(drawn.matches))
    others = np.arange(len(drawn.left))
    if disagree:
        known = matches[np.isin(matches, compared, assume_unique=True)]
        matches = known[true_apart[known][:, disagree].all(axis=1)]
        count *= len(matches) / max(len(known), 1)
        others = np.flatnonzero(other_apart[:, disagree].all(axis=1))
    taken = generator.permutation(matches)[: int(each * MATCHES_PER_OTHER)]
    # no match was seen: half of one is assumed
    power = SHARE_COUNTS if len(disagree) <= MOST_DISAGREEING else WHOLE_SHARE_COUNTS
    unit = max(count, 0.5) ** (1 - power) * max(len(drawn.matches), 0.5) ** power
    true_left, true_right = register.true_rows
    total = len(taken) + len(others)
    agreeing, disagreeing = (np.zeros((total, register.codes.shape[1]), dtype=bool) for _ in range(2))
    agreeing[:, drawn.fields] = True
    disagreeing[:, disagree] = True
    return SampledPairs(
        np.r_[true_left[taken], drawn.left[others]],
        np.r_[true_right[taken], drawn.right[others]],
        agreeing,
        disagreeing,
        np.repeat([True, False], [len(taken), len(others)]),
        np.r_[np.full(len(taken), count / unit / max(len(taken), 1)), drawn.weight[others] / unit],
        np.full(total, unit),
    )
