"""What the labels so far are enough for, and how many more are useful."""

from math import ceil

from matchwright.training.few_labels.scorer import FEW_LABELS, FEWEST_PER_CLASS, LEAST_TEST_SHARE

USABLE = 100
"""From this number of well-chosen labels on, a trained version is mostly better than the unsupervised start."""


def worth_of(same: int, different: int) -> str:
    """In one or two sentences what the labels so far are enough for.

    Args:
        same: how many pairs were labelled as matches.
        different: how many were labelled as non-matches.
    """
    fewest = ceil(FEWEST_PER_CLASS / (1 - LEAST_TEST_SHARE))
    fewer, answer = min((same, "same"), (different, "not the same"))
    if fewer < fewest:
        return f"A first version takes about {fewest} of each: {fewest - fewer} more answers '{answer}'."
    if same + different < USABLE:
        return f"This is enough for a first version. A usable one takes {USABLE} labels or more."
    if same + different < FEW_LABELS:
        return (
            "This is enough for a first version. Four times as many labels halve the intervals of its figures. "
            f"From {FEW_LABELS:,} labels on, calibration has pairs of its own."
        )
    return "This is enough to train, calibrate and test a version, each on separate pairs."
