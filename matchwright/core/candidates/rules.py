"""Equality rules, joined in DuckDB.

DuckDB gets block numbers and no values, so the files that it may write to disk hold no personal data.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from matchwright.core.candidates.blocks import Blocks, blocks_of, narrowings, pair_counts, refusal
from matchwright.core.candidates.narrowing import narrowed_rule
from matchwright.core.candidates.table import Narrowed, Positions, Proposal, RecordTable
from matchwright.core.spec.blocking import CandidateSpec
from matchwright.errors import CandidateError

MEMORY_LIMIT = "2GB"

_TWO_SOURCES = """
    SELECT l.position AS left_position, r.position AS right_position
    FROM left_records l JOIN right_records r ON l.block = r.block
"""
_ONE_TABLE = _TWO_SOURCES + " WHERE l.position < r.position"


Join = Callable[[RecordTable, Mapping[str, Sequence[Blocks]]], list[Proposal]]
"""Joins the blocks of rules, by the names of the rules, to one proposal per rule. Some pairs may occur twice."""


@dataclass(frozen=True)
class RulesProposal:
    """One proposal per rule, and the rules that were narrowed to stay within the limit."""

    proposals: list[Proposal]
    narrowed: tuple[Narrowed, ...]


def joined_in_duckdb(table: RecordTable, blocks: Mapping[str, Sequence[Blocks]]) -> list[Proposal]:
    """The pairs of all blocks of each rule."""
    with tempfile.TemporaryDirectory(prefix="matchwright-") as spill:
        # Without its own folder DuckDB would write to the working directory.
        config: dict[str, Any] = {
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": spill,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
        }
        with duckdb.connect(":memory:", config=config) as connection:
            return [_joined(connection, name, parts, table) for name, parts in blocks.items()]


def propose_by_rules(
    table: RecordTable, spec: CandidateSpec, *, narrow: bool = False, join: Join = joined_in_duckdb
) -> RulesProposal:
    """One proposal per rule, named ``rule:feature+feature``: pairs of records that are equal in all its features.

    A record with a missing feature is in no block of that rule. Pairs are counted before any join.

    Args:
        table: the records.
        spec: the rules.
        narrow: whether a rule that would make more than ``max_pairs_per_rule`` pairs is narrowed, see
            :mod:`~matchwright.core.candidates.narrowing`. Otherwise it is refused.
        join: joins the blocks. Any join of equal blocks gives the same pairs.

    Raises:
        CandidateError: rules would make too many pairs. The error lists all of them, the sizes of their largest
            blocks, and features that would make them smaller.
    """
    blocks = {rule_name(rule): blocks_of(table.features, rule) for rule in spec.rules}
    most = spec.max_pairs_per_rule
    made, narrowed, refused = {name: [block] for name, block in blocks.items()}, [], []
    for rule in spec.rules:
        name = rule_name(rule)
        if pair_counts(blocks[name], table).sum() <= most:
            continue
        if narrow and (found := narrowed_rule(name, rule, blocks[name], table, most)):
            made[name] = found[0]
            narrowed.append(found[1])
        else:
            refused.append(rule)
    if refused:
        reports = [refusal(rule_name(rule), blocks[rule_name(rule)], table, most) for rule in refused]
        narrower = [narrowings(rule, blocks[rule_name(rule)], table, most) for rule in refused]
        raise CandidateError(
            "\n".join([f"{len(refused)} candidate rule(s) would make too many pairs:", *reports]),
            "; ".join([*narrower, "or raise candidates.max_pairs_per_rule"]),
        )
    return RulesProposal(join(table, made), tuple(narrowed))


def rule_name(rule: tuple[str, ...]) -> str:
    """The name of a rule in ``proposed_by`` and in reports."""
    return "rule:" + "+".join(rule)


def _joined(connection: Any, name: str, blocks: Sequence[Blocks], table: RecordTable) -> Proposal:
    """The pairs of all blocks of a rule. Some may occur twice."""
    ends = [_join(connection, block, table) for block in blocks]
    left, right = (np.concatenate([end[side] for end in ends]) for side in (0, 1))
    return Proposal(name, left, right)


def _join(connection: Any, block: Blocks, table: RecordTable) -> tuple[Positions, Positions]:
    for side, positions in (("left_records", table.left), ("right_records", table.right)):
        inside = positions[block[positions] >= 0]
        connection.register(side, pa.table({"position": inside, "block": block[inside]}))
    pairs = connection.execute(_ONE_TABLE if table.one_table else _TWO_SOURCES).fetchnumpy()
    return pairs["left_position"], pairs["right_position"]
