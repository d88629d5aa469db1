"""Answer a request: parse it, decide, count and log."""

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matchwright.errors import MatchwrightError
from serving.answers import FEATURES_UNAVAILABLE, FULL, RECORD_UNKNOWN, Answer, respond
from serving.decision_log import DecisionLog
from serving.languages import accepted_languages
from serving.metrics import Metrics
from serving.request_schema import PairsRequest, RankRequest
from serving.runtime import Runtime

_log = logging.getLogger(__name__)


class LogUnavailableError(MatchwrightError):
    """The decision log cannot be written. No decision is returned without its log line."""


class Service:
    """One bundle behind the HTTP contract. ``runtime`` is None until the bundle is loaded."""

    def __init__(self, log_folder: Path, runtime: Runtime | None = None) -> None:
        self.metrics = Metrics()
        self.runtime: Runtime | None = None
        self._decisions = DecisionLog(log_folder)
        if runtime:
            self.take(runtime)

    def take(self, runtime: Runtime) -> None:
        """Serve with this runtime."""
        self.metrics.bundle(runtime.bundle)
        self.runtime = runtime

    def invoke(self, body: bytes, accept_language: str = "") -> dict[str, Any]:
        """Answer the body of ``POST /invocations``.

        Texts are in the body's ``language``, else in the first available language of the header.

        Raises:
            RequestError: the request has faults. The message repeats no values.
            LogUnavailableError: the decision log cannot be written.
        """
        runtime = self.runtime
        if runtime is None:
            raise RuntimeError("invoked before a bundle was loaded")
        request = runtime.requests.parse(body)
        answers = runtime.answer(request)
        self.metrics.unreadable(_unreadable(request, answers))
        counts: dict[str, Any] = {}
        if isinstance(request, RankRequest):
            modes = Counter(answer.mode for answer in answers)
            self.metrics.features_missing.inc(modes[FEATURES_UNAVAILABLE])
            self.metrics.records_unknown.inc(modes[RECORD_UNKNOWN])
            counts = {
                "candidates": {
                    "given": len(answers),
                    "scored": modes[FULL],
                    RECORD_UNKNOWN: modes[RECORD_UNKNOWN],
                    FEATURES_UNAVAILABLE: modes[FEATURES_UNAVAILABLE],
                }
            }
            answers = answers[: request.top]
        languages = [request.language] if request.language else accepted_languages(accept_language)
        content, lines = respond(answers, runtime.bundle, languages)
        try:
            self._decisions.write(lines)
        except OSError as error:
            self.metrics.log_failures.inc()
            _log.error("the decision log cannot be written (%s)", type(error).__name__)
            raise LogUnavailableError("The decision could not be logged, so it is not returned.") from error
        self.metrics.decided(lines[0].kind, [(line.band, line.mode) for line in lines])
        return {**content, **counts}


def _unreadable(request: PairsRequest | RankRequest, answers: Sequence[Answer]) -> list[str]:
    """The field of each value of the request that could not be read. All answers to a ranking have one query."""
    counted = answers[:1] if isinstance(request, RankRequest) else answers
    return [value.partition(".")[2] for answer in counted for value in answer.unreadable]
