"""Cells of pairs that agree in up to three fields, with all others blanked. Every pair of the register counts."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from benchmarks.sparse.cells import STRATA, Cell, stratum_of
from matchwright.training.register_evidence.agreement import Agreement
from matchwright.training.register_evidence.register import Register

LARGEST_PATTERN = 3
SCORED = 150
"""Groups of equal values that are scored in a cell, drawn by their number of pairs."""


def agreeing_cells(register: Register, generator: np.random.Generator) -> Iterator[Cell]:
    """Every pattern and stratum that some pair of the register has. The bootstrap is over groups of equal values."""
    for size in range(1, LARGEST_PATTERN + 1):
        for fields in combinations(range(register.codes.shape[1]), size):
            agreement = Agreement.of(register, fields)
            pairs = agreement.pairs
            rows = [np.full(len(pairs), -1) for _ in range(2)]
            for row, group, records in (
                (rows[0], agreement.left, register.left),
                (rows[1], agreement.right, register.right),
            ):
                row[group[group >= 0]] = records[group >= 0]
            of_row = np.full(len(register.codes), -1)
            of_row[register.left] = agreement.left
            matched = of_row[register.true_rows[0][agreement.matches]]
            matches = np.bincount(matched, minlength=len(pairs))
            for stratum, groups in by_stratum(register, fields, rows[0], np.flatnonzero(pairs > 0)):
                scored, weights = _drawn(groups, pairs[groups], generator)
                true = weights * matches[scored]
                yield Cell(
                    agree=fields,
                    disagree=(),
                    stratum=stratum,
                    pairs=pairs[groups],
                    matches=matches[groups],
                    drawn=int(pairs[groups].sum()),
                    left=rows[0][scored],
                    right=rows[1][scored],
                    true_weights=true,
                    other_weights=weights * pairs[scored] - true,
                )


def by_stratum(
    register: Register, fields: tuple[int, ...], rows: np.ndarray, chosen: np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """The ``chosen`` indices of each stratum that has any. ``rows`` has the left row of every index."""
    strata = stratum_of(register, fields, rows[chosen])
    for stratum in range(len(STRATA) + 1):
        found = chosen[strata == stratum]
        if len(found):
            yield stratum, found


def _drawn(groups: np.ndarray, pairs: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Groups to score, and how many groups each stands for."""
    if len(groups) <= SCORED:
        return groups, np.ones(len(groups))
    drawn = generator.choice(len(groups), SCORED, p=pairs / pairs.sum())
    return groups[drawn], pairs.sum() / pairs[drawn] / SCORED
