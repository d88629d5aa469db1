"""A scorer from another tool, trained on exported comparisons, becomes a version. The same gates are evaluated."""

import hashlib
import json

import pandas as pd
import pytest
from fixtures.graphs import logistic
from fixtures.training_run import Run, rerun_from_train, train_again
from sklearn.linear_model import LogisticRegression

from matchwright.adapters.registry import version_info
from matchwright.adapters.registry.client import connected
from matchwright.core.bundle import load_bundle
from matchwright.errors import DataError, ScorerError
from matchwright.secrets import VERIFY_KEY, secret


@pytest.fixture(scope="module")
def exported(run) -> pd.DataFrame:
    """The comparisons that the train step exports for users of other tools."""
    return pd.read_parquet(run[0].model / "training.parquet")


@pytest.fixture(scope="module")
def content(exported) -> bytes:
    """A logistic regression from scikit-learn. Missing comparisons get the median, like in the import."""
    training = exported[exported["part"] == "train"]
    names = [name for name in exported.columns if name not in ("label", "part", "made")]
    values = training[names].fillna(training[names].median().fillna(0.0))
    fitted = LogisticRegression(max_iter=1000).fit(values.to_numpy(), training["label"])
    return logistic(fitted.coef_[0], fitted.intercept_[0], properties={"comparisons": ",".join(names)})


@pytest.fixture(scope="module")
def imported(run, content, tmp_path_factory) -> Run:
    """The run after all steps from train on, with the scorer of another tool."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "scorer.onnx").write_bytes(content)
    return rerun_from_train(run[0], run[0].spec, folder, scorer=str(folder / "scorer.onnx"))


def test_exported_comparisons_are_of_training_and_validation_pairs_and_have_no_keys(run, exported):
    pairs = pd.read_parquet(run[0].model / "pairs.parquet")
    originals = exported[~exported["made"]]
    assert originals["part"].value_counts().to_dict() == {
        part: count for part, count in pairs["part"].value_counts().items() if part in ("train", "validate")
    }
    assert originals["label"].sum() == pairs.loc[pairs["part"].isin(["train", "validate"]), "label"].sum()
    assert exported["made"].any()
    assert {str(kind) for kind in exported.dtypes} <= {"float32", "int64", "int8", "bool", "object"}
    assert [name for name in exported.columns if exported[name].dtype == object] == ["part"]


def test_the_same_gates_are_evaluated_for_an_imported_scorer(run, imported):
    of_trees, of_import = (
        {row["name"]: row for row in json.loads((made.evaluation / "gates.json").read_text())["gates"]}
        for made in (run[0], imported)
    )
    assert {name: row["limit"] for name, row in of_import.items()} == {
        name: row["limit"] for name, row in of_trees.items()
    }
    assert of_import["F1"]["value"] > 0.9
    assert of_import["log loss"]["value"] != of_trees["log loss"]["value"]


def test_an_imported_scorer_becomes_a_registered_version(imported, content):
    registered = imported.register("fail", imported.bundle)  # the challenger of other tests stays
    bundle = load_bundle(imported.bundle, secret(VERIFY_KEY))
    assert bundle.digest == registered["digest"]
    assert bundle.model.scorer.contract.returns == "probability"
    digest = hashlib.sha256(content).hexdigest()
    assert json.loads((imported.bundle / "lineage.json").read_text())["imported_scorer"] == digest
    assert f"SHA-256 `{digest}`" in (imported.bundle / "card.md").read_text()
    info = version_info(imported.settings, "persons", registered["version"])
    assert info.tags["imported_scorer"] == digest
    with connected(imported.settings) as client:
        values = client.get_run(info.run_id).data.params
    assert values["model.scorer"] == "imported"
    assert "model.trees" not in values


def test_decisions_of_an_imported_scorer_have_reasons_that_add_up(imported):
    explanation = json.loads((imported.explanation / "explanation.json").read_text())
    assert explanation["additivity_error"] < 1e-3
    assert explanation["reasons"]["match"]
    assert not (imported.evaluation / "plots" / "training.png").exists(), "an imported scorer has no training curve"


def test_another_scorer_file_makes_another_run(run, imported, content, tmp_path):
    other = content.replace(b"logistic", b"regressn")
    (tmp_path / "other.onnx").write_bytes(other)
    again = train_again(imported, imported.spec, tmp_path / "model", scorer=str(tmp_path / "other.onnx"))
    runs = [json.loads((made.model / "train.json").read_text())["run_id"] for made in (run[0], imported)]
    assert len({*runs, again["run_id"]}) == 3


def test_an_import_without_enough_labels_is_refused(run, content, tmp_path):
    (tmp_path / "scorer.onnx").write_bytes(content)
    spec = run[0].spec.model_copy(update={"labels": "none"})
    with pytest.raises(ScorerError, match="too few pairs are labelled"):
        train_again(run[0], spec, tmp_path / "model", scorer=str(tmp_path / "scorer.onnx"))


def test_an_absent_scorer_file_is_an_error(run, tmp_path):
    with pytest.raises(DataError, match="no such file"):
        train_again(run[0], run[0].spec, tmp_path / "model", scorer=str(tmp_path / "none.onnx"))
