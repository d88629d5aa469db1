"""Judge the model on pairs it never saw."""

from kfp import dsl

from components.base import component


@component
def evaluate(
    spec: str,
    environment: str,
    code_digest: str,
    snapshot: dsl.Input[dsl.Dataset],
    features: dsl.Input[dsl.Dataset],
    model: dsl.Input[dsl.Model],
    calibration: dsl.Input[dsl.Artifact],
    evaluation: dsl.Output[dsl.Artifact],
    summary: dsl.Output[dsl.Markdown],
    figures: dsl.Output[dsl.Metrics],
) -> None:
    """Write figures, gates and plots to the folder ``evaluation``, and what the pipeline's page shows of them."""
    from pathlib import Path

    from components.context import step_context
    from components.presentation import flat_figures, summary_markdown
    from matchwright.steps.evaluate import evaluate as step

    with step_context(environment, spec) as at:
        result = step(
            settings=at.settings,
            spec=at.spec,
            snapshot=Path(snapshot.path),
            features=Path(features.path),
            model=Path(model.path),
            calibration=Path(calibration.path),
            evaluation=Path(evaluation.path),
        )
        Path(summary.path).write_text(summary_markdown(at.spec.name, result), encoding="utf-8")
        for name, value in flat_figures(result).items():
            figures.log_metric(name, value)
