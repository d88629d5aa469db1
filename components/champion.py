"""Which bundle serves now: what a challenger is judged against."""

from kfp import dsl

from components.base import component


@component
def champion(spec: str, environment: str, code_digest: str, model: dsl.Input[dsl.Model]) -> str:
    """The digest of the champion's bundle, empty before the first release.

    Where the champion came of this very training, it is what that one was judged against.

    Evaluation reads the registry, which no argument of its own shows. With this digest among them,
    a cached evaluation is one against the same champion.
    """
    from pathlib import Path

    from components.context import step_context
    from matchwright.operations.champion import champion_digest
    from matchwright.operations.training_artifacts import SUMMARY, read_json

    with step_context(environment, spec) as at:
        run_id = read_json(Path(model.path) / SUMMARY)["run_id"]
        return champion_digest(at.settings, at.spec.name, run_id) or ""
