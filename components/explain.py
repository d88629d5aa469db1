"""Explain the model: contributions, reason codes and plots."""

from kfp import dsl

from components.base import component


@component
def explain(
    spec: str,
    environment: str,
    code_digest: str,
    features: dsl.Input[dsl.Dataset],
    model: dsl.Input[dsl.Model],
    calibration: dsl.Input[dsl.Artifact],
    evaluation: dsl.Input[dsl.Artifact],
    explanation: dsl.Output[dsl.Artifact],
) -> None:
    """Write the explanation, the figures that order reasons, and the plots to the folder ``explanation``."""
    from pathlib import Path

    from components.context import step_context
    from matchwright.steps.explain import explain as step

    with step_context(environment, spec) as at:
        step(
            settings=at.settings,
            spec=at.spec,
            features=Path(features.path),
            model=Path(model.path),
            calibration=Path(calibration.path),
            evaluation=Path(evaluation.path),
            explanation=Path(explanation.path),
        )
