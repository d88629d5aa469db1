"""Run a pipeline with the engine (kfp.local). Only this module changes the engine's internals.

The engine itself writes no record, mixes all output on stdout, and does not stop the running step when it is killed.
So three of its functions are replaced while a pipeline runs. This fits the version in requirements.lock; the tests of
local runs fail if a later version moves these functions.
"""

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from kfp import dsl, local
from kfp.dsl.graph_component import GraphComponent
from kfp.local import cache as engine_cache
from kfp.local import subprocess_task_handler
from kfp.local.orchestrator import task_executor
from kfp.local.status import Status


class Observer(Protocol):
    """Is called for every step, in the order in which they run."""

    def started(self, step: str) -> None: ...

    def spawn(self, command: Sequence[str]) -> int:
        """Run the step's process and return its exit status."""
        ...

    def finished(self, step: str, *, succeeded: bool, ran: bool, outputs: dict[str, Any]) -> None:
        """``ran`` is true if a process was started, and false if the result came from the cache."""
        ...


def run_locally(
    pipeline: Callable[[], GraphComponent],
    arguments: dict[str, Any],
    *,
    artefacts: Path,
    log: Path,
    cache: engine_cache.LocalCache | None,
    observer: Observer,
) -> bool:
    """Run a pipeline with one process per step. Return False if a step failed.

    Args:
        pipeline: makes the pipeline.
        arguments: the pipeline's parameters.
        artefacts: the folder for the steps' outputs.
        log: the file for the engine's own output.
        cache: results to use again, or None to run every step.
        observer: is called for every step.
    """
    made = pipeline()
    local.init(
        local.SubprocessRunner(use_venv=False),
        pipeline_root=str(artefacts),
        workspace_root=str(artefacts / ".workspace"),  # the engine deletes it after the run
        enable_caching=cache is not None,
    )
    failures: list[str] = []
    with _observed(observer, cache, failures), log.open("a", encoding="utf-8") as output:  # noqa: SIM117
        with contextlib.redirect_stdout(output), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                made(**arguments)
            except RuntimeError as error:
                if not failures:
                    raise
                output.write(f"{error}\n")
            finally:
                local.config.LocalExecutionConfig.instance = None
    return not failures


@contextlib.contextmanager
def _observed(observer: Observer, cache: engine_cache.LocalCache | None, failures: list[str]) -> Iterator[None]:
    spawned: list[str] = []
    execute = task_executor.execute_single_task

    def execute_observed(**arguments: Any) -> tuple[dict[str, Any], Status]:
        step = arguments["task_name"]
        observer.started(step)
        before = len(spawned)
        outputs, status = execute(**arguments)
        if status != Status.SUCCESS:
            failures.append(step)
        observer.finished(step, succeeded=status == Status.SUCCESS, ran=len(spawned) > before, outputs=outputs)
        return outputs, status

    def spawn(full_command: list[str], env_vars: dict[str, str] | None = None) -> int:
        spawned.append(full_command[0])
        return observer.spawn(full_command)

    with contextlib.ExitStack() as stack:
        stack.enter_context(_replaced(task_executor, "execute_single_task", execute_observed))
        stack.enter_context(_replaced(subprocess_task_handler, "run_local_subprocess", spawn))
        stack.enter_context(_replaced(engine_cache, "get_local_cache", lambda: cache))
        yield


@contextlib.contextmanager
def _replaced(module: Any, name: str, value: Any) -> Iterator[None]:
    original = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, original)


def artifact_paths(outputs: dict[str, Any]) -> dict[str, str]:
    """The artifacts among a step's outputs, by name."""
    return {name: value.path for name, value in outputs.items() if isinstance(value, dsl.Artifact)}


def small_values(outputs: dict[str, Any]) -> dict[str, Any]:
    """A step's outputs that are not artifacts."""
    return {name: value for name, value in outputs.items() if not isinstance(value, dsl.Artifact)}
