"""What would settle a review: the smallest change of evidence that makes the pair a match, or otherwise no match.

Counterfactual explanations after Wachter et al. (2017), Counterfactual Explanations without Opening the Black Box. Only
evidence that a person can look up is changed.
"""

from collections.abc import Callable
from itertools import combinations
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from matchwright.core.reasons.evidence import Levels
from matchwright.core.reasons.figures import EvidenceFigures
from matchwright.core.reasons.groups import VALUE, Array, Group, groups_of, is_actionable
from matchwright.core.reasons.reason import Hint
from matchwright.core.spec.vocabulary import LEAST, LIMIT, SWAPPED

MOST_GROUPS = 3
"""The most groups in a hint. A longer hint would not be useful."""

MOST_TRIED = 8
"""Groups that are combined: those that change the score most when changed alone."""

BATCH = 500
"""Pairs searched at a time. This bounds memory."""


class Decider(Protocol):
    """Gives comparisons a score and a band."""

    def score(self, comparisons: pd.DataFrame) -> Array:
        """The calibrated score of each pair."""

    def band(self, scores: Array, comparisons: pd.DataFrame) -> np.ndarray[Any, Any]:
        """The band of each pair."""

    def limit_rise(self, before: pd.DataFrame, after: pd.DataFrame) -> Array:
        """How much the limit of register evidence rises at least, where further fields agree."""


class _Goal(NamedTuple):
    """A band to reach, by changing groups at one of ``levels`` to agreement or to disagreement."""

    band: str
    agreement: bool
    levels: tuple[str, ...]


# looking up a field that agrees cannot make it differ; one that is missing or similar can turn out to differ
_GOALS = (
    _Goal("match", True, ("MISSING", "PARTLY_AGREES", "DISAGREES")),
    _Goal("no_match", False, ("MISSING", "PARTLY_AGREES")),
)


def settling_hints(
    decider: Decider, comparisons: pd.DataFrame, levels: Levels, figures: EvidenceFigures
) -> list[Hint | None]:
    """For each pair in review the smallest set of groups that would settle it, or None.

    A changed group gets the values of typical agreement (for ``no_match``, of typical disagreement). All other
    comparisons stay the same. Comparisons of the whole record and of context would really change too, in the same
    direction. A value that is not known yet counts as the most common one of its field. So a hint may ask for too much,
    but not for too little. If several smallest sets settle a pair, the one with the most missing fields is chosen,
    because missing values can be looked up. Among these, the one that changes the score most is chosen.

    Args:
        decider: gives scores and bands of the changed comparisons.
        comparisons: one row per pair in review.
        levels: the levels of evidence of the pairs.
        figures: typical agreement and disagreement.
    """
    found: list[Hint | None] = [None] * len(comparisons)
    search = _Search(decider, comparisons, levels, figures)
    for start in range(0, len(comparisons), BATCH):
        batch = range(start, min(start + BATCH, len(comparisons)))
        for goal in _GOALS:
            for row, hint in search.reach(goal, [row for row in batch if found[row] is None]):
                found[row] = hint
    return found


class _Search:
    """The search for sets of groups that settle a pair."""

    def __init__(self, decider: Decider, comparisons: pd.DataFrame, levels: Levels, figures: EvidenceFigures) -> None:
        self._decider, self._levels, self._figures = decider, levels, figures
        self._columns = comparisons.columns
        self._values = comparisons.to_numpy(dtype=np.float64)
        self._groups = groups_of(tuple(comparisons.columns))

    def reach(self, goal: _Goal, rows: list[int]) -> list[tuple[int, Hint]]:
        """The pairs of ``rows`` that can reach the goal, each with its hint."""
        found: list[tuple[int, Hint]] = []
        tried = {row: self._open(row, goal.levels) for row in rows}
        for size in range(1, MOST_GROUPS + 1):
            sets = [(row, choice) for row, indices in tried.items() for choice in combinations(indices, size)]
            if not sets:
                break
            scores, reached = self._outcomes(sets, goal)
            order = sorted(range(len(sets)), key=self._preference(sets, scores, goal))
            settled: dict[int, Hint] = {}
            furthest: dict[int, list[int]] = {}
            for index in order:
                row, choice = sets[index]
                if reached[index]:
                    settled.setdefault(row, self._hint(row, choice, goal))
            if size == 1:
                by_score = sorted(
                    range(len(sets)), key=lambda index: -scores[index] if goal.agreement else scores[index]
                )
                for index in by_score:
                    furthest.setdefault(sets[index][0], []).append(sets[index][1][0])
                tried = {row: sorted(indices[:MOST_TRIED]) for row, indices in furthest.items()}
            found += settled.items()
            tried = {row: indices for row, indices in tried.items() if row not in settled}
        return found

    def _open(self, row: int, levels: tuple[str, ...]) -> list[int]:
        """Indices of the groups that a person can look up and whose level may change.

        A name that is swapped with another one is known. If it agreed in its own place, it would no longer be swapped.
        """
        return [
            index
            for index, group in enumerate(self._groups)
            if is_actionable(group)
            and self._levels[group.name][row] in levels
            and (group.kind == VALUE or self._levels[group.field][row] != "MISSING")
            and not (group.kind == VALUE and self._is_swapped(group, row))
        ]

    def _is_swapped(self, group: Group, row: int) -> bool:
        swapped = self._levels.get(f"{group.field}_{SWAPPED}")
        return swapped is not None and swapped[row] in ("AGREES", "PARTLY_AGREES")

    def _outcomes(self, sets: list[tuple[int, tuple[int, ...]]], goal: _Goal) -> tuple[Array, Array]:
        typical = self._figures.filled(self._columns, goal.agreement)
        altered = self._values[[row for row, _ in sets]]
        for index, group in enumerate(self._groups):
            changed = [number for number, (_, choice) in enumerate(sets) if index in choice]
            if changed:
                altered[np.ix_(changed, group.columns)] = typical[list(group.columns)]
        if goal.agreement and LIMIT in self._columns:
            before, after = (self._framed(values) for values in (self._values[[row for row, _ in sets]], altered))
            altered[:, self._columns.get_loc(LIMIT)] += self._decider.limit_rise(before, after)
        if not goal.agreement and LEAST in self._columns:  # a disagreement lowers what the others show
            altered[:, self._columns.get_loc(LEAST)] = np.nan
        frame = self._framed(altered)
        scores = self._decider.score(frame)
        return scores, self._decider.band(scores, frame) == goal.band

    def _framed(self, values: Array) -> pd.DataFrame:
        return pd.DataFrame(values.astype(np.float32), columns=self._columns)

    def _preference(
        self, sets: list[tuple[int, tuple[int, ...]]], scores: Array, goal: _Goal
    ) -> Callable[[int], tuple[int, float]]:
        def key(index: int) -> tuple[int, float]:
            row, choice = sets[index]
            missing = sum(self._levels[self._groups[one].name][row] == "MISSING" for one in choice)
            return -missing, -float(scores[index]) if goal.agreement else float(scores[index])

        return key

    def _hint(self, row: int, choice: tuple[int, ...], goal: _Goal) -> Hint:
        groups: list[Group] = [self._groups[index] for index in choice]
        levels = tuple(str(self._levels[group.name][row]) for group in groups)
        return Hint(goal.band, tuple(group.name for group in groups), levels)
