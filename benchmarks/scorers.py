"""Comparing the kinds of scorer: boosted trees (XGBoost), and the monotone PyTorch network, which is served as ONNX.

    python -m benchmarks.scorers [--data FOLDER] [--only NAME ...] [--seeds 3]

It uses FEBRL 4, and the sets in DeepMatcher's layout under FOLDER (default $MATCHWRIGHT_DATA) that a spec of specs/
fits. Each kind is tested with and without the cosines of the network's embeddings. (A spec with ``scorer: torch`` has
them, one with ``xgboost`` only on request.) Everything else is the same. The train part is for training. The valid part
is for early stopping, the threshold and calibration. Figures are those of the test part, means over seeds, and log loss
is after calibration. Intervals are 95 %, bootstrap over left records. "change" is a kind less the trees without
embeddings, on the same draws. Time is microseconds per pair in one thread: log-odds of all test pairs at once, and
contributions of up to 500. Compare the times of one run, because machines differ.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.accuracy import all_candidates, best_threshold, f1
from benchmarks.calibration import problems
from benchmarks.problems.labelled import SPECS, Problem
from benchmarks.problems.prepared import prepared_pairs
from matchwright.core.compare.names import disagreement_limits, learned_cosine
from matchwright.core.models.scorer import Scorer
from matchwright.core.spec import load_spec
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.models.scorer import train_scorer

EMBEDDED = " + embeddings"
KINDS = ("xgboost", f"xgboost{EMBEDDED}", "torch", f"torch{EMBEDDED}")
REPLICATES = 1000
EXPLAINED = 500
TIMES = 5


@dataclass(frozen=True)
class Fitted:
    """Comparisons, labels and left keys per part, the same for every kind.

    ``learned`` are the comparisons that only some kinds read.
    """

    parts: dict[str, tuple[pd.DataFrame, np.ndarray]]
    groups: dict[str, np.ndarray]
    learned: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """Results of one trained scorer on the test part: predicted matches, calibrated scores, and times per pair."""

    predicted: np.ndarray
    scores: np.ndarray
    log_odds_time: float
    reasons_time: float


def main() -> None:
    """Print one table per data set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a set, or a folder of sets; $MATCHWRIGHT_DATA if not given")
    parser.add_argument("--only", nargs="*", help="the names of the sets to keep to (febrl for FEBRL 4)")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    console = Console(width=150)
    specs = [load_spec(path) for path in sorted(SPECS.glob("*.yaml"))]
    for problem in problems(arguments.data, specs, arguments.only, console):
        console.print(table_of(problem, range(1, arguments.seeds + 1)), "")


def table_of(problem: Problem, seeds: range) -> Table:
    """One row per kind, and one row with its change against the first kind."""
    answers: dict[str, list[Answer]] = {kind: [] for kind in KINDS}
    for seed in seeds:
        training = _fitted(problem, seed)
        for kind in KINDS:
            answers[kind].append(_answer(problem, training, kind, seed))
    labels, groups = training.parts["test"][1], training.groups["test"]
    figures: dict[str, Callable[[Answer, np.ndarray], float]] = {
        "F1 in %": lambda one, rows: 100 * f1(one.predicted[rows], labels[rows] == 1),
        "log loss": lambda one, rows: _log_loss(one.scores[rows], labels[rows]),
    }
    draws = _draws(groups)
    values = {
        kind: {
            name: np.array([np.mean([figure(one, rows) for one in answers[kind]]) for rows in draws])
            for name, figure in figures.items()
        }
        for kind in KINDS
    }
    matching = int((labels == 1).sum())
    title = f"{problem.name}, spec {problem.spec.name}: {len(labels):,} test pairs, {matching:,} match"
    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("scorer", *figures, "log-odds, µs", "reasons, µs"):
        shown.add_column(column, justify="left" if column == "scorer" else "right")
    times = {
        kind: [
            float(np.median([getattr(one, name) for one in answers[kind]]))
            for name in ("log_odds_time", "reasons_time")
        ]
        for kind in KINDS
    }
    for kind in KINDS:
        shown.add_row(kind, *map(_interval, values[kind].values()), *(f"{value * 1e6:.2f}" for value in times[kind]))
    first, *others = KINDS
    for kind in others:
        change = [_interval(values[kind][name] - values[first][name], signed=True) for name in figures]
        ratios = [f"x {mine / theirs:.2f}" for mine, theirs in zip(times[kind], times[first], strict=True)]
        shown.add_row(f"change: {kind}", *change, *ratios)
    return shown


