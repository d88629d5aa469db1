"""Match whole tables with the bundle of a registered version."""

from kfp import dsl

from components.base import component


@component
def match(
    spec: str,
    environment: str,
    code_digest: str,
    bundle: dsl.Input[dsl.Model],
    records: str,
    records_right: str,
    target: str,
    reasons: str,
    join_from: str,
    link_and_dedupe: str,
    restate_prior: str,
    engine: str,
    master: str,
    connect: str,
    matches: dsl.Output[dsl.Artifact],
    quality: dsl.Output[dsl.HTML],
    summary: dsl.Output[dsl.Markdown],
    figures: dsl.Output[dsl.Metrics],
) -> str:
    """Write the tables of matches to the lake, and what they hold to ``matches``.

    An empty option has the default of ``matchwright match``. The result is empty, or says why the tables are refused.
    A cluster keeps the artifacts of a step only if it succeeds. So this step succeeds, which keeps the quality report,
    and ``accept`` stops the pipeline.
    """
    import json
    import shutil
    from pathlib import Path

    from components.context import step_context
    from components.presentation import matches_markdown
    from matchwright.errors import QualityError
    from matchwright.operations.match_tables.options import options_of_text
    from matchwright.operations.match_tables.register import QUALITY_REPORT
    from matchwright.steps.match import match as step

    quality.uri += ".html"
    summary.uri += ".md"
    refusal = ""
    with step_context(environment, spec) as at:
        try:
            result = step(
                settings=at.settings,
                spec=at.spec,
                code_digest=code_digest,
                bundle=Path(bundle.path),
                records=records,
                records_right=records_right,
                target=target,
                options=options_of_text(
                    reasons=reasons,
                    join_from=join_from,
                    link_and_dedupe=link_and_dedupe,
                    restate_prior=restate_prior,
                    engine=engine,
                    master=master,
                    connect=connect,
                ),
                matches=Path(matches.path),
            )
        except QualityError as refused:
            result, refusal = {}, str(refused)
        shutil.copyfile(Path(matches.path) / QUALITY_REPORT, quality.path)
        Path(summary.path).write_text(matches_markdown(at.spec.name, result, refusal), encoding="utf-8")
        measured = {name: value for name, value in result.items() if isinstance(value, int)}
        for name, value in measured.items():
            figures.log_metric(name, float(value))
        Path(figures.path).write_text(json.dumps(measured), encoding="utf-8")
    return refusal
