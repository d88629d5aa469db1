"""Input files: tables as CSV, Parquet and Delta, and others as bytes."""
