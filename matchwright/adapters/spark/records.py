"""The records of a register on Spark: chunks of their features, by range of positions."""

from typing import Any

import numpy as np
import pyarrow as pa

from matchwright.adapters.spark.cells import RANGE
from matchwright.adapters.spark.payload import packed, packed_frame
from matchwright.core.candidates import RecordTable
from matchwright.matching.frequencies import Mask

CHUNK = 5_000
"""Records of a chunk, which is one row of a Spark table. It divides :data:`~matchwright.adapters.spark.cells.RANGE`."""


def record_chunks(session: Any, table: RecordTable, frequencies: Mask) -> Any:
    """A Spark table with a row per chunk: range, start (its first position), features and frequencies as bytes."""
    starts = range(0, len(table.keys), CHUNK)
    return session.createDataFrame(
        pa.table(
            {
                "range": pa.array([start // RANGE for start in starts], pa.int64()),
                "start": pa.array(starts, pa.int64()),
                "features": pa.array(
                    [packed_frame(table.features.iloc[start : start + CHUNK]) for start in starts], pa.binary()
                ),
                "frequencies": pa.array(
                    [packed(known=np.asarray(frequencies[start : start + CHUNK])) for start in starts], pa.binary()
                ),
            }
        )
    )
