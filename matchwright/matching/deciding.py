"""From the scores of a register to its decisions: bands, reasons and hints."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Literal

import numpy as np
import pandas as pd

from matchwright.matching.clusters import Clusters
from matchwright.matching.engine import Bands, Scoring
from matchwright.matching.scored_pairs import ScoredPairs

AT_ONCE = 5_000
"""Pairs that get reasons together. This bounds memory and does not change results."""
MOST = 1_000_000
"""Pairs that get their bands together."""

Reasons = Literal["review", "all"]
Rows = np.ndarray[Any, np.dtype[np.intp]]

ASSIGNED_ELSEWHERE, CUT = "assigned_elsewhere", "chain"
"""Why a match did not join its records."""
BY_NEIGHBOURS = "neighbours"
"""What proposed a further pair."""


def bands_of(scoring: Scoring, scored: ScoredPairs) -> Bands:
    """The band of each pair, shape (pairs,). Two rules send a match to review, as everywhere."""
    model, bands = scoring.model, np.empty(len(scored), dtype=object)
    for start in range(0, len(scored), MOST):  # texts of all pairs at once would take much memory
        bands[start : start + MOST] = model.bands.assign(scored.scores[start : start + MOST])
    batches = list(_at_once(np.flatnonzero(bands == "match")))
    for rows, found in zip(batches, scoring.bands(batches, scored), strict=True):
        bands[rows] = found
    return bands


def decided_pairs(
    scoring: Scoring,
    scored: ScoredPairs,
    bands: Bands,
    clusters: Clusters,
    reasons: Reasons = "review",
    top: int = 4,
) -> pd.DataFrame:
    """Matches and reviews with their reasons.

    Args:
        scoring: has the comparisons.
        scored: all pairs with their scores.
        bands: of all pairs.
        clusters: say which matches joined their records.
        reasons: which pairs get reasons: those that a person looks at, or all that are kept.
        top: the most reasons of a pair.

    Returns:
        left_key, right_key, score, band, joined, not_joined_because (empty, :data:`ASSIGNED_ELSEWHERE` or :data:`CUT`),
        codes (joined by a bar), hint and proposed_by, sorted by keys.
    """
    kept = np.flatnonzero((bands != "no_match") | clusters.joined)
    elsewhere, cut = clusters.assigned_elsewhere[kept], clusters.cut[kept]
    not_joined = np.where(elsewhere, ASSIGNED_ELSEWHERE, np.where(cut, CUT, ""))
    looked_at = (bands[kept] == "review") | elsewhere | cut
    with_reasons = np.flatnonzero(looked_at | (reasons == "all"))
    codes, hints = np.full(len(kept), "", dtype=object), np.full(len(kept), None, dtype=object)
    found = scoring.reasons_of(list(_at_once(kept[with_reasons])), scored, top)
    for row, one in zip(with_reasons, chain.from_iterable(found), strict=True):
        codes[row], hints[row] = one
    keys = scoring.table.keys
    frame = pd.DataFrame(
        {
            "left_key": keys[scored.left[kept]],
            "right_key": keys[scored.right[kept]],
            "score": scored.scores[kept],
            "band": bands[kept],
            "joined": clusters.joined[kept],
            "not_joined_because": not_joined.astype(object),
            "codes": codes,
            "hint": hints,
            "proposed_by": _proposed_by(scoring, scored, kept),
        }
    )
    return frame.sort_values(["left_key", "right_key"], kind="stable", ignore_index=True)


def _proposed_by(scoring: Scoring, scored: ScoredPairs, rows: Rows) -> Bands:
    found = np.full(len(rows), BY_NEIGHBOURS, dtype=object)
    inside = rows < scored.candidates
    found[inside] = scoring.pairs.take(rows[inside]).proposed_by
    return found


def _at_once(rows: Rows) -> Iterator[Rows]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
