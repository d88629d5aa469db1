"""Every kind of scorer has contributions that add up and can be written and read. Every kind accepts missing values."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest
from fixtures.models import write_test_bundle
from onnx import TensorProto, helper, numpy_helper

from matchwright.core.bundle import load_bundle, verify_bundle
from matchwright.core.compare.names import constraints
from matchwright.core.models.boosted_trees import XGBoostScorer
from matchwright.core.models.files import read_scorer, scorer_file, write_scorer
from matchwright.core.models.onnx_graph import background_row, wrap_onnx
from matchwright.core.models.shapley import group_shapley
from matchwright.core.reasons import group_contributions
from matchwright.errors import BundleError, TrainingError
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.models.scorer import train_scorer

KINDS = ("xgboost", "torch")


@pytest.fixture(scope="module")
def comparisons(decision_model, small_world) -> pd.DataFrame:
    return decision_model.compare(small_world.left, small_world.right)


@pytest.fixture(scope="module")
def training(comparisons, small_world):
    """A trained scorer of each kind. Half of the pairs are for training and half are for early stopping."""
    labels, spec = small_world.labels, small_world.spec.model

    def train(kind: str):
        chosen = spec.model_copy(update={"scorer": kind})
        return train_scorer(comparisons[::2], labels[::2], comparisons[1::2], labels[1::2], chosen)

    return {kind: train(kind) for kind in KINDS}


@pytest.fixture(params=KINDS)
def scorer(request, training):
    return training[request.param].scorer


@pytest.fixture
def comparisons_with_gaps(comparisons) -> pd.DataFrame:
    """Comparisons of 300 pairs. Each comparison is missing for some of the pairs."""
    holes = np.random.default_rng(3).random((300, comparisons.shape[1])) < 0.3
    return comparisons.iloc[:300].reset_index(drop=True).mask(holes)


@pytest.fixture(scope="module")
def other_tools_graph(comparisons, small_world) -> bytes:
    """A logistic regression from another tool. It reads comparisons without NaN and returns the match probability."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(max_iter=500).fit(comparisons.fillna(0.5), small_world.labels)
    return _logistic(fitted.coef_[0], fitted.intercept_)


