"""Whether the labelled pairs are enough to train on, and whether matches alone may be all matches."""

from collections.abc import Callable
from math import ceil

from matchwright.core.spec.learning import SplitSpec
from matchwright.drafting.tables import Labels
from matchwright.training.calibration.choose import FEWEST_FOR_CHOICE
from matchwright.training.few_labels.scorer import FEWEST_PER_CLASS, LEAST_TEST_SHARE

FEWEST_MATCHES = ceil(FEWEST_FOR_CHOICE / SplitSpec().calibrate)
"""With fewer matches, and no other labels, the part for calibration is too small to fit a calibrator on."""

FEWEST_OF_EACH = 20
"""The fewest matches, and the fewest other labelled pairs, that leave enough to learn from.

Training needs :data:`FEWEST_PER_CLASS` of each outside the test part. Which pairs are inside is a matter of chance, and
a pair that is no candidate does not count. If one pair in four is none, 18 pairs leave enough in 99 of 100 cases.
"""

FEW_OF_EACH = 100
"""With fewer of each, the figures of the test part say little: a share is off by up to 18 points."""

_LEAST_FOUND = ceil(FEWEST_PER_CLASS / (1 - LEAST_TEST_SHARE))

COMPLETE_SHARE = 0.8
"""At least this share of the likely matches is in a table that lists every match."""


def not_trainable(labelled_pairs: Labels, share_listed: float | None) -> str:
    """Why nothing can be trained on the pairs; empty if something can.

    Args:
        labelled_pairs: the pairs.
        share_listed: of the likely matches of the tables, the share that is among them; None if it is not known.
    """
    return too_few(labelled_pairs) or _incomplete(labelled_pairs, share_listed)


def few_notice(labelled_pairs: Labels, others_found: int | None, look_alike: Callable[[], bool]) -> str:
    """What to expect of a training on few labels of both kinds; empty if there are many, or not enough to train on.

    Args:
        labelled_pairs: the pairs.
        others_found: how many of the pairs that do not match agree in a candidate rule; None if it is not known.
        look_alike: whether these pairs look alike, so that the most similar texts find some of them.
    """
    if not labelled_pairs.labelled or too_few(labelled_pairs):
        return ""
    matches = int(labelled_pairs.matches.sum())
    others = len(labelled_pairs.matches) - matches
    if others_found is not None and others_found < _LEAST_FOUND and not look_alike():
        agree = f"{others_found} of the {others:,} pairs that are labelled as no match agree in a candidate rule"
        fact = f"Only {agree}, and the others have nothing more in common than pairs drawn at random"
        why = f"Training uses candidates alone and needs {FEWEST_PER_CLASS} of each kind, so it may refuse these labels"
        then = "Label pairs that look alike, with 'matchwright label'"
        return f"{fact}. {why}. {then}."
    if min(matches, others) < FEW_OF_EACH:
        fact = f"{matches:,} matches and {others:,} other pairs are few. Training learns from them"
        test = f"but about {matches * LEAST_TEST_SHARE:.0f} and {others * LEAST_TEST_SHARE:.0f} are left to test on"
        return f"{fact}, {test}: a version may fail its gates. {FEW_OF_EACH} of each make figures that say more."
    return ""


def _incomplete(labelled_pairs: Labels, share_listed: float | None) -> str:
    """Why a table of matches alone is not taken to list every match; empty if it is, or has other pairs too."""
    if labelled_pairs.labelled or (share_listed is None and not labelled_pairs.has_column):
        return ""
    matches = f"{int(labelled_pairs.matches.sum())} labelled pairs are all matches"
    if share_listed is None:
        return f"{matches}, and nothing shows that they are every match"
    if share_listed < COMPLETE_SHARE:
        return f"{matches}, and only {share_listed:.0%} of the pairs that agree in three other fields are among them"
    return ""


def too_few(labelled_pairs: Labels) -> str:
    """Why the pairs are too few to train on; empty if they are enough."""
    matches = int(labelled_pairs.matches.sum())
    others = len(labelled_pairs.matches) - matches
    if labelled_pairs.labelled and min(matches, others) < FEWEST_OF_EACH:
        return f"{matches} matches and {others} other pairs are too few to train on, it takes {FEWEST_OF_EACH} of each"
    if not labelled_pairs.labelled and matches < FEWEST_MATCHES:
        return f"{matches} matches are too few to train, calibrate and test on, it takes {FEWEST_MATCHES}"
    return ""
