"""Train or import the scorer, and train its challengers."""

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
    scorer: str,
    scorer_digest: str,
    comparisons: str,
    returns: str,
    model: dsl.Output[dsl.Model],
) -> None:
    """Write the trained model and the split to the folder ``model``.

    ``scorer_digest`` is the digest of the file at the path ``scorer``. So a cached result is not used for a changed
    file.
    """
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
            scorer=scorer,
            comparisons=comparisons,
            returns=returns,
        )
