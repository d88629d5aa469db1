"""Quality of the decisions whose labels have arrived, computed by Evidently."""

from datetime import datetime
from typing import Any

import pandas as pd

from matchwright.adapters.drift.columns import BAND, GUESS, LABEL, PERFORMANCE_TAG, SCORE
from matchwright.core.spec import MatchSpec
from matchwright.monitoring.figures import Performance

_LEAST_LABELS = 30
_GUESS_FROM = 0.5
"""From this calibrated score on, a match is more likely than not, also in the review band."""


def measure_performance(
    reference: pd.DataFrame,
    decisions: pd.DataFrame,
    spec: MatchSpec,
    *,
    timestamp: datetime,
    metadata: dict[str, str],
) -> tuple[Performance | None, dict[str, Any]]:
    """F1, precision and recall of the labelled decisions, and the same of a reference with the same shares of bands.

    None if there are too few labels, or labels of one class only.
    """
    from evidently import BinaryClassification, DataDefinition, Dataset, Report
    from evidently.metrics import F1Score, Precision, Recall

    labelled, baseline = _guesses(decisions), _guesses(reference)
    baseline = _with_bands_like(labelled, baseline, spec.model.seed)
    if len(labelled) < _LEAST_LABELS or any(frame[LABEL].nunique() < 2 for frame in (labelled, baseline)):
        return None, {}
    definition = DataDefinition(
        numerical_columns=[SCORE],
        categorical_columns=[LABEL, GUESS, BAND],
        classification=[BinaryClassification(target=LABEL, prediction_labels=GUESS, pos_label=1)],
    )
    snapshot = Report([F1Score(), Precision(), Recall()], tags=[PERFORMANCE_TAG]).run(
        Dataset.from_pandas(labelled, definition),
        Dataset.from_pandas(baseline, definition),
        timestamp=timestamp,
        metadata=dict(metadata),
    )
    found = {}
    for identity, result in snapshot.metric_results.items():
        metric = result.get_metric_value_location().metric.params["type"].rpartition(":")[2]
        found[metric] = (result.value, snapshot.context.get_reference_metric_result(identity).value)
    performance = Performance(
        labelled=len(labelled),
        f1=float(found["F1Score"][0]),
        f1_reference=float(found["F1Score"][1]),
        precision=float(found["Precision"][0]),
        recall=float(found["Recall"][0]),
        true_matches=int((labelled[LABEL] & labelled[GUESS]).sum()),
        errors=int((labelled[LABEL] != labelled[GUESS]).sum()),
    )
    return performance, {PERFORMANCE_TAG: snapshot}


def _guesses(frame: pd.DataFrame) -> pd.DataFrame:
    if LABEL not in frame:
        return pd.DataFrame(columns=[LABEL, GUESS, SCORE, BAND])
    known = frame.loc[frame[LABEL].isin((0, 1)) & frame[SCORE].notna(), [LABEL, SCORE, BAND]].reset_index(drop=True)
    return known.assign(**{LABEL: known[LABEL].astype(int), GUESS: (known[SCORE] >= _GUESS_FROM).astype(int)}).astype(
        {SCORE: "float64"}
    )


def _with_bands_like(labelled: pd.DataFrame, baseline: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Reference rows, drawn so that each band has the same share as among the labelled decisions."""
    wanted = labelled[BAND].value_counts()
    wanted = wanted[wanted.index.isin(baseline[BAND].unique())]
    if wanted.empty or baseline.empty:
        return baseline.iloc[:0]
    rows = max(len(baseline), 1000)
    parts = [
        baseline[baseline[BAND] == band].sample(max(1, round(rows * share)), replace=True, random_state=seed)
        for band, share in (wanted / wanted.sum()).items()
    ]
    return pd.concat(parts, ignore_index=True)
