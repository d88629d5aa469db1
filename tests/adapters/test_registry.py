"""The model registry on SQLite and on a real PostgreSQL: runs, versions, tags, aliases, bundles."""

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from matchwright.adapters import registry
from matchwright.adapters.registry.description import LONGEST, describe
from matchwright.core.bundle import load_bundle, verify_bundle
from matchwright.core.bundle.golden import decide_values
from matchwright.errors import RegistryError
from matchwright.settings import Settings

TAGS = {"gates": "passed", "trained_by": "ada", "gate.f1_min": "passed", "spec_digest": "abc"}
CARD = "# persons\n\n## Gates\n\nAll passed.\n"


def digest_of(bundle):
    return hashlib.sha256((bundle / "bundle.json").read_bytes()).hexdigest()


def open_run(settings, inputs="inputs-1"):
    return registry.open_run(settings, "persons", inputs, {"trained_by": "ada"})


def register(settings, bundle, **changed):
    arguments = {"description_markdown": CARD, "tags": TAGS, "challenger": True, "run_id": "", **changed}
    arguments["run_id"] = arguments["run_id"] or open_run(settings)
    return registry.register_bundle(settings, bundle=bundle, digest=digest_of(bundle), **arguments)


def client_of(settings: Settings):
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=settings.tracking_uri, registry_uri=settings.tracking_uri)


def test_a_run_is_reused_for_the_same_inputs(each_registry):
    first = open_run(each_registry)
    assert open_run(each_registry) == first
    assert open_run(each_registry, "inputs-2") != first


def test_logging_again_changes_nothing(each_registry, tmp_path):
    run = open_run(each_registry)
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "reliability.png").write_bytes(b"png")
    for _ in range(2):
        registry.log_parameters(each_registry, run, {f"parameter_{number}": number for number in range(150)})
        registry.log_metrics(each_registry, run, {"f1": 0.99, "recall": 0.98})
        registry.log_curve(each_registry, run, "loss", [0.6, 0.3, 0.2])
        registry.log_folder(each_registry, run, tmp_path / "plots", "plots")
    client = client_of(each_registry)
    logged = client.get_run(run).data
    assert len(logged.params) == 150
    assert logged.metrics == {"f1": 0.99, "recall": 0.98, "loss": 0.2}
    assert [(point.step, point.value) for point in client.get_metric_history(run, "loss")] == [
        (0, 0.6),
        (1, 0.3),
        (2, 0.2),
    ]
    assert [item.path for item in client.list_artifacts(run, "plots")] == ["plots/reliability.png"]


def test_a_registered_version_is_pending_and_has_its_digest_and_tags(each_registry, trained_bundle):
    version = register(each_registry, trained_bundle)
    assert version.name == "persons"
    assert version.digest == digest_of(trained_bundle)
    assert version.tags == {**TAGS, "approval": "pending", "bundle_digest": version.digest}
    assert version.aliases == ("challenger",)
    assert registry.challenger(each_registry, "persons") == version
    assert registry.champion(each_registry, "persons") is None
    assert registry.version_info(each_registry, "persons", version.version) == version
    assert registry.version_by_digest(each_registry, "persons", version.digest) == version
    assert client_of(each_registry).get_run(version.run_id).info.status == "FINISHED"


def test_the_downloaded_bundle_is_the_registered_bundle(each_registry, trained_bundle, verify_key, tmp_path):
    register(each_registry, trained_bundle)
    for _ in range(2):  # the second download uses the same folder
        fetched = registry.download_bundle(each_registry, "persons", "1", tmp_path / "fetched")
        assert verify_bundle(fetched, verify_key)[1] == digest_of(trained_bundle)
    assert [path.name for path in tmp_path.iterdir() if "fetched" in path.name] == ["fetched"]


def test_registering_the_same_bundle_again_adds_no_version_and_keeps_the_approval(each_registry, trained_bundle):
    register(each_registry, trained_bundle)
    registry.set_approval(each_registry, "persons", "1", "approved", "grace", "fine")
    again = register(each_registry, trained_bundle, tags={**TAGS, "spec_digest": "def"}, description_markdown="# new\n")
    assert again.version == "1"
    assert (again.tags["approval"], again.tags["approval_by"]) == ("approved", "grace")
    assert again.tags["spec_digest"] == "def"
    assert client_of(each_registry).get_model_version("persons", "1").description.startswith("# new")


