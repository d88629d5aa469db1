"""Comparing calibration methods, and testing the bands on pairs that did not choose them.

    python -m benchmarks.calibration                    FEBRL 4, and the sets under $MATCHWRIGHT_DATA
    python -m benchmarks.calibration --data FOLDER      the sets in this folder, or the folder as one set
    python -m benchmarks.calibration --spec FILE        the spec for these sets; may be given more than once
    python -m benchmarks.calibration --context          with context: the other pairs of a record

A set gets the first spec that fits its columns, from the given specs or from specs/. The scorer is trained on the train
part, calibration and bands are fitted on the valid part, and all figures are those of the test part. Method "none" is
without calibration. The star marks the method that cross-validation on the valid part chose. Intervals are 95 %:
bootstrap over left records, and Wilson's for the gap |mean score - true share| of scores from 0.2 to 0.8.

A precision constraint is "shown" on the valid part, and "holds" on the test part, if the exact one-sided lower bound of
the precision of match reaches it, at the constraint's confidence. "not shown" means that the precision reaches it, but
the bound does not.

The test part may have too few pairs to show a constraint. So there is also cross-validation over five parts of the left
records. Each part is for testing once. One other part is then for calibration and bands, and three are for training.
So every record is tested with a model and bands that did not use it.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import find_sets, read_set
from benchmarks.problems.labelled import SPECS, Problem, febrl_problem, problem_of
from benchmarks.problems.scores import Scored, scores_of
from matchwright.adapters.example_data.febrl import FEBRL4
from matchwright.core.decide.calibrator import Calibrator
from matchwright.core.spec import load_spec
from matchwright.core.spec.deciding import PrecisionConstraints
from matchwright.evaluation.precision_constraints import lower_bound
from matchwright.evaluation.reliability import calibration_figures
from matchwright.training.calibration.bands import BandChoice, choose_bands
from matchwright.training.calibration.choose import METHODS, CalibrationChoice, choose_calibrator
from matchwright.training.calibration.fit import fit

WIDTH = 128
CONSTRAINT = 0.95
"""The constraint on the precision of match, where the spec has none."""
TURNS = 5


def main() -> None:
    """Print two tables for each data set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, help="a folder of sets in DeepMatcher's layout; $MATCHWRIGHT_DATA if not given"
    )
    parser.add_argument("--spec", type=Path, action="append", help="a match spec; those of specs/ if not given")
    parser.add_argument("--only", action="append", help="the name of a set to keep to (febrl for FEBRL 4)")
    parser.add_argument("--context", action="store_true", help="compare pairs with their competing candidates too")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    console = Console(width=WIDTH)
    specs = [load_spec(path) for path in arguments.spec or sorted(SPECS.glob("*.yaml"))]
    for problem in problems(arguments.data, specs, arguments.only, console):
        parts = scores_of(problem, arguments.seed, arguments.context)
        valid, test = parts["valid"], parts["test"]
        choice = choose_calibrator(valid.log_odds, valid.labels, valid.groups, arguments.seed)
        evidence = "pair evidence and context" if arguments.context else "pair evidence alone"
        title = (
            f"{problem.name}, spec {problem.spec.name}, {evidence}\n"
            f"{_counts(valid)} for calibration, {_counts(test)} for testing"
        )
        console.print(method_table(title, valid, test, choice, arguments.seed))
        console.print(band_table(problem, valid, test, choice), "")
        if problem.name != FEBRL4:  # its candidates were proposed within its parts
            console.print(turns_table(problem, arguments.seed, arguments.context), "")


def problems(data: Path | None, specs: list, only: list[str] | None, console: Console) -> Iterator[Problem]:
    """FEBRL 4, then every set that a spec fits. The names of the others are printed."""
    if not only or "febrl" in only:
        yield febrl_problem()
    for folder in find_sets(data):
        if only and folder.name not in only:
            continue
        problem = problem_of(read_set(folder), specs)
        if problem is None:
            console.print(f"{folder.name}: no spec fits its columns; give one with --spec", "")
        else:
            yield problem


def method_table(title: str, valid: Scored, test: Scored, choice: CalibrationChoice, seed: int) -> Table:
    """The figures of the test pairs, one row per method."""
    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("method", "cv log loss", "log loss", "Brier", "gap", "its pairs", "change in log loss"):
        shown.add_column(column, justify="left" if column == "method" else "right")
    before = Calibrator(method="none").apply(test.log_odds)
    for method in METHODS:
        after = fit(method, valid.log_odds, valid.labels).apply(test.log_odds)
        figures = calibration_figures(before, after, test.labels, test.groups, seed)
        mine = figures["after"]
        shown.add_row(
            f"{method} *" if method == choice.calibrator.method else method,
            f"{choice.log_losses[method]:.4f}" if method in choice.log_losses else "set aside",
            *(_interval(mine[name]) for name in ("log_loss", "brier", "mid_range_gap")),
            str(mine["mid_range_pairs"]),
            "" if method == "none" else _interval(figures["change"]["log_loss"], signed=True),
        )
    return shown


