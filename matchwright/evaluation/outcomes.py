"""Outcomes: the decision on every labelled pair, also on those that blocking missed."""

import numpy as np
import pandas as pd

from matchwright.core.records import PAIR_KEYS

COLUMNS = (*PAIR_KEYS, "label", "score", "band", "missed")


def pair_outcomes(scored: pd.DataFrame, missed: pd.DataFrame | None = None) -> pd.DataFrame:
    """One frame of labelled pairs to measure: scored candidates, then true pairs that blocking missed.

    Args:
        scored: left_key, right_key, label, score (0..1), band; pairs of unknown label (-1) are left out.
        missed: left_key, right_key, label of labelled pairs that are not candidates. Only true ones count: it is
            right not to propose the others.

    Returns:
        Columns left_key, right_key, label, score, band, missed. A missed pair has score NaN and
        band ``no_match``. The index is 0, 1, 2, ...
    """
    labelled = scored.loc[scored["label"] >= 0, list(COLUMNS[:-1])].assign(missed=False)
    if missed is None:
        return labelled.reset_index(drop=True)
    lost = missed.loc[missed["label"] == 1, list(COLUMNS[:3])].assign(score=np.nan, band="no_match", missed=True)
    return pd.concat([labelled, lost], ignore_index=True) if len(lost) else labelled.reset_index(drop=True)
