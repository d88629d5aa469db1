"""Writing Parquet in parts: a table of any size, with a few parts in memory."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np


def write_parquet(path: Path, columns: Mapping[str, str], parts: Iterable[Mapping[str, Any]]) -> int:
    """Write a table to a file, each part as a row group. The same parts give the same bytes.

    Args:
        path: the file, which must not exist.
        columns: the name of each column, and its type: ``string`` or ``int64``.
        parts: arrays of equal length, by column. A missing value is None.

    Returns:
        How many rows were written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, getattr(pa, kind)()) for name, kind in columns.items()])
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in parts:
            arrays = [pa.array(np.asarray(part[name]), type=schema.field(name).type) for name in columns]
            table = pa.table(arrays, schema=schema)
            writer.write_table(table, row_group_size=max(table.num_rows, 1))
            rows += table.num_rows
    return rows