def band_table(problem: Problem, valid: Scored, test: Scored, choice: CalibrationChoice) -> Table:
    """Figures on the test part, of the bands from costs alone and of those with a precision constraint."""
    shown = Table(title="bands, on the test part", title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("bands from", "review from", "match from", "shown", "match", "precision", "bound", "holds"):
        shown.add_column(column, justify="left" if column == "bands from" else "right")
    spec, precision_constraints = problem.spec, constraints_of(problem)
    whole = ~valid.augmented
    log_odds, labels = valid.log_odds[whole], valid.labels[whole]
    scores = choice.calibrator.apply(log_odds)
    for name, constraint in (
        ("costs", PrecisionConstraints()),
        (f"constraint {precision_constraints.match:g}", precision_constraints),
    ):
        bands = choose_bands(scores, labels, spec.costs, constraint, order=log_odds)
        shown.add_row(name, *_shown(bands, constraint, choice.calibrator.apply(test.log_odds), test.labels))
    return shown


def constraints_of(problem: Problem) -> PrecisionConstraints:
    """The spec's precision constraints, or one on the precision of match where it has none."""
    return (
        problem.spec.precision_constraints
        if problem.spec.precision_constraints.match
        else PrecisionConstraints(match=CONSTRAINT)
    )


def turns(problem: Problem, seed: int) -> Iterator[Problem]:
    """The problem with its labelled pairs split five times, so that each left record is in ``test`` once."""
    keys, owner = np.unique(problem.pairs["left_key"].to_numpy(dtype=str), return_inverse=True)
    fifth = np.random.default_rng(seed).permutation(np.arange(len(keys)) % TURNS)[owner]
    for turn in range(TURNS):
        part = np.select([fifth == turn, fifth == (turn + 1) % TURNS], ["test", "valid"], "train")
        yield replace(problem, pairs=problem.pairs.assign(part=part))


def turns_table(problem: Problem, seed: int, context: bool = False) -> Table:
    """The precision constraint on all labelled pairs, each decided by bands that its record did not choose."""
    precision_constraints = constraints_of(problem)
    shown = Table(title="the precision constraint, by cross-validation", title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("bands from", "shown in", "pairs", "match", "precision", "bound", "holds"):
        shown.add_column(column, justify="left" if column == "bands from" else "right")
    counted = {"costs": np.zeros(4, dtype=int), f"constraint {precision_constraints.match:g}": np.zeros(4, dtype=int)}
    for turned in turns(problem, seed):
        parts = scores_of(turned, seed, context)
        valid, test = parts["valid"], parts["test"]
        calibrator = choose_calibrator(valid.log_odds, valid.labels, valid.groups, seed).calibrator
        log_odds, labels = valid.log_odds[~valid.augmented], valid.labels[~valid.augmented]
        for name, constraint in zip(counted, (PrecisionConstraints(), precision_constraints), strict=True):
            scores = calibrator.apply(log_odds)
            chosen = choose_bands(scores, labels, problem.spec.costs, constraint, order=log_odds)
            match = chosen.bands.assign(np.round(calibrator.apply(test.log_odds), 6)) == "match"
            right = int((test.labels[match] == 1).sum())
            counted[name] += [int(chosen.constraints_met), len(match), int(match.sum()), right]
    for name, (met, pairs, taken, right) in counted.items():
        bound = lower_bound(right, taken, 1 - precision_constraints.confidence)
        shown.add_row(
            name,
            "" if name == "costs" else f"{met} of {TURNS}",
            f"{pairs:,}",
            f"{taken:,}",
            f"{right / taken:.4f}" if taken else "",
            f"{bound:.4f}",
            _holds(right, taken, bound, precision_constraints.match),
        )
    return shown


def _holds(right: int, taken: int, bound: float, constraint: float) -> str:
    return "yes" if bound >= constraint else "not shown" if right >= constraint * taken else "NO"


def _shown(
    chosen: BandChoice, precision_constraints: PrecisionConstraints, scores: np.ndarray, labels: np.ndarray
) -> list[str]:
    bands = chosen.bands.assign(np.round(scores, 6))
    match = bands == "match"
    right, taken = int((labels[match] == 1).sum()), int(match.sum())
    bound = lower_bound(right, taken, 1 - precision_constraints.confidence)
    constraint = precision_constraints.match
    return [
        f"{chosen.bands.review_from:.4f}",
        f"{chosen.bands.match_from:.4f}",
        ("yes" if chosen.constraints_met else "no") if constraint else "",
        f"{taken:,}",
        f"{right / taken:.4f}" if taken else "",
        f"{bound:.4f}",
        _holds(right, taken, bound, constraint) if constraint else "",
    ]


def _counts(part: Scored) -> str:
    whole = ~part.augmented
    return f"{int(whole.sum()):,} pairs ({int(part.labels[whole].sum()):,} match)"


def _interval(estimate: dict[str, float | None], signed: bool = False) -> str:
    if estimate["value"] is None:
        return ""
    sign = "+" if signed else ""
    return "{0:{s}.4f}\n{1:{s}.4f} to {2:{s}.4f}".format(*estimate.values(), s=sign)


if __name__ == "__main__":
    main()
