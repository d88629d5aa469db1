"""The benchmark of whole tables: its own figures."""

import pandas as pd
import pytest

from benchmarks.whole_tables.figures import by_score

TRUTH = pd.Series({"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 3})


def test_f1_counts_the_true_pairs_that_were_not_found():
    """Four pairs are true. At one half two of three are right, and at the best threshold both of two."""
    pairs = [("a", "b", 0.9), ("d", "e", 0.8), ("a", "f", 0.6), ("b", "c", 0.4)]
    left, right, scores = (pd.Series(column) for column in zip(*pairs, strict=True))
    at_half, best = by_score(TRUTH, left, right, scores)
    assert at_half == pytest.approx(2 * 2 / (3 + 4))
    assert best == pytest.approx(2 * 3 / (4 + 4))


def test_without_pairs_nothing_is_found():
    nothing = pd.Series([], dtype=object)
    assert by_score(TRUTH, nothing, nothing, pd.Series([], dtype=float)) == (0.0, 0.0)
