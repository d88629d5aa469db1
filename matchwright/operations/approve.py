"""Approve or reject a version: the act that a reviewer may also do in the MLflow UI."""

from typing import Literal, get_args

from matchwright.adapters import registry
from matchwright.adapters.ledger import Entry, Ledger
from matchwright.adapters.registry import VersionInfo
from matchwright.errors import RegistryError
from matchwright.governance.release_conditions import same_person
from matchwright.operations.release_records import record_verdict, refuse
from matchwright.settings import Settings

Verdict = Literal["approved", "rejected"]


def approve(
    *, settings: Settings, name: str, version: str = "", by: str, note: str, verdict: Verdict = "approved"
) -> dict[str, str]:
    """Set the version's approval tags and write the ledger; ``version`` is the challenger if not given.

    Raises:
        ReleaseRefused: nobody is named, or who trained the version would approve it.
        RegistryError: there is no such version.
    """
    chosen = choose_version(settings, name, version)
    ledger = Ledger(settings.ledger_url)
    by = by.strip()
    if failed := _failed(chosen, by, verdict):
        attempted = Entry(
            action="refused", model=name, version=chosen.version, digest=chosen.digest, actor=by or settings.actor
        )
        fact = f"The verdict on {name} version {chosen.version} was not taken:"
        raise refuse(ledger, attempted, fact, failed, "mend every point above, then try again")
    tagged = registry.set_approval(settings, name, chosen.version, verdict, by, note)
    record_verdict(ledger, tagged)
    return {"name": name, "version": tagged.version, "digest": tagged.digest, "approval": verdict, "by": by}


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


def _failed(version: VersionInfo, by: str, verdict: str) -> list[str]:
    failed = []
    if not by:
        failed.append("nobody is named. Say who reviewed it")
    if verdict not in get_args(Verdict):
        failed.append(f"'{verdict}' is no verdict. Choose from {', '.join(get_args(Verdict))}")
    if verdict == "approved" and by and same_person(by, version.tags.get("trained_by", "")):
        failed.append("its approver would be its trainer. Somebody else must review it")
    return failed
