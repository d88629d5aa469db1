"""Requests to a process that follows the SageMaker container contract."""

import json
from typing import Any

from matchwright.adapters.endpoints.base import read_answer
from matchwright.errors import EndpointError
from matchwright.supervisor import fetch

_SCORING_SECONDS = 60.0  # SageMaker gives a container as long


def ping(address: str) -> str:
    """The digest of the bundle that is served there. Empty while none is served."""
    answer = fetch(f"{address}/ping")
    return answer.headers.get("x-matchwright-bundle", "") if answer and answer.status == 200 else ""


def score(name: str, address: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Post a request of the serving contract. See :meth:`Endpoint.invoke` for the errors."""
    answer = fetch(f"{address}/invocations", json.dumps(payload).encode(), timeout=_SCORING_SECONDS)
    if answer is None:
        raise EndpointError(f"Endpoint {name} does not answer at {address}.", "Check it with 'matchwright status'.")
    return read_answer(name, answer.status, answer.body)
