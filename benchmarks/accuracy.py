"""Accuracy on benchmark sets in DeepMatcher's layout, compared with published figures.

    python -m benchmarks.accuracy --data FOLDER [--spec SPEC ...] [--inferred] [--seeds 5]
    python -m benchmarks.accuracy --data FOLDER --save before.json         keeps the predictions
    python -m benchmarks.accuracy --data FOLDER --against before.json      and compares another version with them

FOLDER is one set or holds several; the default is $MATCHWRIGHT_DATA. Each set is matched with the first given spec
whose columns it has (from all of ``specs/`` if none is given). ``--inferred`` drafts the spec from the tables instead,
without editing.

The figure is F1 on the test pairs, as published systems report it. The scorer is trained on the train pairs. The valid
pairs stop the training and choose the threshold. *Pair evidence alone* uses only the two records of a pair, and the
tables for word frequencies. *With context* also compares a pair with the other candidates of its records, which are
found without labels: their similarity, and in the second stage their score. Most published systems do not do it, so
both figures are shown. Intervals: 95% bootstrap over the test pairs, of the mean F1 over seeds. The difference between
two versions is bootstrapped over the same pairs for both.

The command fails if a set cannot be run. It ends with 2 if no set could be run.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import BenchmarkSet, find_sets, read_set
from benchmarks.predictions import (
    Predictions,
    Saved,
    changes_since,
    interval_of_mean,
    mean_f1,
    read_predictions,
    write_predictions,
)
from benchmarks.problems.labelled import SPECS, Problem, problem_of
from matchwright.core.candidates import propose_candidates
from matchwright.core.compare.names import context_names
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.scorer import Scorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec, load_spec, parse_spec
from matchwright.drafting import infer_spec
from matchwright.errors import DataError, Fault, MatchwrightError
from matchwright.training.datasets.parts import VALIDATION_PART
from matchwright.training.datasets.prepare import prepare_assigned
from matchwright.training.learning import learn_stages
from matchwright.training.register_evidence.learn import learn_register_evidence

PUBLISHED = {
    "amazon_google": (49.1, 70.7, 75.6, 80.6),
    "walmart_amazon": (71.9, 73.6, 86.8, 91.6),
    "dirty_walmart_amazon": (37.4, 53.8, 85.7, 86.3),
    "dblp_acm": (98.4, 98.5, 99.0, 99.1),
    "fodors_zagats": (100.0, 100.0, 100.0, 100.0),
}
"""F1 in percent of Magellan, DeepMatcher, Ditto, and the best published (a fine-tuned large language model)."""

ALONE, CONTEXT = "alone", "with context"


def main() -> None:
    """Print the table."""
    options = _options()
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count() or 1))
    console = Console(width=160)
    if options.save and not options.save.absolute().parent.is_dir():
        console.print(f"There is no folder {options.save.parent} for --save.")
        raise SystemExit(2)
    try:
        before = read_predictions(options.against) if options.against else {}
        specs = [load_spec(path) for path in options.spec or sorted(SPECS.glob("*.yaml"))]
    except MatchwrightError as error:
        console.print(str(error), markup=False)
        raise SystemExit(2) from None
    sets = find_sets(options.data)
    if not sets:
        console.print(
            "No benchmark set found: name a folder with --data, or set MATCHWRIGHT_DATA. "
            "A set is a folder with train.parquet, valid.parquet and test.parquet."
        )
        raise SystemExit(2)
    if before and not before.keys() & {folder.name for folder in sets}:
        console.print(f"{options.against.name} has predictions of none of these sets.")
        raise SystemExit(2)
    table = Table("set", "spec", "pair evidence alone", "with context", title=f"F1 on test in %, {options.seeds} seeds")
    for name in ("Magellan", "DeepMatcher", "Ditto", "best published"):
        table.add_column(name, justify="right")
    found: Saved = {}
    for folder in sets:
        try:
            problem = _problem(read_set(folder), None if options.inferred else specs)
            measures = {
                path: measured(replace(problem, spec=spec), range(1, options.seeds + 1))
                for path, spec in ((ALONE, alone(problem.spec)), (CONTEXT, problem.spec))
            }
            changes = changes_since(before[folder.name], measures) if folder.name in before else {}
        except MatchwrightError as error:
            console.print(f"{folder.name}: {error}", markup=False)
            continue
        found[folder.name] = measures
        cells = [_cell(found[folder.name][path]) for path in (ALONE, CONTEXT)]
        console.print(f"{folder.name} ({problem.spec.name}): alone {cells[0]}, with context {cells[1]}", markup=False)
        for path, change in changes.items():
            console.print(f"  since {options.against.name}, {path}: {change}", markup=False)
        published = [f"{value:.1f}" for value in PUBLISHED.get(folder.name, ())]
        table.add_row(folder.name, problem.spec.name, *cells, *published)
    if found:
        console.print(table)
    if options.save:
        write_predictions(options.save, found)
    if len(found) < len(sets):
        console.print(f"{len(sets) - len(found)} of {len(sets)} sets could not be run.")
        raise SystemExit(1 if found else 2)


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
    known = assigned[assigned["part"] != "test"]

    def fit_register(scorer: Scorer) -> RegisterEvidence | None:
        return learn_register_evidence(
            problem.features, known, parts_of_records(problem), prepared, scorer, spec, problem.corpus
        )

    learned = learn_stages(prepared, candidates, problem.features, spec, problem.corpus, fit_register)
    part, labels = (prepared.labelled_candidates[name].to_numpy() for name in ("part", "label"))
    log_odds = learned.scorer.scorer.log_odds(learned.comparisons)
    valid, test = part == VALIDATION_PART, part == "test"
    threshold, valid_f1 = best_threshold(log_odds[valid], labels[valid])
    return Predictions(log_odds[test] >= threshold, labels[test] == 1, valid_f1)


def parts_of_records(problem: Problem) -> "pd.Series[str]":
    """The part of every record. Where all matches are labelled, left records of test pairs are in the test part.

    Where they are not, records are in several parts, and only the labels of test pairs stay unknown.
    """
    tested = problem.pairs.loc[problem.pairs["part"] == "test", "left_key"]
    keys = problem.features["record_key"]
    outside = keys.isin(tested) & (problem.spec.labels == "complete")
    return pd.Series(np.where(outside, "test", "train"), index=keys.to_numpy())


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
    low, high = interval_of_mean(predictions)
    valid = np.mean([one.valid_f1 for one in predictions])
    return f"{mean_f1(predictions) * 100:.1f} ({low * 100:.1f} to {high * 100:.1f}; valid {valid * 100:.1f})"


def _problem(found: BenchmarkSet, specs: list[MatchSpec] | None) -> Problem:
    """The set with the first spec that has its columns, or with a drafted one if there are no specs.

    Raises:
        DataError: no spec has its columns.
    """
    if specs is None:
        # valid and test pairs must not influence the draft
        training = found.part("train").drop(columns="part")
        specs = [parse_spec(infer_spec(found.left, found.right, training, found.name))]
    problem = problem_of(found, specs)
    if problem is None:
        raise DataError("No given spec has its columns.", [Fault("", "nothing to match by", "--inferred drafts one")])
    return problem


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a set, or a folder of sets")
    parser.add_argument("--spec", type=Path, nargs="*", help="match specs to choose from (all of specs/)")
    parser.add_argument("--inferred", action="store_true", help="draft the spec from the tables")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--save", type=Path, help="a file for the predictions")
    parser.add_argument("--against", type=Path, help="the predictions of another version, to compare with")
    return parser.parse_args()


if __name__ == "__main__":
    main()
