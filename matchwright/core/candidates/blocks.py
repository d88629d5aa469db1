"""Blocks of equal records: how many pairs they make, and which feature would make them smaller.

Messages hold sizes and names of features, never a value.
"""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates.table import RecordTable

Blocks = np.ndarray[Any, np.dtype[np.int32]]

LARGEST_SHOWN = 3
NARROWINGS_SHOWN = 3


def blocks_of(features: pd.DataFrame, rule: tuple[str, ...]) -> Blocks:
    """The block number of each record, -1 where a feature is missing."""
    numbers = features.groupby(list(rule), sort=False, dropna=True, observed=True).ngroup()
    return np.asarray(numbers.fillna(-1), dtype=np.int32)


def pair_counts(block: Blocks, table: RecordTable) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How many pairs each block makes, by block number."""
    left, right = _sizes(block, table)
    return left * (left - 1) // 2 if table.one_table else left * right


def largest_block(block: Blocks) -> int:
    """How many records the largest block holds."""
    return int(np.bincount(block[block >= 0]).max(initial=0))


def refusal(name: str, block: Blocks, table: RecordTable, most: int) -> str:
    """Why a rule is refused: the pairs that it would make, and the sizes of its largest blocks."""
    left, right = _sizes(block, table)
    pairs = pair_counts(block, table)
    largest = np.argsort(-pairs, kind="stable")[:LARGEST_SHOWN]
    sizes = ", ".join(f"{left[b]:,}" if table.one_table else f"{left[b]:,} x {right[b]:,}" for b in largest)
    return f"  {name} would make {pairs.sum():,} pairs, more than {most:,}; its largest blocks hold {sizes} records"


def narrowings(rule: tuple[str, ...], block: Blocks, table: RecordTable, most: int) -> str:
    """Features that, added to the rule, keep it within the limit. Those that most records have come first."""
    inside = block >= 0
    found = []
    for feature in table.features.columns.drop(["record_key", *rule]):
        values = table.features[feature]
        if "__" in str(feature) and pd.api.types.is_numeric_dtype(values):
            continue  # such as the rarity of a name, which different names share by chance
        narrower = narrower_blocks(block, values)
        pairs = int(pair_counts(narrower, table).sum())
        if 0 < pairs <= most:
            share = float((narrower >= 0).sum() / inside.sum())
            found.append((-round(share, 2), pairs, f"{feature} ({pairs:,} pairs, {share:.0%} of the records)"))
    named = "+".join(rule)
    if not found:
        return f"no single feature makes {named} small enough: add several or drop the rule"
    return f"add to {named} one of " + ", ".join(text for *_, text in sorted(found)[:NARROWINGS_SHOWN])


def _sizes(block: Blocks, table: RecordTable) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    blocks = int(block.max(initial=-1)) + 1
    return [np.bincount(block[side][block[side] >= 0], minlength=blocks) for side in (table.left, table.right)]


def narrower_blocks(block: Blocks, feature: "pd.Series[Any]") -> Blocks:
    """The blocks of a rule with one more feature."""
    codes = pd.factorize(feature)[0].astype(np.int64)
    both = block.astype(np.int64) * (codes.max(initial=0) + 1) + codes
    inside = (block >= 0) & (codes >= 0)
    narrower = np.full(len(block), -1, dtype=np.int32)
    narrower[inside] = pd.factorize(both[inside])[0]
    return narrower
