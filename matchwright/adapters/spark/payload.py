"""Arrays and frames as bytes: what rows of the Spark tables hold, so that every type comes back as it was."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

Array = np.ndarray[Any, Any]


def packed(**arrays: Array) -> bytes:
    """Arrays by name as bytes. No array may hold Python objects."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpacked(content: bytes) -> dict[str, Array]:
    """The arrays of :func:`packed`."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def packed_frame(frame: pd.DataFrame) -> bytes:
    """A frame as bytes."""
    buffer = pa.BufferOutputStream()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(buffer, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(buffer.getvalue().to_pybytes())


def unpacked_frame(content: bytes) -> pd.DataFrame:
    """The frame of :func:`packed_frame`."""
    frame: pd.DataFrame = pa.ipc.open_stream(content).read_all().to_pandas()
    return frame
