"""Reading data frames."""

from pathlib import Path

import pandas as pd


def read_frame(path: Path) -> pd.DataFrame:
    """Read a Parquet file.

    Not with ``pandas.read_parquet``: it gives Arrow a Python file. An Arrow thread that frees such a buffer while the
    interpreter ends can abort the process.
    """
    from pyarrow import parquet

    frame: pd.DataFrame = parquet.read_table(str(path)).to_pandas()
    return frame
