"""Ranking metrics and their intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from matchwright.evaluation.ranking import ranking_metrics


def ranked(*pairs: tuple[str, float, int]) -> dict[str, float]:
    """Return the metrics for pairs. A pair is given as its left record, its score and its label."""
    keys, scores, labels = zip(*pairs, strict=True)
    return {name: estimate.value for name, estimate in ranking_metrics(keys, scores, labels).items()}


def test_only_the_best_true_pair_counts_for_the_reciprocal_rank_and_the_hit_rate():
    figures = ranked(("a", 0.9, 1), ("a", 0.1, 0), ("b", 0.9, 0), ("b", 0.8, 1), ("b", 0.7, 1), ("b", 0.1, 0))
    assert figures["mrr"] == pytest.approx((1 + 1 / 2) / 2)
    assert figures["hit_at_1"] == 0.5
    assert figures["ndcg_at_10"] == pytest.approx((1 + ndcg_score([[0, 1, 1, 0]], [[0.9, 0.8, 0.7, 0.1]])) / 2)
    assert figures["queries"] == 2


def test_among_equal_scores_wrong_pairs_are_ranked_first():
    assert ranked(("a", 0.5, 1), ("a", 0.5, 0), ("a", 0.5, 0))["mrr"] == pytest.approx(1 / 3)


def test_a_left_record_without_a_true_pair_does_not_count_as_a_query():
    assert ranked(("a", 0.9, 1), ("b", 0.9, 0), ("c", 0.9, -1))["queries"] == 1


def test_pairs_with_an_unknown_label_are_ignored():
    assert ranked(("a", 0.9, -1), ("a", 0.5, 1))["hit_at_1"] == 1.0


def test_true_pairs_that_are_not_candidates_count_as_not_found():
    keys, labels, missed = ["a", "a", "b", "c"], [1, 1, 1, 0], [False, True, True, True]
    figures = ranking_metrics(keys, [0.9, np.nan, np.nan, np.nan], labels, missed)
    assert figures["queries"].value == 2
    assert figures["mrr"].value == figures["hit_at_1"].value == 0.5
    assert figures["ndcg_at_10"].value == pytest.approx(1 / (1 + 1 / np.log2(3)) / 2)


def test_without_a_query_the_metrics_are_undefined():
    figures = ranking_metrics(["a"], [0.9], [0])
    assert figures["queries"].value == 0
    assert figures["mrr"].as_dict() == {"value": None, "lower": None, "upper": None}
    assert ranking_metrics([], [], [])["queries"].value == 0


def test_without_any_error_the_interval_is_the_wilson_interval():
    keys = [f"left:{n}" for n in range(20)]
    figures = ranking_metrics(keys, [0.9] * 20, [1] * 20)
    assert figures["mrr"].value == figures["mrr"].upper == 1.0
    assert 0.8 < figures["mrr"].lower < 0.9


def test_the_interval_narrows_with_more_queries():
    def width(queries: int) -> float:
        random = np.random.default_rng(3)
        keys = np.repeat([f"left:{n:05d}" for n in range(queries)], 4)
        mrr = ranking_metrics(keys, random.random(4 * queries), np.tile([1, 0, 0, 0], queries))["mrr"]
        assert mrr.lower < mrr.value < mrr.upper
        return mrr.upper - mrr.lower

    assert width(2000) < width(50) / 3


pairs = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from([0.0, 0.2, 0.5, 0.9]), st.integers(-1, 1), st.booleans()),
    min_size=1,
    max_size=60,
)


def one_by_one(rows: list[tuple[str, float, int, bool]]) -> dict[str, float]:
    """Compute the same metrics one query at a time."""
    reciprocal, hits, gains = [], [], []
    for key in sorted({key for key, _, label, _ in rows if label == 1}):
        ranking = sorted((-s, label) for k, s, label, missed in rows if k == key and label >= 0 and not missed)
        indices = [index for index, (_, label) in enumerate(ranking, 1) if label == 1]
        true_pairs = sum(k == key and label == 1 for k, _, label, _ in rows)
        reciprocal.append(1 / indices[0] if indices else 0.0)
        hits.append(float(indices[:1] == [1]))
        ideal = sum(1 / np.log2(index + 1) for index in range(1, min(true_pairs, 10) + 1))
        gains.append(sum(1 / np.log2(index + 1) for index in indices if index <= 10) / ideal)
    names = {"mrr": reciprocal, "hit_at_1": hits, "ndcg_at_10": gains}
    return {name: float(np.mean(values)) if values else np.nan for name, values in names.items()}


@settings(max_examples=150, deadline=None)
@given(pairs, st.randoms())
def test_the_metrics_equal_a_computation_query_by_query_in_any_order_of_pairs(rows, random):
    expected = one_by_one(rows)
    random.shuffle(rows)
    figures = ranking_metrics(*zip(*rows, strict=True))
    for name, value in expected.items():
        assert figures[name].value == pytest.approx(value, nan_ok=True)
        assert np.isnan(value) or figures[name].lower <= figures[name].upper
