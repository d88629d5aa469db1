"""Cells of pairs that agree in up to three fields and clearly disagree in one or two, with all others blanked.

The pairs are drawn from the whole register, with weights. All matches are known, so they are not drawn: each counts.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from benchmarks.sparse.agreeing import LARGEST_PATTERN, by_stratum
from benchmarks.sparse.cells import Cell
from matchwright.training.register_evidence.agreement import Agreement
from matchwright.training.register_evidence.register import Register

OTHERS = 1_500
"""Pairs of different entities that are drawn for a set of agreeing fields."""
TWO_DISAGREEING = 3
"""Patterns with two disagreeing fields that are drawn for a set of agreeing fields. One field: all patterns."""
SCORED = 60
"""Matches and other pairs that are scored in a cell, each at most so many."""

Disagree = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Whether the left and right rows clearly disagree; shape (pairs, fields)."""


def disagreeing_cells(
    register: Register, entities: np.ndarray, disagree: Disagree, generator: np.random.Generator
) -> Iterator[Cell]:
    """Every drawn pattern and stratum that some drawn pair has. The bootstrap is over entities of left records.

    ``entities`` has the number of every row's entity.
    """
    width = register.codes.shape[1]
    true_left, true_right = register.true_rows
    true_disagree = disagree(true_left, true_right)
    for size in range(1, LARGEST_PATTERN + 1):
        for fields in combinations(range(width), size):
            agreement = Agreement.of(register, fields)
            one, other, weights = agreement.drawn_others(OTHERS, generator)
            matches = agreement.matches
            left, right = np.r_[true_left[matches], one], np.r_[true_right[matches], other]
            apart = np.concatenate([true_disagree[matches], disagree(one, other)])
            match = np.repeat([True, False], [len(matches), len(one)])
            weight = np.r_[np.ones(len(matches)), weights]
            for known in _patterns(fields, width, generator):
                chosen = np.flatnonzero(apart[:, known].all(axis=1))
                for stratum, found in by_stratum(register, fields, left, chosen):
                    yield _cell(fields, known, stratum, found, (left, right, match, weight), entities, generator)


def _patterns(fields: tuple[int, ...], width: int, generator: np.random.Generator) -> list[tuple[int, ...]]:
    rest = [field for field in range(width) if field not in fields]
    two = list(combinations(rest, 2))
    drawn = generator.permutation(len(two))[:TWO_DISAGREEING]
    return [*((field,) for field in rest), *(two[index] for index in np.sort(drawn))]


def _cell(
    agree: tuple[int, ...],
    disagree: tuple[int, ...],
    stratum: int,
    found: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    entities: np.ndarray,
    generator: np.random.Generator,
) -> Cell:
    left, right, match, weight = (values[found] for values in pairs)
    unit = np.unique(entities[left], return_inverse=True)[1]
    scored = np.concatenate([_drawn(np.flatnonzero(each), weight, generator) for each in (match, ~match)])
    counts = [np.bincount(match[scored], weights=weight[scored], minlength=2)[int(each)] for each in (True, False)]
    totals = weight[match].sum(), weight[~match].sum()
    true, others = (
        np.where(match[scored] == each, weight[scored] * total / max(count, 1e-9), 0.0)
        for each, total, count in zip((True, False), totals, counts, strict=True)
    )
    return Cell(
        agree=agree,
        disagree=disagree,
        stratum=stratum,
        pairs=np.bincount(unit, weights=weight),
        matches=np.bincount(unit, weights=match),
        drawn=len(found),
        left=left[scored],
        right=right[scored],
        true_weights=true,
        other_weights=others,
    )


def _drawn(rows: np.ndarray, weight: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Some of the rows; with their weights scaled up they stand for all."""
    return rows if len(rows) <= SCORED else np.sort(generator.choice(rows, SCORED, replace=False))
