"""Evaluate the model on pairs that it never saw."""

from kfp import dsl

from components.base import component


@component
def evaluate(
    spec: str,
    environment: str,
    code_digest: str,
    champion: str,
    snapshot: dsl.Input[dsl.Dataset],
    features: dsl.Input[dsl.Dataset],
    model: dsl.Input[dsl.Model],
    calibration: dsl.Input[dsl.Artifact],
    evaluation: dsl.Output[dsl.Artifact],
    summary: dsl.Output[dsl.Markdown],
    figures: dsl.Output[dsl.Metrics],
) -> None:
    """Write figures, gates and plots to the folder ``evaluation``, and a summary for the pipeline's page.

    ``champion`` is the digest of the bundle that the model is compared with. It is an argument so that a cached result
    always compared the model with the same champion.
    """
    import json
    from pathlib import Path

    from components.context import step_context
    from components.presentation import evaluation_markdown, figures_of
    from matchwright.operations.training_artifacts import read_json
    from matchwright.steps.evaluate import GATES
    from matchwright.steps.evaluate import evaluate as step

    summary.uri += ".md"
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
        gates = read_json(Path(evaluation.path) / GATES)["gates"]
        Path(summary.path).write_text(evaluation_markdown(at.spec.name, result, gates), encoding="utf-8")
        measured = figures_of(result)
        for name, value in measured.items():
            figures.log_metric(name, value)
        # For the local cache an artifact without a file is lost.
        Path(figures.path).write_text(json.dumps(measured), encoding="utf-8")
