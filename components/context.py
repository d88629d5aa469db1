"""What every component body shares: the environment, the match spec, and errors that quote no values."""

import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from matchwright.core.spec.load import parse_spec
from matchwright.core.spec.model import MatchSpec
from matchwright.errors import MatchwrightError
from matchwright.settings import Settings, load_settings

ERROR_FILE = "MATCHWRIGHT_STEP_ERROR"
SHOW_VALUES = "MATCHWRIGHT_SHOW_VALUES"


class StepError(MatchwrightError):
    """A step that failed in a way it did not foresee."""


@dataclass(frozen=True)
class StepContext:
    """The environment and the match spec a step works with."""

    settings: Settings
    spec: MatchSpec


@contextmanager
def step_context(environment: str, spec: str) -> Iterator[StepContext]:
    """Open the environment and parse the spec; whatever fails inside is reported without a record value.

    Raises:
        MatchwrightError: what the step itself refused; also written as JSON to the file that
            ``MATCHWRIGHT_STEP_ERROR`` names, for whoever started this process.
        StepError: any other failure, by its type and place alone. A library's message may quote
            the value it fell over, so it is withheld unless ``MATCHWRIGHT_SHOW_VALUES=1``.
    """
    with environment_context(environment) as settings:
        yield StepContext(settings, parse_spec(spec))


@contextmanager
def environment_context(environment: str) -> Iterator[Settings]:
    """The same for a step that needs no spec."""
    logging.captureWarnings(True)
    with reported():
        yield load_settings(environment)


@contextmanager
def reported() -> Iterator[None]:
    """Tell the starter of this process what failed; see :func:`step_context`."""
    try:
        yield
    except MatchwrightError as error:
        _tell(error)
        raise
    except Exception as error:
        if os.environ.get(SHOW_VALUES) == "1":
            raise
        frames = traceback.extract_tb(error.__traceback__)
        sys.stderr.write("".join(traceback.format_list(frames)))
        index = next((f for f in reversed(frames) if "matchwright" in f.filename), frames[-1])
        failure = StepError(
            f"The step failed with {type(error).__name__} at {Path(index.filename).name}:{index.lineno}.",
            f"its message is withheld because it may quote a record; {SHOW_VALUES}=1 shows it",
        )
        _tell(failure)
        raise failure from None


def _tell(error: MatchwrightError) -> None:
    if path := os.environ.get(ERROR_FILE):
        report = {"type": type(error).__name__, "fact": error.fact, "hint": error.hint, "message": str(error)}
        Path(path).write_text(json.dumps(report), encoding="utf-8")
