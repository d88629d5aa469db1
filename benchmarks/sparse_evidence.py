"""Does a score mean the same where little is known? Stated scores beside the share of matches in the whole register.

    python -m benchmarks.sparse_evidence [--data FOLDER]     FEBRL 4, and every register in the folder of --data

A pattern is a set of up to three fields. Its pairs are all pairs of the register that agree exactly in these fields,
with all other fields blanked. They are counted by grouping, so every pair of the register counts. Left records are
those of the test entities. Model, calibration and register evidence were fitted on other entities. Right records are
all records.

A pattern is split by how many right records have its rarest value. A cell is calibrated if the mean stated score is
within 2 points and a factor of 1.5 of the share of matches, or inside the share's 95% bootstrap interval over groups
of equal values. Cells with fewer than 50 pairs are counted, but not judged. ``before`` is the same model without
register evidence.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import FOLDER_VARIABLE
from benchmarks.problems.labelled import Problem
from benchmarks.problems.scores import scorer_of, scores_of
from benchmarks.registers import febrl_register, fewer_for_training, register_of
from matchwright.core.compare.information import counted_fields
from matchwright.core.decide.bands import bands_from_costs
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import Catalogue
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.datasets.split import split_entities
from matchwright.training.register_evidence.fit import fit_register_evidence
from matchwright.training.register_evidence.register import Register

LARGEST_PATTERN = 3
STRATA = (5, 20, 100)
SCORED = 150
"""Groups of equal values that are scored in a cell, drawn by their number of pairs."""
FEWEST_PAIRS = 50
REPLICATES = 200

Score = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Cell:
    """Pairs of one pattern and one stratum: by group of equal values, how many pairs, and how many of them match.

    ``left`` and ``right`` are a record of each scored group, and ``weights`` their share of the cell's pairs.
    """

    fields: tuple[int, ...]
    stratum: int
    pairs: np.ndarray
    matches: np.ndarray
    left: np.ndarray
    right: np.ndarray
    weights: np.ndarray

    @property
    def share(self) -> float:
        """The share of matches."""
        return float(self.matches.sum() / self.pairs.sum())

    def interval(self, generator: np.random.Generator) -> tuple[float, float]:
        """The 95% bootstrap interval of the share, over groups of equal values."""
        drawn = generator.poisson(1.0, size=(REPLICATES, len(self.pairs)))
        shares = (drawn @ self.matches) / np.maximum(drawn @ self.pairs, 1)
        low, high = np.quantile(shares, [0.025, 0.975])
        return float(low), float(high)


def main() -> None:
    """Print a table, and the worst cells of each register."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = options.data or Path(os.environ.get(FOLDER_VARIABLE, "."))
    console = Console(width=140)
    registers = [("FEBRL 4", *febrl_register())]
    for path in sorted(folder.glob("*/records.parquet")):
        registers.append((path.parent.name, *register_of(pd.read_parquet(path), path.parent.name)))
    for name, problem, true in registers:
        console.print(*_tables(name, problem, true, options.seed), sep="\n")


def _tables(name: str, problem: Problem, true: pd.DataFrame, seed: int) -> tuple[Table, Table]:
    parts = split_entities(problem.features["record_key"], true, problem.spec.split, problem.spec.model.seed)
    inside = (problem.features["record_key"].map(parts) != "test").to_numpy()
    model = _model(problem, true, inside, seed)
    register = Register.of(problem.features, true, np.ones(len(problem.features), dtype=bool), problem.spec)
    cells = list(cells_of(register, np.flatnonzero(~inside), np.random.default_rng(seed)))
    fields = counted_fields(problem.spec)
    summary = Table("register", "", "patterns", "calibrated", "cells", "calibrated", "largest difference")
    worst = Table("pattern", "right records with its rarest value", "pairs", "matches", "share", "stated", title=name)
    for label, decider in (("before", replace(model, register=None)), ("with register evidence", model)):
        stated = _stated(cells, problem.features, decider)
        judged = _judged(cells, stated, np.random.default_rng(seed))
        summary.add_row(name, label, *_counts(cells, stated, judged))
    order = np.argsort(
        [-abs(cell.share - score) * np.isin(ok, False) for cell, score, ok in zip(cells, stated, judged, strict=True)]
    )
    for index in order[:8]:
        cell = cells[index]
        if judged[index] is False:
            names = ", ".join(fields[field] for field in cell.fields)
            total = f"{int(cell.pairs.sum()):,}", f"{int(cell.matches.sum()):,}"
            worst.add_row(names, _stratum(cell.stratum), *total, f"{cell.share:.4f}", f"{stated[index]:.4f}")
    return summary, worst


def _model(problem: Problem, true: pd.DataFrame, inside: np.ndarray, seed: int) -> DecisionModel:
    fewer = replace(problem, pairs=fewer_for_training(problem.pairs, seed))
    valid = scores_of(fewer, seed)["valid"]
    spec = problem.spec
    return DecisionModel(
        spec=spec,
        corpus=problem.corpus,
        scorer=scorer_of(fewer, seed),
        calibrator=choose_calibrator(valid.log_odds, valid.labels, valid.groups, seed).calibrator,
        bands=bands_from_costs(spec.costs),
        catalogue=Catalogue.of(spec),
        register=fit_register_evidence(problem.features, true, inside, spec, problem.corpus),
    )


