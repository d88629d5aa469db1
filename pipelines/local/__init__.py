"""Run a pipeline on this machine: with a record, with one process per step, and resumable."""
