"""Running a pipeline on this machine: recorded, resumable, one process per step."""
