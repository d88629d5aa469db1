"""Names that the report, its reader and the dashboard share."""

from matchwright.core.spec import Band

SCORE, BAND, LABEL, GUESS = "score", "band", "label", "guess"
BANDS: tuple[Band, ...] = ("match", "review", "no_match")

DISTANCE = "wasserstein_floored"
"""Our registered drift method: Wasserstein in units of the reference's standard deviation, floored."""
BAND_METHOD = "TVD"
"""Total variation distance: the largest change of a probability, in the same unit as the spec's limit."""

DRIFT_TAG, PERFORMANCE_TAG = "drift", "performance"
