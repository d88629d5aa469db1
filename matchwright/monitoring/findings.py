"""Findings: each says what moved, by how much, and what to do about it."""

from typing import Literal

from matchwright.core.spec import Band, MatchSpec
from matchwright.core.spec.vocabulary import CONTEXT, RECORD, REGISTER
from matchwright.frozen import Frozen
from matchwright.monitoring.figures import DriftFigures, ShareShift, ValueShift

Severity = Literal["alarm", "watch"]
Cause = Literal[
    "log_fault", "degraded", "unknown_records", "field_lost", "mix", "performance", "bands", "score", "field_missing",
    "comparison",
]  # fmt: skip
"""Most urgent first: causes before their consequences."""

MIX_FROM = 0.5
"""If this share of the fields moved at once, the kind of pairs has changed."""
WATCH_FROM = 0.5
"""A figure is watched from this share of its limit on."""
_BOTH_SIDES_FROM = 1.5
_WHOLE = {RECORD: "the whole record", CONTEXT: "competing candidates", REGISTER: "register evidence"}
LOST_FROM = 0.95
"""A field that is missing in this share of decisions counts as lost."""


class Finding(Frozen):
    """One figure that moved. ``size`` is in units of its limit. ``action`` says what to do; it may be empty."""

    severity: Severity
    cause: Cause
    subject: str
    size: float
    text: str
    action: str


def find(figures: DriftFigures, spec: MatchSpec) -> list[Finding]:
    """All findings of a window that has enough decisions, in no particular order."""
    fields: dict[str, list[ValueShift]] = {}
    for shift in figures.comparisons:
        fields.setdefault(shift.field, []).append(shift)
    found = [finding for field, shifts in fields.items() for finding in _field_findings(field, shifts, spec)]
    found = _with_mix(found, len(fields))
    inputs_moved = any(finding.severity == "alarm" for finding in found)
    found += _score_findings(figures, spec, inputs_moved)
    found += _band_findings(figures.bands, spec, inputs_moved)
    found += _performance_findings(figures, spec)
    return found


def _field_findings(field: str, shifts: list[ValueShift], spec: MatchSpec) -> list[Finding]:
    """At most one finding on missing values and one on values, because the comparisons of a field move together."""
    found = []
    missing = _missing(shifts)
    if severity := _severity(abs(missing.change), spec.monitoring.missing_share_change, missing.beyond_chance):
        if missing.change < 0:
            severity = "watch"  # no evidence was lost, and the bands show any effect on decisions
        sides = next((s.current_mean for s in shifts if s.counts_missing), None)
        both = sides is not None and missing.current > 0 and sides / missing.current >= _BOTH_SIDES_FROM
        found.append(_missing_finding(field, missing, severity, both, spec))
    measured = [s for s in shifts if s.distance is not None and not s.counts_missing]
    own = [s for s in measured if not s.reads_other_fields]
    if moved := _moved(field, own, _changed_values(field, spec), spec):
        # register evidence follows from all fields, so it never is the cause
        found.append(moved.model_copy(update={"severity": "watch"}) if field == REGISTER else moved)
    elif moved := _moved(field, [s for s in measured if s.reads_other_fields], _changed_elsewhere(field), spec):
        # the field's own comparisons hold, so the change may lie in another field
        found.append(moved.model_copy(update={"severity": "watch"}))
    return found


def _missing(shifts: list[ValueShift]) -> ShareShift:
    """How often the field itself is missing: from its own count where it has one, as a field of the spec has."""
    for shift in shifts:
        if shift.counts_missing:
            return shift.missing
    own = [shift for shift in shifts if not shift.reads_other_fields]
    return max((shift.missing for shift in own or shifts), key=lambda missing: abs(missing.change))


def _moved(field: str, shifts: list[ValueShift], action: str, spec: MatchSpec) -> Finding | None:
    """The finding on the comparison that moved most; None if none moved enough."""
    if not shifts:
        return None
    limit = spec.monitoring.comparison_distance
    worst = max(shifts, key=lambda s: s.distance or 0.0)
    distance = worst.distance or 0.0
    severity = _severity(distance, limit, distance > worst.noise)
    if severity is None:
        return None
    moved = sum((s.distance or 0.0) >= limit for s in shifts)
    others = f", with {moved - 1} more of its comparisons" if moved > 1 else ""
    return Finding(
        severity=severity,
        cause="comparison",
        subject=field,
        size=distance / limit,
        text=f"{worst.name} moved by {distance:.2f} standard deviations (limit {limit:g}); its mean went from "
        f"{_mean(worst.reference_mean)} to {_mean(worst.current_mean)}{others}.",
        action=action,
    )


def _with_mix(found: list[Finding], fields: int) -> list[Finding]:
    """Put one cause first where most fields moved at once."""
    moved = [finding for finding in found if finding.cause == "comparison" and finding.severity == "alarm"]
    if len(moved) < max(3, MIX_FROM * fields):
        return found
    mix = Finding(
        severity="alarm",
        cause="mix",
        subject="pairs",
        size=max(finding.size for finding in moved),
        text=f"{len(moved)} of {fields} fields moved at once: the pairs are of another kind, or records are mixed up.",
        action="Ask what has changed in the requests: a new caller, other candidate rules, or columns in another "
        "order. If the change is intended and permanent, retrain on recent data.",
    )
    return [mix, *(finding.model_copy(update={"action": ""}) if finding in moved else finding for finding in found)]


