"""Measure drift in a window of the decision log."""

from kfp import dsl

from components.base import component


@component
def monitor(
    spec: str,
    environment: str,
    code_digest: str,
    bundle: dsl.Input[dsl.Model],
    since: str,
    until: str,
    labels: str,
    report: dsl.Output[dsl.HTML],
    verdict: dsl.Output[dsl.Artifact],
) -> str:
    """Write the report and the verdict. The result is the verdict's text if it is an alarm, else empty.

    A cluster keeps the artifacts of a step only if it succeeds. So ``alarm`` fails the pipeline, and not this step.
    """
    from pathlib import Path

    from components.context import step_context
    from matchwright.steps.monitor import monitor as step
    from matchwright.steps.monitor import read_verdict

    report.uri += ".html"
    verdict.uri += ".json"
    with step_context(environment, spec) as at:
        done = step(
            settings=at.settings,
            spec=at.spec,
            bundle=Path(bundle.path),
            since=since,
            until=until,
            labels=labels,
            report=Path(report.path),
            verdict=Path(verdict.path),
        )
        return read_verdict(Path(verdict.path)).text() if done["status"] == "alarm" else ""
