"""Why two records did or did not come together: what a run kept of them, and what is computed again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.competing import SIDES
from matchwright.core.decide.calibrator import log_odds
from matchwright.core.decide.decision import Decision, DecisionModel
from matchwright.core.records.columns import Columns, take
from matchwright.core.records.conform import is_missing
from matchwright.matching.correlation_clustering import UNSEEN
from matchwright.matching.deciding import BY_NEIGHBOURS
from matchwright.matching.frequencies import Mask, of_pairs

Rows = np.ndarray[Any, np.dtype[np.intp]]
Positions = np.ndarray[Any, np.dtype[np.int32]]


@dataclass(frozen=True)
class RuleOutcome:
    """Why a rule does or does not propose a pair: its features that differ, and those that a record lacks."""

    rule: tuple[str, ...]
    differ: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def proposes(self) -> bool:
        """Whether the records are equal in all features of the rule."""
        return not self.differ and not self.missing


def rule_outcomes(
    one: Mapping[str, Any], other: Mapping[str, Any], rules: Sequence[tuple[str, ...]]
) -> list[RuleOutcome]:
    """The outcome of each rule for the features of two records. It names features and holds no value."""
    found = []
    for rule in rules:
        missing = tuple(name for name in rule if is_missing(one[name]) or is_missing(other[name]))
        differ = tuple(name for name in rule if name not in missing and one[name] != other[name])
        found.append(RuleOutcome(rule, differ, missing))
    return found


@dataclass(frozen=True)
class EvidenceBetween:
    """The evidence of all pairs between two clusters, which decides whether they are one.

    ``speak_for`` pairs are more likely a match than not, ``speak_against`` are not, and ``unseen`` were not compared.
    ``log_odds`` is the sum of all of them: the clusters stay apart if it is not above 0.
    """

    speak_for: int
    speak_against: int
    unseen: int
    log_odds: float


def evidence_between(scores: "np.ndarray[Any, np.dtype[np.float64]]", sizes: tuple[int, int]) -> EvidenceBetween:
    """The evidence between two clusters from the scores of the pairs between them, and their sizes."""
    unseen = sizes[0] * sizes[1] - len(scores)
    evidence = log_odds(scores)
    speak_for = int((evidence > 0).sum())
    total = round(float(evidence.sum()) + unseen * UNSEEN, 2)
    return EvidenceBetween(speak_for, len(scores) - speak_for, unseen, total)


def with_context(left: Positions, right: Positions, records: Sequence[int]) -> Rows:
    """The candidates that the score of a pair of ``records`` depends on.

    These are all candidates of the two records, which compete with the pair, and all candidates of the records in
    them, which compete with those.
    """
    close = np.isin(left, records) | np.isin(right, records)
    around = np.union1d(left[close], right[close])
    return np.flatnonzero(np.isin(left, around) | np.isin(right, around))


def needed_pairs(compared: pd.DataFrame, one: int, other: int) -> pd.DataFrame:
    """The pairs to compare again for the decision about a pair of records. The pair itself may be none of them.

    Args:
        compared: see :func:`~matchwright.matching.compared.compared_pairs`.
        one: the left record of the pair.
        other: the right record of the pair.
    """
    candidates = compared[compared["proposed_by"] != BY_NEIGHBOURS]
    left, right = (candidates[side].to_numpy() for side in SIDES)
    return candidates.iloc[with_context(left, right, [one, other])]


def decided_again(
    model: DecisionModel,
    features: Columns,
    frequencies: Mask,
    pairs: pd.DataFrame,
    one: int,
    other: int,
    added: float,
) -> Decision:
    """The decision about a pair, as the run made it: with its competing candidates, if it is a candidate.

    Args:
        model: the decision model of the run.
        features: of the records that ``pairs`` and the pair have, in any order, with their numbers in ``record``.
        frequencies: of all records of the run, see :func:`~matchwright.matching.frequencies.known_frequencies`.
        pairs: see :func:`needed_pairs`.
        one: the left record of the pair.
        other: the right record of the pair.
        added: what neighbours add to its log-odds.
    """
    left, right = (pairs[side].to_numpy() for side in SIDES)
    at = np.flatnonzero((left == one) & (right == other))
    known = SIDES if len(at) else ()
    if not len(at):
        left, right, at = np.array([one]), np.array([other]), np.array([0])
    numbers = features["record"]
    order = np.argsort(numbers)
    rows = [order[np.searchsorted(numbers[order], end)] for end in (left, right)]
    values = {name: column for name, column in features.items() if name != "record"}
    of_register = of_pairs(frequencies, left, right)
    compared = model.compare(take(values, rows[0]), take(values, rows[1]), known, of_register)
    own = compared.iloc[at].reset_index(drop=True)
    return model.decide_compared(own, neighbours=np.array([added]) if added else None)[0]