def cells_of(register: Register, tested: np.ndarray, generator: np.random.Generator) -> Iterator[Cell]:
    """Every pattern and stratum that some pair of the register has. ``tested`` are the rows of the test entities."""
    left = np.intersect1d(register.left, tested)
    true_left, true_right = register.true_rows
    chosen = np.isin(true_left, left)
    true_left, true_right = true_left[chosen], true_right[chosen]
    codes = register.codes
    for size in range(1, LARGEST_PATTERN + 1):
        for fields in combinations(range(codes.shape[1]), size):
            group = register.groups(fields, np.r_[left, register.right])
            one, other = group[: len(left)], group[len(left) :]
            count = max(int(group.max(initial=-1)) + 1, 1)
            in_left, in_right = (np.bincount(side[side >= 0], minlength=count) for side in (one, other))
            pairs = in_left * np.maximum(in_right - register.one_table, 0)
            agrees = (codes[true_left][:, fields] == codes[true_right][:, fields]).all(axis=1)
            agrees &= (codes[true_left][:, fields] >= 0).all(axis=1)
            of_row = np.full(len(codes), -1)
            of_row[left] = one
            matches = np.bincount(of_row[true_left[agrees]], minlength=count)
            a_left, a_right, rarest = (np.full(count, -1) for _ in range(3))
            a_left[one[one >= 0]] = left[one >= 0]
            a_right[other[other >= 0]] = register.right[other >= 0]
            rarest[one[one >= 0]] = _rarest(register, fields, left[one >= 0])
            strata = np.searchsorted(STRATA, rarest)
            for stratum in range(len(STRATA) + 1):
                groups = np.flatnonzero((pairs > 0) & (strata == stratum))
                if len(groups):
                    scored, weights = _drawn(groups, pairs[groups], generator)
                    sides = a_left[scored], a_right[scored]
                    yield Cell(fields, stratum, pairs[groups], matches[groups], *sides, weights)


def _rarest(register: Register, fields: tuple[int, ...], rows: np.ndarray) -> np.ndarray:
    """How many right records have the rarest of each row's values."""
    counts = []
    for field in fields:
        codes = register.codes[:, field]
        present = codes[register.right]
        counts.append(np.bincount(present[present >= 0], minlength=codes.max() + 1)[codes[rows]])
    return np.min(counts, axis=0)


def _drawn(groups: np.ndarray, pairs: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if len(groups) <= SCORED:
        return groups, pairs / pairs.sum()
    return generator.choice(groups, SCORED, p=pairs / pairs.sum()), np.full(SCORED, 1 / SCORED)


def _stated(cells: list[Cell], features: pd.DataFrame, model: DecisionModel) -> np.ndarray:
    """The mean score of each cell."""
    sizes = [len(cell.left) for cell in cells]
    owner = np.repeat(np.arange(len(cells)), sizes)
    fields = list(counted_fields(model.spec))
    known = np.zeros((len(owner), len(fields)), dtype=bool)
    for index, cell in enumerate(cells):
        known[np.ix_(np.flatnonzero(owner == index), cell.fields)] = True
    sides = []
    for side in ("left", "right"):
        rows = features.iloc[np.concatenate([getattr(cell, side) for cell in cells])].reset_index(drop=True)
        for field in model.spec.compared:
            kept = known[:, fields.index(field)] if field in fields else np.zeros(len(rows), dtype=bool)
            for column in [name for name in rows.columns if name.partition("__")[0] == field]:
                rows[column] = rows[column].where(kept, np.nan if rows[column].dtype.kind == "f" else None)
        sides.append(rows)
    scores = model.score(model.compare(*sides))
    return np.bincount(owner, scores * np.concatenate([cell.weights for cell in cells]))


def _judged(cells: list[Cell], stated: np.ndarray, generator: np.random.Generator) -> list[bool | None]:
    """Whether each cell is calibrated; None for a cell with too few pairs."""
    return [
        None
        if cell.pairs.sum() < FEWEST_PAIRS
        else _near(cell.share, score) or _inside(score, cell.interval(generator))
        for cell, score in zip(cells, stated.tolist(), strict=True)
    ]


def _near(share: float, score: float) -> bool:
    return abs(score - share) <= 0.02 and share / 1.5 <= score <= share * 1.5


def _inside(score: float, interval: tuple[float, float]) -> bool:
    return interval[0] <= score <= interval[1]


def _counts(cells: list[Cell], stated: np.ndarray, judged: list[bool | None]) -> tuple[str, ...]:
    patterns = pd.DataFrame(
        {
            "fields": [cell.fields for cell in cells],
            "pairs": [cell.pairs.sum() for cell in cells],
            "matches": [cell.matches.sum() for cell in cells],
            "stated": [cell.pairs.sum() * score for cell, score in zip(cells, stated, strict=True)],
        }
    )
    whole = patterns.groupby("fields").sum()
    near = [_near(row.matches / row.pairs, row.stated / row.pairs) for row in whole.itertuples()]
    known = [ok for ok in judged if ok is not None]
    gaps = [abs(c.share - s) for c, s, ok in zip(cells, stated, judged, strict=True) if ok is not None]
    return f"{len(whole)}", f"{sum(near)}", f"{len(known)} of {len(cells)}", f"{sum(known)}", f"{max(gaps):.3f}"


def _stratum(number: int) -> str:
    low = (0, *STRATA)[number] + 1
    return f"{low} to {STRATA[number]}" if number < len(STRATA) else f"{low} or more"


if __name__ == "__main__":
    main()
