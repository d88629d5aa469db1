"""The monitoring step: compare a window of the decision log with the reference of the bundle that decided it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matchwright.adapters.drift import RunAddress, RunIdentity, drift_page, measure, save_run
from matchwright.adapters.tables.read import read_input_table
from matchwright.core.bundle import verify_bundle
from matchwright.core.bundle.manifest import REFERENCE
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import MatchSpec
from matchwright.errors import BundleError, DataError, Fault
from matchwright.files import write_whole
from matchwright.monitoring.period import Period
from matchwright.monitoring.verdict import Verdict, Window, reach_verdict
from matchwright.monitoring.window import DecisionWindow, read_window
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings

_NOT_COMPARISONS = ("score", "band", "label")


def monitor(
    *,
    settings: Settings,
    spec: MatchSpec,
    bundle: Path,
    decisions: Path | None = None,
    since: str = "",
    until: str = "",
    labels: str = "",
    report: Path,
    verdict: Path,
) -> dict[str, Any]:
    """Measure drift in the decisions of ``bundle`` during a period, and write the verdict. An alarm raises nothing.

    Args:
        settings: names the decision log (unless ``decisions`` does) and Evidently's workspace.
        spec: its ``monitoring`` gives the limits; its name selects the decisions.
        bundle: folder of the bundle that made the decisions. Its reference is what they are compared with.
        decisions: log folder, or one of its files.
        since: ISO date or time, or a span such as ``24h``.
        until: ISO date or time, exclusive.
        labels: CSV, Parquet or Delta with ``decision_id`` and ``label`` (1 or 0), if some have arrived.
        report: HTML page to write. Evidently's full report is written to the same folder.
        verdict: JSON file to write. A text file with the suffix ``.txt`` is written to the same folder.

    Returns:
        status, headline, decisions, bundle, report, full_report, verdict, project, run and address
        (the run's path within the Evidently UI, empty without one).

    Raises:
        BundleError: the bundle is corrupt, or was made with another spec.
        DataError: the log or the labels cannot be read.
    """
    manifest, digest = verify_bundle(bundle, secret(VERIFY_KEY))
    if manifest.name != spec.name:
        raise BundleError(
            f"The bundle was made with spec '{manifest.name}', not '{spec.name}'.", "give the spec it was made with"
        )
    reference = read_frame(bundle / REFERENCE)
    comparisons = [name for name in reference.columns if name not in _NOT_COMPARISONS]
    if lacking := [name for name in ("score", "band") if name not in reference]:
        raise DataError("The bundle's reference lacks columns.", [Fault(REFERENCE, f"no {' and no '.join(lacking)}")])
    period = Period.parse(since, until)
    arrived = read_input_table(labels) if labels else None
    log = decisions or settings.decision_log_folder
    # the environment's own log appears with its first decision; one that somebody names must exist
    absent = decisions is None
    window = read_window(log, spec.name, digest, comparisons, period, arrived, may_be_absent=absent)
    identity = RunIdentity(spec.name, digest, *_ends(window, period))
    measured = measure(reference, window.frame, spec, timestamp=_timestamp(window, period), metadata=identity.metadata)
    reached = reach_verdict(measured.figures, window.faults, spec, digest, _describe(window, period))
    address = RunAddress(str(identity.project), {}, "")
    if measured.snapshots:
        address = save_run(settings.drift_workspace, measured, spec, identity, reached.headline)
    full = report.with_name(f"{report.stem}-evidently.html")
    full.unlink(missing_ok=True)
    if "drift" in measured.snapshots:
        write_whole(full, measured.snapshots["drift"].get_html_str(as_iframe=False))
    write_whole(verdict, reached.model_dump_json(indent=1) + "\n")
    write_whole(verdict.with_suffix(".txt"), reached.text())
    write_whole(report, drift_page(reached, full.name if full.exists() else "", address.path))
    return {
        "status": reached.status,
        "headline": reached.headline,
        "decisions": reached.figures.decisions,
        "bundle": digest,
        "report": str(report),
        "full_report": str(full) if full.exists() else "",
        "verdict": str(verdict),
        "project": address.project,
        "run": address.runs.get("drift", ""),
        "address": address.path,
    }


def read_verdict(path: Path) -> Verdict:
    """The verdict that a run of :func:`monitor` wrote."""
    return Verdict.model_validate_json(path.read_text(encoding="utf-8"))


def _ends(window: DecisionWindow, period: Period) -> tuple[str, str]:
    """The ends that identify a window: those of the period if they are fixed, else those of the decisions found."""
    since = period.since if period.fixed_start else window.since
    until = period.until or window.until
    return (since.isoformat() if since else ""), (until.isoformat() if until else "")


def _timestamp(window: DecisionWindow, period: Period) -> datetime:
    """The end of the window in UTC, without a zone: Evidently's time axis has none."""
    return (period.until or window.until or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)


def _describe(window: DecisionWindow, period: Period) -> Window:
    notes = []
    if window.other_bundles:
        others = ", ".join(f"{digest[:12]} ({count:,})" for digest, count in list(window.other_bundles.items())[:3])
        notes.append(f"{sum(window.other_bundles.values()):,} decisions by other bundles are left out: {others}.")
    if window.restated:
        notes.append(
            f"{window.restated:,} decisions are for another register than the bundle's (prior_shift): their scores are "
            "compared as if they were for its own, and their bands as they were decided."
        )
    if window.torn_lines:
        notes.append(f"{window.torn_lines} incomplete line(s) are left out: the writer was stopped.")
    if window.other_labels:
        notes.append(f"{window.other_labels:,} labels belong to no decision of this window.")
    since, until = window.since or period.since, window.until or period.until
    return Window(
        since=f"{since:%Y-%m-%d %H:%M} UTC" if since else "",
        until=f"{until:%Y-%m-%d %H:%M} UTC" if until else "",
        notes=tuple(notes),
    )
