"""Names that the report, the code that reads it and the dashboard share."""

from matchwright.core.spec import Band

SCORE, BAND, LABEL, GUESS = "score", "band", "label", "guess"
BANDS: tuple[Band, ...] = ("match", "review", "no_match")

DISTANCE = "wasserstein_floored"
"""Our registered drift method: Wasserstein in standard deviations of the reference, which count at least a minimum."""
BAND_METHOD = "band_shares"
"""Our registered drift method: the largest change of a band's share. The spec's limit has the same unit."""

DRIFT_TAG, PERFORMANCE_TAG = "drift", "performance"
