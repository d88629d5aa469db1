"""The example data as files."""

import pandas as pd

from matchwright.adapters.example_data.febrl import febrl4
from matchwright.adapters.tables.read import read_input_table
from matchwright.operations.example_tables import example_tables
from matchwright.settings import Settings


def test_the_files_hold_the_two_tables(settings: Settings) -> None:
    files = example_tables(settings)

    assert files == {
        "records": str(settings.home / "demo" / "left.csv"),
        "records_right": str(settings.home / "demo" / "right.csv"),
    }
    for path, table in zip(files.values(), febrl4(), strict=False):
        pd.testing.assert_frame_equal(read_input_table(path), table.astype(object).where(table.notna(), None))
