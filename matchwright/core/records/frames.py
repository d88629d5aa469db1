"""Reading data frames."""

from pathlib import Path

import pandas as pd


def read_frame(path: Path) -> pd.DataFrame:
    """Read a Parquet file.

    Not ``pandas.read_parquet``: it hands Arrow a Python file, and an Arrow thread that frees such a
    buffer while the interpreter ends aborts the process now and then.
    """
    from pyarrow import parquet

    frame: pd.DataFrame = parquet.read_table(str(path)).to_pandas()
    return frame
