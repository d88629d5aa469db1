"""Input tables: CSV and Parquet."""

from matchwright.adapters.tables.read import read_input_table, row_lines

__all__ = ["read_input_table", "row_lines"]
