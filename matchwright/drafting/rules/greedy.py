"""Choose rules that together find the most matches within a budget of pairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from matchwright.drafting.rules.features import Block, Feature, PairCounter
from matchwright.drafting.rules.matches import Agreement

Numbers = np.ndarray[Any, np.dtype[Any]]

MOST_RULES = 10
MOST_FEATURES_OF_A_RULE = 3
LEAST_RECALL = 0.05
LEAST_GAIN = 0.0005
"""A further rule finds at least this share of the matches, counting the robust ones below."""
FEW_PAIRS = 0.25
"""Pairs per record: a rule that makes fewer is not narrowed."""
ONE_MORE_ERROR = 0.03
"""The weight of finding a match that had one more error, for each field: no error in one field shall lose a match."""
_MOST_ROUNDS = 3
_PRICES = tuple(0.0005 * 2.0**step for step in range(10))
"""What a further pair per record must bring, in the share of matches that it finds. The least always holds."""


def candidate_blocks(
    features: Sequence[Feature], agreement: Agreement, counter: PairCounter, budget: int
) -> Iterator[tuple[Block, Agreement]]:
    """Rules of one to three features of different fields within the budget, and the matches that each finds."""
    records = sum(counter.sizes)
    wide: set[tuple[int, ...]] = {()}
    for length in range(1, MOST_FEATURES_OF_A_RULE + 1):
        wider: set[tuple[int, ...]] = set()
        for rule in combinations(range(len(features)), length):
            parts = [features[index] for index in rule]
            if len({part.field.name for part in parts}) < length:
                continue
            if not all(part in wide for part in combinations(rule, length - 1)):
                continue  # a shorter rule makes few pairs already
            found: Agreement = np.logical_and.reduce(agreement[list(rule)])
            if found.mean() < LEAST_RECALL:
                continue
            block = counter.estimated(parts)
            if block.pairs > FEW_PAIRS * records:
                wider.add(rule)
            if block.affordable(budget):
                yield block, found
        wide = wider


def choose_within_budget(blocks: Sequence[tuple[Block, Agreement]], records: int, budget: int) -> list[Block]:
    """The best of several greedy choices.

    A greedy choice takes the rule whose further matches are worth most more than its pairs cost, at some price of a
    pair. A low first price spends the budget on a few wide rules, a high one on many narrow rules.
    """
    if not blocks:
        return []
    found = np.array([hits for _, hits in blocks], dtype=np.float32)
    pairs = np.array([block.pairs for block, _ in blocks])
    fields = sorted({name for block, _ in blocks for name in block.fields})
    avoids = np.array([[name not in block.fields for name in fields] for block, _ in blocks], dtype=np.float32)
    # one column for what is found as it is, and one for each field that may be wrong besides
    weights = np.column_stack([np.ones(len(blocks)), ONE_MORE_ERROR * avoids]).astype(np.float32)
    choice = _Choice(found, pairs, weights, records, budget)
    tried = [choice.exchanged(choice.greedy(_PRICES[first::-1])) for first in range(len(_PRICES))]
    best = max(tried, key=choice.value)
    return [blocks[index][0] for index in best]


@dataclass(frozen=True)
class _Choice:
    """Which of some rules to take.

    Attributes:
        found: whether each rule (row) finds each match (column), as 0 and 1.
        pairs: how many pairs each rule makes.
        weights: what a match that a rule finds counts for: as it is, and with an error in each field (columns).
        records: the number of records.
        budget: the most pairs of all rules together.
    """

    found: Numbers
    pairs: Numbers
    weights: Numbers
    records: int
    budget: int

    def greedy(self, prices: Sequence[float]) -> list[int]:
        """Take the rules that are worth the first price, the best one first, then those worth the next lower one."""
        chosen: list[int] = []
        for price in prices:
            while len(chosen) < MOST_RULES and (best := self._best(chosen, price)) is not None:
                chosen.append(best)
        return chosen

    def exchanged(self, chosen: list[int]) -> list[int]:
        """Exchange each rule for a better one while there is one: later rules can make an early one superfluous."""
        for _ in range(_MOST_ROUNDS):
            before = list(chosen)
            for index in range(len(chosen)):
                others = chosen[:index] + chosen[index + 1 :]
                best = self._best(others, _PRICES[0])
                changed = others if best is None else [*others[:index], best, *others[index:]]
                chosen = changed if self.value(changed) > self.value(chosen) and len(changed) == len(chosen) else chosen
            if chosen == before:
                break
        return chosen

    def value(self, chosen: list[int]) -> float:
        """What rules find, less the least that their pairs must bring."""
        spent = _PRICES[0] * int(self.pairs[chosen].sum()) / self.records
        return float(self.weights.max(axis=0) @ (1 - self.missing(chosen).mean(axis=0))) - spent

    def missing(self, chosen: list[int]) -> Numbers:
        """Which matches (rows) rules leave missing, for each column of the weights, as 0 and 1."""
        missing = np.ones((self.found.shape[1], self.weights.shape[1]), dtype=np.float32)
        for index in chosen:
            missing[self.found[index] > 0] *= self.weights[index] == 0
        return missing

    def _best(self, chosen: list[int], price: float) -> int | None:
        """The rule that is worth most besides those that are chosen; None if none is worth its price."""
        gains = (self.found @ self.missing(chosen) * self.weights).sum(axis=1) / self.found.shape[1]
        gains[self.pairs > self.budget - self.pairs[chosen].sum()] = 0
        worth = np.where(gains >= LEAST_GAIN, gains - price * self.pairs / self.records, 0)
        best = int(np.argmax(worth))
        return best if worth[best] > 0 else None