def _fitted(problem: Problem, seed: int) -> Fitted:
    """Prepare the pairs as the pipeline does: with learned words and embeddings, context and augmentation."""
    settings = problem.spec.model.model_copy(update={"seed": seed, "embeddings": True})
    spec = problem.spec.model_copy(update={"model": settings})
    # FEBRL's pairs already are all candidates within each part
    candidates = all_candidates(problem)
    prepared = prepared_pairs(problem, spec, candidates)
    keys, part = problem.pairs["left_key"].to_numpy(dtype=str), problem.pairs["part"].to_numpy()
    embeddings = prepared.comparer.embeddings
    learned = tuple(map(learned_cosine, embeddings.fields if embeddings else ()))
    return Fitted(prepared.parts, {name: keys[part == name] for name in prepared.parts}, learned)


def _answer(problem: Problem, training: Fitted, kind: str, seed: int) -> Answer:
    spec = problem.spec.model.model_copy(update={"seed": seed, "scorer": kind.removesuffix(EMBEDDED)})
    without = [] if kind.endswith(EMBEDDED) else list(training.learned)
    parts = {part: (pairs.drop(columns=without), labels) for part, (pairs, labels) in training.parts.items()}
    valid, test = parts["valid"], parts["test"]
    scorer = train_scorer(*parts["train"], *valid, spec, limits=disagreement_limits(problem.spec)).scorer
    on_valid, on_test = scorer.log_odds(valid[0]), scorer.log_odds(test[0])
    threshold, _ = best_threshold(on_valid, valid[1])
    calibrator = choose_calibrator(on_valid, valid[1], training.groups["valid"], seed).calibrator
    return Answer(on_test >= threshold, calibrator.apply(on_test), *_times(scorer, test[0]))


def _times(scorer: Scorer, comparisons: pd.DataFrame) -> tuple[float, float]:
    explained = comparisons.head(EXPLAINED)
    return (
        _seconds(lambda: scorer.log_odds(comparisons)) / len(comparisons),
        _seconds(lambda: scorer.contributions(explained)) / len(explained),
    )


def _seconds(call: Callable[[], object]) -> float:
    """The shortest of several times, because other processes may use the machine too."""
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _draws(groups: np.ndarray) -> list[np.ndarray]:
    """The rows themselves, then bootstrap draws of whole left records."""
    _, group = np.unique(groups, return_inverse=True)
    order = np.argsort(group, kind="stable")
    rows_of = np.split(order, np.cumsum(np.bincount(group))[:-1])
    random = np.random.default_rng(0)
    drawn = (random.integers(len(rows_of), size=len(rows_of)) for _ in range(REPLICATES))
    return [np.arange(len(groups)), *(np.concatenate([rows_of[index] for index in indices]) for indices in drawn)]


def _log_loss(scores: np.ndarray, labels: np.ndarray) -> float:
    kept = np.clip(scores, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.where(labels == 1, np.log(kept), np.log1p(-kept))))


def _interval(values: np.ndarray, signed: bool = False) -> str:
    """The value on the rows themselves, and the range of 95 % of the draws."""
    low, high = np.quantile(values[1:], [0.025, 0.975])
    sign = "+" if signed else ""
    return f"{values[0]:{sign}.4f} ({low:{sign}.4f}, {high:{sign}.4f})"


if __name__ == "__main__":
    main()
