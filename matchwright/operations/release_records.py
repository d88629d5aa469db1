"""What approve, release and rollback write to the release ledger."""

from matchwright.adapters.ledger import Entry, Ledger
from matchwright.adapters.registry import VersionInfo
from matchwright.errors import ReleaseRefused
from matchwright.settings import Settings


def endpoint_key(settings: Settings) -> str:
    """The endpoint's name in the ledger."""
    return f"{settings.endpoint.target}:{settings.endpoint.name}"


def last_approval(ledger: Ledger, version: VersionInfo) -> Entry | None:
    """The latest approval or rejection of a version. None if the ledger has none."""
    decisions = [
        entry
        for entry in ledger.entries(model=version.name)
        if entry.version == version.version and entry.action in ("approved", "rejected")
    ]
    return decisions[-1] if decisions else None


def record_approval(ledger: Ledger, version: VersionInfo) -> None:
    """Write the approval or rejection in the version's tags to the ledger, unless its last entry says the same."""
    entry = Entry(
        action="rejected" if version.tags["approval"] == "rejected" else "approved",
        model=version.name,
        version=version.version,
        digest=version.digest,
        actor=version.tags["approval_by"],
        note=version.tags.get("approval_note", ""),
    )
    last = last_approval(ledger, version)
    if last is None or any(
        getattr(last, field) != getattr(entry, field) for field in ("action", "digest", "actor", "note")
    ):
        ledger.append(entry)


def refuse(ledger: Ledger, attempted: Entry, fact: str, conditions: list[str], hint: str) -> ReleaseRefused:
    """Write the refusal of ``attempted`` and return the error to raise."""
    ledger.append(attempted.model_copy(update={"action": "refused", "note": f"{fact} {'; '.join(conditions)}"}))
    return ReleaseRefused(fact, conditions, hint)
