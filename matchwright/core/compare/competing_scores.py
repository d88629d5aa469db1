"""A pair compared with its competing candidates by their scores: what the second stage of a scorer reads.

The first stage scores each candidate. Where a record has few matches, a candidate is unlikely to be one if another one
has a much higher score. This also holds where a record may have several matches: those stand out together.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from matchwright.core.compare.competing import SIDES, Grouped, Measures, Numbers, on_sides
from matchwright.core.compare.frames import framed, values_of
from matchwright.core.compare.names import field_of
from matchwright.core.spec.vocabulary import CONTEXT, REGISTER, SCORED_COMPARATORS

DECIMALS = 5

SCORED_NAMES = tuple(f"{CONTEXT}__{comparator}_{side}" for comparator in SCORED_COMPARATORS for side in SIDES)
"""The comparisons of a pair with its competing candidates by score."""


def of_side(side: str) -> tuple[str, ...]:
    """The comparisons of one side by score: the lead, the rank and the share."""
    return tuple(f"{CONTEXT}__{comparator}_{side}" for comparator in SCORED_COMPARATORS)


LEADS = tuple(name for name in SCORED_NAMES if "_lead_" in name)
"""How far the pair leads the best other candidate on each side, in log-odds of the first stage."""

SHARES = tuple(name for name in SCORED_NAMES if "_share_" in name)
"""The pair's shares of the probability of its records' candidates."""

RANKS = tuple(name for name in SCORED_NAMES if "_rank_" in name)
"""Those that every pair has with whose candidates other ones compete."""


def competing_scores(
    log_odds: Numbers, left_keys: Any, right_keys: Any, alike: bool, known: tuple[str, ...] = SIDES
) -> pd.DataFrame:
    """Each pair compared with the other candidates of its records, by what each would have alone.

    On a side, ``score_lead`` are the log-odds of the pair less the largest ones of another candidate, ``score_rank`` is
    one more than the number of candidates with larger ones, and ``score_share`` is the pair's share of the sum of the
    candidates' probabilities. All are missing where a record has no other candidate: nothing competes.

    Args:
        log_odds: of each pair alone, by the first stage and within what the register says, shape (pairs,).
        left_keys: the left record of each pair; equal keys are one record.
        right_keys: the right record of each pair.
        alike: whether both sources are alike. Then ``left`` holds the weaker of the two sides, and ``right`` the
            stronger one. If only one side is known, both hold that side.
        known: the sides for whose records all candidates are given. The other side is missing.

    Returns:
        float32 columns :data:`SCORED_NAMES`, one row per pair.
    """
    return score_columns(on_sides(left_keys, right_keys, log_odds, known, measures_among), len(log_odds), alike)


def score_columns(found: Mapping[str, Measures], pairs: int, alike: bool) -> pd.DataFrame:
    """The columns :data:`SCORED_NAMES` from the lead, the rank and the share on each known side, each (pairs,)."""
    columns = {name: np.full(pairs, np.nan, dtype=np.float32) for name in SCORED_NAMES}
    for index, comparator in enumerate(SCORED_COMPARATORS):
        values = {side: measures[index] for side, measures in found.items()}
        if alike and values:
            lower, upper = (both.reduce(list(values.values())) for both in (np.fmin, np.fmax))
            values = dict(zip(SIDES, (upper, lower) if comparator == "score_rank" else (lower, upper), strict=True))
        for side, value in values.items():
            columns[f"{CONTEXT}__{comparator}_{side}"] = np.round(value, DECIMALS).astype(np.float32)
    return pd.DataFrame(columns)


def with_scores(comparisons: pd.DataFrame, scores: pd.DataFrame | None) -> pd.DataFrame:
    """The comparisons with the columns of :func:`competing_scores`, row by row. None: no candidates are known.

    They come before the other ones of context: the first comparison of a group gives its level of evidence.
    """
    names, at = with_scored_names(tuple(comparisons.columns))
    values = comparisons.to_numpy()
    joined = np.full((len(values), len(names)), np.nan, dtype=np.float32)
    joined[:, :at] = values[:, :at]
    joined[:, at + len(SCORED_NAMES) :] = values[:, at:]
    if scores is not None:
        joined[:, at : at + len(SCORED_NAMES)] = scores.to_numpy()
    return framed(joined, names)


@lru_cache
def with_scored_names(names: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """The names with those of competing scores, and where these start."""
    at = next((index for index, name in enumerate(names) if field_of(name) in (CONTEXT, REGISTER)), len(names))
    return (*names[:at], *SCORED_NAMES, *names[at:]), at


def candidates_known(comparisons: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """The pairs that other candidates compete with on a known side."""
    if RANKS[0] not in comparisons.columns:
        return np.zeros(len(comparisons), dtype=bool)
    return np.asarray(~np.isnan(values_of(comparisons, RANKS)).all(axis=1))


def measures_among(groups: Any, log_odds: Numbers) -> Measures:
    """The lead, the rank and the share of each pair among those with the same value in ``groups``; see
    :func:`competing_scores`."""
    of = Grouped.by(groups, log_odds)
    # equal log-odds have equal levels, so one sorted search over all groups counts exactly
    level = np.unique(-log_odds, return_inverse=True)[1]
    ladder = of.of_group * (int(level.max(initial=0)) + 1) + level[of.order]
    rank = np.searchsorted(ladder, ladder, side="left") - of.starts[of.of_group] + 1
    likely = expit(of.values)
    share = likely / np.bincount(of.of_group, likely)[of.of_group]
    best_other = of.best_other
    lead, alone = of.values - best_other, np.isnan(best_other)
    lead, rank, share = (of.in_order_given(np.where(alone, np.nan, each)) for each in (lead, rank, share))
    return lead, rank, share
