"""Findings on the decision log itself: what each fault means, and what to do about it."""

from matchwright.core.spec import MatchSpec
from matchwright.monitoring.figures import IntegrityFault
from matchwright.monitoring.findings import Cause, Finding

_LEAKS = ("unexpected_keys", "values_not_numbers", "pair_not_pseudonym")
_ALARMING_FAULTS = {*_LEAKS, "unknown_comparisons", "missing_comparisons", "score_out_of_range", "unknown_band"}
_FIND_WRITER = "Find the process that writes lines of another format (`matchwright status`), and restart it."
_STOP_SHIPPING = (
    "The log may hold personal data: stop copying it to other systems, find the serving version that writes these "
    "lines, and delete the lines."
)
_SHARE_FAULTS = {"degraded", "unknown_records", "unreadable_lines", "repeated_decisions", "contradicting_labels"}
_CAUSES: dict[str, Cause] = {"degraded": "degraded", "unknown_records": "unknown_records"}
_FAULT_WORDS = {
    "unexpected_keys": ("log lines have keys that a decision log must not have", _STOP_SHIPPING),
    "values_not_numbers": ("decisions have comparisons that are not numbers", _STOP_SHIPPING),
    "pair_not_pseudonym": ("decisions name their pair by something other than a pseudonym", _STOP_SHIPPING),
    "unknown_comparisons": ("decisions have comparisons that the bundle does not have", _FIND_WRITER),
    "missing_comparisons": ("decisions lack comparisons that the bundle has", _FIND_WRITER),
    "score_out_of_range": (
        "decisions have a score that is not a number from 0 to 1",
        "Do not trust decisions made since this began. Run `matchwright rollback`, then decide them again from their "
        "logged comparisons.",
    ),
    "unknown_band": ("decisions have a band other than match, review or no_match", _FIND_WRITER),
    "degraded": (
        "decisions were made in a degraded mode",
        "Serving is degraded: check the feature store and the endpoint's log (`matchwright status` shows both).",
    ),
    "unknown_records": (
        "candidates are records that the feature store does not hold; they were left out of all figures",
        "Callers ask for records that do not exist in the version that serves: compare their record ids with those of "
        "the input tables, character by character. If no record is known, run the training pipeline's features step.",
    ),
    "unreadable_lines": (
        "log lines cannot be read as decisions",
        "Look for a full disk, or for two processes that write to the same file of the decision log.",
    ),
    "repeated_decisions": (
        "decisions are in the log more than once and were counted once",
        "Look for a log file that was copied within the folder.",
    ),
    "contradicting_labels": (
        "labels contradict another label of the same decision and were left out",
        "Have the reviewers decide on them.",
    ),
}


def integrity_findings(faults: tuple[IntegrityFault, ...], spec: MatchSpec) -> list[Finding]:
    """One finding per fault. Faults that mean a wrong or leaking log alarm at any count."""
    found = []
    for fault in faults:
        share = fault.count / max(fault.of, 1)
        limit = spec.monitoring.missing_share_change
        alarming = fault.code in _ALARMING_FAULTS or (fault.code in _SHARE_FAULTS and share >= limit)
        words, action = _FAULT_WORDS[fault.code]
        names = f": {', '.join(fault.names[:6])}{', ...' if len(fault.names) > 6 else ''}" if fault.names else ""
        found.append(
            Finding(
                severity="alarm" if alarming else "watch",
                cause=_CAUSES.get(fault.code, "log_fault"),
                subject=fault.code,
                size=1 + share if fault.code in _LEAKS else share,
                text=f"{fault.count:,} of {fault.of:,} {words}{names}.",
                action=action,
            )
        )
    return found
