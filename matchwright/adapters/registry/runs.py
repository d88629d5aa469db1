"""MLflow runs: one for each set of inputs of the training pipeline."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matchwright.adapters.registry.client import connected, experiment_id
from matchwright.errors import RegistryError
from matchwright.settings import Settings

FAILED_STEP, ERROR = "failed_step", "error"
"""Tags of a failed run: the step and the class of its error. The error's text is left out: it may quote a record."""

_log = logging.getLogger(__name__)
_PARAMETERS_AT_ONCE = 100  # MLflow's limits for one batch
_METRICS_AT_ONCE = 1000
_LONGEST_PARAMETER = 6000


def open_run(settings: Settings, spec_name: str, inputs_digest: str, tags: Mapping[str, str]) -> str:
    """The id of the run with these inputs. An existing run is used again, so a rerun adds none."""
    with connected(settings, make=True) as client:
        experiment = experiment_id(client, settings)
        same_inputs = f"tags.spec = '{spec_name}' and tags.inputs_digest = '{inputs_digest}'"
        found = client.search_runs([experiment], same_inputs, max_results=1, order_by=["attributes.start_time ASC"])
        identity = {**tags, "spec": spec_name, "inputs_digest": inputs_digest}
        if not found:
            name = f"{spec_name} {inputs_digest[:8]}"
            return str(client.create_run(experiment, tags=identity, run_name=name).info.run_id)
        run_id = str(found[0].info.run_id)
        for key, value in identity.items():
            client.set_tag(run_id, key, value)
        forget_failure(client, run_id)
        client.update_run(run_id, status="RUNNING")
        return run_id


def record_failure(settings: Settings, run_id: str, step: str, error: BaseException) -> None:
    """End a run as failed, or as killed after a signal to stop. If the store does not answer, this is only logged."""
    try:
        with connected(settings) as client:
            client.set_tag(run_id, FAILED_STEP, step)
            client.set_tag(run_id, ERROR, type(error).__name__)
            client.set_terminated(run_id, "FAILED" if isinstance(error, Exception) else "KILLED")
    except RegistryError as refusal:  # the step's own error must be raised
        _log.warning("run %s could not be recorded as failed: %s", run_id, refusal.fact)


def forget_failure(client: Any, run_id: str) -> None:
    """Delete the failure tags of an earlier attempt of this run."""
    for key in {FAILED_STEP, ERROR} & client.get_run(run_id).data.tags.keys():
        client.delete_tag(run_id, key)


def log_parameters(settings: Settings, run_id: str, values: Mapping[str, Any]) -> None:
    """Log parameters. A value may not change within a run, and it does not: a run has one set of inputs."""
    from mlflow.entities import Param

    entities = [Param(key, str(value)[:_LONGEST_PARAMETER]) for key, value in values.items()]
    with connected(settings) as client:
        for start in range(0, len(entities), _PARAMETERS_AT_ONCE):
            client.log_batch(run_id, params=entities[start : start + _PARAMETERS_AT_ONCE])


def log_metrics(settings: Settings, run_id: str, values: Mapping[str, float]) -> None:
    """Log each metric once, at step 0."""
    _log_points(settings, run_id, [(key, value, 0) for key, value in values.items()])


def log_curve(settings: Settings, run_id: str, name: str, values: Sequence[float]) -> None:
    """Log one metric over steps 0, 1, 2, ..."""
    _log_points(settings, run_id, [(name, value, step) for step, value in enumerate(values)])


def log_folder(settings: Settings, run_id: str, folder: Path, artifact_path: str) -> None:
    """Upload a folder's files to ``artifact_path`` of the run. Files with the same names are overwritten."""
    with connected(settings) as client:
        client.log_artifacts(run_id, str(folder), artifact_path)


def _log_points(settings: Settings, run_id: str, points: Sequence[tuple[str, float, int]]) -> None:
    from mlflow.entities import Metric

    with connected(settings) as client:
        # With the run's start time, a rerun writes the same points, and MLflow stores each point once.
        time = client.get_run(run_id).info.start_time
        metrics = [Metric(name, float(value), time, step) for name, value, step in points]
        for start in range(0, len(metrics), _METRICS_AT_ONCE):
            client.log_batch(run_id, metrics=metrics[start : start + _METRICS_AT_ONCE])
