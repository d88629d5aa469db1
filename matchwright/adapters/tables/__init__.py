"""Input files: tables as CSV and Parquet, and others as bytes."""
