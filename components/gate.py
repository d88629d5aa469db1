"""The value that the pipeline branches on."""

from kfp import dsl

from components.base import component


@component
def gate(environment: str, spec: str, code_digest: str, evaluation: dsl.Input[dsl.Artifact]) -> str:
    """``pass`` or ``fail``: one value, because the local engine can branch on nothing else."""
    from pathlib import Path

    from components.context import step_context
    from matchwright.steps.gate import gate as step

    with step_context(environment, spec):
        return step(evaluation=Path(evaluation.path))
