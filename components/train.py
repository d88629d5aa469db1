"""Train the scorer and its challengers."""

from kfp import dsl

from components.base import component


@component
def train(
    spec: str,
    environment: str,
    code_digest: str,
    snapshot: dsl.Input[dsl.Dataset],
    features: dsl.Input[dsl.Dataset],
    candidates: dsl.Input[dsl.Dataset],
    model: dsl.Output[dsl.Model],
) -> None:
    """Write the trained model and the split to the folder ``model``."""
    from pathlib import Path

    from components.context import step_context
    from matchwright.steps.train import train as step

    with step_context(environment, spec) as at:
        step(
            settings=at.settings,
            spec=at.spec,
            snapshot=Path(snapshot.path),
            features=Path(features.path),
            candidates=Path(candidates.path),
            model=Path(model.path),
            code_digest=code_digest,
        )
