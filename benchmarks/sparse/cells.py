"""A cell: pairs of a register that are known to agree and to disagree in given fields, with the rest blanked."""

from dataclasses import dataclass

import numpy as np

from matchwright.training.register_evidence.register import Register

STRATA = (5, 20, 100)
"""A pattern is split by how many right records have its rarest agreeing value."""
FEWEST_PAIRS = 50
REPLICATES = 200
RULE_OF_THREE = 3
"""Where nothing was seen, up to so many may be expected (95%)."""


@dataclass(frozen=True)
class Cell:
    """The pairs of one pattern and one stratum.

    ``agree`` and ``disagree`` are the fields of the pattern. ``pairs`` and ``matches`` are counts by unit of the
    bootstrap: groups of equal values, or entities. ``drawn`` is how many pairs these counts rest on. ``left`` and
    ``right`` are the rows of the scored pairs. ``true_weights`` and ``other_weights`` say how many matches and other
    pairs each of these stands for.
    """

    agree: tuple[int, ...]
    disagree: tuple[int, ...]
    stratum: int
    pairs: np.ndarray
    matches: np.ndarray
    drawn: int
    left: np.ndarray
    right: np.ndarray
    true_weights: np.ndarray
    other_weights: np.ndarray

    @property
    def share(self) -> float:
        """The share of matches."""
        return float(self.matches.sum() / self.pairs.sum())

    @property
    def is_judged(self) -> bool:
        """Whether the cell has enough pairs to be judged."""
        return min(float(self.pairs.sum()), self.drawn) >= FEWEST_PAIRS

    def interval(self, generator: np.random.Generator) -> tuple[float, float]:
        """The 95% bootstrap interval of the share.

        Without a match, it ends at the share of three matches. Without another pair, it starts where three units would
        have nothing but other pairs.
        """
        if not self.matches.any():
            return 0.0, min(RULE_OF_THREE / float(self.pairs.sum()), 1.0)
        if self.share == 1:
            return max(1 - RULE_OF_THREE / len(self.pairs), 0.0), 1.0
        drawn = generator.poisson(1.0, size=(REPLICATES, len(self.pairs)))
        shares = (drawn @ self.matches) / np.maximum(drawn @ self.pairs, 1)
        low, high = np.quantile(shares, [0.025, 0.975])
        return float(low), float(high)

    def is_calibrated(self, stated: float, generator: np.random.Generator) -> bool:
        """Whether the stated score is near the share of matches, or inside its interval."""
        low, high = self.interval(generator)
        return near(self.share, stated) or low <= stated <= high


def near(share: float, score: float) -> bool:
    """Whether a stated score is within 2 points and a factor of 1.5 of a share."""
    return abs(score - share) <= 0.02 and share / 1.5 <= score <= share * 1.5


def stratum_of(register: Register, fields: tuple[int, ...], rows: np.ndarray) -> np.ndarray:
    """The stratum of each row, by how many right records have the rarest of its values."""
    counts = []
    for field in fields:
        codes = register.codes[:, field]
        present = codes[register.right]
        counts.append(np.bincount(present[present >= 0], minlength=codes.max() + 1)[codes[rows]])
    return np.searchsorted(STRATA, np.min(counts, axis=0))


def stratum_name(number: int) -> str:
    """The counts that a stratum has, such as ``6 to 20``."""
    low = (0, *STRATA)[number] + 1
    return f"{low} to {STRATA[number]}" if number < len(STRATA) else f"{low} or more"
