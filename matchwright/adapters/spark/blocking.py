"""Joining the blocks of rules on Spark."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa

from matchwright.adapters.spark.divided import divided
from matchwright.core.candidates import RecordTable
from matchwright.core.candidates.blocks import Blocks
from matchwright.core.candidates.table import Positions, Proposal
from matchwright.matching.blocking import (
    LEFT_POSITION,
    LEFT_RECORDS,
    RIGHT_POSITION,
    RIGHT_RECORDS,
    Side,
    pairs_of_blocks,
    sides_of,
)

PAIRS_AT_ONCE = 1_000_000
"""Pairs in one batch between Spark and the driver."""


def joined_in_spark(session: Any, table: RecordTable, blocks: Mapping[str, Sequence[Blocks]]) -> list[Proposal]:
    """The pairs of all blocks of each rule."""
    return [_proposal(session, name, parts, table) for name, parts in blocks.items()]


def spark_sql(one_table: bool, names: Mapping[str, str]) -> str:
    """The join in Spark's SQL, over tables with other names."""
    import ibis

    expression = pairs_of_blocks(one_table)
    text = str(ibis.to_sql(expression, dialect="pyspark"))
    for table, own in names.items():
        text = text.replace(f"`{table}`", f"`{own}`")
    return text


def _proposal(session: Any, name: str, blocks: Sequence[Blocks], table: RecordTable) -> Proposal:
    ends = [_join(session, block, table) for block in blocks]
    left, right = (np.concatenate([end[side] for end in ends]) for side in (0, 1))
    return Proposal(name, left, right)


def _join(session: Any, block: Blocks, table: RecordTable) -> tuple[Positions, Positions]:
    # a session may be shared, so the names are those of this join alone
    names = {side: f"{side}_{uuid4().hex}" for side in (LEFT_RECORDS, RIGHT_RECORDS)}
    for own, side in zip(names.values(), sides_of(table, block), strict=True):
        session.createDataFrame(_arrow(side)).createOrReplaceTempView(own)
    try:
        with divided(session, PAIRS_AT_ONCE):
            pairs = session.sql(spark_sql(table.one_table, names)).toArrow()
    finally:
        for own in names.values():
            session.catalog.dropTempView(own)
    return pairs[LEFT_POSITION].to_numpy(), pairs[RIGHT_POSITION].to_numpy()


def _arrow(side: Side) -> pa.Table:
    return pa.table({"position": side.position, "block": side.block, "part": side.part})
