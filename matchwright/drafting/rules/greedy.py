"""Choose rules that together find the most matches within a budget of pairs."""

from collections.abc import Iterator, Sequence
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


def choose_within_budget(
    blocks: Sequence[tuple[Block, Agreement]], records: int, budget: int
) -> tuple[list[Block], float]:
    """The best of several greedy choices, and the share of matches that it finds.

    A greedy choice takes the rule whose further matches are worth most more than its pairs cost, at some price of a
    pair. A low first price spends the budget on a few wide rules, a high one on many narrow rules.
    """
    if not blocks:
        return [], 0.0
    found = np.array([hits for _, hits in blocks], dtype=np.float32)
    pairs = np.array([block.pairs for block, _ in blocks])
    fields = sorted({name for block, _ in blocks for name in block.fields})
    avoids = np.array([[name not in block.fields for name in fields] for block, _ in blocks], dtype=np.float32)
    # one column for what is found as it is, and one for each field that may be wrong besides
    weights = np.column_stack([np.ones(len(blocks)), ONE_MORE_ERROR * avoids]).astype(np.float32)
    best: tuple[float, list[int], float] = (-1.0, [], 0.0)
    for first in range(len(_PRICES)):
        chosen, missing = _greedy(found, pairs, weights, _PRICES[first::-1], records, budget)
        spent = _PRICES[0] * int(pairs[chosen].sum()) / records
        value = float(weights.max(axis=0) @ (1 - missing.mean(axis=0))) - spent
        if value > best[0]:
            best = (value, chosen, 1 - float(missing[:, 0].mean()))
    return [blocks[index][0] for index in best[1]], best[2]


def _greedy(
    found: Numbers, pairs: Numbers, weights: Numbers, prices: Sequence[float], records: int, budget: int
) -> tuple[list[int], Numbers]:
    """The chosen rules, and which matches they leave missing, for each column of the weights.

    Rules that are worth the first price are taken first, then those that are worth the next lower one.
    """
    matches = found.shape[1]
    missing = np.ones((matches, weights.shape[1]), dtype=np.float32)
    chosen: list[int] = []
    left = budget
    for price in prices:
        while len(chosen) < MOST_RULES:
            gains = (found @ missing * weights).sum(axis=1) / matches
            gains[pairs > left] = 0
            worth = np.where(gains >= LEAST_GAIN, gains - price * pairs / records, 0)
            best = int(np.argmax(worth))
            if worth[best] <= 0:
                break
            chosen.append(best)
            left -= int(pairs[best])
            missing[found[best] > 0] *= weights[best] == 0
    return chosen, missing
