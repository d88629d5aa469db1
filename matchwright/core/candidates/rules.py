"""Equality rules, joined in DuckDB.

DuckDB is given block numbers and never values, so what it may spill to disk holds nothing personal.
"""

import tempfile
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from matchwright.core.candidates.table import Proposal, RecordTable
from matchwright.core.spec.model import CandidateSpec
from matchwright.errors import CandidateError

MEMORY_LIMIT = "2GB"
LARGEST_BLOCKS_SHOWN = 3

_TWO_SOURCES = """
    SELECT l.position AS left_position, r.position AS right_position
    FROM left_records l JOIN right_records r ON l.block = r.block
"""
_ONE_TABLE = _TWO_SOURCES + " WHERE l.position < r.position"


def propose_by_rules(table: RecordTable, spec: CandidateSpec) -> list[Proposal]:
    """One proposal per rule, named ``rule:feature+feature``: records equal in all the rule's features.

    A record with a missing feature is in no block of that rule. Sizes are counted before any join.

    Raises:
        CandidateError: rules that would make more than ``max_pairs_per_rule`` pairs, all of them,
            with the sizes of their largest blocks.
    """
    blocks = {rule_name(rule): _blocks(table.features, rule) for rule in spec.rules}
    refusals = [
        refusal for name, block in blocks.items() if (refusal := _refusal(name, block, table, spec.max_pairs_per_rule))
    ]
    if refusals:
        raise CandidateError(
            "\n".join([f"{len(refusals)} candidate rule(s) would make too many pairs:", *refusals]),
            "add a feature to such a rule so that its blocks get smaller, or raise candidates.max_pairs_per_rule",
        )
    with tempfile.TemporaryDirectory(prefix="matchwright-") as spill:
        # Without a folder of its own DuckDB would spill into the working directory.
        config: dict[str, Any] = {
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": spill,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
        }
        with duckdb.connect(":memory:", config=config) as connection:
            return [_join(connection, name, block, table) for name, block in blocks.items()]


def rule_name(rule: tuple[str, ...]) -> str:
    """How a rule is named in ``proposed_by`` and in reports."""
    return "rule:" + "+".join(rule)


def _blocks(features: pd.DataFrame, rule: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.int32]]:
    """The number of each record's block, -1 where a feature is missing."""
    numbers = features.groupby(list(rule), sort=False, dropna=True, observed=True).ngroup()
    return np.asarray(numbers.fillna(-1), dtype=np.int32)


def _refusal(name: str, block: np.ndarray[Any, Any], table: RecordTable, most: int) -> str:
    blocks = int(block.max(initial=-1)) + 1
    left, right = (np.bincount(block[side][block[side] >= 0], minlength=blocks) for side in (table.left, table.right))
    pairs = left * (left - 1) // 2 if table.one_table else left * right
    if (total := int(pairs.sum())) <= most:
        return ""
    largest = np.argsort(-pairs, kind="stable")[:LARGEST_BLOCKS_SHOWN]
    sizes = ", ".join(f"{left[b]:,}" if table.one_table else f"{left[b]:,} x {right[b]:,}" for b in largest)
    return f"  {name} would make {total:,} pairs, more than {most:,}; its largest blocks hold {sizes} records"


def _join(connection: Any, name: str, block: np.ndarray[Any, Any], table: RecordTable) -> Proposal:
    for side, positions in (("left_records", table.left), ("right_records", table.right)):
        inside = positions[block[positions] >= 0]
        connection.register(side, pa.table({"position": inside, "block": block[inside]}))
    pairs = connection.execute(_ONE_TABLE if table.one_table else _TWO_SOURCES).fetchnumpy()
    return Proposal(name, pairs["left_position"], pairs["right_position"])
