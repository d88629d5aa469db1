"""The labelled pairs of a problem, prepared as the pipeline does it: learned words, context and augmentation."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.benchmark_data import PARTS
from benchmarks.problems.labelled import Problem
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.candidate_sets import with_context
from matchwright.training.datasets.comparisons import UNRELATED, MadePairs, PairComparer


@dataclass(frozen=True)
class PreparedPairs:
    """Comparisons and labels (1 or 0) per part. Augmented pairs follow the pairs of ``train``."""

    parts: dict[str, tuple[pd.DataFrame, np.ndarray]]
    comparer: PairComparer


def prepared_pairs(problem: Problem, spec: MatchSpec, candidates: pd.DataFrame) -> PreparedPairs:
    """Compare all labelled pairs, and augment those of ``train``.

    Args:
        problem: with labelled pairs in three parts.
        spec: the problem's spec, with the seed to use.
        candidates: left_key and right_key of all candidates, for the context of the pairs.
    """
    left, right = (rows_of(problem.features, problem.pairs[key]) for key in PAIR_KEYS)
    labels = problem.pairs["label"].to_numpy(dtype=np.int64)
    within = {part: (problem.pairs["part"] == part).to_numpy() for part in PARTS}
    train = within["train"]
    comparer = PairComparer.fitted_on(left[train], right[train], labels[train], spec, problem.corpus)
    compared = comparer.compare(left, right, np.where(train, np.cumsum(train) - 1, UNRELATED))
    compared = with_context(compared, problem.pairs, candidates, problem.features, spec, problem.corpus)
    made = MadePairs(comparer, left, right, compared, labels).for_training(train)
    parts = {part: (compared[rows].reset_index(drop=True), labels[rows]) for part, rows in within.items()}
    values, answers = parts["train"]
    parts["train"] = pd.concat([values, made.comparisons], ignore_index=True), np.append(answers, made.labels)
    return PreparedPairs(parts, comparer)
