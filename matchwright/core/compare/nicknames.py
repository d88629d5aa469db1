"""Short forms of given names (``Bill`` for ``William``), from the English table of the ``nicknames`` package."""

from functools import cache, lru_cache
from typing import Any

import numpy as np

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison


def nickname(pairing: Pairing) -> Comparison:
    """1 where the names are equal or one is a known short form of the other, else 0; NaN where a side is missing."""
    result = np.full(len(pairing), np.nan, dtype=np.float32)
    pairs = pairing.distinct
    known = np.array(
        [_same_name(one, other) for one, other in zip(pairs.left, pairs.right, strict=True)], dtype=np.float32
    )
    result[pairing.both] = known if pairs.index is None else known[pairs.index]
    return result


def _same_name(one: str, other: str) -> bool:
    return one == other or other in _forms(one) or one in _forms(other)


@lru_cache(maxsize=100_000)
def _forms(name: str) -> frozenset[str]:
    return frozenset(_table().nicknames_of(name))


@cache
def _table() -> Any:
    from nicknames import NickNamer

    return NickNamer()
