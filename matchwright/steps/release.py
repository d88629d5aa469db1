"""Release: put an approved version behind the endpoint.

Every act before the ledger's entry can be done again, so a rerun completes what a killed one began.
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
from matchwright.operations.release_records import endpoint_key, last_verdict, record_verdict, refuse
from matchwright.settings import Settings


def release(*, settings: Settings, name: str, version: str = "", endpoint: Endpoint | None = None) -> dict[str, str]:
    """Check every condition, deploy, check what answers, move the alias ``champion``, write the ledger.

    Args:
        settings: the environment.
        name: the registered model.
        version: the version; the challenger if not given.
        endpoint: where to; the environment's endpoint if not given.

    Raises:
        ReleaseRefused: conditions do not hold; all of them are listed, and the ledger has the refusal.
        RegistryError: there is no such version.
        EndpointError: the endpoint did not take it; what served before serves on.
        LedgerError: another release of the endpoint is under way.
    """
    ledger, key = Ledger(settings.ledger_url), endpoint_key(settings)
    with ledger.releasing(key), tempfile.TemporaryDirectory() as scratch:
        chosen = choose_version(settings, name, version)
        folder = Path(scratch, "bundle")
        check = fetch_bundle(settings, name, chosen.version, folder)
        verdict = last_verdict(ledger, chosen)
        approved_digest = verdict.digest if verdict is not None and verdict.action == "approved" else ""
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
            raise refuse(ledger, entry, fact, failed, "mend every point above, then release again")
        record_verdict(ledger, chosen)  # one given in the MLflow UI is not there yet
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
