"""Logging to standard error, without any value from a request."""

import logging
import sys
import traceback
from types import TracebackType

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class ValueFreeFormatter(logging.Formatter):
    """Formats an exception as its type and where it was raised. Its message is left out: it may quote a request."""

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - the name that logging calls
        kind, _, trace = ei
        frames = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([*frames, kind.__name__ if kind else "no exception"])


def configure_logging() -> None:
    """Write one line per event to standard error. There is no access log: it would repeat paths and queries."""
    # if a line cannot be written, logging would print its own report, with the message of the exception
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ValueFreeFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("serving", "matchwright", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.INFO)
