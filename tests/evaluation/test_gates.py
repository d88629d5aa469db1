"""Gates on the figures of the test split."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.spec.deciding import Costs, Gates
from matchwright.evaluation.bootstrap import Estimate
from matchwright.evaluation.gates import check_gates
from matchwright.evaluation.metrics import measure
from matchwright.evaluation.outcomes import pair_outcomes
from matchwright.evaluation.paired import Change
from matchwright.evaluation.slices import SliceResult

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
    figures = {
        "F1": 0.95,
        "precision of match": 1.0,
        "recall": 0.9,
        "pairs completeness": 1.0,
        "log loss": 0.1,
        "review share": 0.1,
    }
    bounds = {
        "F1 (lower bound: few labels)": 0.80,
        "precision of match (lower bound: few labels)": 0.84,
        "recall (lower bound: few labels)": 0.75,
        "pairs completeness (lower bound: few labels)": 0.84,
        "log loss (upper bound: few labels)": 0.3,
        "review share": 0.1,
    }
    assert gates == (bounds if few_labels else figures)


@pytest.mark.parametrize(("limit", "passed"), [(0.75, True), (0.75 + 1e-9, False)])
def test_a_value_passes_that_differs_from_its_limit_only_by_rounding(limit, passed):
    """198 true matches and 132 false ones give an F1 of 0.75. Its floating-point value is a little less."""
    keys = [f"left:{n}" for n in range(330)]
    pairs = pd.DataFrame({"left_key": keys, "right_key": keys, "label": np.repeat([1, 0], [198, 132])})
    outcomes = pair_outcomes(pairs.assign(score=0.9, band="match"))
    f1 = measure(outcomes, Costs(false_match=1, missed_match=1, review=1), replicates=10)["f1"]
    assert f1.value < 0.75
    gates = check_gates(GATES.model_copy(update={"f1_min": limit}), METRICS | {"f1": f1}, (), (), None)
    assert {gate.name: gate.passed for gate in gates}["F1"] is passed


@pytest.mark.parametrize("few_labels", [False, True])
def test_a_precision_constraint_must_be_shown(few_labels):
    for shown, passed in ((None, None), (True, True), (False, False)):
        gates = check_gates(GATES, METRICS, (), (), None, few_labels, shown)
        assert {gate.name: gate.passed for gate in gates}.get(
            "precision constraints shown on calibration pairs"
        ) is passed


def of_slice(f1, limit=0.9):
    metrics = {} if f1 is None else {"f1": f1}
    piece = SliceResult("state nsw", 40, 20, "too few" if f1 is None else "measured", metrics)
    gates = check_gates(GATES.model_copy(update={"slice_f1_min": limit}), METRICS, [piece], (), None)
    return next(gate for gate in gates if gate.name == "F1 where state nsw")


@pytest.mark.parametrize(
    ("f1", "result"),
    [
        (Estimate(0.95, 0.92, 0.99), "passed"),
        (Estimate(0.95, 0.90, 0.99), "passed"),
        (Estimate(0.95, 0.89, 1.0), "not shown"),
        (Estimate(0.90, 0.80, 1.0), "not shown"),
        (Estimate(0.89, 0.80, 1.0), "failed"),
        (None, "not shown"),
    ],
)
def test_a_slice_is_judged_by_its_value_and_its_interval(f1, result):
    gate = of_slice(f1)
    assert gate.result == result
    assert gate.passed is (result != "failed")


def test_a_slice_with_too_few_pairs_has_no_value():
    assert np.isnan(of_slice(None).value)


def test_a_value_that_could_not_be_measured_fails():
    gates = check_gates(GATES, METRICS | {"f1": Estimate(np.nan, np.nan, np.nan)}, (), (), None)
    assert next(gate for gate in gates if gate.name == "F1").result == "failed"


@pytest.mark.parametrize(
    ("change", "result"),
    [
        (Change(0.001, -0.002, 0.004, 0.4), "passed"),
        (Change(0.001, -0.02, 0.03, 0.9), "not shown"),
        (Change(-0.006, -0.02, 0.001, 0.3), "failed"),
    ],
)
def test_the_change_against_the_champion_is_judged_by_its_value_and_its_interval(change, result):
    gates = check_gates(GATES, METRICS, (), (), change)
    assert {gate.name: gate.result for gate in gates}["F1 against the champion"] == result


def test_pairs_alone_have_gates_of_their_own_where_they_differ_from_pairs_with_competing_candidates():
    limits = GATES.model_copy(update={"pairs_alone_f1_min": 0.93})
    alone = METRICS | {"f1": Estimate(0.92, 0.85, 0.98), "precision": Estimate(0.98, 0.8, 1.0)}
    gates = {gate.name: gate for gate in check_gates(limits, METRICS, (), (), None, alone=alone)}
    assert gates["F1"].passed
    assert gates["precision of match"].passed
    assert gates["F1, pairs alone"].limit == 0.93
    assert gates["F1, pairs alone"].result == "failed"
    assert gates["precision of match, pairs alone"].limit == 0.99
    assert gates["precision of match, pairs alone"].result == "failed"
    assert not [gate.name for gate in check_gates(limits, METRICS, (), (), None) if "alone" in gate.name]
