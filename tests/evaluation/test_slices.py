"""Slices: parts of the pairs judged apart."""

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
    ("piece", "expected"),
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
    ids=[piece["name"] for piece in SLICES],
)
def test_a_slice_is_read_off_either_side_in_normal_form(spec, piece, expected):
    assert slice_mask(SliceSpec(**piece), spec, LEFT, RIGHT).tolist() == expected


def test_a_slice_has_its_own_metrics_missed_pairs_included(spec):
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
    assert results["town missing"].verdict == "judged"


def test_a_slice_with_few_true_pairs_is_not_judged(spec):
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
    assert (result.verdict, result.pairs, result.true_pairs, result.metrics) == ("too few", 2, 1, {})
