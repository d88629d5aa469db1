"""What a number of labels is good for, and what more of them would be."""

from math import ceil

from matchwright.training.few_labels.scorer import FEW_LABELS, FEWEST_PER_CLASS, LEAST_TEST_SHARE

USABLE = 100
"""Well chosen labels from which a first version is mostly better than the unsupervised start."""


def worth_of(same: int, different: int) -> str:
    """One sentence for who has answered ``same`` and ``different`` so many times."""
    fewest = ceil(FEWEST_PER_CLASS / (1 - LEAST_TEST_SHARE))
    fewer, answer = min((same, "same"), (different, "not the same"))
    if fewer < fewest:
        return f"A first version takes about {fewest} of each: {fewest - fewer} more answers '{answer}'."
    if same + different < USABLE:
        return f"A first version learns from these; {USABLE} labels and more make a usable one."
    if same + different < FEW_LABELS:
        return (
            "A first version learns from these; four times as many halve the intervals of its figures, and from "
            f"{FEW_LABELS:,} on there are pairs to spare for calibration."
        )
    return "Enough to train, calibrate and judge a version on pairs of their own."
