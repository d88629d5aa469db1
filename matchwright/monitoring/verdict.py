"""The verdict on a window of decisions: what moved, whether it matters, and what to do."""

from typing import Literal, get_args

from matchwright.core.spec import Band, MatchSpec
from matchwright.frozen import Frozen
from matchwright.monitoring.figures import DriftFigures, IntegrityFault, ShareShift
from matchwright.monitoring.findings import Cause, Finding, find
from matchwright.monitoring.integrity import integrity_findings

Status = Literal["ok", "watch", "alarm", "not_enough_data"]

_SHOWN = 5
_URGENCY = {cause: index for index, cause in enumerate(get_args(Cause))}
_CONSEQUENCES = ("bands", "score")
_DECISION_CHANGE = 0.01
"""A change of a band's share by less than one percentage point does not matter."""

_HEADLINES: dict[str, str] = {
    "ok": "no change that matters.",
    "not_enough_data": "too few decisions for a verdict.",
}


class Window(Frozen):
    """The window's first and last time, as text (empty where there is no limit), and notes on what was left out."""

    since: str = ""
    until: str = ""
    notes: tuple[str, ...] = ()

    @property
    def span(self) -> str:
        """Such as ``from 2026-03-01 06:00 UTC to 2026-03-01 18:00 UTC``."""
        return " ".join([f"from {self.since}"] * bool(self.since) + [f"to {self.until}"] * bool(self.until))


class Effect(Frozen):
    """The effect on decisions. Review load is per 1,000 decisions; its change has an interval."""

    changes_decisions: bool
    bands: dict[Band, ShareShift]
    review_per_1000_reference: float
    review_per_1000: float
    review_change_low: float
    review_change_high: float

    @property
    def review_change(self) -> float:
        """How many more reviews there are per 1,000 decisions; negative for fewer."""
        return self.review_per_1000 - self.review_per_1000_reference

    def sentence(self) -> str:
        """The effect in one or two sentences."""
        shares = ", ".join(
            f"{band} {shift.current:.1%} (was {shift.reference:.1%})" for band, shift in self.bands.items()
        )
        answer = "change" if self.changes_decisions else "hold"
        return (
            f"Decisions {answer}: {shares}. Review load {self.review_per_1000:.0f} per 1,000, "
            f"{self.review_change:+.0f} (between {self.review_change_low:+.0f} and {self.review_change_high:+.0f})."
        )


class Verdict(Frozen):
    """The verdict on one window; ``findings`` and ``next_steps`` have the most urgent first."""

    status: Status
    spec: str
    bundle: str
    window: Window
    figures: DriftFigures
    findings: tuple[Finding, ...] = ()
    effect: Effect | None = None
    next_steps: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """The status and its reason, in one line."""
        why = _HEADLINES.get(self.status) or self.findings[0].text
        return f"{self.status.upper().replace('_', ' ')}: {why}"

    def text(self) -> str:
        """The verdict in fewer than 25 lines."""
        figures, window = self.figures, self.window
        lines = [
            self.headline,
            f"  {self.spec}, bundle {self.bundle[:12]}, {figures.decisions:,} decisions {window.span}".rstrip(),
            *(f"  Note: {note}" for note in window.notes[:3]),
        ]
        if self.findings:
            lines.append("What moved")
            lines += [f"  [{finding.severity}] {finding.text}" for finding in self.findings[:_SHOWN]]
            if len(self.findings) > _SHOWN:
                lines.append(f"  and {len(self.findings) - _SHOWN} more, in the report")
        if self.effect:
            lines += ["Does it change decisions?", f"  {self.effect.sentence()}"]
        if performance := figures.performance:
            lines.append(
                f"  F1 {performance.f1:.3f} on {performance.labelled:,} labelled decisions, reference "
                f"{performance.f1_reference:.3f} with the same shares of bands."
            )
        if self.next_steps:
            lines.append("What to do next")
            lines += [f"  {number}. {step}" for number, step in enumerate(self.next_steps[:_SHOWN], start=1)]
        return "\n".join(lines) + "\n"


def reach_verdict(
    figures: DriftFigures, faults: tuple[IntegrityFault, ...], spec: MatchSpec, bundle: str, window: Window
) -> Verdict:
    """Check a window's figures against the spec's monitoring limits.

    With fewer than ``min_decisions`` decisions the status is ``not_enough_data``. A fault of the log itself still
    raises an alarm, because a single line can prove it.
    """
    enough = figures.decisions >= spec.monitoring.min_decisions
    found = integrity_findings(faults, spec)
    if enough:
        found += find(figures, spec)
    found.sort(key=lambda finding: (finding.severity != "alarm", _URGENCY[finding.cause], -finding.size))
    causes_first = sorted(found, key=lambda finding: (finding.severity != "alarm", finding.cause in _CONSEQUENCES))
    steps = list(dict.fromkeys(finding.action for finding in causes_first if finding.action))
    if enough and (more := _more_reviews(figures, spec)):
        steps.append(more)
    status: Status = "ok"
    if any(finding.severity == "alarm" for finding in found):
        status = "alarm"
    elif not enough:
        status = "not_enough_data"
        steps.append(_wait_for_more(figures.decisions, spec))
    elif found:
        status = "watch"
    return Verdict(
        status=status,
        spec=spec.name,
        bundle=bundle,
        window=window,
        figures=figures,
        findings=tuple(found),
        effect=_effect(figures) if enough else None,
        next_steps=tuple(steps),
    )


def _effect(figures: DriftFigures) -> Effect | None:
    if not figures.bands:
        return None
    review = figures.bands["review"]
    low, high = review.interval
    return Effect(
        changes_decisions=any(
            shift.beyond_chance and abs(shift.change) >= _DECISION_CHANGE for shift in figures.bands.values()
        ),
        bands=figures.bands,
        review_per_1000_reference=1000 * review.reference,
        review_per_1000=1000 * review.current,
        review_change_low=1000 * low,
        review_change_high=1000 * high,
    )


def _more_reviews(figures: DriftFigures, spec: MatchSpec) -> str:
    review = figures.bands.get("review")
    if review is None or not review.beyond_chance or review.change < spec.monitoring.band_share_change / 2:
        return ""
    return f"Tell the review team: about {1000 * review.change:.0f} more reviews per 1,000 decisions."


def _wait_for_more(decisions: int, spec: MatchSpec) -> str:
    if decisions == 0:
        return "No decisions in this window: check with `matchwright status` that the endpoint answers and logs."
    needed = spec.monitoring.min_decisions
    return f"Wait, or take a longer window: a verdict needs {needed:,} decisions, this one has {decisions:,}."
