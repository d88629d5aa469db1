"""Blocking written once for every engine: which records of a rule's blocks are pairs, as an Ibis expression.

The expression is unbound: it names two tables and holds none, so each engine compiles it to its own SQL. The tables
have numbers of blocks and no values. A large block is divided into parts, each joined by a task of its own: so one
block of a very common value does not keep one task busy while all others wait.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.candidates import RecordTable
from matchwright.core.candidates.blocks import Blocks
from matchwright.core.candidates.table import Positions

LEFT_RECORDS, RIGHT_RECORDS = "left_records", "right_records"
"""The names of the two tables."""
LEFT_POSITION, RIGHT_POSITION = "left_position", "right_position"

PER_PART = 1_000_000
"""Pairs that a part of a block makes at most, or those of one left record if they are more."""


@dataclass(frozen=True)
class Side:
    """The records of one side that are in blocks, each array of shape (rows,): position, block, and part of it."""

    position: Positions
    block: Blocks
    part: Blocks


def pairs_of_blocks(one_table: bool) -> Any:
    """The pairs of records in the same part of a block: left_position and right_position.

    Args:
        one_table: whether both tables hold all records. Then a pair occurs once, with the smaller position first.
    """
    import ibis

    columns = {"position": "int32", "block": "int32", "part": "int32"}
    left, right = (ibis.table(columns, name=name) for name in (LEFT_RECORDS, RIGHT_RECORDS))
    same = [left.block == right.block, left.part == right.part]
    if one_table:
        same.append(left.position < right.position)
    joined = left.join(right, same)
    return joined.select(**{LEFT_POSITION: left.position, RIGHT_POSITION: right.position})


def sides_of(table: RecordTable, block: Blocks, per_part: int = PER_PART) -> tuple[Side, Side]:
    """The two tables of a rule's blocks. Left records of a large block are dealt out to its parts, and each part has
    all of its right records.

    Args:
        table: the records.
        block: the block of each record, -1 for none, shape (records,).
        per_part: see :data:`PER_PART`.
    """
    left, right = (side[block[side] >= 0] for side in (table.left, table.right))
    blocks = int(block.max(initial=-1)) + 1
    sizes = [np.bincount(block[side], minlength=blocks).astype(np.int64) for side in (left, right)]
    # in one table all ordered pairs are looked at, and half of them are kept
    parts = np.clip(-(-sizes[0] * sizes[1] // per_part), 1, np.maximum(sizes[0], 1))
    number = _number_in_block(block[left], sizes[0])
    dealt = Side(left, block[left], (number % parts[block[left]]).astype(np.int32))
    copies = parts[block[right]]
    repeated = np.repeat(right, copies)
    first = np.repeat(np.cumsum(copies) - copies, copies)
    return dealt, Side(repeated, block[repeated], (np.arange(len(repeated)) - first).astype(np.int32))


def _number_in_block(block: Blocks, sizes: "np.ndarray[Any, np.dtype[np.int64]]") -> Any:
    """0, 1, 2 ... for the records of each block."""
    order = np.argsort(block, kind="stable")
    first = np.cumsum(sizes) - sizes
    found = np.empty(len(block), dtype=np.int64)
    found[order] = np.arange(len(block)) - first[block[order]]
    return found
