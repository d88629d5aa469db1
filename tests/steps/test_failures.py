"""A failed training is recorded as failed in MLflow. The record does not have the message of the error."""

from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from matchwright.adapters.registry import open_run
from matchwright.core.spec import MatchSpec
from matchwright.errors import BundleError
from matchwright.files import write_whole
from matchwright.operations.failures import failure_recorded
from matchwright.settings import Settings
from matchwright.steps.calibrate import calibrate


def recorded(settings: Settings, run_id: str) -> tuple[str, dict[str, str]]:
    run = MlflowClient(tracking_uri=settings.tracking_uri).get_run(run_id)
    return run.info.status, run.data.tags


def opened(settings: Settings) -> str:
    return open_run(settings, "persons", "digest-of-inputs", {"trained_by": "engineer"})


@pytest.mark.parametrize(("error", "status"), [(ValueError, "FAILED"), (SystemExit, "KILLED")])
def test_a_failed_run_has_the_class_of_its_error_and_no_value(
    settings: Settings, error: type[BaseException], status: str
) -> None:
    run_id = opened(settings)

    with pytest.raises(error), failure_recorded(settings, run_id, "train"):
        raise error("cannot read 'Testwell'")

    recorded_status, tags = recorded(settings, run_id)
    assert recorded_status == status
    assert (tags["failed_step"], tags["error"]) == ("train", error.__name__)
    assert "Testwell" not in str(tags)


def test_the_next_attempt_removes_the_failure(settings: Settings) -> None:
    run_id = opened(settings)
    with pytest.raises(ValueError, match="no"), failure_recorded(settings, run_id, "train"):
        raise ValueError("no")

    assert opened(settings) == run_id
    status, tags = recorded(settings, run_id)
    assert status == "RUNNING"
    assert not {"failed_step", "error"} & tags.keys()


def test_a_failure_of_a_later_step_ends_the_run_of_its_model(
    settings: Settings, persons_spec: MatchSpec, tmp_path: Path
) -> None:
    run_id = opened(settings)
    model: Any = tmp_path / "model"
    write_whole(model / "train.json", f'{{"run_id": "{run_id}"}}')  # all other files are missing

    with pytest.raises(BundleError, match="There is no scorer in model"):
        calibrate(settings=settings, spec=persons_spec, model=model, calibration=tmp_path / "calibration")

    status, tags = recorded(settings, run_id)
    assert (status, tags["failed_step"]) == ("FAILED", "calibrate")
