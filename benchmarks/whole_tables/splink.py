"""Splink 5 on DuckDB on the same table, in a process of its own with packages of its own."""

import json
from pathlib import Path

import pandas as pd

from benchmarks.peers.environment import clean_variables, environment
from benchmarks.peers.process import run
from benchmarks.whole_tables.figures import Measured, measured
from matchwright.core.spec import MatchSpec
from matchwright.operations.synthetic_register import ID

PEER = Path(__file__).parents[1] / "peers" / "splink_persons"
SETTINGS = ("documented", "tuned", "fast")


def deduplicated(
    folder: Path, setting: str, spec: MatchSpec, records: Path, truth: "pd.Series[int]", threads: int
) -> Measured:
    """The figures of a setting of ``benchmarks/peers/splink_persons``.

    Args:
        folder: for the files of the run.
        setting: one of :data:`SETTINGS`.
        spec: the drafted spec. Splink's table is cleaned of the same words for an empty cell, and none of the columns
            that the spec does not compare is evidence.
        records: the table.
        truth: the entity of each record.
        threads: of DuckDB.

    Raises:
        PeerError: the packages were not installed, or the run failed.
    """
    out, missing = folder / f"splink-{setting}", folder / "missing.json"
    missing.write_text(json.dumps({spec.column_of(field): spec.missing_in(field) for field in spec.compared}))
    command = [str(environment(PEER)), str(PEER / "deduplicate.py"), str(records), str(out), "--setting", setting]
    command += ["--missing", str(missing), "--threads", str(threads)]
    taken = run(command, clean_variables())
    run([*command, "--count"], clean_variables())
    clusters = pd.read_parquet(out / "clusters.parquet").set_index(ID)["cluster_id"].astype(str)
    compared, span = int((out / "compared").read_text()), float((out / "seconds").read_text())
    return measured(truth, pd.read_parquet(out / "pairs.parquet"), clusters, compared, taken, span)
