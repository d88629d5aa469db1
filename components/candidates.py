"""Propose the pairs that are worth scoring."""

from kfp import dsl

from components.base import component


@component
def candidates(
    spec: str,
    environment: str,
    code_digest: str,
    snapshot: dsl.Input[dsl.Dataset],
    features: dsl.Input[dsl.Dataset],
    candidates: dsl.Output[dsl.Dataset],
) -> None:
    """Write the candidates and how complete they are to the folder ``candidates``."""
    from pathlib import Path

    from components.context import step_context
    from matchwright.steps.candidates import candidates as step

    with step_context(environment, spec) as at:
        step(
            settings=at.settings,
            spec=at.spec,
            snapshot=Path(snapshot.path),
            features=Path(features.path),
            candidates=Path(candidates.path),
        )
