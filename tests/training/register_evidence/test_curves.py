"""How much a value says by its frequency."""

import numpy as np
import pytest

from matchwright.training.register_evidence.curves import evidence_curves
from matchwright.training.register_evidence.rows import EvidenceRows


def rows(information, matches, others):
    count = len(information)
    return EvidenceRows(
        np.array(information, dtype=float)[:, None],
        np.ones((count, 1), bool),
        np.zeros((count, 1), bool),
        np.array(matches, dtype=float),
        np.array(others, dtype=float),
        np.ones(count),
    )


def test_the_evidence_is_what_a_value_adds_to_the_log_odds():
    curve = evidence_curves(rows([1, 3], [1_000, 4_000], [100_000, 4_000]), prior=-8.0)[0]
    assert curve.evidence == pytest.approx([np.log(0.01) + 8, 8.0], abs=0.05)
    assert curve.information == (1.0, 3.0)


def test_a_rare_value_may_say_less_than_a_common_one():
    """Such as a postcode that is a slip of the pen."""
    curve = evidence_curves(rows([1, 3], [1_000, 10], [100_000, 10_000]), prior=-8.0)[0]
    assert curve.evidence[1] < curve.evidence[0]


def test_few_pairs_say_no_more_than_those_of_commoner_values():
    curve = evidence_curves(rows([1, 3], [1_000, 0], [100_000, 1]), prior=-8.0)[0]
    assert curve.evidence[1] == pytest.approx(curve.evidence[0], abs=0.01)


def test_an_agreeing_value_is_never_worse_than_a_missing_one():
    assert min(evidence_curves(rows([1, 3], [0, 5], [100_000, 10]), prior=-2.0)[0].evidence) > 0


def test_a_field_without_agreeing_pairs_has_a_curve():
    assert len(evidence_curves(rows([], [], []), prior=-8.0)[0].evidence) == 1


def test_agreement_in_a_value_of_unknown_frequency_says_what_agreement_says_on_average():
    """Most pairs that agree have a common value, so it is nearer to that of common values."""
    curve = evidence_curves(rows([1, 3], [1_000, 4_000], [100_000, 4_000]), prior=-8.0)[0]
    assert curve.whatever == pytest.approx(np.log(5_000 / 104_000) + 8, abs=0.01)
    assert curve.evidence[0] < curve.whatever < curve.evidence[1]
