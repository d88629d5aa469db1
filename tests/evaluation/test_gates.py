"""Gates on the figures of the test split."""

import pytest

from matchwright.core.spec.deciding import Gates
from matchwright.evaluation.bootstrap import Estimate
from matchwright.evaluation.gates import check_gates

METRICS = {
    "f1": Estimate(0.95, 0.80, 1.0),
    "precision": Estimate(1.0, 0.84, 1.0),
    "recall": Estimate(0.9, 0.75, 1.0),
    "pairs_completeness": Estimate(1.0, 0.84, 1.0),
    "log_loss": Estimate(0.1, 0.05, 0.3),
    "review_share": Estimate(0.1, 0.05, 0.2),
}
GATES = Gates(f1_min=0.9, match_precision_min=0.99, recall_min=0.7, log_loss_max=0.2, review_share_max=0.15)


def failed(few_labels: bool) -> set[str]:
    """Names of the failed gates, without the text in brackets."""
    gates = check_gates(GATES, METRICS, (), (), None, few_labels)
    return {gate.name.partition(" (")[0] for gate in gates if not gate.passed}


def test_with_many_labels_a_value_within_its_limit_passes():
    assert failed(few_labels=False) == set()


def test_with_few_labels_the_whole_interval_must_be_within_its_limit():
    """20 right decisions of 20 do not prove a precision of 0.99."""
    assert failed(few_labels=True) == {"F1", "precision of match", "log loss"}


@pytest.mark.parametrize("few_labels", [False, True])
def test_a_gate_names_the_figure_that_it_compares_with_the_limit(few_labels):
    gates = {gate.name: gate.value for gate in check_gates(GATES, METRICS, (), (), None, few_labels)}
    assert gates.get("F1 (lower bound: few labels)", gates.get("F1")) == (0.80 if few_labels else 0.95)
    assert gates["review share"] == 0.1


@pytest.mark.parametrize("few_labels", [False, True])
def test_a_precision_constraint_must_be_shown(few_labels):
    for shown, passed in ((None, None), (True, True), (False, False)):
        gates = check_gates(GATES, METRICS, (), (), None, few_labels, shown)
        assert {gate.name: gate.passed for gate in gates}.get(
            "precision constraints shown on calibration pairs"
        ) is passed
