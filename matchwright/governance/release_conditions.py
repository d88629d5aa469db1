"""The conditions for a release. All failed conditions are reported together."""

import unicodedata
from dataclasses import dataclass

from matchwright.governance.version import VersionInfo

GATE_TAG = "gate."
"""Prefix of the tag with one gate's result: ``gate.f1_min`` is ``passed ...``, ``not shown ...`` or ``failed ...``."""


@dataclass(frozen=True)
class BundleCheck:
    """What the check of a version's bundle found. ``fault`` says why the bundle cannot be used."""

    name: str = ""
    digest: str = ""
    fault: str = ""


def failed_conditions(version: VersionInfo, bundle: BundleCheck, approved_digest: str = "") -> list[str]:
    """The conditions that do not hold, each with what to do. If there is none, the version may be released.

    Args:
        version: the version with its tags.
        bundle: the check of its bundle.
        approved_digest: the digest of the approved bundle in the ledger; empty without one.
    """
    return [
        *approval_conditions(version),
        *_gate_conditions(version),
        *_bundle_conditions(version, bundle, approved_digest),
    ]


def approval_conditions(version: VersionInfo) -> list[str]:
    """The conditions on the approval that do not hold, each with what to do."""
    failed = []
    approval = version.tags.get("approval", "").strip()
    by, trainer = version.tags.get("approval_by", ""), version.tags.get("trained_by", "")
    if approval != "approved":
        failed.append(
            f"it is not approved: its tag approval is '{approval or 'absent'}'. A reviewer sets it to 'approved' in "
            f"the MLflow UI, or runs: matchwright approve {version.name} --version {version.version} --by NAME "
            "--note WHY"
        )
    if not by.strip():
        failed.append("nobody is named as its approver. Set the tag approval_by to the reviewer's name")
    if not trainer.strip():
        failed.append(
            "its tag trained_by is absent, so nothing shows that the approver is not the trainer. Register it again"
        )
    elif same_person(by, trainer):
        failed.append("its approver is its trainer. Somebody else must review and approve it")
    return failed


def same_person(one: str, other: str) -> bool:
    """Whether two names are equal, ignoring case and white space."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _gate_conditions(version: VersionInfo) -> list[str]:
    if version.tags.get("gates") == "passed":
        return []
    results = {key.removeprefix(GATE_TAG): value for key, value in version.tags.items() if key.startswith(GATE_TAG)}
    names = ", ".join(sorted(name for name, value in results.items() if value.startswith("failed")))
    which = f" ({names})" if names else ""
    return [f"its gates did not pass{which}. Train a version that passes, or change the gates in the match spec"]


def _bundle_conditions(version: VersionInfo, bundle: BundleCheck, approved_digest: str) -> list[str]:
    if bundle.fault:
        return [f"its bundle does not verify: {bundle.fault} Train and register it again"]
    failed = []
    if bundle.name != version.name:
        failed.append(f"its bundle is one of model '{bundle.name}'. Register that under its own name")
    if bundle.digest != version.digest:
        claimed = version.digest[:12] or "absent"
        failed.append(f"its tag bundle_digest is {claimed}, its bundle's is {bundle.digest[:12]}. Register it again")
    if approved_digest and bundle.digest != approved_digest:
        failed.append(f"bundle {approved_digest[:12]} was approved, not {bundle.digest[:12]}. Have this one reviewed")
    return failed
