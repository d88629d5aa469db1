"""Choosing the pairs to ask a person about.

For most pairs the scorer is least sure (uncertainty sampling: Lewis and Gale 1994). They are taken from both sides of
a score of 0.5. They differ from each other, because similar pairs teach a scorer little more than one of them. Some
pairs are likely matches, because matches are rare. Some are drawn from the whole range of scores, because calibration
needs pairs with high and low scores too.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.records import PAIR_KEYS

Array = np.ndarray[Any, np.dtype[np.float64]]
Rows = np.ndarray[Any, np.dtype[np.int64]]

LIKELY_SHARE, RANGE_SHARE = 0.2, 0.2
SHORTLIST = 5
"""Pairs considered for each chosen one. More of them give pairs that differ more, but are less uncertain."""


def select_pairs(
    pairs: pd.DataFrame, log_odds: Array, comparisons: pd.DataFrame, count: int, seed: int, expected_matches: int
) -> pd.DataFrame:
    """Choose pairs to label. No record is in two of them, as long as there are enough other pairs.

    Args:
        pairs: left_key, right_key of unlabelled candidates.
        log_odds: the current scorer's log-odds, shape (pairs,).
        comparisons: of ``pairs``, row by row; they show how much two pairs differ.
        count: how many to choose.
        seed: of the random draws.
        expected_matches: the most of ``pairs`` that may match. It limits how many count as likely.

    Returns:
        left_key, right_key, score (0..1), and chosen_for: ``unsure``, ``likely`` or ``range``. The kinds alternate, so
        that a person who stops early has answered some of each.
    """
    count = min(count, len(pairs))
    likely, spread = round(count * LIKELY_SHARE), round(count * RANGE_SHARE)
    order = np.lexsort((pairs["right_key"], pairs["left_key"]))
    taken = _Taken(pairs)
    vectors = _vectors(comparisons)
    certain = np.abs(log_odds)
    chosen: dict[str, list[int]] = {}
    by_score = order[np.argsort(-log_odds[order], kind="stable")]
    # matches may be far rarer than expected_matches, so only half of that number is considered
    top = by_score[: max(2 * likely, min(expected_matches // 2, int((log_odds > 0).sum())))]
    chosen["likely"] = taken.take(_apart(vectors, _evenly(top, likely * SHORTLIST)), likely)
    by_doubt = _from_both_sides(order[np.argsort(certain[order], kind="stable")], log_odds)
    unsure = count - likely - spread
    # pairs of one record ask the same question, so the shortlist takes each record once
    shortlist = taken.fresh(by_doubt, unsure * SHORTLIST)
    chosen["unsure"] = taken.take(_apart(vectors, shortlist), unsure)
    drawn = np.random.default_rng(seed).permutation(_evenly(by_score, spread * SHORTLIST * 4))
    chosen["range"] = taken.take(drawn, spread)
    left_over = count - sum(map(len, chosen.values()))
    chosen["unsure"] += taken.take(by_doubt, left_over, repeats=True)
    rows = np.array([row for row, _ in _in_turn(chosen)], dtype=np.int64)
    kinds = [kind for _, kind in _in_turn(chosen)]
    score = 1 / (1 + np.exp(-np.clip(log_odds[rows], -60, 60)))
    selected = pairs.iloc[rows][PAIR_KEYS].reset_index(drop=True)
    return selected.assign(score=np.round(score, 4), chosen_for=kinds)


class _Taken:
    """The pairs chosen so far, and their records."""

    def __init__(self, pairs: pd.DataFrame) -> None:
        self._left = pairs["left_key"].tolist()
        self._right = pairs["right_key"].tolist()
        self._rows: set[int] = set()
        self._records: set[str] = set()

    def take(self, rows: Rows, count: int, repeats: bool = False) -> list[int]:
        """The first ``count`` free ones of ``rows``; with ``repeats`` their records may be in other chosen pairs."""
        found: list[int] = []
        for row in rows.tolist():
            if len(found) >= count:
                break
            records = {self._left[row], self._right[row]}
            if row in self._rows or (not repeats and records & self._records):
                continue
            self._rows.add(row)
            self._records |= records
            found.append(row)
        return found

    def fresh(self, rows: Rows, count: int) -> Rows:
        """The first ``count`` rows that share no record with each other or with a chosen pair."""
        seen: set[str] = set(self._records)
        found: list[int] = []
        for row in rows.tolist():
            if len(found) >= count:
                break
            records = {self._left[row], self._right[row]}
            if not records & seen:
                seen |= records
                found.append(row)
        return np.array(found, dtype=np.int64)


def _vectors(comparisons: pd.DataFrame) -> Array:
    """Comparisons scaled to 0..1; a missing one becomes -0.5, away from every value."""
    low, high = comparisons.min().fillna(0.0), comparisons.max().fillna(0.0)
    scaled = (comparisons - low) / (high - low).where(high > low, 1.0)
    return scaled.fillna(-0.5).to_numpy(dtype=np.float64)


def _from_both_sides(rows: Rows, log_odds: Array) -> Rows:
    """The rows in their order, but alternating between positive and other log-odds."""
    likely = log_odds[rows] > 0
    index = np.empty(len(rows), dtype=np.int64)
    for side in (likely, ~likely):
        index[side] = np.arange(int(side.sum()))
    return rows[np.lexsort((np.arange(len(rows)), index))]


def _evenly(rows: Rows, count: int) -> Rows:
    """At most ``count`` of the rows, evenly spaced in their order."""
    if count <= 0 or not len(rows):
        return rows[:0]
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(count, len(rows))).round().astype(np.int64))]


def _apart(vectors: Array, rows: Rows) -> Rows:
    """The rows reordered: after the first, always the one farthest from all before it (Gonzalez 1985)."""
    if not len(rows):
        return rows
    points = vectors[rows]
    order, distance = [0], np.full(len(rows), np.inf)
    for _ in range(len(rows) - 1):
        distance = np.minimum(distance, np.abs(points - points[order[-1]]).sum(axis=1))
        distance[order] = -1.0
        order.append(int(distance.argmax()))
    return rows[order]


def _in_turn(chosen: dict[str, list[int]]) -> Iterator[tuple[int, str]]:
    """The rows of all kinds, with each kind spread evenly."""
    placed = [((index + 0.5) / len(rows), kind, row) for kind, rows in chosen.items() for index, row in enumerate(rows)]
    for _, kind, row in sorted(placed):
        yield row, kind
