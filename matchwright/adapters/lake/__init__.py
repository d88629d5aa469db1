"""The lake: Delta tables in a folder or on S3."""

from matchwright.adapters.lake.delta import TableVersion, frame_digest, read_table, write_table

__all__ = ["TableVersion", "frame_digest", "read_table", "write_table"]