def test_another_bundle_becomes_another_version_and_gets_the_alias(each_registry, trained_bundle, second_bundle):
    register(each_registry, trained_bundle)
    second = register(each_registry, second_bundle)
    assert second.version == "2"
    assert registry.version_info(each_registry, "persons", "1").aliases == ()
    assert second.aliases == ("challenger",)


def test_a_version_with_failed_gates_is_not_the_challenger(registry_settings, trained_bundle):
    version = register(registry_settings, trained_bundle, tags={**TAGS, "gates": "failed"})
    assert version.aliases == ()
    assert registry.challenger(registry_settings, "persons") is None


@pytest.mark.parametrize(
    "killed_in", ["create_logged_model", "log_model_artifacts", "create_model_version", "set_terminated"]
)
def test_a_killed_registration_is_completed_by_the_next_one(registry_settings, trained_bundle, monkeypatch, killed_in):
    class Killed(BaseException):
        pass

    from mlflow import MlflowClient

    real = getattr(MlflowClient, killed_in)

    def killed_after_the_call(self, *args, **kwargs):
        real(self, *args, **kwargs)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, killed_in, killed_after_the_call)
        with pytest.raises(Killed):
            register(registry_settings, trained_bundle)
    version = register(registry_settings, trained_bundle)
    client = client_of(registry_settings)
    assert [found.version for found in client.search_model_versions("name = 'persons'")] == [1]
    assert version.aliases == ("challenger",)
    experiment = client.get_experiment_by_name("matchwright").experiment_id
    assert [model.status for model in client.search_logged_models([experiment])] == ["READY"]


def test_a_version_needs_the_tags_that_a_release_reads(registry_settings, trained_bundle):
    with pytest.raises(RegistryError, match="gates, trained_by"):
        register(registry_settings, trained_bundle, tags={"trained_by": " "})


def test_aliases_are_moved_and_removed(registry_settings, trained_bundle):
    register(registry_settings, trained_bundle)
    registry.set_alias(registry_settings, "persons", "champion", "1")
    assert registry.champion(registry_settings, "persons").version == "1"
    registry.remove_alias(registry_settings, "persons", "champion")
    registry.remove_alias(registry_settings, "persons", "champion")
    assert registry.champion(registry_settings, "persons") is None


def test_the_error_names_a_missing_version(registry_settings, trained_bundle):
    with pytest.raises(RegistryError, match="no version '1' of model 'persons'"):
        registry.version_info(registry_settings, "persons", "1")
    register(registry_settings, trained_bundle)
    with pytest.raises(RegistryError, match="no version 'one' of model 'persons'"):
        registry.set_approval(registry_settings, "persons", "one", "approved", "grace", "")


