"""The verdict on a window as one page that loads nothing: no script, no font, no image."""

from pathlib import Path

from matchwright.monitoring.figures import ValueShift
from matchwright.monitoring.verdict import Verdict

MOST_COMPARISONS, MOST_FINDINGS = 10, 6
_TEMPLATE = Path(__file__).with_name("page.html.j2")


def drift_page(verdict: Verdict, full_report: str = "", address: str = "") -> str:
    """The page. It begins with the verdict as JSON, for programs.

    Args:
        verdict: what to show.
        full_report: file name of Evidently's full report, in the same folder.
        address: the run's path within the Evidently UI.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    document = verdict.model_dump_json().replace("<", "\\u003c")  # no text may end the script element
    shifts = _furthest_first(verdict)
    return environment.from_string(
        _TEMPLATE.read_text(encoding="utf-8")
    ).render(
        verdict=verdict,
        document=Markup(document),  # noqa: S704 - JSON in a script element must not be escaped as text
        figures=verdict.figures,
        findings=verdict.findings[:MOST_FINDINGS],
        more_findings=len(verdict.findings) - MOST_FINDINGS,
        shifts=[*filter(None, [verdict.figures.score]), *shifts[:MOST_COMPARISONS]],
        more_shifts=len(shifts) - MOST_COMPARISONS,
        alarms={finding.subject for finding in verdict.findings if finding.severity == "alarm"},
        full_report=full_report,
        address=address,
    )


def _furthest_first(verdict: Verdict) -> list[ValueShift]:
    compared = [shift for shift in verdict.figures.comparisons if not shift.counts_missing]
    return sorted(compared, key=lambda shift: max(shift.distance or 0.0, abs(shift.missing.change)), reverse=True)
