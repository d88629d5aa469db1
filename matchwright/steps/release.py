"""Release: put an approved version behind the endpoint.

Every action before the ledger's entry can be repeated. So if a run is killed, the next run completes it.
"""

import tempfile
from pathlib import Path

from matchwright.adapters import registry
from matchwright.adapters.endpoints import Endpoint, open_endpoint
from matchwright.adapters.ledger import Entry, Ledger
from matchwright.errors import MatchwrightError
from matchwright.governance.release_conditions import failed_conditions
from matchwright.operations.approve import choose_version
from matchwright.operations.bundle_deployment import fetch_bundle, put_behind
from matchwright.operations.release_records import endpoint_key, last_approval, record_approval, refuse
from matchwright.settings import Settings


def release(*, settings: Settings, name: str, version: str = "", endpoint: Endpoint | None = None) -> dict[str, str]:
    """Check every condition, deploy, check which bundle answers, move the alias ``champion``, write the ledger.

    Args:
        settings: the environment.
        name: the registered model.
        version: the version to release. The default is the challenger.
        endpoint: the endpoint to deploy to. The default is the environment's endpoint.

    Raises:
        ReleaseRefused: some conditions do not hold. The error lists them all, and the ledger records the refusal.
        RegistryError: there is no such version.
        EndpointError: the endpoint did not accept the bundle. The bundle that served before still serves.
        LedgerError: another release of the endpoint is under way.
    """
    ledger, key = Ledger(settings.ledger_url), endpoint_key(settings)
    with ledger.releasing(key), tempfile.TemporaryDirectory() as scratch:
        chosen = choose_version(settings, name, version)
        folder = Path(scratch, "bundle")
        check = fetch_bundle(settings, name, chosen.version, folder)
        approval = last_approval(ledger, chosen)
        approved_digest = approval.digest if approval is not None and approval.action == "approved" else ""
        current = ledger.current(key)
        entry = Entry(
            action="released",
            model=name,
            version=chosen.version,
            digest=chosen.digest,
            previous_digest=current.digest if current else "",
            endpoint=key,
            actor=settings.actor,
        )
        if failed := failed_conditions(chosen, check, approved_digest):
            fact = f"{name} version {chosen.version} was not released:"
            raise refuse(ledger, entry, fact, failed, "fix every point above, then release again")
        record_approval(ledger, chosen)  # an approval given in the MLflow UI is not in the ledger yet
        try:
            deployment = put_behind(endpoint or open_endpoint(settings), folder, check.digest)
        except MatchwrightError as error:
            ledger.append(entry.model_copy(update={"action": "refused", "note": error.fact}))
            raise
        registry.set_alias(settings, name, "champion", chosen.version)
        if current is None or current.digest != check.digest:
            ledger.append(entry)
    return {
        "name": name,
        "version": chosen.version,
        "digest": check.digest,
        "previous_digest": entry.previous_digest,
        "endpoint": key,
        "address": deployment.address,
    }
