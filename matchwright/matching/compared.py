"""All pairs that a run compared, in few bytes: what explains a pair that is no match."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from matchwright.core.candidates import CandidatePairs
from matchwright.matching.deciding import BY_NEIGHBOURS
from matchwright.matching.engine import Bands
from matchwright.matching.scored_pairs import ScoredPairs

AT_ONCE = 1_000_000
"""Pairs in one frame. All at once would take several times the memory that the pairs themselves take."""

BANDS = pd.CategoricalDtype(["match", "review", "no_match"])


def compared_pairs(pairs: CandidatePairs, scored: ScoredPairs, bands: Bands) -> Iterator[pd.DataFrame]:
    """All pairs with their scores, a million at a time: those of ``pairs``, and then the ones that neighbours propose.

    Records are numbers, in the order of their keys: keys would take most of the space.

    Returns:
        left, right (int32), score (float32, of six decimals), added (what neighbours add to the log-odds), band and
        proposed_by (categories).
    """
    masks = np.unique(pairs.methods)
    names = ["|".join(name for bit, name in enumerate(pairs.names) if mask >> bit & 1) for mask in masks.tolist()]
    methods = pd.CategoricalDtype([*names, BY_NEIGHBOURS])
    for start in range(0, max(len(scored), 1), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        which = np.searchsorted(masks, pairs.methods[part])
        beyond = len(scored.left[part]) - len(which)
        codes = np.append(which, np.full(beyond, len(names)))
        yield pd.DataFrame(
            {
                "left": scored.left[part],
                "right": scored.right[part],
                "score": scored.scores[part].astype(np.float32),
                "added": scored.added(part),
                "band": pd.Categorical(bands[part], dtype=BANDS),
                "proposed_by": pd.Categorical.from_codes(codes.astype(np.int32), dtype=methods),
            }
        )
