"""An ONNX file from another tool: the information that it needs, and all reasons to refuse it."""

import numpy as np
import pandas as pd
import pytest
from fixtures.graphs import logistic
from fixtures.keras_scorer.names import NAMES
from fixtures.models import REPOSITORY
from onnx import TensorProto, helper

from matchwright.errors import ScorerError
from matchwright.training.datasets.labelled_pairs import LabelledPairs
from matchwright.training.imported_scorer import ScorerFile, describe, import_scorer

COMPARISONS = ["surname__exact", "surname__jaro_winkler", "postcode__exact"]
TWO_NAMES = {"comparisons": "surname__exact, postcode__exact"}


def pairs_of(values: dict[str, list[float]]) -> LabelledPairs:
    table = pd.DataFrame(values, dtype=np.float32)
    nothing = np.zeros(len(table))
    return LabelledPairs(table, nothing, nothing.astype(object), nothing.astype(bool), nothing)


PAIRS = pairs_of({"surname__exact": [1, 0, 1], "surname__jaro_winkler": [1, 0.2, 1], "postcode__exact": [1, 0, np.nan]})


def faults_of(content: bytes, comparisons: str = "", returns: str = "") -> dict[str, str]:
    with pytest.raises(ScorerError) as caught:
        import_scorer(ScorerFile(content, comparisons, returns), PAIRS)
    assert str(caught.value).startswith("The scorer cannot be imported.")
    return {fault.path: f"{fault.problem}; {fault.hint}" for fault in caught.value.faults}


def test_the_names_in_the_metadata_give_the_order_of_the_columns():
    scorer = import_scorer(ScorerFile(logistic([2.0, -1.0], properties=TWO_NAMES)), PAIRS)
    assert scorer.names == ("surname__exact", "postcode__exact")
    np.testing.assert_allclose(scorer.log_odds(PAIRS.comparisons), [1.0, 0.0, 1.5], atol=1e-5)


def test_given_names_have_priority_over_the_names_in_the_metadata():
    swapped = "postcode__exact\nsurname__exact\n"
    scorer = import_scorer(ScorerFile(logistic([2.0, -1.0], properties=TWO_NAMES), swapped), PAIRS)
    assert scorer.names == ("postcode__exact", "surname__exact")


@pytest.mark.parametrize(
    ("output", "declared", "expected"),
    [
        ("probability", "", "probability"),
        ("log_odds", "", "log_odds"),
        ("log_odds", "log_odds", "log_odds"),
        ("probability", "log_odds", "log_odds"),
    ],
)
def test_the_kind_of_output_is_declared_or_recognised_from_the_outputs(output, declared, expected):
    content = logistic([9.0, -4.0], -3.0, returns=output, properties=TWO_NAMES)
    assert import_scorer(ScorerFile(content, returns=declared), PAIRS).contract.returns == expected


def test_a_missing_comparison_gets_the_median_unless_the_graph_accepts_missing_values():
    filled = import_scorer(ScorerFile(logistic([2.0, -1.0], properties=TWO_NAMES)), PAIRS)
    assert filled.contract.background == (1.0, 0.5)
    assert not filled.contract.takes_missing
    imputing = helper.make_model(
        helper.make_graph(
            [
                helper.make_node("IsNaN", ["features"], ["missing"]),
                helper.make_node("Where", ["missing", "zero", "features"], ["filled"]),
                helper.make_node("ReduceMean", ["filled"], ["log_odds"], axes=[1]),
            ],
            "imputing",
            [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", 2])],
            [helper.make_tensor_value_info("log_odds", TensorProto.FLOAT, ["n", 1])],
            [helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0])],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    ).SerializeToString()
    scorer = import_scorer(ScorerFile(imputing, TWO_NAMES["comparisons"], "log_odds"), PAIRS)
    assert scorer.contract.takes_missing
    assert scorer.log_odds(PAIRS.comparisons).tolist() == [1.0, 0.0, 0.5]


def test_a_graph_that_declares_nan_as_accepted_but_cannot_handle_it_is_refused():
    faults = faults_of(logistic([2.0, -1.0], properties={**TWO_NAMES, "missing": "nan"}))
    assert "no finite number for 1 of 3 training pairs" in faults["output"]
    assert "median" in faults["output"]


def test_a_keras_model_reads_the_comparisons_of_the_persons_spec(small_world, decision_model):
    keras = (REPOSITORY / "tests" / "fixtures" / "keras_scorer" / "scorer.onnx").read_bytes()
    compared = decision_model.compare(small_world.left, small_world.right)
    keys = np.arange(len(compared)).astype(object)
    pairs = LabelledPairs(
        compared, small_world.labels, keys, np.zeros(len(compared), dtype=bool), np.arange(len(compared))
    )
    scorer = import_scorer(ScorerFile(keras, " ".join(NAMES)), pairs)
    assert scorer.contract.returns == "probability"
    right = (scorer.log_odds(compared) > 0) == (small_world.labels == 1)
    assert right.mean() > 0.8


def test_the_error_for_a_wrong_number_of_columns_has_both_numbers():
    faults = faults_of(logistic([1.0, 2.0, 3.0], properties=TWO_NAMES))
    assert "not one floating input of 2 comparisons. It has 3 columns." in faults["input"]


def test_the_error_for_an_unknown_name_suggests_the_most_similar_name():
    faults = faults_of(logistic([1.0, 2.0]), "surname__exact, postcode__exakt")
    assert faults == {"comparisons": "the spec has no comparison postcode__exakt; is it postcode__exact?"}


def test_a_repeated_name_is_refused():
    assert (
        "surname__exact is named more than once"
        in faults_of(logistic([1.0, 2.0]), "surname__exact surname__exact")["comparisons"]
    )


def test_a_graph_without_names_is_refused():
    assert "--comparisons" in faults_of(logistic([1.0, 2.0, 3.0]))["comparisons"]


def test_a_graph_with_two_outputs_is_refused():
    faults = faults_of(logistic([1.0, 2.0], also=["log_odds"], properties=TWO_NAMES))
    assert "2 outputs of floats: probability, log_odds" in faults["output"]


def test_a_file_that_is_not_a_graph_is_refused():
    assert "not an ONNX graph that can be run" in faults_of(b"PK not a graph")["file"]


def test_outputs_that_are_not_probabilities_are_refused_as_probabilities():
    faults = faults_of(logistic([9.0, -4.0], -3.0, returns="log_odds", properties=TWO_NAMES), returns="probability")
    assert "it goes from -3 to " in faults["returns"]


def test_one_output_for_all_pairs_is_refused():
    assert "the same for all training pairs" in faults_of(logistic([0.0, 0.0], properties=TWO_NAMES))["output"]


def test_all_faults_are_reported_at_once():
    content = logistic([1.0, 2.0, 3.0], fixed_pairs=True, also=["log_odds"], properties={"missing": "zero"})
    with pytest.raises(ScorerError) as caught:
        describe(ScorerFile(content, "surname__exact street__exact", "odds"), COMPARISONS)
    problems = [fault.problem for fault in caught.value.faults]
    assert len(problems) == 6
    for part in ("It has 3 columns", "fixed number of pairs", "street__exact", "2 outputs", "'odds'", "'zero'"):
        assert any(part in problem for problem in problems), part
