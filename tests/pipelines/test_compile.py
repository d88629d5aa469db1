"""Every pipeline compiles for every environment. The result has the settings of the cluster section."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from fixtures.models import REPOSITORY
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2

from matchwright.settings import load_settings
from pipelines.catalogue import PIPELINES
from pipelines.environments import FOLDER

ENVIRONMENTS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
# The result of these steps also depends on a registry, an endpoint or a log, which can change at any time.
UNCACHED = {"champion", "register", "register-2", "release", "fetch-champion", "match", "monitor", "alarm"}

COMPILE = """
import sys
from pathlib import Path

from matchwright.settings import load_settings
from pipelines.compile import compile_all

for environment in sys.argv[2:]:
    compile_all(load_settings(environment), Path(sys.argv[1], environment))
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each environment. It has a file for each pipeline."""
    folder = tmp_path_factory.mktemp("compiled")
    compile_to(folder, *ENVIRONMENTS)
    return folder


@pytest.fixture(scope="module")
def compiled(packages: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The two documents of each package, by environment and pipeline: the pipeline and its platform settings."""
    return {
        (path.parent.name, path.stem): list(yaml.load_all(path.read_text(), yaml.CSafeLoader))
        for path in packages.glob("*/*.yaml")
    }


def compile_to(folder: Path, *environments: str) -> None:
    """Compile every pipeline for some environments.

    This runs in its own process. The engine often inspects the call stack, which takes ten times as long in a test
    session with thousands of modules.
    """
    subprocess.run([sys.executable, "-c", COMPILE, str(folder), *environments], cwd=REPOSITORY, check=True, timeout=300)


