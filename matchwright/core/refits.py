"""The same kind of scorer taught again by other samples: how much of a model is chance.

Bagging after Breiman (1996), Bagging Predictors; whole left records are drawn, for their pairs go together.
"""

from collections.abc import Iterator

import numpy as np

from matchwright.core.lesson import Lesson, learn
from matchwright.core.scorer import Scorer
from matchwright.core.scorer.protocol import FEWEST_PER_CLASS
from matchwright.core.spec.model import ModelSpec

REFITS = 5
MOST_PAIRS = 50_000
"""Drawn for one refit, at about most: more would only take longer."""


def refits(taught: Lesson, spec: ModelSpec, count: int = REFITS) -> Iterator[Scorer]:
    """Up to ``count`` boosted trees, each taught by a bootstrap of the left records and stopped on those left out.

    A sample with too few pairs of a class teaches nothing and is passed over. Other kinds of scorer take
    long to train and are not refitted: there are none.
    """
    if spec.scorer != "xgboost":
        return
    keys, owner = np.unique(taught.left_keys.astype(str), return_inverse=True)
    draws = round(len(keys) * min(1.0, MOST_PAIRS / max(len(owner), 1)))
    for number in range(count):
        generator = np.random.default_rng([spec.seed, number])
        times = np.bincount(generator.integers(len(keys), size=draws), minlength=len(keys))[owner]
        drawn = taught.take(np.repeat(np.arange(len(owner)), times))
        left_out = taught.take(generator.permutation(np.flatnonzero(times == 0))[:MOST_PAIRS])
        if min(_fewer(drawn), _fewer(left_out)) >= FEWEST_PER_CLASS:
            yield learn(drawn, left_out, spec.model_copy(update={"seed": spec.seed + 1 + number})).scorer


def _fewer(lesson: Lesson) -> int:
    """The number of pairs in the smaller class."""
    matching = int((lesson.labels == 1).sum())
    return min(matching, len(lesson.labels) - matching)