def _missing_finding(field: str, missing: ShareShift, severity: Severity, both: bool, spec: MatchSpec) -> Finding:
    rate = f"in {missing.current:.0%} of decisions (was {missing.reference:.0%})"
    size = abs(missing.change) / max(spec.monitoring.missing_share_change, 1e-9)
    cause: Cause
    if missing.change < 0:
        cause, text = "field_missing", f"{field} is missing less often: {rate}."
        action = f"There is more evidence on {field} than in training. If this lasts, retrain."
    else:
        lost = missing.current >= LOST_FROM
        cause = "field_lost" if lost else "field_missing"
        what = "is lost: missing" if lost else "is missing more often:"
        text = f"{field} {what} {rate}, mostly on {'both sides' if both else 'one side'}."
        feeds = (
            f"{spec.sources.left} and {spec.sources.right}" if both else f"{spec.sources.left} or {spec.sources.right}"
        )
        action = (
            f"Upstream feed lost {_feed(field, spec)}: check the last deliveries of {feeds}, and have the field "
            "restored. Rollback and retraining do not help."
            if field not in _WHOLE
            else f"The comparisons of {_WHOLE[field]} cannot be computed so often: correct the fields that "
            "moved first, then look again."
        )
    return Finding(severity=severity, cause=cause, subject=field, size=size, text=text, action=action)


def _score_findings(figures: DriftFigures, spec: MatchSpec, inputs_moved: bool) -> list[Finding]:
    score, limit = figures.score, spec.monitoring.score_distance
    if score is None or score.distance is None:
        return []
    severity = _severity(score.distance, limit, score.distance > score.noise)
    if severity is None:
        return []
    return [
        Finding(
            severity=severity,
            cause="score",
            subject="score",
            size=score.distance / limit,
            text=f"Scores moved by {score.distance:.2f} standard deviations (limit {limit:g}); the mean went from "
            f"{_mean(score.reference_mean)} to {_mean(score.current_mean)}.",
            action=_shifted_output(inputs_moved),
        )
    ]


def _band_findings(bands: dict[Band, ShareShift], spec: MatchSpec, inputs_moved: bool) -> list[Finding]:
    """At most one finding: the band whose share changed most. The others change with it."""
    limit = spec.monitoring.band_share_change
    changed = {band: shift for band, shift in bands.items() if shift.beyond_chance}
    if not changed:
        return []
    band, shift = max(changed.items(), key=lambda item: abs(item[1].change))
    severity = _severity(abs(shift.change), limit, True)
    if severity is None:
        return []
    return [
        Finding(
            severity=severity,
            cause="bands",
            subject=band,
            size=abs(shift.change) / max(limit, 1e-9),
            text=f"The share of {band} went from {shift.reference:.1%} to {shift.current:.1%} "
            f"({100 * shift.change:+.1f} points, limit {100 * limit:g}).",
            action=_shifted_output(inputs_moved),
        )
    ]


def _performance_findings(figures: DriftFigures, spec: MatchSpec) -> list[Finding]:
    performance, limit = figures.performance, spec.monitoring.f1_loss
    if performance is None:
        return []
    loss = performance.f1_reference - performance.f1
    severity = _severity(loss, limit, performance.f1_interval[1] < performance.f1_reference)
    if severity is None:
        return []
    return [
        Finding(
            severity=severity,
            cause="performance",
            subject="f1",
            size=loss / max(limit, 1e-9),
            text=f"F1 fell from {performance.f1_reference:.3f} to {performance.f1:.3f} (limit {limit:g}): precision "
            f"{performance.precision:.3f}, recall {performance.recall:.3f} on {performance.labelled:,} labelled "
            "decisions.",
            action="Decisions are wrong more often: have a reviewer check some of the errors. If this began with the "
            "last release, run `matchwright rollback`. If it came slowly, retrain with the new labels.",
        )
    ]


def _severity(size: float, limit: float, beyond_chance: bool) -> Severity | None:
    if not beyond_chance or size < WATCH_FROM * limit or size <= 0:
        return None
    return "alarm" if size >= limit else "watch"


def _changed_values(field: str, spec: MatchSpec) -> str:
    if field in _WHOLE:
        return f"The comparisons of {_WHOLE[field]} moved: correct the fields that moved first."
    return (
        f"Values of {_feed(field, spec)} changed: look for a new format, source or default in the feeds. If it is a "
        "fault, have it corrected upstream. If it is permanent, retrain on recent data."
    )


def _changed_elsewhere(field: str) -> str:
    return f"The values of {field} itself hold: look at the other fields first, because this comparison reads them too."


def _shifted_output(inputs_moved: bool) -> str:
    if inputs_moved:
        return "Scores and bands moved because the inputs moved: correct the inputs first, then look again."
    return (
        "Scores or bands moved, but the comparisons did not: suspect the release. Check with `matchwright status` that "
        "the right bundle serves. If this began with the last release, run `matchwright rollback`."
    )


def _feed(field: str, spec: MatchSpec) -> str:
    if field not in spec.fields:
        return f"'{field}'"
    column = spec.column_of(field)
    return f"'{field}'" if column == field else f"'{field}' (column '{column}')"


def _mean(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