def tasks_of(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return all tasks of a pipeline that run a component, also those inside branches."""
    dags = [spec["root"]["dag"], *(c["dag"] for c in spec["components"].values() if "dag" in c)]
    tasks = {name: task for dag in dags for name, task in dag["tasks"].items()}
    return {n: t for n, t in tasks.items() if "executorLabel" in spec["components"][t["componentRef"]["name"]]}


def containers(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: executor["container"] for name, executor in spec["deploymentSpec"]["executors"].items()}


def test_there_is_a_package_for_every_environment_and_pipeline(compiled: dict[tuple[str, str], Any]) -> None:
    assert {"local", "dev", "staging", "prod"} <= set(ENVIRONMENTS)
    assert {name for _, name in compiled} == set(PIPELINES) == {"train", "release", "match", "monitor"}


def test_a_package_is_a_valid_pipeline(compiled: dict[tuple[str, str], Any]) -> None:
    for documents in compiled.values():
        json_format.ParseDict(documents[0], pipeline_spec_pb2.PipelineSpec())
        json_format.ParseDict(documents[1], pipeline_spec_pb2.PlatformSpec())


def test_the_training_pipeline_has_every_step(compiled: dict[tuple[str, str], Any]) -> None:
    tasks = tasks_of(compiled["local", "train"][0])

    steps = "ingest validate accept features candidates train calibrate champion evaluate gate explain register"
    assert set(tasks) == {*steps.split(), "register-2"}


def test_both_branches_register_a_version_with_the_result_of_their_gate(compiled: dict[tuple[str, str], Any]) -> None:
    spec = compiled["local", "train"][0]
    tasks = tasks_of(spec)

    gate_results = {
        name: tasks[name]["inputs"]["parameters"]["gate"]["runtimeValue"]["constant"] for name in tasks if "reg" in name
    }
    conditions = [
        task["triggerPolicy"]["condition"]
        for component in spec["components"].values()
        for task in component.get("dag", {}).get("tasks", {}).values()
        if "triggerPolicy" in task
    ]
    assert gate_results == {"register": "pass", "register-2": "fail"}
    assert len(conditions) == 2
    assert all("gate-Output" in condition and "'pass'" in condition for condition in conditions)


def test_features_are_computed_after_the_batch_is_accepted(compiled: dict[tuple[str, str], Any]) -> None:
    tasks = tasks_of(compiled["local", "train"][0])

    assert "accept" in tasks["features"]["dependentTasks"]


def test_no_step_installs_packages(compiled: dict[tuple[str, str], Any]) -> None:
    for documents in compiled.values():
        assert "pip install" not in json.dumps(documents[0])


def test_every_cached_step_depends_on_the_code_digest(compiled: dict[tuple[str, str], Any]) -> None:
    """A cached step has the argument code_digest, or it imports only the errors of our code."""
    for documents in compiled.values():
        for name, task in tasks_of(documents[0]).items():
            cached = task["cachingOptions"].get("enableCache", False)
            assert cached == (name not in UNCACHED), name
            assert "code_digest" in task["inputs"]["parameters"] or name in {"accept", "alarm"}, name


def test_cached_training_depends_on_the_imported_scorer(compiled: dict[tuple[str, str], Any]) -> None:
    parameters = tasks_of(compiled["local", "train"][0])["train"]["inputs"]["parameters"]

    assert {"scorer", "scorer_digest", "comparisons", "returns"} <= set(parameters)
    assert "scorer" not in tasks_of(compiled["local", "train"][0])["ingest"]["inputs"]["parameters"]


def test_cached_evaluation_depends_on_the_champion(compiled: dict[tuple[str, str], Any]) -> None:
    parameters = tasks_of(compiled["local", "train"][0])["evaluate"]["inputs"]["parameters"]

    assert parameters["champion"]["taskOutputParameter"]["producerTask"] == "champion"


def test_the_matching_pipeline_passes_on_the_tables_the_options_and_the_version(
    compiled: dict[tuple[str, str], Any],
) -> None:
    spec = compiled["prod", "match"][0]
    tasks = tasks_of(spec)

    def passed(task: str) -> set[str]:
        return {
            name
            for name, given in tasks[task]["inputs"]["parameters"].items()
            if given.get("componentInputParameter") == name
        }

    assert set(tasks) == {"fetch-champion", "match", "accept"}
    given = {name for name in spec["root"]["inputDefinitions"]["parameters"]}
    assert passed("match") == given - {"version"}
    assert "version" in passed("fetch-champion")
    assert tasks["accept"]["inputs"]["parameters"]["refusal"]["taskOutputParameter"]["producerTask"] == "match"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_step_has_the_settings_of_its_environment(environment: str, compiled: dict[tuple[str, str], Any]) -> None:
    cluster = load_settings(environment).cluster

    for name in PIPELINES:
        spec, platform = compiled[environment, name]
        for label, container in containers(spec).items():
            assert container["image"] == cluster.image, label
            resources = container["resources"]
            assert (resources["resourceCpuLimit"], resources["resourceMemoryLimit"]) == (
                cluster.resources.cpu,
                cluster.resources.memory,
            )
            assert {"name": "MATCHWRIGHT_ENVIRONMENT", "value": environment} in container["env"]
        for label, placed in platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"].items():
            assert placed["activeDeadlineSeconds"] == str(cluster.step_timeout_seconds), label
            assert placed.get("nodeSelector", {}).get("labels", {}) == cluster.node_selector
            assert placed.get("podMetadata", {}).get("labels", {}) == cluster.labels
            secrets = [item["secretName"] for item in placed.get("imagePullSecret", ())]
            assert secrets == ([cluster.image_pull_secret] if cluster.image_pull_secret else [])
            claims = [(item["constant"], item["mountPath"]) for item in placed.get("pvcMount", ())]
            assert claims == ([(cluster.volume_claim, cluster.volume_mount)] if cluster.volume_claim else [])


def test_steps_get_secrets_from_the_cluster_and_only_the_signing_step_gets_the_signing_key(
    compiled: dict[tuple[str, str], Any],
) -> None:
    spec, platform = compiled["prod", "train"]
    keys_of_step = {
        label.removeprefix("exec-"): {key["envVar"] for secret in placed["secretAsEnv"] for key in secret["keyToEnv"]}
        for label, placed in platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"].items()
    }

    keys = set(load_settings("prod").cluster.secret_keys)
    assert {name for name, names in keys_of_step.items() if "MATCHWRIGHT_SIGNING_KEY" in names} == {
        "register",
        "register-2",
    }
    assert all(names | {"MATCHWRIGHT_SIGNING_KEY"} == keys for names in keys_of_step.values())
    for container in containers(spec).values():
        assert not keys & {variable["name"] for variable in container["env"]}


def test_only_the_training_step_requests_a_gpu(compiled: dict[tuple[str, str], Any]) -> None:
    accelerated = {n for n, c in containers(compiled["prod", "train"][0]).items() if "accelerator" in c["resources"]}

    assert accelerated == {"exec-train"}


def test_compiling_twice_gives_the_same_bytes(packages: Path, tmp_path: Path) -> None:
    compile_to(tmp_path, "prod")

    first, second = (
        {path.name: path.read_bytes() for path in folder.glob("prod/*.yaml")} for folder in (packages, tmp_path)
    )
    assert len(first) == len(PIPELINES)
    assert first == second


def test_no_compiled_training_has_tables_or_another_environment_as_default(
    compiled: dict[tuple[str, str], list[dict[str, Any]]],
) -> None:
    """Without tables a run in the environment of the package stops in its first step. Only local has example data."""
    for (environment, name), documents in compiled.items():
        parameters = documents[0]["root"]["inputDefinitions"]["parameters"]
        assert parameters["environment"]["defaultValue"] == environment
        if name == "train":
            defaults = {parameters[key].get("defaultValue") for key in ("records", "records_right", "pairs")}
            assert defaults == {""}
