"""A Keras model can be a scorer. Graphs that cannot be scorers are refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fixtures.keras_scorer.names import NAMES
from fixtures.models import REPOSITORY, write_test_bundle
from onnx import TensorProto, helper, numpy_helper

from matchwright.core.bundle import load_bundle
from matchwright.core.models.onnx_graph import OnnxScorer, background_row, wrap_onnx
from matchwright.core.reasons import group_contributions
from matchwright.errors import BundleError
from matchwright.training.calibration.choose import choose_calibrator

KERAS = REPOSITORY / "tests" / "fixtures" / "keras_scorer" / "scorer.onnx"


@pytest.fixture(scope="module")
def keras(small_world, decision_model) -> OnnxScorer:
    comparisons = decision_model.compare(small_world.left, small_world.right)
    return wrap_onnx(KERAS, NAMES, "probability", background_row(comparisons[list(NAMES)], keep_missing=False))


def test_a_keras_model_gives_the_same_probabilities_as_keras_itself(keras):
    pairs = pd.DataFrame([[1, 1, 1, 1, 0], [0, 0, 0, 0, 0], [1, 0.9, 0, 0.2, 0]], columns=NAMES, dtype=np.float32)
    probability = 1 / (1 + np.exp(-keras.log_odds(pairs)))
    np.testing.assert_allclose(probability, [9.957595e-01, 7.524277e-04, 8.769432e-01], rtol=1e-5, atol=1e-6)


def test_a_keras_model_decides_and_explains_in_a_bundle(keras, decision_model, small_world, verify_key, tmp_path):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    log_odds = keras.log_odds(comparisons)
    contributions, base = keras.contributions(comparisons)
    per_group = group_contributions(contributions, keras.names)
    assert set(per_group) == {"given_name", "surname", "postcode", "date_of_birth"}
    np.testing.assert_allclose(per_group.sum(axis=1) + base, log_odds, atol=1e-4)
    labels = small_world.labels
    calibrator = choose_calibrator(log_odds, labels, np.arange(len(labels)), 1).calibrator
    model = replace(decision_model, scorer=keras, calibrator=calibrator)
    bundle = load_bundle(write_test_bundle(model, small_world, tmp_path / "bundle"), verify_key)
    left, right = small_world.left.head(20), small_world.right.head(20)
    decided = bundle.model.decide(left, right)
    assert decided == model.decide(left, right)
    assert decided[0].reasons


def graph(kind: int, columns: int, rank: int = 2) -> bytes:
    """A graph with ``columns`` output columns. Each is the sum of two comparisons."""
    weights = np.ones((2, columns), dtype=helper.tensor_dtype_to_np_dtype(kind))
    shape = ["pairs", columns] + [1] * (rank - 2)
    nodes = [helper.make_node("MatMul", ["comparisons", "weights"], ["sums"])]
    nodes.append(helper.make_node("Reshape", ["sums", "shape"], ["log_odds"]))
    made = helper.make_graph(
        nodes,
        "sums",
        [helper.make_tensor_value_info("comparisons", kind, ["pairs", 2])],
        [helper.make_tensor_value_info("log_odds", kind, shape)],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(np.array([-1, *shape[1:]]), "shape")],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def test_a_graph_with_64_bit_numbers_can_be_a_scorer():
    scorer = wrap_onnx(graph(TensorProto.DOUBLE, 1), ("a__exact", "b__exact"), "log_odds", (0.0, 0.0))
    pairs = pd.DataFrame({"a__exact": [0.25, 1.0], "b__exact": [0.5, 0.0]}, dtype=np.float32)
    assert scorer.log_odds(pairs).tolist() == [0.75, 1.0]


@pytest.mark.parametrize(("columns", "rank", "fault"), [(3, 2, "3 values per pair"), (2, 3, "2 x 1 values per pair")])
def test_a_graph_with_more_than_two_values_per_pair_is_refused(columns, rank, fault):
    with pytest.raises(BundleError, match=fault):
        wrap_onnx(graph(TensorProto.FLOAT, columns, rank), ("a__exact", "b__exact"), "log_odds", (0.0, 0.0))


def test_a_background_row_with_missing_values_is_refused_for_a_graph_that_accepts_none():
    names = ("a__exact", "b__exact")
    with pytest.raises(BundleError, match="background row has missing values"):
        wrap_onnx(graph(TensorProto.FLOAT, 1), names, "log_odds", (None, 0.0))
    with pytest.raises(BundleError, match="1 values for 2 comparisons"):
        wrap_onnx(graph(TensorProto.FLOAT, 1), names, "log_odds", (0.0,))


def test_a_graph_with_neutral_values_reads_them_in_place_of_missing_comparisons():
    names = ("a__exact", "b__exact")
    pairs = pd.DataFrame({"a__exact": [np.nan, 0.25], "b__exact": [0.5, np.nan]}, dtype=np.float32)
    scorer = wrap_onnx(graph(TensorProto.FLOAT, 1), names, "log_odds", (0.0, 0.0), neutral=(0.25, 0.5))
    assert scorer.log_odds(pairs).tolist() == [0.75, 0.75]
    again = OnnxScorer.of(scorer.content)
    assert again.contract.neutral == (0.25, 0.5)
    assert again.log_odds(pairs).tolist() == [0.75, 0.75]


def test_a_wrong_number_of_neutral_values_is_refused():
    with pytest.raises(BundleError, match="1 neutral values for 2 comparisons"):
        wrap_onnx(graph(TensorProto.FLOAT, 1), ("a__exact", "b__exact"), "log_odds", (0.0, 0.0), neutral=(0.5,))
