"""Slices: groups of pairs that are measured separately."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.spec import MatchSpec
from matchwright.core.spec.deciding import SliceSpec
from matchwright.evaluation.outcomes import pair_outcomes
from matchwright.evaluation.slices import measure_slices, slice_mask

SLICES = [
    {"name": "town missing", "field": "town", "when": "missing"},
    {"name": "town present", "field": "town", "when": "present"},
    {"name": "Saint-Malo", "field": "town", "when": "equals", "value": "Saint-Malo"},
    {"name": "price 10", "field": "price", "when": "equals", "value": "10.0"},
]


@pytest.fixture
def spec() -> MatchSpec:
    return MatchSpec.model_validate(
        {
            "format": 2,
            "name": "towns",
            "version": 1,
            "description": "towns",
            "record_id": "id",
            "fields": {
                "town": {"kind": "category", "pii": "none", "label": "town"},
                "price": {"kind": "number", "pii": "none", "label": "price"},
            },
            "candidates": {"rules": [["town"]]},
            "costs": {"false_match": 10, "missed_match": 5, "review": 1},
            "slices": SLICES,
        }
    )


LEFT = pd.DataFrame({"town": ["saint malo", None, "york", None], "price": [10.0, 11.0, np.nan, np.nan]})
RIGHT = pd.DataFrame({"town": ["york", "york", "york", None], "price": [12.0, 10.0, 10.5, np.nan]})


@pytest.mark.parametrize(
    ("slice_spec", "expected"),
    zip(
        SLICES,
        [
            [False, True, False, True],
            [True, False, True, False],
            [True, False, False, False],
            [True, True, False, False],
        ],
        strict=True,
    ),
    ids=[slice_spec["name"] for slice_spec in SLICES],
)
def test_a_slice_uses_the_normal_forms_of_both_records(spec, slice_spec, expected):
    assert slice_mask(SliceSpec(**slice_spec), spec, LEFT, RIGHT).tolist() == expected


def test_the_metrics_of_a_slice_count_its_missed_pairs(spec):
    scored = pd.DataFrame(
        {
            "left_key": [f"left:{n}" for n in range(60)],
            "right_key": [f"right:{n}" for n in range(60)],
            "label": 1,
            "score": 0.9,
            "band": ["match"] * 60,
        }
    )
    missed = pd.DataFrame(
        {"left_key": ["left:60"] * 10, "right_key": [f"right:{n}" for n in range(60, 70)], "label": 1}
    )
    outcomes = pair_outcomes(scored, missed)
    features = pd.DataFrame({"town": [None if n >= 40 else "york" for n in range(70)], "price": 1.0})
    results = {result.name: result for result in measure_slices(outcomes, spec, features, features)}
    assert results["town missing"].metrics["recall"].value == pytest.approx(20 / 30)
    assert results["town present"].metrics["recall"].value == 1.0
    assert results["town missing"].status == "measured"


def test_a_slice_with_few_true_pairs_has_no_metrics(spec):
    scored = pd.DataFrame(
        {
            "left_key": [f"left:{n}" for n in range(4)],
            "right_key": [f"right:{n}" for n in range(4)],
            "label": [1, 1, 0, 0],
            "score": 0.9,
            "band": "match",
        }
    )
    result = measure_slices(pair_outcomes(scored), spec, LEFT, RIGHT, min_true_pairs=20)[0]
    assert (result.status, result.pairs, result.true_pairs, result.metrics) == ("too few", 2, 1, {})
