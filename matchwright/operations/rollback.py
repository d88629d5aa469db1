"""Rollback: put the whole bundle of the previous release back behind the endpoint."""

import tempfile
from pathlib import Path

from matchwright.adapters import registry
from matchwright.adapters.endpoints import Endpoint, open_endpoint
from matchwright.adapters.ledger import Entry, Ledger
from matchwright.errors import MatchwrightError, RegistryError
from matchwright.governance.release_conditions import BundleCheck
from matchwright.operations.bundle_deployment import fetch_bundle, put_behind
from matchwright.operations.release_records import endpoint_key, refuse
from matchwright.settings import Settings


def rollback(*, settings: Settings, name: str, by: str, note: str, endpoint: Endpoint | None = None) -> dict[str, str]:
    """Deploy the previous release's bundle, check which bundle answers, move the aliases, write the ledger.

    If a release was killed before its ledger entry, the release that the ledger calls current is deployed again.
    If a rollback was killed, this call completes it. The withdrawn version loses the alias ``challenger``. After
    that it can only be released by its number.

    Raises:
        ReleaseRefused: nobody is named, there is no previous release, or its bundle does not verify.
        EndpointError: the endpoint did not accept the bundle. The bundle that served before still serves.
        LedgerError: another release of the endpoint is under way.
    """
    ledger, key = Ledger(settings.ledger_url), endpoint_key(settings)
    by = by.strip()
    with ledger.releasing(key), tempfile.TemporaryDirectory() as scratch:
        behind = endpoint or open_endpoint(settings)
        current, target = _from_and_to(ledger, key, name, behind)
        entry = Entry(
            action="rolled_back",
            model=name,
            version=target.version if target else "",
            digest=target.digest if target else "",
            previous_digest=current.digest if current else "",
            endpoint=key,
            actor=by or settings.actor,
            note=note,
        )
        folder = Path(scratch, "bundle")
        failed = [] if by else ["nobody is named. Say who rolls it back"]
        if current is not None and current.model != name:
            failed.append(f"the endpoint serves model '{current.model}'. Roll that back")
        elif target is None:
            failed.append(f"the ledger knows no earlier release of '{name}' behind {key}. Release another version")
        else:
            failed += _unusable(settings, target, fetch_bundle(settings, name, target.version, folder))
        if failed or target is None:
            raise refuse(ledger, entry, f"{name} was not rolled back:", failed, "fix every point above, then try again")
        try:
            deployment = put_behind(behind, folder, target.digest)
        except MatchwrightError as error:
            ledger.append(entry.model_copy(update={"action": "refused", "note": error.fact}))
            raise
        registry.set_alias(settings, name, "champion", target.version)
        challenger = registry.challenger(settings, name)
        if challenger is not None and challenger.digest == entry.previous_digest != target.digest:
            registry.remove_alias(settings, name, "challenger")
        ledger.append(entry)
    return {
        "name": name,
        "version": target.version,
        "digest": target.digest,
        "previous_digest": entry.previous_digest,
        "endpoint": key,
        "address": deployment.address,
    }


def _from_and_to(ledger: Ledger, key: str, name: str, endpoint: Endpoint) -> tuple[Entry | None, Entry | None]:
    """The release to withdraw and the release to put back."""
    current, previous = ledger.current(key), ledger.previous(key, name)
    serving = endpoint.describe()
    known = {entry.digest for entry in (current, previous) if entry is not None}
    if current is not None and serving is not None and serving.digest not in known:
        # A release reached the endpoint and not the ledger. The ledger's current release is the one it replaced.
        return current.model_copy(update={"digest": serving.digest}), current
    return current, previous


def _unusable(settings: Settings, target: Entry, check: BundleCheck) -> list[str]:
    failed = []
    try:
        tags = registry.version_info(settings, target.model, target.version).tags
    except RegistryError as error:
        return [f"its previous version is gone: {error.fact} Release another version"]
    if tags.get("approval") == "rejected":
        failed.append(f"the previous version {target.version} has been rejected since. Release another version")
    if check.fault:
        failed.append(f"the previous bundle does not verify: {check.fault} Release another version")
    elif check.digest != target.digest:
        failed.append(
            f"version {target.version} now holds bundle {check.digest[:12]}, but {target.digest[:12]} was released. "
            "Release another version"
        )
    return failed
