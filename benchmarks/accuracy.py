"""Accuracy on benchmark sets in DeepMatcher's layout, compared with published figures.

    python -m benchmarks.accuracy --data FOLDER [--spec SPEC ...] [--inferred] [--seeds 3]

FOLDER is one set or holds several; the default is $MATCHWRIGHT_DATA. Each set is matched with the first given spec
whose columns it has (from all of ``specs/`` if none is given). ``--inferred`` drafts the spec from the tables instead,
without editing.

The figure is F1 on the test pairs, as published systems report it. The scorer is trained on the train pairs. The valid
pairs stop the training and choose the threshold. *Pair evidence alone* uses only the two records of a pair, and the
tables for word frequencies. *With context* also compares a pair with the other candidates of its records, which are
found without labels: their similarity, and in the second stage their score. Most published systems do not do it, so
both figures are shown. Intervals: 95% bootstrap over the test pairs, of the mean F1 over seeds.
"""

import argparse
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import BenchmarkSet, find_sets, read_set
from benchmarks.problems.labelled import SPECS, Problem, problem_of
from matchwright.core.candidates import propose_candidates
from matchwright.core.compare.names import context_names
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.training.datasets.parts import VALIDATION_PART
from matchwright.training.datasets.prepare import prepare_assigned
from matchwright.training.learning import learn_stages

PUBLISHED = {
    "amazon_google": (49.1, 70.7, 75.6, 80.6),
    "walmart_amazon": (71.9, 73.6, 86.8, 91.6),
    "dirty_walmart_amazon": (37.4, 53.8, 85.7, 86.3),
    "dblp_acm": (98.4, 98.5, 99.0, 99.1),
    "fodors_zagats": (100.0, 100.0, 100.0, 100.0),
}
"""F1 in percent of Magellan, DeepMatcher, Ditto, and the best published (a fine-tuned large language model)."""

REPLICATES = 1000


@dataclass(frozen=True)
class Predictions:
    """Predictions for the test pairs with one seed, and the best F1 on the valid pairs, which chose the threshold.

    The test pairs are in the order of their keys.
    """

    predicted: np.ndarray
    labels: np.ndarray
    valid_f1: float


def main() -> None:
    """Print the table."""
    options = _options()
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count() or 1))
    sets = find_sets(options.data)
    console = Console(width=160)
    if not sets:
        console.print("No benchmark set found: name a folder with --data, or set MATCHWRIGHT_DATA.")
        raise SystemExit(2)
    table = Table("set", "spec", "pair evidence alone", "with context", title=f"F1 on test in %, {options.seeds} seeds")
    for name in ("Magellan", "DeepMatcher", "Ditto", "best published"):
        table.add_column(name, justify="right")
    for folder in sets:
        found = read_set(folder)
        problem = _problem(found, options)
        if problem is None:
            console.print(f"{found.name}: no given spec has its columns; --inferred drafts one")
            continue
        cells = []
        for context in (False, True):
            spec = problem.spec if context else alone(problem.spec)
            cells.append(_cell(measured(replace(problem, spec=spec), range(1, options.seeds + 1))))
        published = [f"{value:.1f}" for value in PUBLISHED.get(found.name, ())]
        table.add_row(found.name, problem.spec.name, *cells, *published)
        console.print(f"{found.name} ({problem.spec.name}): alone {cells[0]}, with context {cells[1]}")
    console.print(table)


def alone(spec: MatchSpec) -> MatchSpec:
    """The spec without competing candidates."""
    model = spec.model.model_copy(update={"second_stage": False})
    return spec.model_copy(update={"multiplicity": "many_to_many", "model": model})


def measured(problem: Problem, seeds: range) -> list[Predictions]:
    """Train and predict once per seed."""
    candidates = all_candidates(problem)
    return [train_and_predict(problem, candidates, seed) for seed in seeds]


def all_candidates(problem: Problem) -> pd.DataFrame:
    """Every candidate of the tables, and the labelled pairs. Labels are not used."""
    if not context_names(problem.spec) and not problem.spec.model.second_stage:
        return problem.pairs[PAIR_KEYS]
    proposed = problem.candidates
    if proposed is None:
        proposed = propose_candidates(problem.features, problem.spec)[PAIR_KEYS]
    return pd.concat([proposed, problem.pairs[PAIR_KEYS]]).drop_duplicates(ignore_index=True)


def train_and_predict(problem: Problem, candidates: pd.DataFrame, seed: int) -> Predictions:
    """Train as the pipeline does, and predict the test pairs. ``candidates`` are those of :func:`all_candidates`."""
    spec = problem.spec.model_copy(update={"model": problem.spec.model.model_copy(update={"seed": seed})})
    assigned = problem.pairs.replace({"part": {"valid": VALIDATION_PART}})
    prepared = prepare_assigned(problem.features, candidates, assigned, spec, problem.corpus)
    learned = learn_stages(prepared, candidates, problem.features, spec, problem.corpus)
    part, labels = (prepared.labelled_candidates[name].to_numpy() for name in ("part", "label"))
    log_odds = learned.scorer.scorer.log_odds(learned.comparisons)
    valid, test = part == VALIDATION_PART, part == "test"
    threshold, valid_f1 = best_threshold(log_odds[valid], labels[valid])
    return Predictions(log_odds[test] >= threshold, labels[test] == 1, valid_f1)


def best_threshold(log_odds: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """The threshold with the best F1 (halfway to the next lower score), and that F1."""
    order = np.argsort(-log_odds, kind="stable")
    ranked = log_odds[order]
    hits = np.cumsum(labels[order])
    at_each = 2 * hits / (np.arange(1, len(order) + 1) + labels.sum())
    best = int(np.argmax(at_each))
    below = ranked[best + 1] if best + 1 < len(ranked) else ranked[best]
    return float((ranked[best] + below) / 2), float(at_each[best])


def _cell(predictions: list[Predictions]) -> str:
    each = [f1(one.predicted, one.labels) for one in predictions]
    generator = np.random.default_rng(0)
    count = len(predictions[0].labels)
    draws = []
    for _ in range(REPLICATES):
        rows = generator.integers(count, size=count)
        draws.append(np.mean([f1(one.predicted[rows], one.labels[rows]) for one in predictions]))
    low, high = np.quantile(draws, [0.025, 0.975])
    valid = np.mean([one.valid_f1 for one in predictions])
    return f"{np.mean(each) * 100:.1f} ({low * 100:.1f} to {high * 100:.1f}; valid {valid * 100:.1f})"


def f1(predicted: np.ndarray, labels: np.ndarray) -> float:
    """F1 of predicted matches, both of shape (pairs,) and boolean; 0 if there is no match in either."""
    return float(2 * (predicted & labels).sum() / max(predicted.sum() + labels.sum(), 1))


def _problem(found: BenchmarkSet, options: argparse.Namespace) -> Problem | None:
    if options.inferred:
        from matchwright.core.spec import parse_spec
        from matchwright.drafting import infer_spec

        # valid and test pairs must not influence the draft
        training = found.part("train").drop(columns="part")
        return problem_of(found, [parse_spec(infer_spec(found.left, found.right, training, found.name))])
    paths = options.spec or sorted(SPECS.glob("*.yaml"))
    return problem_of(found, [load_spec(path) for path in paths])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a set, or a folder of sets")
    parser.add_argument("--spec", type=Path, nargs="*", help="match specs to choose from (all of specs/)")
    parser.add_argument("--inferred", action="store_true", help="draft the spec from the tables")
    parser.add_argument("--seeds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
