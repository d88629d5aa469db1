"""Write the decision bundle and register it as a version."""

from kfp import dsl

from components.base import component


@component
def register(
    spec: str,
    environment: str,
    code_digest: str,
    snapshot: dsl.Input[dsl.Dataset],
    features: dsl.Input[dsl.Dataset],
    candidates: dsl.Input[dsl.Dataset],
    model: dsl.Input[dsl.Model],
    calibration: dsl.Input[dsl.Artifact],
    evaluation: dsl.Input[dsl.Artifact],
    explanation: dsl.Input[dsl.Artifact],
    gate: str,
    bundle: dsl.Output[dsl.Model],
) -> str:
    """Register the bundle, as challenger if ``gate`` is ``pass``. The result is ``name/version``."""
    from pathlib import Path

    from components.context import step_context
    from matchwright.steps.register import register as step

    with step_context(environment, spec) as at:
        registered = step(
            settings=at.settings,
            spec=at.spec,
            snapshot=Path(snapshot.path),
            features=Path(features.path),
            candidates=Path(candidates.path),
            model=Path(model.path),
            calibration=Path(calibration.path),
            evaluation=Path(evaluation.path),
            explanation=Path(explanation.path),
            gate=gate,
            code_digest=code_digest,
            bundle=Path(bundle.path),
        )
    bundle.metadata.update(registered)
    return f"{registered['name']}/{registered['version']}"
