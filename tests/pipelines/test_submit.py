"""Submitting to a cluster. The client and the models of the API are real. The service is an emulator."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from emulators.kubeflow import Kubeflow, serving

from matchwright.errors import PipelineError
from matchwright.settings import Settings, load_settings
from pipelines.arguments import arguments_of
from pipelines.submit import TOKEN, submit

SPEC = Path("specs/persons.yaml")


@pytest.fixture
def kubeflow() -> Iterator[Kubeflow]:
    with serving(Kubeflow()) as state:
        yield state


def cluster_at(address: str, **changes: str) -> Settings:
    settings = load_settings("prod")
    cluster = settings.cluster.model_copy(update={"host": address, "namespace": "kubeflow", **changes})
    return settings.model_copy(update={"cluster": cluster})


def test_a_submission_uploads_the_pipeline_and_starts_a_run(kubeflow: Kubeflow) -> None:
    given = {"records": "s3://bucket/records.parquet", "pairs": "s3://bucket/pairs.parquet"}
    arguments, spec_name = arguments_of("train", SPEC, given, "prod")

    done = submit("train", cluster_at(kubeflow.address), arguments, run_name="train persons")

    (run,) = kubeflow.runs.values()
    assert spec_name == "persons"
    assert run["display_name"] == "train persons"
    parameters = run["runtime_config"]["parameters"]
    assert parameters["environment"] == "prod"
    assert parameters["records"] == "s3://bucket/records.parquet"
    assert parameters["spec"].startswith("format: 2\nname: persons")
    assert done.address == f"{kubeflow.address}/#/runs/details/{run['run_id']}"
    assert done.version.startswith(arguments["code_digest"][:12])


def test_matching_is_submitted_with_its_tables_and_options(kubeflow: Kubeflow) -> None:
    given = {"records": "s3://bucket/left", "records_right": "s3://bucket/right", "join_from": "0.8"}
    arguments, _ = arguments_of("match", SPEC, given, "prod")

    submit("match", cluster_at(kubeflow.address), arguments, run_name="match persons")

    (run,) = kubeflow.runs.values()
    parameters = run["runtime_config"]["parameters"]
    assert {key: parameters[key] for key in given} == given
    assert "data_digest" not in parameters


def test_the_uploaded_version_has_the_cluster_settings(kubeflow: Kubeflow) -> None:
    arguments, _ = arguments_of("release", SPEC, {})

    done = submit("release", cluster_at(kubeflow.address), arguments, run_name="release persons")

    uploaded = kubeflow.versions[done.version_id]["pipeline_spec"]
    kubernetes = uploaded["platform_spec"]["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    assert kubernetes["exec-release"]["secretAsEnv"][0]["secretName"] == "matchwright-prod"


def test_the_same_code_is_uploaded_once(kubeflow: Kubeflow) -> None:
    arguments, _ = arguments_of("release", SPEC, {})
    settings = cluster_at(kubeflow.address)

    first = submit("release", settings, arguments, run_name="first")
    second = submit("release", settings, arguments, run_name="second")

    assert first.version_id == second.version_id
    assert len(kubeflow.pipelines) == 1
    assert len(kubeflow.runs) == 2


def test_other_code_or_another_image_makes_another_version(kubeflow: Kubeflow) -> None:
    arguments, _ = arguments_of("release", SPEC, {})
    settings = cluster_at(kubeflow.address)

    versions = {
        submit("release", settings, arguments, run_name="a").version,
        submit("release", settings, {**arguments, "code_digest": "f" * 64}, run_name="b").version,
        submit("release", cluster_at(kubeflow.address, image="python-other:2"), arguments, run_name="c").version,
    }

    assert len(versions) == 3


def test_runs_on_a_shared_cluster_use_the_namespace_of_the_profile() -> None:
    arguments, _ = arguments_of("release", SPEC, {})
    with serving(Kubeflow(multi_user=True)) as kubeflow:
        submit("release", cluster_at(kubeflow.address, namespace="team-a"), arguments, run_name="a")

    (experiment,) = kubeflow.experiments.values()
    assert experiment["namespace"] == "team-a"


def test_a_configured_token_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments, _ = arguments_of("release", SPEC, {})
    with serving(Kubeflow(token="let-me-in")) as kubeflow:
        with pytest.raises(PipelineError, match=f"set {TOKEN}"):
            submit("release", cluster_at(kubeflow.address), arguments, run_name="a")
        monkeypatch.setenv(TOKEN, "let-me-in")
        submit("release", cluster_at(kubeflow.address), arguments, run_name="a")

    assert len(kubeflow.runs) == 1


def test_a_refusal_by_the_cluster_is_reported_with_its_message(kubeflow: Kubeflow) -> None:
    arguments, _ = arguments_of("release", SPEC, {})

    with pytest.raises(PipelineError, match="Unknown parameters"):
        submit("release", cluster_at(kubeflow.address), {**arguments, "colour": "red"}, run_name="a")


def test_the_error_names_a_cluster_that_does_not_answer() -> None:
    arguments, _ = arguments_of("release", SPEC, {})

    with pytest.raises(PipelineError, match=r"does not answer.*\n.*cluster\.host"):
        submit("release", cluster_at("http://127.0.0.1:9"), arguments, run_name="a")


def test_an_environment_without_a_cluster_is_refused(settings: Settings) -> None:
    with pytest.raises(PipelineError, match="names no cluster"):
        submit("train", settings, {"code_digest": "0" * 64}, run_name="a")
