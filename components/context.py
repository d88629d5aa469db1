"""Shared by all component bodies: the settings, the match spec, and errors that quote no values."""

import inspect
import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from matchwright.core.spec.load import parse_spec
from matchwright.core.spec.model import MatchSpec
from matchwright.errors import MatchwrightError
from matchwright.settings import Settings, load_settings
from matchwright.storage import storage_reported

ERROR_FILE = "MATCHWRIGHT_STEP_ERROR"
SHOW_VALUES = "MATCHWRIGHT_SHOW_VALUES"
_OWN_CODE = Path(inspect.getfile(MatchwrightError)).parent
_LOG_LINE = "[%(asctime)s %(levelname)s %(name)s]: %(message)s"


class StepError(MatchwrightError):
    """A step that failed with an unexpected error."""


@dataclass(frozen=True)
class StepContext:
    """The settings and the match spec of a step."""

    settings: Settings
    spec: MatchSpec


@contextmanager
def step_context(environment: str, spec: str) -> Iterator[StepContext]:
    """Load the settings and parse the spec. Errors inside the block are reported without values of records.

    Raises:
        MatchwrightError: an error of the step itself. It is also written as JSON to the file that
            ``MATCHWRIGHT_STEP_ERROR`` names, for the process that started this one.
        StepError: any other error, with its type and line alone. A library's message may quote a value, so it is
            left out unless ``MATCHWRIGHT_SHOW_VALUES=1``.
    """
    with environment_context(environment) as settings:
        yield StepContext(settings, parse_spec(spec))


@contextmanager
def environment_context(environment: str) -> Iterator[Settings]:
    """The same for a step that needs no spec."""
    logging.captureWarnings(True)
    _name_the_logger_of_each_line()
    with reported():
        settings = load_settings(environment)
        with storage_reported(settings.home):
            yield settings


def _name_the_logger_of_each_line() -> None:
    """Name the logger in each line of the engine's log. The engine's own format hides which library wrote a line."""
    for handler in logging.getLogger().handlers:
        if handler.formatter is not None and "KFP Executor" in str(handler.formatter._fmt):
            handler.setFormatter(logging.Formatter(_LOG_LINE))


@contextmanager
def reported() -> Iterator[None]:
    """Report errors to the process that started this one. See :func:`step_context`."""
    try:
        yield
    except MatchwrightError as error:
        _report(error)
        raise
    except Exception as error:
        if os.environ.get(SHOW_VALUES) == "1":
            raise
        frames = traceback.extract_tb(error.__traceback__)
        sys.stderr.write("".join(traceback.format_list(frames)))
        frame = next((f for f in reversed(frames) if Path(f.filename).is_relative_to(_OWN_CODE)), frames[-1])
        failure = StepError(
            f"The step failed with {type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}.",
            f"its message is hidden because it may quote a record. {SHOW_VALUES}=1 shows it",
        )
        _report(failure)
        raise failure from None


def _report(error: MatchwrightError) -> None:
    if path := os.environ.get(ERROR_FILE):
        report = {"type": type(error).__name__, "fact": error.fact, "hint": error.hint, "message": str(error)}
        with suppress(OSError):  # on a full device: the step's own error must be raised
            Path(path).write_text(json.dumps(report), encoding="utf-8")
