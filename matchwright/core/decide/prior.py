"""The prior: how rare a match is among all pairs of the register that a bundle is used on.

A score is a probability, so it holds for a register: that which the bundle learned from. In a register ten times as
large, a pair that agrees in the same values is a match more rarely, because ten times as many strangers share them.

**What is restated.** The log-odds of a match are those of a random pair, plus what the evidence of the pair adds. Where
only the share of matches differs between two registers, what the evidence adds is the same in both. So the log-odds of
every pair shift by the same number: the logarithm of the new prior odds divided by the old ones. Saerens, Latinne and
Decaestecker (2002), Adjusting the Outputs of a Classifier to New a Priori Probabilities. The prior odds of a random
pair are the matches of its register divided by the pairs of it.

**Why the whole score shifts.** The score is the smaller one of two probabilities: that of the calibrated scorer, and
the limit of the register evidence. Both hold for the bundle's register, so both shift by the same number, and so does
the smaller one. Thresholds do not shift: they follow from what errors cost.

**What is approximate.**

- The evidence is taken to say as much as before. A register with other frequent values needs training.
- Candidates that come from rules grow with the register, as pairs do. Those that come from a fixed number of nearest
  neighbours do not: a larger register gives a record nearer neighbours, and not more of them. For such pairs the shift
  is too large. The same holds for pairs that are compared with their competing candidates.
- Scores end at one in a million from 0 and from 1. There a shift changes less, or is undone in part.
- The number of matches in the new register is an estimate. Without one, it is assumed that the smaller side has as many
  matches per record as in the bundle's register.
- One table has about half as many pairs as left times right. That factor is the same before and after.
"""

import logging
from dataclasses import dataclass
from math import log
from typing import Any, Literal

import numpy as np

from matchwright.core.decide.calibrator import SMALLEST, log_odds, sigmoid
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.stated_register import StatedRegister

Array = np.ndarray[Any, np.dtype[np.float64]]

SHIFT_DECIMALS = 6
"""The shift is rounded, so that it is the same on every machine and in the decision log."""

MUCH_LARGER = 2
"""A register with more than so many times the records, on either side, is much larger. Twice as many records on one
side halve the prior odds."""

WITH_MATCHES = "with at least fifty known matches that agree exactly in fields of other kinds than text"
"""What a bundle needs to know its own register."""

WarningName = Literal["register_larger", "register_unknown"]
WARNINGS: tuple[WarningName, ...] = ("register_larger", "register_unknown")


@dataclass(frozen=True)
class RegisterWarning:
    """What is wrong with the use of a bundle on a register: ``fact``, and a ``hint`` what to do."""

    name: WarningName
    fact: str
    hint: str

    def __str__(self) -> str:
        return f"{self.fact}\nHint: {self.hint}"


@dataclass(frozen=True)
class RegisterUse:
    """The register that a bundle is used on.

    - ``learned``: what the bundle knows of the register that it learned from, or None.
    - ``stated``: the register that its user states, or None.
    """

    learned: RegisterEvidence | None = None
    stated: StatedRegister | None = None

    @property
    def prior_shift(self) -> float | None:
        """What restating the prior adds to the log-odds of every pair. None: the prior is not restated."""
        if self.stated is None or self.learned is None or not self.stated.restate_prior:
            return None
        return shift_between(self.learned, self.stated)

    @property
    def warning(self) -> RegisterWarning | None:
        """What is wrong with using the scores on the stated register."""
        if self.stated is None or self.stated.restate_prior:
            return None
        if self.learned is None:
            return RegisterWarning(
                "register_unknown",
                "The bundle does not know the size of its own register, so it cannot be compared with the stated one.",
                f"train again {WITH_MATCHES}",
            )
        return self.larger(self.stated.left_records, self.stated.right_records, "the stated register")

    def larger(self, left_records: int, right_records: int, what: str) -> RegisterWarning | None:
        """A warning where ``what`` has much more records than the register that the scores are for."""
        known = self.stated if self.prior_shift is not None else self.learned
        if known is None:
            return None
        sizes = ((left_records, known.left_records), (right_records, known.right_records))
        if all(size <= MUCH_LARGER * own for size, own in sizes):
            return None
        return RegisterWarning(
            "register_larger",
            f"{what[:1].upper()}{what[1:]} has {left_records:,} left and {right_records:,} right records, and the "
            f"scores are for {known.left_records:,} and {known.right_records:,}. So they are too high: there are more "
            "strangers with the same values, and more false matches.",
            "state the register with restate_prior: true, or train on it",
        )

    def log(self, logger: logging.Logger) -> None:
        """Write one line if the prior is restated, and one if there is a warning."""
        if self.prior_shift is not None:
            logger.info("the prior is restated: the log-odds of every pair shift by %+.6f", self.prior_shift)
        if self.warning is not None:
            logger.warning("%s: %s", self.warning.name, self.warning)


def shift_between(learned: RegisterEvidence, stated: StatedRegister) -> float:
    """The logarithm of the prior odds of the stated register, divided by those of the bundle's register."""
    matches = stated.matches
    if matches is None:
        smaller = min(stated.left_records, stated.right_records)
        matches = learned.matches * smaller / min(learned.left_records, learned.right_records)
    before = log(learned.matches) - log(learned.left_records) - log(learned.right_records)
    after = log(matches) - log(stated.left_records) - log(stated.right_records)
    return round(after - before, SHIFT_DECIMALS)


def restated(scores: Array, shift: float | None) -> Array:
    """The scores after the prior is restated. Without a shift, or with a shift of 0, they stay the same."""
    if not shift:
        return scores
    return np.asarray(np.clip(sigmoid(log_odds(scores) + shift), SMALLEST, 1 - SMALLEST))