def _logistic(weights, intercept) -> bytes:
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["features", "weights", "intercept"], ["log_odds"]),
            helper.make_node("Sigmoid", ["log_odds"], ["probability"]),
        ],
        "logistic_regression",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", len(weights)])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n", 1])],
        [
            numpy_helper.from_array(np.asarray(weights, dtype=np.float32)[:, None], "weights"),
            numpy_helper.from_array(np.asarray(intercept, dtype=np.float32), "intercept"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def test_contributions_and_base_add_up_to_the_log_odds(scorer, comparisons, comparisons_with_gaps):
    for pairs in (comparisons, comparisons_with_gaps):
        contributions, base = scorer.contributions(pairs)
        assert contributions.shape == (len(pairs), len(scorer.names))
        np.testing.assert_allclose(contributions.sum(axis=1) + base, scorer.log_odds(pairs), atol=1e-4)
        per_group = group_contributions(contributions, scorer.names)
        np.testing.assert_allclose(per_group.sum(axis=1) + base, scorer.log_odds(pairs), atol=1e-4)


def test_one_call_explains_exactly_what_two_calls_do(scorer, comparisons, comparisons_with_gaps):
    for pairs in (comparisons, comparisons_with_gaps, comparisons_with_gaps.head(1)):
        log_odds, contributions, base = scorer.explain(pairs)
        np.testing.assert_array_equal(log_odds, scorer.log_odds(pairs))
        np.testing.assert_array_equal(contributions, scorer.contributions(pairs)[0])
        assert base == scorer.contributions(pairs)[1]


def test_no_scorer_reads_how_many_sides_are_missing(scorer, comparisons):
    flags = {name for name in comparisons if name.endswith("__missing")}
    assert flags
    assert not flags & set(scorer.names)


def test_a_missing_comparison_counts_as_its_neutral_value(scorer, comparisons_with_gaps):
    given = scorer.neutral if isinstance(scorer, XGBoostScorer) else scorer.contract.neutral
    neutral = dict(zip(scorer.names, given, strict=True))
    filled = comparisons_with_gaps.fillna({name: value for name, value in neutral.items() if value is not None})
    np.testing.assert_array_equal(scorer.log_odds(filled), scorer.log_odds(comparisons_with_gaps))


def test_a_written_scorer_is_read_back_unchanged(scorer, comparisons_with_gaps, tmp_path):
    write_scorer(scorer, tmp_path)
    again = read_scorer(tmp_path)
    assert again.names == scorer.names
    np.testing.assert_array_equal(again.log_odds(comparisons_with_gaps), scorer.log_odds(comparisons_with_gaps))
    np.testing.assert_array_equal(
        again.contributions(comparisons_with_gaps)[0], scorer.contributions(comparisons_with_gaps)[0]
    )


def test_columns_are_found_by_name(scorer, comparisons_with_gaps):
    shuffled = comparisons_with_gaps[sorted(comparisons_with_gaps.columns, reverse=True)].assign(other=1.0)
    np.testing.assert_array_equal(scorer.log_odds(shuffled), scorer.log_odds(comparisons_with_gaps))


def test_more_agreement_never_lowers_the_log_odds(scorer, comparisons_with_gaps):
    random = np.random.default_rng(5)
    before = scorer.log_odds(comparisons_with_gaps)
    for name, direction in zip(scorer.names, constraints(list(scorer.names)), strict=True):
        if direction:
            moved = comparisons_with_gaps.assign(
                **{name: comparisons_with_gaps[name] + direction * random.random(len(comparisons_with_gaps))}
            )
            assert (scorer.log_odds(moved) >= before - 1e-5).all(), name


def test_pairs_without_any_value_and_empty_tables_can_be_scored(scorer, comparisons):
    nothing = pd.DataFrame(np.nan, index=[0], columns=comparisons.columns)
    assert np.isfinite(scorer.log_odds(nothing)).all()
    assert scorer.log_odds(comparisons.head(0)).shape == (0,)
    assert scorer.contributions(comparisons.head(0))[0].shape == (0, len(scorer.names))


def test_most_pairs_are_classified_correctly(scorer, comparisons, small_world):
    right = (scorer.log_odds(comparisons[1::2]) > 0) == (small_world.labels[1::2] == 1)
    assert right.mean() > 0.97


def test_every_kind_of_scorer_can_be_served_from_a_bundle(
    scorer, decision_model, small_world, comparisons, verify_key, tmp_path
):
    model = _calibrated(decision_model, scorer, comparisons, small_world)
    bundle = load_bundle(write_test_bundle(model, small_world, tmp_path / "one"), verify_key)
    left, right = small_world.left.head(20), small_world.right.head(20)
    assert bundle.model.decide(left, right) == model.decide(left, right)
    again = write_test_bundle(model, small_world, tmp_path / "two")
    assert verify_bundle(again, verify_key)[1] == bundle.digest


def test_training_again_gives_the_same_bytes(training, comparisons, small_world, tmp_path):
    labels, spec = small_world.labels, small_world.spec.model.model_copy(update={"scorer": "torch"})
    again = train_scorer(comparisons[::2], labels[::2], comparisons[1::2], labels[1::2], spec)
    assert again.scorer.content == training["torch"].scorer.content
    assert again.validation_losses == training["torch"].validation_losses
    assert min(again.validation_losses) < again.validation_losses[0]


def test_a_network_needs_pairs_of_both_classes(comparisons, small_world):
    spec = small_world.spec.model.model_copy(update={"scorer": "torch"})
    with pytest.raises(TrainingError, match="0 other pairs"):
        train_scorer(comparisons, np.ones(len(comparisons)), comparisons, small_world.labels, spec)


def test_writing_a_scorer_removes_a_scorer_of_another_kind(training, tmp_path):
    for kind, name in (("xgboost", "scorer.ubj"), ("torch", "scorer.onnx"), ("xgboost", "scorer.ubj")):
        assert write_scorer(training[kind].scorer, tmp_path) == scorer_file(tmp_path) == tmp_path / name
        assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_must_have_exactly_one_scorer(training, tmp_path):
    with pytest.raises(BundleError, match="no scorer"):
        read_scorer(tmp_path)
    for kind, name in (("xgboost", "scorer.ubj"), ("torch", "scorer.onnx")):
        training[kind].scorer.save(tmp_path / name)
    with pytest.raises(BundleError, match="more than one scorer"):
        read_scorer(tmp_path)


def test_the_error_for_a_bundle_without_a_scorer_says_so(trained_bundle, verify_key, tmp_path):
    copy = Path(shutil.copytree(trained_bundle, tmp_path / "copy"))
    (copy / "scorer.ubj").unlink()
    with pytest.raises(BundleError, match=r"scorer\.ubj is absent"):
        load_bundle(copy, verify_key)


def test_an_onnx_bundle_is_served_without_torch(
    training, decision_model, small_world, comparisons, verify_key, tmp_path
):
    model = _calibrated(decision_model, training["torch"].scorer, comparisons, small_world)
    folder = write_test_bundle(model, small_world, tmp_path / "bundle")
    code = (
        "import sys; from pathlib import Path; from matchwright.core.bundle import load_bundle\n"
        f"bundle = load_bundle(Path({str(folder)!r}), bytes.fromhex({verify_key.hex()!r}))\n"
        "model = bundle.model; model.decide_compared(bundle.reference()[list(model.scorer.names)].head(3))\n"
        "print([name for name in ('torch', 'onnx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_graph_from_another_tool_can_be_served_from_a_bundle(
    other_tools_graph, decision_model, small_world, comparisons, comparisons_with_gaps, verify_key, tmp_path
):
    names = tuple(comparisons.columns)
    background = background_row(comparisons, keep_missing=False)
    (tmp_path / "model.onnx").write_bytes(other_tools_graph)
    scorer = wrap_onnx(tmp_path / "model.onnx", names, "probability", background)
    contributions, base = scorer.contributions(comparisons_with_gaps)
    np.testing.assert_allclose(contributions.sum(axis=1) + base, scorer.log_odds(comparisons_with_gaps), atol=1e-4)
    filled = comparisons_with_gaps.fillna(dict(zip(names, background, strict=True)))
    np.testing.assert_array_equal(scorer.log_odds(comparisons_with_gaps), scorer.log_odds(filled))
    model = _calibrated(decision_model, scorer, comparisons, small_world)
    bundle = load_bundle(write_test_bundle(model, small_world, tmp_path / "bundle"), verify_key)
    left, right = small_world.left.head(20), small_world.right.head(20)
    assert bundle.model.decide(left, right) == model.decide(left, right)


def test_the_shapley_values_of_a_sum_are_its_terms(comparisons):
    """The Shapley values of a linear model are known: the weight times the difference from the background."""
    names = tuple(comparisons.columns)
    weights = np.random.default_rng(1).normal(size=len(names)).astype(np.float32)
    values = comparisons.fillna(0.0).to_numpy(dtype=np.float32)[:50]
    background = values[-1]
    terms = pd.DataFrame((values - background) * weights, columns=names)
    expected = group_contributions(terms.to_numpy(dtype=np.float64), names)
    for chosen in (names, names[: sum(name.startswith(("given_name", "surname")) for name in names)]):
        width = len(chosen)
        found = group_shapley(
            lambda rows, width=width: rows.astype(np.float64) @ weights[:width],
            values[:, :width],
            background[:width],
            chosen,
        )
        shown = group_contributions(found, chosen)
        np.testing.assert_allclose(shown, expected[shown.columns], atol=1e-4)


@pytest.mark.parametrize(
    ("names", "changed", "fault"),
    [
        (("a__exact",), {}, "has not one floating input of 1 comparisons"),
        (("a__exact", "b__exact"), {"background": (0.5,)}, "1 values for 2 comparisons"),
        (("a__exact", "b__exact"), {"background": (0.5, None)}, "the graph accepts none"),
        (("a__exact", "b__exact"), {"output": "logits"}, "no floating output logits"),
    ],
)
def test_a_graph_that_does_not_fit_is_refused(names, changed, fault):
    arguments = {"background": (0.5,) * len(names), **changed}
    with pytest.raises(BundleError, match=fault):
        wrap_onnx(_logistic([1.0, 2.0], [0.0]), names, "probability", **arguments)


def test_a_damaged_graph_or_a_graph_without_names_is_a_bundle_error(tmp_path):
    path = tmp_path / "scorer.onnx"
    for content, fault in ((b"{}", "cannot be read"), (_logistic([1.0], [0.0]), "does not name its comparisons")):
        path.write_bytes(content)
        with pytest.raises(BundleError, match=fault):
            read_scorer(tmp_path)
    with pytest.raises(BundleError, match="cannot be read"):
        wrap_onnx(b"not a graph", ("a__exact",), "probability", (0.5,))


def test_the_graph_of_a_network_is_standard_onnx(training):
    onnx.checker.check_model(onnx.load_from_string(training["torch"].scorer.content), full_check=True)


def _calibrated(decision_model, scorer, comparisons, small_world):
    log_odds = scorer.log_odds(comparisons)
    labels = small_world.labels
    calibrator = choose_calibrator(log_odds, labels, np.arange(len(labels)), 1).calibrator
    return replace(decision_model, scorer=scorer, calibrator=calibrator)
