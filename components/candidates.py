"""Propose the pairs to score."""

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
    summary: dsl.Output[dsl.Markdown],
) -> None:
    """Write the candidates and a report to the folder ``candidates``, and a summary for the pipeline's page."""
    from pathlib import Path

    from components.context import step_context
    from components.presentation import candidates_markdown
    from matchwright.steps.candidates import candidates as step

    summary.uri += ".md"
    with step_context(environment, spec) as at:
        report = step(
            settings=at.settings,
            spec=at.spec,
            snapshot=Path(snapshot.path),
            features=Path(features.path),
            candidates=Path(candidates.path),
        )
        Path(summary.path).write_text(candidates_markdown(at.spec.name, report), encoding="utf-8")
