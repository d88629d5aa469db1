"""Corrections make the mean score of a small set of fields the share of matches."""

import numpy as np
import pytest

from matchwright.core.decide.calibrator import sigmoid
from matchwright.training.register_evidence.corrections import MOST_SETS, corrected_size, set_corrections
from matchwright.training.register_evidence.rows import EvidenceRows


def test_every_set_is_corrected_by_the_share_of_its_matches():
    agree = np.array([[1, 0], [1, 0], [0, 1], [1, 1]], dtype=bool)
    matches, others = np.array([100.0, 400.0, 50.0, 900.0]), np.array([900.0, 600.0, 950.0, 100.0])
    rows = EvidenceRows(agree * 1.0, agree, np.zeros_like(agree), matches, others, np.ones(4))
    evidence = np.array([[1.0, 0], [2.0, 0], [0, 1.0], [1.0, 1.0]])
    found = set_corrections(rows, evidence, log_odds := np.full(4, -1.0))
    assert [each.fields for each in found] == [(0,), (1,), (0, 1)]
    for correction, chosen in zip(found, ([0, 1], [2], [3]), strict=True):
        change = correction.intercept + evidence[chosen][:, correction.fields] @ np.array(correction.slopes)
        stated = sigmoid(log_odds[chosen] + change)
        np.testing.assert_allclose(stated, (matches / (matches + others))[chosen], atol=0.01)


def test_a_set_that_no_pair_has_is_not_corrected():
    agree = np.array([[1, 0]], dtype=bool)
    rows = EvidenceRows(agree * 1.0, agree, np.zeros_like(agree), np.array([5.0]), np.array([5.0]), np.ones(1))
    found = set_corrections(rows, agree * 1.0, np.zeros(1))
    assert [each.intercept for each in found[1:]] == [0.0, 0.0]


@pytest.mark.parametrize(("fields", "size"), [(1, 1), (2, 2), (3, 3), (9, 3), (15, 2), (40, 1), (MOST_SETS + 1, 0)])
def test_many_fields_have_corrections_of_smaller_sets(fields, size):
    assert corrected_size(fields) == size
