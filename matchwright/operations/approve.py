"""Approve or reject a version. A reviewer may do the same in the MLflow UI."""

from typing import get_args

from matchwright.adapters import registry
from matchwright.adapters.ledger import Entry, Ledger
from matchwright.adapters.registry import VersionInfo
from matchwright.errors import RegistryError
from matchwright.governance.release_conditions import same_person
from matchwright.governance.version import ApprovalDecision
from matchwright.operations.release_records import record_approval, refuse
from matchwright.settings import Settings


def approve(
    *, settings: Settings, name: str, version: str = "", by: str, note: str, decision: ApprovalDecision = "approved"
) -> dict[str, str]:
    """Set the version's approval tags and write the ledger. Without ``version``, this is the challenger.

    Raises:
        ReleaseRefused: nobody is named, or the person who trained the version tries to approve it.
        RegistryError: there is no such version.
    """
    chosen = choose_version(settings, name, version)
    ledger = Ledger(settings.ledger_url)
    by = by.strip()
    if failed := _failed(chosen, by, decision):
        attempted = Entry(
            action="refused", model=name, version=chosen.version, digest=chosen.digest, actor=by or settings.actor
        )
        fact = f"The decision on {name} version {chosen.version} was not accepted:"
        raise refuse(ledger, attempted, fact, failed, "fix every point above, then try again")
    tagged = registry.set_approval(settings, name, chosen.version, decision, by, note)
    record_approval(ledger, tagged)
    return {"name": name, "version": tagged.version, "digest": tagged.digest, "approval": decision, "by": by}


def choose_version(settings: Settings, name: str, version: str) -> VersionInfo:
    """The version named, or the challenger.

    Raises:
        RegistryError: there is none.
    """
    if version:
        return registry.version_info(settings, name, version)
    chosen = registry.challenger(settings, name)
    if chosen is None:
        raise RegistryError(
            f"Model '{name}' has no challenger.", "train one whose gates pass, or name a version with --version"
        )
    return chosen


def _failed(version: VersionInfo, by: str, decision: str) -> list[str]:
    failed = []
    if not by:
        failed.append("nobody is named. Say who reviewed it")
    if decision not in get_args(ApprovalDecision):
        failed.append(f"'{decision}' is not a decision. Choose from {', '.join(get_args(ApprovalDecision))}")
    if decision == "approved" and by and same_person(by, version.tags.get("trained_by", "")):
        failed.append("the approver is the person who trained it. Somebody else must review it")
    return failed
