"""Input files: tables as CSV and Parquet, and others as bytes."""

from matchwright.adapters.tables.read import read_bytes, read_input_table, row_lines

__all__ = ["read_bytes", "read_input_table", "row_lines"]
