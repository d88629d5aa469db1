"""Does a score mean the same where little is known? Stated scores beside the share of matches in the whole register.

    python -m benchmarks.sparse_evidence [--data FOLDER]     FEBRL 4, and every register in the folder of --data

There are two kinds of patterns. In the first, pairs agree exactly in up to three fields, and all other fields are
blanked. They are counted by grouping, so every pair of the register counts. In the second, pairs also clearly disagree
in one or two fields. They are drawn from the whole register with weights, so that the shares are those of the register.
Left records are those of the test entities. Model, calibration and register evidence were fitted on other entities.
Right records are all records.

A pattern is split by how many right records have its rarest agreeing value. A cell is calibrated if the mean stated
score is within 2 points and a factor of 1.5 of the share of matches, or inside the share's 95% bootstrap interval. The
bootstrap is over groups of equal values, and over entities for patterns with disagreement. Without any match, the
interval ends at the share that three matches would have. Cells with fewer than 50 pairs are counted, but not judged.
``before`` is the same model without register evidence.

The last table has the decisions for all these pairs, weighted as in the register: the share of the true and of the
other pairs at or above a score of one half, and in each band.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks.benchmark_data import FOLDER_VARIABLE
from benchmarks.problems.labelled import Problem
from benchmarks.problems.registers import febrl_register, fewer_for_training, register_of
from benchmarks.problems.scores import scorer_of, scores_of
from benchmarks.sparse.agreeing import agreeing_cells
from benchmarks.sparse.cells import Cell, stratum_name
from benchmarks.sparse.disagreeing import disagreeing_cells
from benchmarks.sparse.stated import (
    CALIBRATED,
    FALSE_MATCHES,
    FAULTS,
    TOO_FEW,
    TOO_HIGH,
    TOO_LOW,
    Stated,
    judged,
    patterns_near,
    stated,
)
from matchwright.core.compare import compare
from matchwright.core.compare.information import counted_fields, disagreeing
from matchwright.core.decide.bands import bands_from_costs
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import Catalogue
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.datasets.split import split_entities
from matchwright.training.register_evidence.fit import fit_register_evidence
from matchwright.training.register_evidence.register import Register

KINDS = ("agreeing", "with disagreement")
WORST = 12
BANDS = ("match", "review", "no_match")


def main() -> None:
    """Print the tables of each register."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = options.data or Path(os.environ.get(FOLDER_VARIABLE, "."))
    console = Console(width=160)
    registers = [("FEBRL 4", *febrl_register())]
    for path in sorted(folder.glob("*/records.parquet")):
        registers.append((path.parent.name, *register_of(pd.read_parquet(path), path.parent.name)))
    for name, problem, true in registers:
        inside = outside_test(problem, true)
        model = model_of(problem, true, inside, options.seed)
        console.print(
            *tables(name, problem, cells_of(problem, true, inside, options.seed), model, options.seed), sep="\n"
        )


def outside_test(problem: Problem, true: pd.DataFrame) -> np.ndarray:
    """Which records may be used to fit."""
    parts = split_entities(problem.features["record_key"], true, problem.spec.split, problem.spec.model.seed)
    return (problem.features["record_key"].map(parts) != "test").to_numpy()


def model_of(problem: Problem, true: pd.DataFrame, inside: np.ndarray, seed: int) -> DecisionModel:
    """A model with register evidence, fitted on the records ``inside``."""
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


def cells_of(problem: Problem, true: pd.DataFrame, inside: np.ndarray, seed: int) -> dict[str, list[Cell]]:
    """The cells of both kinds, with the test entities as left records."""
    features = problem.features
    whole = Register.of(features, true, np.ones(len(features), dtype=bool), problem.spec)
    tested = np.intersect1d(whole.left, np.flatnonzero(~inside))
    left, right = whole.true_rows
    entities = connected_components(coo_matrix((np.ones(len(left)), (left, right)), shape=[len(features)] * 2))[1]
    register = replace(whole, left=tested, true=whole.true[np.isin(left, tested)])

    def disagree(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        sides = (features.iloc[rows].reset_index(drop=True) for rows in (one, other))
        return disagreeing(compare(*sides, problem.spec, problem.corpus), problem.spec)

    generator = np.random.default_rng(seed)
    cells = list(agreeing_cells(register, generator)), list(disagreeing_cells(register, entities, disagree, generator))
    return dict(zip(KINDS, cells, strict=True))


def tables(
    name: str, problem: Problem, cells: dict[str, list[Cell]], model: DecisionModel, seed: int
) -> tuple[Table, ...]:
    """How many cells are calibrated, the worst of each kind, and the decisions."""
    fields = counted_fields(problem.spec)
    summary = Table("", "model", "patterns", "near", "cells", CALIBRATED, *FAULTS, "largest difference", title=name)
    decisions = Table("", "model", "pairs", "number", "score >= 1/2", *BANDS, title=f"{name}: decisions")
    worst = []
    for kind, found in cells.items():
        for label, decider in (("before", replace(model, register=None)), ("with register evidence", model)):
            answer = stated(found, problem.features, decider)
            verdicts = judged(found, answer.means, model.bands, seed)
            summary.add_row(kind, label, *_counts(found, answer.means, verdicts))
            for row in _decisions(answer):
                decisions.add_row(kind, label, *row)
        worst.append(_worst(f"{name}: {kind}", fields, found, answer.means, verdicts))
    return summary, *worst, decisions


def _counts(cells: list[Cell], means: np.ndarray, verdicts: list[str]) -> tuple[str, ...]:
    known = [verdict for verdict in verdicts if verdict != TOO_FEW]
    gaps = [abs(cell.share - mean) for cell, mean, ok in zip(cells, means, verdicts, strict=True) if ok != TOO_FEW]
    kinds = [f"{known.count(kind)}" for kind in (CALIBRATED, FALSE_MATCHES, TOO_HIGH, TOO_LOW)]
    patterns, right = patterns_near(cells, means)
    return f"{patterns}", f"{right}", f"{len(known)} of {len(cells)}", *kinds, f"{max(gaps, default=0):.3f}"


def _worst(title: str, fields: tuple[str, ...], cells: list[Cell], means: np.ndarray, verdicts: list[str]) -> Table:
    table = Table("fault", "agree", "disagree", "rarest value has", "pairs", "matches", "share", "stated", title=title)
    faults = [index for index, verdict in enumerate(verdicts) if verdict in FAULTS]
    faults.sort(key=lambda index: (FAULTS.index(verdicts[index]), -abs(cells[index].share - means[index])))
    for index in faults[:WORST]:
        cell = cells[index]
        names = (", ".join(fields[field] for field in each) for each in (cell.agree, cell.disagree))
        total = f"{cell.pairs.sum():,.0f}", f"{cell.matches.sum():,.0f}"
        share = f"{cell.share:.4f}", f"{means[index]:.4f}"
        table.add_row(verdicts[index], *names, stratum_name(cell.stratum), *total, *share)
    return table


def _decisions(answer: Stated) -> list[tuple[str, ...]]:
    rows = []
    for label, weights in (("true", answer.true_weights), ("other", answer.other_weights)):
        total = max(float(weights.sum()), 1e-9)
        shares = [(answer.scores >= 0.5) @ weights, *((answer.bands == band) @ weights for band in BANDS)]
        rows.append((label, f"{total:,.0f}", *(f"{share / total:.4%}" for share in shares)))
    return rows


if __name__ == "__main__":
    main()
