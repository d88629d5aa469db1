"""Turn scores into probabilities and set the bands."""

from kfp import dsl

from components.base import component


@component
def calibrate(
    spec: str,
    environment: str,
    code_digest: str,
    model: dsl.Input[dsl.Model],
    calibration: dsl.Output[dsl.Artifact],
) -> None:
    """Write the calibrator and the bands to the folder ``calibration``."""
    from pathlib import Path

    from components.context import step_context
    from matchwright.steps.calibrate import calibrate as step

    with step_context(environment, spec) as at:
        step(settings=at.settings, spec=at.spec, model=Path(model.path), calibration=Path(calibration.path))
