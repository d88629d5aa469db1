"""Find the champion: the bundle that serves now, with which a new model is compared."""

from kfp import dsl

from components.base import component


@component
def champion(spec: str, environment: str, code_digest: str, model: dsl.Input[dsl.Model]) -> str:
    """The digest of the champion's bundle. Empty before the first release.

    If this same training produced the champion, it is the bundle which that one was compared with.

    Evaluation reads the registry, which is not among its arguments. This digest is. So a cached evaluation always
    compared the model with the same champion.
    """
    from pathlib import Path

    from components.context import step_context
    from matchwright.operations.champion import champion_digest
    from matchwright.operations.training_artifacts import SUMMARY, read_json

    with step_context(environment, spec) as at:
        run_id = read_json(Path(model.path) / SUMMARY)["run_id"]
        return champion_digest(at.settings, at.spec.name, run_id) or ""
