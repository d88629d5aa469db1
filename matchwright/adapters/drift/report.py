"""The report that Evidently computes on a window, and the figures read from its result."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.drift.columns import BAND, BAND_METHOD, BANDS, DISTANCE, DRIFT_TAG, LABEL, SCORE
from matchwright.adapters.drift.performance import measure_performance
from matchwright.core.spec import MatchSpec
from matchwright.monitoring.figures import DriftFigures, ShareShift, ValueShift, counts_missing, distance_noise
from matchwright.telemetry import silence

_LEAST_VALUES = 30
"""With fewer values than this on either side, no distance is computed."""


@dataclass(frozen=True)
class Measured:
    """Figures, and the Evidently snapshots that they were read from, by tag (``drift``, ``performance``)."""

    figures: DriftFigures
    snapshots: dict[str, Any]


def measure(
    reference: pd.DataFrame,
    decisions: pd.DataFrame,
    spec: MatchSpec,
    *,
    timestamp: datetime,
    metadata: dict[str, str],
) -> Measured:
    """Compare a window of decisions with the bundle's reference.

    Args:
        reference: comparison columns, ``score``, ``band`` and ``label`` of the evaluation set.
        decisions: the same columns. ``label`` is NaN if none has arrived. A NaN comparison is missing evidence. A
            NaN score means that serving abstained; such a row counts only in the bands.
        spec: its ``monitoring`` gives the limits and the sample size. The sample is drawn with a fixed seed.
        timestamp: the window's end, for the dashboard's time axis.
        metadata: strings that are stored with the run.
    """
    silence()
    from evidently import DataDefinition, Dataset, Report

    if decisions.empty or reference.empty:
        empty = DriftFigures(decisions=len(decisions), sampled=0, reference_rows=len(reference))
        return Measured(empty, {})
    reference = reference[reference[SCORE].notna()]
    numeric = [name for name in reference.columns if name not in (BAND, LABEL)]
    baseline = _sample(reference, spec)[[*numeric, BAND]].astype(dict.fromkeys(numeric, "float64"))
    window = _sample(decisions, spec)[[*numeric, BAND]].astype(dict.fromkeys(numeric, "float64"))
    noise = {name: _noise(baseline[name], window[name]) for name in numeric}
    measurable = [name for name in numeric if np.isfinite(noise[name]) and not counts_missing(name)]
    noise_table = pd.DataFrame(
        [(name, noise[name]) for name in measurable if name != SCORE], columns=["column", "noise"]
    ).astype({"column": "object", "noise": "float64"})
    definition = DataDefinition(numerical_columns=numeric, categorical_columns=[BAND])
    with np.errstate(invalid="ignore"):  # Evidently divides by the number of values, which may be 0
        snapshot = Report(_metrics(numeric, measurable, spec), tags=[DRIFT_TAG]).run(
            Dataset.from_pandas(window, definition),
            Dataset.from_pandas(baseline, definition),
            additional_data={"noise": Dataset.from_pandas(noise_table, DataDefinition())},
            timestamp=timestamp,
            metadata=dict(metadata),
        )
    results = _Results(snapshot, len(baseline), len(window))
    unscored = int(window[SCORE].isna().sum())
    shifts = {
        name: ValueShift(
            name=name,
            distance=results.value("ValueDrift", name) if name in measurable else None,
            noise=noise[name] if name in measurable else 0.0,
            reference_mean=results.mean(name, reference=True),
            current_mean=results.mean(name, reference=False),
            missing=_lacking(baseline[name], window[name])
            if counts_missing(name)
            else results.share("MissingValueCount", name, left_out=unscored),
        )
        for name in numeric
    }
    performance, quality = measure_performance(reference, decisions, spec, timestamp=timestamp, metadata=metadata)
    return Measured(
        DriftFigures(
            decisions=len(decisions),
            sampled=len(window),
            reference_rows=len(baseline),
            score=shifts.pop(SCORE),
            comparisons=tuple(shifts.values()),
            bands={band: results.share("CategoryCount", BAND, band) for band in BANDS},
            performance=performance,
        ),
        {DRIFT_TAG: snapshot, **quality},
    )


def _metrics(numeric: list[str], measurable: list[str], spec: MatchSpec) -> list[Any]:
    """The report's metrics, the most important first: the run's page has the same order."""
    from evidently.metrics import CategoryCount, MeanValue, MissingValueCount, RowCount, ValueDrift

    from matchwright.adapters.drift.metrics import MovedComparisons, ReviewLoad

    limits = spec.monitoring
    metrics: list[Any] = [
        RowCount(),
        MovedComparisons(limit=limits.comparison_distance),
        ReviewLoad(),
        *(CategoryCount(column=BAND, category=band) for band in BANDS),
        ValueDrift(column=BAND, method=BAND_METHOD, threshold=limits.band_share_change),
    ]
    for name in [SCORE, *(column for column in numeric if column != SCORE)]:
        threshold = limits.score_distance if name == SCORE else limits.comparison_distance
        if name in measurable:
            metrics.append(ValueDrift(column=name, method=DISTANCE, threshold=threshold))
        if name in measurable or counts_missing(name):
            metrics.append(MeanValue(column=name))
        metrics.append(MissingValueCount(column=name))
    return metrics


def _sample(frame: pd.DataFrame, spec: MatchSpec) -> pd.DataFrame:
    if len(frame) <= spec.monitoring.sample:
        return frame
    return frame.sample(spec.monitoring.sample, random_state=spec.model.seed)


def _noise(reference: pd.Series, current: pd.Series) -> float:
    present, rows = reference.dropna().to_numpy(), int(current.notna().sum())
    return distance_noise(present, rows) if min(len(present), rows) >= _LEAST_VALUES else np.inf


def _lacking(reference: pd.Series, current: pd.Series) -> ShareShift:
    """The share of pairs in which a side lacks the field, from the number of such sides. Abstentions do not count."""
    before, now = reference.dropna(), current.dropna()
    return ShareShift(
        reference=float((before > 0).mean()) if len(before) else 0.0,
        current=float((now > 0).mean()) if len(now) else 0.0,
        reference_rows=len(before),
        current_rows=len(now),
    )


class _Results:
    """Evidently's result by metric, column and category."""

    def __init__(self, snapshot: Any, reference_rows: int, current_rows: int) -> None:
        self._found = {}
        for identity, result in snapshot.metric_results.items():
            parameters = result.get_metric_value_location().metric.params
            key = (
                parameters["type"].rpartition(":")[2],
                parameters.get("column"),
                ",".join(parameters.get("categories") or ()),
            )
            self._found[key] = (identity, result)
        self._context, self._reference_rows, self._current_rows = snapshot.context, reference_rows, current_rows

    def value(self, metric: str, column: str) -> float:
        return float(self._found[metric, column, ""][1].value)

    def mean(self, column: str, *, reference: bool) -> float | None:
        if ("MeanValue", column, "") not in self._found:
            return None
        identity, result = self._found["MeanValue", column, ""]
        value = float((self._context.get_reference_metric_result(identity) if reference else result).value)
        return value if np.isfinite(value) else None

    def share(self, metric: str, column: str, category: str = "", left_out: int = 0) -> ShareShift:
        """``left_out`` rows of the window do not count in the share: serving abstained on them."""
        identity, result = self._found[metric, column, category]
        reference = self._context.get_reference_metric_result(identity)
        rows = self._current_rows - left_out
        return ShareShift(
            reference=float(reference.get_share().value),
            current=(float(result.get_count().value) - left_out) / rows if rows else 0.0,
            reference_rows=self._reference_rows,
            current_rows=rows,
        )
