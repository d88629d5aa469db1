"""Fetch the bundle whose decisions are monitored."""

from kfp import dsl

from components.base import component


@component
def fetch_champion(spec: str, environment: str, code_digest: str, version: str, bundle: dsl.Output[dsl.Model]) -> None:
    """Download and verify the bundle of ``version``. If it is empty, this is the champion's bundle."""
    from pathlib import Path

    from components.context import step_context
    from matchwright.steps.fetch_champion import fetch_champion as step

    with step_context(environment, spec) as at:
        fetched = step(settings=at.settings, name=at.spec.name, version=version, bundle=Path(bundle.path))
    bundle.metadata.update(fetched)
