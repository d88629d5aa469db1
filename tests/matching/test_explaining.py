"""Why a pair was or was not proposed, and what its score depends on."""

import math

import numpy as np
import pytest

from matchwright.matching.correlation_clustering import UNSEEN
from matchwright.matching.explaining import evidence_between, rule_outcomes, with_context


def test_a_rule_names_the_features_that_differ_and_those_that_a_record_lacks():
    one = {"surname": "testwell", "postcode": None, "year": 1970.0, "state": "vic"}
    other = {"surname": "otherly", "postcode": "0999", "year": math.nan, "state": "vic"}
    rules = [("surname", "postcode"), ("state",), ("year", "state")]
    found = rule_outcomes(one, other, rules)
    assert [(outcome.differ, outcome.missing, outcome.proposes) for outcome in found] == [
        (("surname",), ("postcode",), False),
        ((), (), True),
        ((), ("year",), False),
    ]


def test_evidence_between_clusters_counts_pairs_that_were_not_compared_against_them():
    found = evidence_between(np.array([0.9, 0.2]), (2, 3))
    assert (found.speak_for, found.speak_against, found.unseen) == (1, 1, 4)
    assert found.log_odds == pytest.approx(math.log(9) - math.log(4) + 4 * UNSEEN, abs=0.01)


def test_a_score_depends_on_the_candidates_of_both_records_and_on_the_candidates_of_these():
    left = np.array([0, 0, 1, 2, 3, 6], dtype=np.int32)
    right = np.array([4, 5, 5, 5, 7, 8], dtype=np.int32)
    # the pair (0, 4) competes with (0, 5), and that with (1, 5) and (2, 5)
    assert with_context(left, right, [0, 4]).tolist() == [0, 1, 2, 3]
    assert with_context(left, right, [3, 7]).tolist() == [4]
    assert with_context(left, right, [9, 10]).tolist() == []
