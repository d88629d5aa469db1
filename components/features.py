"""Compute record features and write them to the feature store."""

from kfp import dsl

from components.base import component


@component
def features(
    spec: str,
    environment: str,
    code_digest: str,
    snapshot: dsl.Input[dsl.Dataset],
    features: dsl.Output[dsl.Dataset],
) -> None:
    """Write record features and corpus statistics to the folder ``features``, and materialise them online."""
    from pathlib import Path

    from components.context import step_context
    from matchwright.steps.features import features as step

    with step_context(environment, spec) as at:
        step(settings=at.settings, spec=at.spec, snapshot=Path(snapshot.path), features=Path(features.path))
