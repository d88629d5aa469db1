"""Whether the labelled pairs are enough to train on."""

from math import ceil

from matchwright.core.spec.learning import SplitSpec
from matchwright.drafting.tables import Labels
from matchwright.training.calibration.choose import FEWEST_FOR_CHOICE
from matchwright.training.few_labels.scorer import FEWEST_PER_CLASS, LEAST_TEST_SHARE

FEWEST_MATCHES = ceil(FEWEST_FOR_CHOICE / SplitSpec().calibrate)
"""With fewer matches, and no other labels, the part for calibration is too small to fit a calibrator on."""

FEWEST_OF_EACH = ceil(FEWEST_PER_CLASS / (1 - LEAST_TEST_SHARE))
"""The fewest matches, and the fewest other labelled pairs, that leave enough outside the test part."""


def too_few(labelled_pairs: Labels) -> str:
    """Why the pairs are too few to train on; empty if they are enough."""
    matches = int(labelled_pairs.matches.sum())
    others = len(labelled_pairs.matches) - matches
    if labelled_pairs.labelled and min(matches, others) < FEWEST_OF_EACH:
        return f"{matches} matches and {others} other pairs are too few to train on, it takes {FEWEST_OF_EACH} of each"
    if not labelled_pairs.labelled and matches < FEWEST_MATCHES:
        return f"{matches} matches are too few to train, calibrate and test on, it takes {FEWEST_MATCHES}"
    return ""
