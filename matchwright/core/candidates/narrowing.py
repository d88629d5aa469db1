"""Narrowing rules that would make too many pairs in a register that is larger than the one the spec was written for.

The small blocks of such a rule stay whole. In its large blocks, two records are also equal in one of some further
features. So a large block is divided, and two records of it still come together if any of these features agrees.
"""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates.blocks import Blocks, narrower_blocks, pair_counts
from matchwright.core.candidates.table import Narrowed, RecordTable

MOST_FEATURES = 3
"""The most further features of a rule, each of another field."""

WHOLE = 0.5
"""The share of the limit that blocks which stay whole may use."""


def narrowed_rule(
    name: str, rule: tuple[str, ...], block: Blocks, table: RecordTable, most: int
) -> tuple[list[Blocks], Narrowed] | None:
    """The blocks of a rule, so that they make at most ``most`` pairs. None where no feature makes them small enough.

    Args:
        name: of the rule.
        rule: its features.
        block: the block of each record, -1 for none.
        table: the records.
        most: the limit.
    """
    counts = pair_counts(block, table)
    order = np.argsort(counts, kind="stable")
    stays = np.zeros(len(counts) + 1, dtype=bool)  # the last one is for records in no block
    stays[order[np.cumsum(counts[order]) <= WHOLE * most]] = True
    whole, large = np.where(stays[block], block, -1), np.where(stays[block], -1, block)
    chosen = [whole]
    by: list[str] = []
    left = most - int(counts[stays[:-1]].sum())
    for pairs, feature, narrower in _narrower(rule, large, table, left):
        fields = {each.partition("__")[0] for each in by}
        if pairs <= left and len(by) < MOST_FEATURES and feature.partition("__")[0] not in fields:
            chosen.append(narrower)
            by.append(feature)
            left -= pairs
    if not by:
        return None
    found = Narrowed(name, int((~stays[:-1]).sum()), int((large >= 0).sum()), tuple(by), int(counts.sum()), most - left)
    return chosen, found


def _narrower(rule: tuple[str, ...], block: Blocks, table: RecordTable, most: int) -> list[tuple[int, str, Blocks]]:
    """The features that keep these blocks within the limit: first those that keep most pairs."""
    found: list[tuple[int, str, Blocks]] = []
    own = {feature.partition("__")[0] for feature in rule}
    for feature in table.features.columns.drop(["record_key", *rule]):
        values = table.features[feature]
        rarity = "__" in str(feature) and pd.api.types.is_numeric_dtype(values)
        if rarity or str(feature).partition("__")[0] in own:
            continue
        narrower: Any = narrower_blocks(block, values)
        pairs = int(pair_counts(narrower, table).sum())
        if 0 < pairs <= most:
            found.append((pairs, str(feature), narrower))
    return sorted(found, key=lambda each: (-each[0], each[1]))
