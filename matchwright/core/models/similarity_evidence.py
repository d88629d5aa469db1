"""How much values say that are nearly the same: less than the same values, because more strangers have them.

A surname that a slip of the pen made rare has a frequency of one. Yet many strangers have a similar surname.
"""

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from matchwright.frozen import Frozen

Array = np.ndarray[Any, np.dtype[np.float64]]

STEPS = 50
"""Similarities from 0 to 1 are told apart in so many steps."""

ROUNDING = 1e-6
"""A similarity that is so little below a step counts as on it."""


class SimilarityCurve(Frozen):
    """The most that nearly the same values of a field add to the log-odds, by their similarity.

    ``evidence`` is that of similarities from 0 to 1 in :data:`STEPS` equal steps. It rises.
    """

    evidence: tuple[Annotated[float, Field(ge=0)], ...] = Field(min_length=STEPS + 1, max_length=STEPS + 1)

    def at(self, similarity: Array) -> Array:
        """The most evidence of values with these similarities, shape (pairs,); a missing similarity is 0."""
        step = np.floor(np.clip(np.nan_to_num(similarity), 0, 1) * STEPS + ROUNDING).astype(np.intp)
        return np.asarray(np.array(self.evidence)[step])
