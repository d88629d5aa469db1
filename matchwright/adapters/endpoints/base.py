"""The protocol of every endpoint target, and how its answers are read."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from matchwright.core.bundle.manifest import GOLDEN, MANIFEST
from matchwright.errors import EndpointError, Fault, RequestError

Status = Literal["in_service", "updating", "failed", "down", "stopped"]


@dataclass(frozen=True)
class Deployment:
    """What an endpoint serves.

    ``digest`` is the bundle's digest. ``bundle`` is its name and version for display, if they are known here.
    The status ``down`` means that the endpoint should run and does not.
    """

    target: str
    name: str
    address: str
    digest: str
    status: Status
    pid: int | None = None
    bundle: str = ""


class Endpoint(Protocol):
    """A place that serves a released bundle."""

    def deploy(self, bundle: Path, digest: str) -> Deployment:
        """Deploy the bundle and wait until the endpoint answers with its digest. The same bundle again is a repair.

        Raises:
            EndpointError: it does not answer with it. The bundle that served before still serves.
        """

    def describe(self) -> Deployment | None:
        """What is served now. None if nothing was ever deployed."""

    def invoke(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Score a request of the serving contract.

        Raises:
            RequestError: the request has faults (all are listed, and no value is quoted).
            EndpointError: nothing answers, or the answer does not follow the contract.
        """

    def stop(self) -> None:
        """Stop serving. It is not an error if nothing runs."""


def require_digest(bundle: Path, digest: str) -> None:
    """Make sure that the folder holds the bundle with this digest.

    Raises:
        EndpointError: it has no manifest, or the manifest of another bundle.
    """
    manifest = bundle / MANIFEST
    if not manifest.is_file():
        raise EndpointError("The folder to deploy is not a decision bundle: it has no bundle.json.")
    found = hashlib.sha256(manifest.read_bytes()).hexdigest()
    if found != digest:
        hint = "Fetch the bundle from the registry again."
        raise EndpointError(f"The folder to deploy holds bundle {found[:12]}, not {digest[:12]}.", hint)


def read_answer(name: str, status: int, body: bytes) -> dict[str, Any]:
    """The document that an endpoint answered; see :meth:`Endpoint.invoke` for the errors."""
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise EndpointError(f"Endpoint {name} answered {status} without a JSON object.", "See its log.")
    if status == 200:
        return document
    if 400 <= status < 500:
        faults = [
            Fault(str(fault.get("path", "")), str(fault.get("problem", "")), str(fault.get("hint") or ""))
            for fault in document.get("faults") or ()
        ]
        raise RequestError(str(document.get("error") or f"Endpoint {name} refused the request."), faults)
    raise EndpointError(f"Endpoint {name} answered {status}.", "See its log.")


def probe_of(bundle: Path) -> dict[str, Any]:
    """A request with one golden pair, which is synthetic. A bundle without golden pairs gets two empty records."""
    golden = bundle / GOLDEN
    lines = golden.read_text(encoding="utf-8").splitlines() if golden.is_file() else []
    pair = json.loads(lines[0]) if lines else {"left": {}, "right": {}}
    return {"pairs": [{"left": pair["left"], "right": pair["right"]}]}


def bundle_digest_of(answer: dict[str, Any]) -> str:
    """The digest of the bundle that made the decisions. Empty if the answer names none."""
    bundle = answer.get("bundle")
    return str(bundle.get("digest", "")) if isinstance(bundle, dict) else ""