def test_a_server_that_does_not_answer_is_an_error_with_a_hint(registry_settings, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    nowhere = registry_settings.registry.model_copy(update={"tracking_uri": "http://127.0.0.1:9"})
    with pytest.raises(RegistryError, match="MATCHWRIGHT_REGISTRY__TRACKING_URI"):
        registry.champion(registry_settings.model_copy(update={"registry": nowhere}), "persons")


def test_the_global_state_of_mlflow_is_not_changed(registry_settings, trained_bundle, tmp_path, monkeypatch):
    import mlflow

    cross_field = tmp_path / "cross_field"
    cross_field.mkdir()
    monkeypatch.chdir(cross_field)
    before = (mlflow.get_tracking_uri(), mlflow.get_registry_uri(), mlflow.active_run())
    register(registry_settings, trained_bundle)
    assert (mlflow.get_tracking_uri(), mlflow.get_registry_uri(), mlflow.active_run()) == before
    assert list(cross_field.iterdir()) == []


# The code of an MLflow user who does not have matchwright. The option -S hides its editable installation.
CODE_OF_AN_MLFLOW_USER = """
import json, sys
sys.path.append(sys.argv[1])
import mlflow, pandas
model = mlflow.pyfunc.load_model(sys.argv[2])
import matchwright
answer = model.predict(pandas.DataFrame([json.loads(sys.argv[3])]))
print(json.dumps({"answer": answer.to_dict("records"), "code": matchwright.__file__, "heavy": "torch" in sys.modules}))
"""


def test_an_mlflow_user_can_score_pairs_without_matchwright(registry_settings, trained_bundle, verify_key, tmp_path):
    register(registry_settings, trained_bundle)
    source = client_of(registry_settings).get_model_version("persons", "1").source
    pair = json.loads((trained_bundle / "golden.jsonl").read_text().splitlines()[0])
    sides = {f"{side}_{name}": value for side in ("left", "right") for name, value in pair[side].items()}
    done = subprocess.run(
        [sys.executable, "-S", "-c", CODE_OF_AN_MLFLOW_USER, sysconfig.get_path("purelib"), source, json.dumps(sides)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        check=False,
        env={key: value for key, value in os.environ.items() if not key.startswith(("MATCHWRIGHT_", "PYTHONPATH"))},
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    expected = decide_values(load_bundle(trained_bundle, verify_key).model, [pair["left"]], [pair["right"]])[0]
    codes = [reason.code for reason in expected.reasons]
    assert result["answer"] == [{"score": expected.score, "band": expected.band, "reasons": codes}]
    assert Path(source.removeprefix("file://")) in Path(result["code"]).parents
    assert not result["heavy"]


def test_the_model_has_a_signature_and_pinned_requirements_but_no_pickle(
    registry_settings, trained_bundle, persons_spec
):
    from mlflow.models import Model

    register(registry_settings, trained_bundle)
    folder = Path(client_of(registry_settings).get_model_version("persons", "1").source.removeprefix("file://"))
    inputs = Model.load(str(folder)).signature.inputs.input_names()
    assert inputs == [f"{side}_{name}" for side in ("left", "right") for name in persons_spec.compared]
    requirements = (folder / "requirements.txt").read_text().split()
    assert all("==" in line for line in requirements)
    assert any(line.startswith("xgboost-cpu==") for line in requirements)
    assert not [path for path in folder.rglob("*") if path.suffix in (".pkl", ".pickle", ".pyc")]


def test_a_description_shows_the_plots_of_the_run_after_gates_and_figures():
    card = "# persons\n\n## Gates\n\n| a | b |\n\n## Figures\n\nf\n\n## Reasons\n\nr\n"
    text = describe(card, "run1", ["card/card.md", "plots/log loss.png", "plots/table.csv"], "card/card.md")
    assert text.index("## Figures") < text.index("## Plots") < text.index("## Reasons")
    assert "![log loss](get-artifact?path=plots%2Flog%20loss.png&run_uuid=run1)" in text
    assert "[The whole card](get-artifact?path=card%2Fcard.md&run_uuid=run1)" in text
    assert "table.csv" not in text


def test_the_columns_of_tables_in_a_description_have_space_between_them():
    card = "# persons\n\n## Gates\n\n| gate | result |\n| --- | --- |\n| f1 | passed |\n"
    lines = describe(card, "run1", [], "card/card.md").splitlines()
    assert "| --- | --- |" in lines
    assert "| f1\u2003\u2060 | passed |" in lines


def test_whole_sections_of_a_long_card_are_left_out_and_a_note_says_so():
    card = "# persons\n\n## Gates\n\nall\n\n" + "".join(f"## Part {n}\n\n{'x' * 1500}\n\n" for n in range(5))
    text = describe(card, "run1", [], "card/card.md")
    assert len(text) <= LONGEST
    assert text.count("x" * 1500) == 3
    assert "It also has: Part 3, Part 4." in text


def test_a_long_card_can_be_registered_on_every_database(each_registry, trained_bundle):
    card = "# persons\n\n" + "".join(f"## Part {n}\n\n{'x' * 900}\n\n" for n in range(20))
    run = open_run(each_registry)
    register(each_registry, trained_bundle, description_markdown=card, run_id=run)
    client = client_of(each_registry)
    assert "It also has" in client.get_model_version("persons", "1").description
    assert Path(client.download_artifacts(run, "card/card.md")).read_text() == card
