"""How often matches and strangers have values that are nearly the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.models.similarity_evidence import STEPS
from matchwright.training.register_evidence.curves import LEAST_EVIDENCE
from matchwright.training.register_evidence.similarity import curve_of

STRANGERS = np.array([0.0] * 900 + [0.8] * 99 + [0.96])
MATCHES = np.array([1.0] * 80 + [0.8] * 15 + [0.96] * 5)
SAME = MATCHES == 1.0


def test_evidence_is_how_many_times_more_often_matches_are_so_alike():
    curve = curve_of(STRANGERS, MATCHES, SAME)
    assert curve.at(np.array([0.8]))[0] == pytest.approx(np.log((20 / 100) / (100 / 1000)), abs=1e-4)
    assert curve.at(np.array([0.96]))[0] == pytest.approx(np.log((5 / 100) / (1 / 1000)), abs=1e-4)


def test_what_strangers_have_as_often_says_next_to_nothing():
    assert curve_of(STRANGERS, MATCHES, SAME).at(np.array([0.0, 0.5])).tolist() == [
        LEAST_EVIDENCE,
        pytest.approx(np.log(2), abs=1e-4),
    ]


def test_values_that_are_the_same_do_not_count_for_those_that_are_nearly_the_same():
    nearly = curve_of(STRANGERS, MATCHES, np.zeros(len(MATCHES), dtype=bool))
    assert (np.array(nearly.evidence) >= np.array(curve_of(STRANGERS, MATCHES, SAME).evidence)).all()


@pytest.mark.parametrize("missing", ["strangers", "matches"])
def test_a_field_that_is_never_known_says_next_to_nothing(missing):
    values = {"strangers": STRANGERS, "matches": MATCHES} | {missing: np.array([np.nan, np.nan])}
    same = np.zeros(len(values["matches"]), dtype=bool)
    assert set(curve_of(**values, same=same).evidence) == {LEAST_EVIDENCE}


similarities = st.lists(st.floats(0, 1) | st.just(np.nan), min_size=1, max_size=30).map(np.array)


@given(similarities, similarities)
def test_more_alike_never_says_less(strangers, matches):
    evidence = np.array(curve_of(strangers, matches, np.zeros(len(matches), dtype=bool)).evidence)
    assert len(evidence) == STEPS + 1
    assert (np.diff(evidence) >= 0).all()
    assert (evidence >= LEAST_EVIDENCE).all()
