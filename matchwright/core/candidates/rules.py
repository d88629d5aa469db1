"""Equality rules, joined in DuckDB.

DuckDB gets block numbers and no values, so the files that it may write to disk hold no personal data.
"""

import tempfile
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from matchwright.core.candidates.blocks import blocks_of, narrowings, pair_counts, refusal
from matchwright.core.candidates.table import Proposal, RecordTable
from matchwright.core.spec.blocking import CandidateSpec
from matchwright.errors import CandidateError

MEMORY_LIMIT = "2GB"

_TWO_SOURCES = """
    SELECT l.position AS left_position, r.position AS right_position
    FROM left_records l JOIN right_records r ON l.block = r.block
"""
_ONE_TABLE = _TWO_SOURCES + " WHERE l.position < r.position"


def propose_by_rules(table: RecordTable, spec: CandidateSpec) -> list[Proposal]:
    """One proposal per rule, named ``rule:feature+feature``: pairs of records that are equal in all its features.

    A record with a missing feature is in no block of that rule. Pairs are counted before any join.

    Raises:
        CandidateError: rules would make more than ``max_pairs_per_rule`` pairs. The error lists all of them, the
            sizes of their largest blocks, and features that would make them smaller.
    """
    blocks = {rule_name(rule): blocks_of(table.features, rule) for rule in spec.rules}
    most = spec.max_pairs_per_rule
    refused = [rule for rule in spec.rules if pair_counts(blocks[rule_name(rule)], table).sum() > most]
    if refused:
        reports = [refusal(rule_name(rule), blocks[rule_name(rule)], table, most) for rule in refused]
        narrower = [narrowings(rule, blocks[rule_name(rule)], table, most) for rule in refused]
        raise CandidateError(
            "\n".join([f"{len(refused)} candidate rule(s) would make too many pairs:", *reports]),
            "; ".join([*narrower, "or raise candidates.max_pairs_per_rule"]),
        )
    with tempfile.TemporaryDirectory(prefix="matchwright-") as spill:
        # Without its own folder DuckDB would write to the working directory.
        config: dict[str, Any] = {
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": spill,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
        }
        with duckdb.connect(":memory:", config=config) as connection:
            return [_join(connection, name, block, table) for name, block in blocks.items()]


def rule_name(rule: tuple[str, ...]) -> str:
    """The name of a rule in ``proposed_by`` and in reports."""
    return "rule:" + "+".join(rule)


def _join(connection: Any, name: str, block: np.ndarray[Any, Any], table: RecordTable) -> Proposal:
    for side, positions in (("left_records", table.left), ("right_records", table.right)):
        inside = positions[block[positions] >= 0]
        connection.register(side, pa.table({"position": inside, "block": block[inside]}))
    pairs = connection.execute(_ONE_TABLE if table.one_table else _TWO_SOURCES).fetchnumpy()
    return Proposal(name, pairs["left_position"], pairs["right_position"])
