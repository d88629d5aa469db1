"""A failed training is recorded as failed in MLflow, whichever step failed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from matchwright.adapters.registry import record_failure
from matchwright.operations.training_artifacts import SUMMARY, read_json
from matchwright.settings import Settings

_P = ParamSpec("_P")
_R = TypeVar("_R")


@contextmanager
def failure_recorded(settings: Settings, run_id: str, step: str) -> Iterator[None]:
    """If the block raises, end the MLflow run as failed with the exception's class alone, and raise again."""
    try:
        yield
    except BaseException as error:
        record_failure(settings, run_id, step, error)
        raise


def records_failure(step: Callable[_P, _R]) -> Callable[_P, _R]:
    """The same as a decorator. The step gets ``settings`` and the ``model`` folder, whose summary names the run."""

    @wraps(step)
    def recorded(*args: _P.args, **given: _P.kwargs) -> _R:
        try:
            return step(*args, **given)
        except BaseException as error:
            _record(given, step.__name__, error)
            raise

    return recorded


def _record(given: dict[str, Any], step: str, error: BaseException) -> None:
    summary = Path(given["model"]) / SUMMARY
    if summary.is_file():
        record_failure(given["settings"], read_json(summary)["run_id"], step, error)
