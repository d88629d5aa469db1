"""Levels of evidence, tested at the exact limits of each kind of evidence."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.reasons import evidence


@pytest.mark.parametrize(
    ("value", "level"),
    [(0.92, "AGREES"), (0.91999, "PARTLY_AGREES"), (0.7, "PARTLY_AGREES"), (0.69999, "DISAGREES"), (np.nan, "MISSING")],
)
def test_a_level_starts_exactly_at_its_limit(persons_spec, value, level):
    spec = persons_spec
    assert (spec.fields["surname"].agrees_at, spec.fields["surname"].disagrees_below) == (0.92, 0.7)
    # Comparisons have 32 bits. As a 32-bit number, 0.7 is a little smaller than the exact value.
    pair = pd.DataFrame({"surname__jaro_winkler": [value], "surname__missing": [0.0]}, dtype=np.float32)
    assert evidence(pair, spec)["surname"].tolist() == [level]


@pytest.mark.parametrize("sides", [1.0, 2.0])
def test_a_field_is_missing_if_one_record_or_both_records_do_not_have_it(persons_spec, sides):
    pair = pd.DataFrame({"surname__jaro_winkler": [1.0], "surname__missing": [sides]})
    assert evidence(pair, persons_spec)["surname"].tolist() == ["MISSING"]


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [(0.4, -0.4, "DISAGREES"), (-0.4, 0.4, "DISAGREES"), (0.1, 0.1, "AGREES"), (0.1, 0.09999, "PARTLY_AGREES"),
     (-0.1, 0.3, "PARTLY_AGREES"), (-0.10001, 0.3, "DISAGREES"), (np.nan, 0.3, "AGREES"), (0.3, np.nan, "AGREES"),
     (np.nan, np.nan, "MISSING")],
)  # fmt: skip
def test_the_level_of_the_context_follows_from_the_smaller_lead(products_spec, left, right, level):
    pair = pd.DataFrame({"context__lead_left": [left], "context__lead_right": [right], "context__rank_left": [1.0]})
    assert evidence(pair, products_spec)["context"].tolist() == [level]


def level_of(spec, comparison: str, value: float) -> str:
    (levels,) = evidence(pd.DataFrame({comparison: [value]}), spec).values()
    return levels[0]


@pytest.mark.parametrize("kind", ["numbers", "codes", "cross_field"])
@pytest.mark.parametrize(
    ("share", "level"),
    [(1.0, "AGREES"), (0.99, "AGREES"), (0.98, "PARTLY_AGREES"), (0.5, "PARTLY_AGREES"), (0.49, "DISAGREES")],
)
def test_a_share_agrees_if_all_is_found_and_disagrees_below_one_half(products_spec, kind, share, level):
    assert level_of(products_spec, f"title__{kind}", share) == level


@pytest.mark.parametrize(
    ("similarity", "level"),
    [(0.92, "AGREES"), (0.9199, "PARTLY_AGREES"), (0.7, "PARTLY_AGREES"), (0.6999, "DISAGREES")],
)
def test_swapped_names_agree_if_the_weaker_similarity_is_high(persons_spec, similarity, level):
    assert level_of(persons_spec, "surname__swapped", similarity) == level


@pytest.mark.parametrize(
    ("weight", "level"),
    [(0.0, "AGREES"), (0.25, "AGREES"), (0.26, "PARTLY_AGREES"), (1.0, "PARTLY_AGREES"), (1.01, "DISAGREES")],
)
def test_more_unmatched_words_mean_less_agreement(products_spec, weight, level):
    """A weight x of unmatched words is read as the similarity 1 / (1 + x)."""
    title = products_spec.fields["title"].model_copy(update={"agrees_at": 0.8, "disagrees_below": 0.5})
    spec = products_spec.model_copy(update={"fields": {**products_spec.fields, "title": title}})
    assert level_of(spec, "title__unmatched_left", weight) == level
