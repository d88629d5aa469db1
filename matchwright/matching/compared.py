"""All pairs that a run compared, in few bytes: what explains a pair that is no match."""

import numpy as np
import pandas as pd

from matchwright.core.candidates import CandidatePairs
from matchwright.matching.deciding import BY_NEIGHBOURS, Bands
from matchwright.matching.scoring import ScoredPairs


def compared_pairs(pairs: CandidatePairs, scored: ScoredPairs, bands: Bands) -> pd.DataFrame:
    """All pairs with their scores: those of ``pairs``, and after them the ones that neighbours propose.

    Records are numbers, in the order of their keys: keys would take most of the space.

    Returns:
        left, right (int32), score (float32, of six decimals), added (what neighbours add to the log-odds), band and
        proposed_by (categories).
    """
    masks, which = np.unique(pairs.methods, return_inverse=True)
    names = ["|".join(name for bit, name in enumerate(pairs.names) if mask >> bit & 1) for mask in masks.tolist()]
    codes = np.append(which, np.full(len(scored) - len(pairs), len(names)))
    methods = pd.CategoricalDtype([*names, BY_NEIGHBOURS])
    return pd.DataFrame(
        {
            "left": scored.left,
            "right": scored.right,
            "score": scored.scores.astype(np.float32),
            "added": scored.added,
            "band": pd.Categorical(bands),
            "proposed_by": pd.Categorical.from_codes(codes.astype(np.int32), dtype=methods),
        }
    )
