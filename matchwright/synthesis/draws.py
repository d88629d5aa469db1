"""Random draws that depend on the seed, a purpose and the number of the thing drawn for, and on nothing else.

A generator that hands out one number after another gives other values when the work is cut into other blocks. Here
each draw is a hash of its keys (the finaliser of SplitMix64). So a register is the same in blocks of any size.
"""

import hashlib
from typing import Any

import numpy as np

Whole = np.ndarray[Any, np.dtype[Any]]
Values = np.ndarray[Any, np.dtype[Any]]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


class Draws:
    """Draws for one seed. Keys are whole numbers, arrays of one length."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def bits(self, purpose: str, *keys: Whole) -> Whole:
        """64 random bits for each row of the keys."""
        digest = hashlib.blake2b(f"{self._seed}:{purpose}".encode(), digest_size=8).digest()
        state = np.full(len(keys[0]), int.from_bytes(digest, "little"), dtype=np.uint64)
        for key in keys:
            state = _mixed(state ^ (key.astype(np.uint64) + np.uint64(1)) * _STEP)
        return state

    def uniform(self, purpose: str, *keys: Whole) -> Values:
        """Numbers from 0 up to but without 1."""
        return (self.bits(purpose, *keys) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def happens(self, purpose: str, share: float, *keys: Whole) -> Values:
        """True for this share of the rows."""
        return np.less(self.uniform(purpose, *keys), share)

    def below(self, purpose: str, count: int | Whole, *keys: Whole) -> Whole:
        """Whole numbers from 0 up to but without ``count``."""
        return (self.uniform(purpose, *keys) * count).astype(np.int64)


def _mixed(state: Whole) -> Whole:
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    mixed: Whole = state ^ (state >> np.uint64(31))
    return mixed
