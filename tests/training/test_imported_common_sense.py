"""An imported scorer may lack common sense. Nothing holds its graph to it: the behavioural tests and the gates tell."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.graphs import logistic

from matchwright.evaluation.behaviours import behave
from matchwright.evaluation.bootstrap import Estimate
from matchwright.evaluation.gates import check_gates
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.datasets.labelled_pairs import LabelledPairs
from matchwright.training.imported_scorer import ScorerFile, import_scorer

MISSING = "a missing value in a disagreeing field does not lower the score"
IDENTICAL = "an identical value in a disagreeing field does not lower the score"

SENSIBLE = {"surname__jaro_winkler": 6.0, "given_name__jaro_winkler": 6.0, "postcode__exact": 3.0}
AGAINST_AGREEMENT = {**SENSIBLE, "date_of_birth__exact": -6.0}
AGAINST_MISSING = {**SENSIBLE, "surname__missing": -9.0}
METRICS = ("f1", "precision", "recall", "pairs_completeness", "log_loss", "review_share")


@pytest.fixture
def judged(decision_model, small_world):
    """Import a logistic regression with the given weights; return its behaviours, and the results of their gates."""

    def judge(weights):
        model = decision_model
        compared = model.compare(small_world.left, small_world.right)
        labels = small_world.labels
        nobody = np.zeros(len(labels))
        pairs = LabelledPairs(compared, labels, nobody.astype(object), nobody.astype(bool), np.arange(len(labels)))
        content = logistic(
            list(weights.values()), -11.0, returns="log_odds", properties={"comparisons": ",".join(weights)}
        )
        scorer = import_scorer(ScorerFile(content), pairs)
        calibrator = choose_calibrator(scorer.log_odds(compared), labels, np.arange(len(labels)), 1).calibrator
        records = small_world.records.set_index("record_key", drop=False)
        sides = (
            records.loc[side.loc[labels == 1, "record_key"]].reset_index(drop=True)
            for side in (small_world.left, small_world.right)
        )
        behaviours = behave(replace(model, scorer=scorer, calibrator=calibrator), *sides, seed=3)
        metrics = dict.fromkeys(METRICS, Estimate(0.5, 0.5, 0.5))
        gates = check_gates(model.spec.gates, metrics, [], behaviours, None)
        shares = {behaviour.name: behaviour.share for behaviour in behaviours if behaviour.total}
        return shares, {gate.name: gate.result for gate in gates}

    return judge


def test_a_scorer_with_common_sense_passes_its_gates(judged):
    shares, gates = judged(SENSIBLE)
    assert shares[IDENTICAL] == 1
    assert gates[IDENTICAL] == "passed"


def test_a_scorer_that_falls_with_agreement_fails_its_gate(judged):
    shares, gates = judged(AGAINST_AGREEMENT)
    assert shares[IDENTICAL] < 0.95
    assert gates[IDENTICAL] == "failed"


def test_a_scorer_that_falls_where_a_disagreeing_value_is_missing_fails_its_gate(judged):
    shares, gates = judged(AGAINST_MISSING)
    assert shares[MISSING] < 0.95
    assert gates[MISSING] == "failed"
