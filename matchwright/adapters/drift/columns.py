"""Names that the report, its reader and the dashboard share."""

from matchwright.core.spec import Band

SCORE, BAND, LABEL, GUESS = "score", "band", "label", "guess"
BANDS: tuple[Band, ...] = ("match", "review", "no_match")

DISTANCE = "wasserstein_floored"
"""Our registered drift method: Wasserstein in units of the reference's standard deviation, floored."""
BAND_METHOD = "band_shares"
"""Our registered drift method: the largest change of a band's share, in the unit of the spec's limit."""

DRIFT_TAG, PERFORMANCE_TAG = "drift", "performance"
