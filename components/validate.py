"""Check the batch against the spec's expectations."""

from kfp import dsl

from components.base import component


@component
def validate(
    spec: str,
    environment: str,
    code_digest: str,
    snapshot: dsl.Input[dsl.Dataset],
    validated: dsl.Output[dsl.Dataset],
    report: dsl.Output[dsl.HTML],
) -> str:
    """Quarantine faulty rows. The result is empty, or says why the whole batch is refused.

    A cluster keeps the artifacts of a step only if it succeeds. So this step succeeds, which keeps the report, and
    ``accept`` stops the pipeline.
    """
    from pathlib import Path

    from components.context import step_context
    from matchwright.errors import QualityError
    from matchwright.steps.validate import validate as step

    report.uri += ".html"
    with step_context(environment, spec) as at:
        try:
            step(
                settings=at.settings,
                spec=at.spec,
                snapshot=Path(snapshot.path),
                validated=Path(validated.path),
                report=Path(report.path),
            )
        except QualityError as refusal:
            return str(refusal)
    return ""
