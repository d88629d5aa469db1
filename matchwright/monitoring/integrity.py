"""Faults of the decision log itself: what each means and what to do about it."""

from matchwright.core.spec import MatchSpec
from matchwright.monitoring.figures import IntegrityFault
from matchwright.monitoring.findings import Finding

_LEAKS = ("unexpected_keys", "values_not_numbers", "pair_not_pseudonym")
_ALARMING_FAULTS = {*_LEAKS, "unknown_comparisons", "missing_comparisons", "score_out_of_range", "unknown_band"}
_FIND_WRITER = "Find the process that writes other than this bundle's log (`matchwright status`) and restart it."
_STOP_SHIPPING = (
    "The log may hold personal data: stop shipping it, find which serving version writes it so, purge those lines."
)
_SHARE_FAULTS = {"degraded", "unreadable_lines", "repeated_decisions", "contradicting_labels"}
_FAULT_WORDS = {
    "unexpected_keys": ("log lines carry keys that a decision log must not have", _STOP_SHIPPING),
    "values_not_numbers": ("decisions carry comparisons that are no numbers", _STOP_SHIPPING),
    "pair_not_pseudonym": ("decisions name their pair by something other than a pseudonym", _STOP_SHIPPING),
    "unknown_comparisons": ("decisions carry comparisons that the bundle does not have", _FIND_WRITER),
    "missing_comparisons": ("decisions lack comparisons that the bundle has", _FIND_WRITER),
    "score_out_of_range": (
        "decisions have a score that is no number from 0 to 1",
        "Do not trust decisions since this began: `matchwright rollback`, then replay them from their comparisons.",
    ),
    "unknown_band": ("decisions have a band other than match, review or no_match", _FIND_WRITER),
    "degraded": (
        "decisions were made in another mode than full",
        "Serving is degraded: look at the feature store and the endpoint's log, in `matchwright status`.",
    ),
    "unreadable_lines": (
        "log lines cannot be read as decisions",
        "Look for a full disk or for two processes that write to one file of the decision log.",
    ),
    "repeated_decisions": (
        "decisions stand in the log more than once and were counted once",
        "Look for a log file that was copied within the folder.",
    ),
    "contradicting_labels": (
        "labels contradict another label of the same decision and were left out",
        "Have the reviewers settle them.",
    ),
}


def integrity_findings(faults: tuple[IntegrityFault, ...], spec: MatchSpec) -> list[Finding]:
    """Faults of the log. Those that mean a wrong or leaking log alarm at any size."""
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
                cause="degraded" if fault.code == "degraded" else "log_fault",
                subject=fault.code,
                size=1 + share if fault.code in _LEAKS else share,
                text=f"{fault.count:,} of {fault.of:,} {words}{names}.",
                action=action,
            )
        )
    return found
