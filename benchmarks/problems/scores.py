"""The scorer's log-odds for the pairs of a data set, computed as in the training pipeline.

Words are learned from the train part, and pairs are compared, augmented and scored. Context (the other candidates of a
record) is used only on request.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.problems.labelled import Problem
from matchwright.core.compare.competing import in_context
from matchwright.core.models.scorer import Scorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.augmentation import counter_examples, missing_field_pairs, pairs_alone
from matchwright.training.datasets.comparisons import UNRELATED, PairComparer
from matchwright.training.datasets.labelled_pairs import LabelledPairs, learn

STOPPING_SHARE = 0.2
"""The share of the train part's left records that is used for early stopping."""


@dataclass(frozen=True)
class Scored:
    """Log-odds, labels (1 or 0) and left keys of a part's pairs. ``augmented`` marks pairs that augmentation made."""

    log_odds: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    augmented: np.ndarray


def scores_of(problem: Problem, seed: int, context: bool = False) -> dict[str, Scored]:
    """Train on the train part, stopped early on a fifth of its left records, and score ``valid`` and ``test``.

    With ``context``, the pairs of a part are the only candidates. ``valid`` ends with pairs with missing fields,
    because the pipeline calibrates on them too.
    """
    spec = _seeded(problem.spec, seed)
    scorer = scorer_of(problem, seed, context)
    comparer = _comparer(problem)
    scored = {}
    for part in ("valid", "test"):
        pairs = _pairs(problem, part)
        comparisons, labels, rows = _compared(
            problem, comparer, pairs, spec, context, with_missing_fields=part == "valid"
        )
        groups = pairs["left_key"].to_numpy()[rows]
        scored[part] = Scored(scorer.log_odds(comparisons), labels, groups, np.arange(len(rows)) >= len(pairs))
    return scored


def scorer_of(problem: Problem, seed: int, context: bool = False) -> Scorer:
    """Train on the train part, stopped early on a fifth of its left records."""
    return learn(*datasets_of(problem, seed, context), _seeded(problem.spec, seed).model).scorer


def datasets_of(
    problem: Problem, seed: int, context: bool = False, sample: int | None = None
) -> tuple[LabelledPairs, LabelledPairs]:
    """The pairs for training, and those for early stopping: a fifth of the train part's left records.

    With ``sample``, the left records for training are a bootstrap sample.
    """
    spec = _seeded(problem.spec, seed)
    comparer = _comparer(problem)
    training = _pairs(problem, "train")
    keys = np.unique(training["left_key"].to_numpy(dtype=str))
    stopping = keys[np.random.default_rng(seed).random(len(keys)) < STOPPING_SHARE]
    stops = training["left_key"].isin(stopping).to_numpy()
    training_rows, stopping_pairs = training[~stops], training[stops]
    if sample is not None:
        known = np.unique(training_rows["left_key"].to_numpy(dtype=str))
        drawn = np.random.default_rng([seed, sample]).choice(known, len(known))
        training_rows = pd.DataFrame({"left_key": drawn}).merge(training_rows, on="left_key")[list(training_rows)]
    datasets = []
    for pairs, augmented in ((training_rows, True), (stopping_pairs, False)):
        comparisons, labels, rows = _compared(problem, comparer, pairs, spec, context, augmented)
        keys = pairs["left_key"].to_numpy(dtype=object)[rows]
        made = np.arange(len(rows)) >= len(pairs)
        datasets.append(LabelledPairs(comparisons, labels, keys, made, np.where(made, -1, rows)))
    return datasets[0], datasets[1]


def compared(problem: Problem, part: str) -> tuple[pd.DataFrame, np.ndarray]:
    """The comparisons and labels of one part's pairs, without augmentation."""
    pairs = _pairs(problem, part)
    return _compared(problem, _comparer(problem), pairs, problem.spec, context=False, with_missing_fields=False)[:2]


def _pairs(problem: Problem, part: str) -> pd.DataFrame:
    """A part's pairs. ``training_row`` is the row among the pairs that words are learned from, or ``UNRELATED``."""
    pairs = problem.pairs[problem.pairs["part"] == part].reset_index(drop=True)
    return pairs.assign(training_row=np.arange(len(pairs)) if part == "train" else UNRELATED)


def _comparer(problem: Problem) -> PairComparer:
    """Compares with words that were learned from the train part."""
    pairs = _pairs(problem, "train")
    left, right = _sides(problem, pairs)
    return PairComparer.fitted_on(left, right, pairs["label"].to_numpy(np.int64), problem.spec, problem.corpus)


def _sides(problem: Problem, pairs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    records = problem.features.set_index("record_key", drop=False)
    left, right = (records.loc[pairs[key]].reset_index(drop=True) for key in PAIR_KEYS)
    return left, right


def _seeded(spec: MatchSpec, seed: int) -> MatchSpec:
    return spec.model_copy(update={"model": spec.model.model_copy(update={"seed": seed})})


def _compared(
    problem: Problem,
    comparer: PairComparer,
    pairs: pd.DataFrame,
    spec: MatchSpec,
    context: bool,
    augmented: bool = False,
    with_missing_fields: bool = True,
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Comparisons and labels of the pairs, then of those made from them, and the row that each was made from."""
    left, right = _sides(problem, pairs)
    labels, training_rows = pairs["label"].to_numpy(dtype=np.int64), pairs["training_row"].to_numpy()
    whole = comparer.compare(left, right, training_rows)
    if context:
        whole = in_context(whole, pairs["left_key"].to_numpy(), pairs["right_key"].to_numpy(), spec)
    blocks, answers, rows = [whole], [labels], [np.arange(len(pairs))]
    if with_missing_fields:
        sparse_left, sparse_right, sparse_rows = missing_field_pairs(left, right, spec, spec.model.seed)
        made_from = np.asarray(sparse_rows, dtype=np.int64)
        blocks.append(comparer.compare(sparse_left, sparse_right, training_rows[made_from]))
        answers.append(labels[made_from])
        rows.append(made_from)
    if with_missing_fields and context:
        alone, alone_rows = pairs_alone(whole, spec)
        made_from = np.asarray(alone_rows, dtype=np.int64)
        blocks.append(alone)
        answers.append(labels[made_from])
        rows.append(made_from)
    true = np.flatnonzero(labels == 1)
    if augmented and spec.identity:
        unlike, examples = counter_examples(right.iloc[true].reset_index(drop=True), spec, spec.model.seed)
        made_from = true[examples]
        blocks.append(comparer.compare(left.iloc[made_from].reset_index(drop=True), unlike, training_rows[made_from]))
        answers.append(np.zeros(len(made_from), dtype=np.int64))
        rows.append(made_from)
    return pd.concat(blocks, ignore_index=True), np.concatenate(answers), np.concatenate(rows)
