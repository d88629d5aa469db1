"""A cluster of two worker processes, one of which is killed in the middle of a run."""

import os
import subprocess
import sys
from importlib.util import find_spec

import pandas as pd
import psutil
import pytest
from fixtures.keys import ENVIRONMENT, keys_of_the_suite
from fixtures.spark import demand_spark, folder_of_pyspark

from matchwright.adapters.lake.delta import read_table
from matchwright.core.bundle import load_bundle
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.match import match_tables
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.secrets import VERIFY_KEY, secret

EXECUTOR = "CoarseGrainedExecutorBackend"
PROGRAM = """
import sys
from pathlib import Path
from matchwright.core.bundle import load_bundle
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.match import match_tables
from matchwright.operations.match_tables.options import GIGABYTE, MatchOptions
from matchwright.secrets import VERIFY_KEY, secret
bundle, records, out = sys.argv[1:]
options = MatchOptions(engine="spark", master="local-cluster[2,1,1024]", memory=GIGABYTE)
match_tables(load_bundle(Path(bundle), secret(VERIFY_KEY)), input_files({"left": records}), Path(out), options,
             lambda progress: print(progress.stage, flush=True))
"""


@pytest.mark.slow
def test_a_lost_executor_changes_no_result(register_run, tmp_path):
    demand_spark()
    assert find_spec("pyspark") is not None
    bundle, records = register_run.work / "bundle", register_run.work.parent / "records.csv"
    paths = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH", ""), os.path.dirname(folder_of_pyspark()))))
    own = {**os.environ, **ENVIRONMENT, "SPARK_HOME": folder_of_pyspark(), "PYTHONPATH": paths}
    command = [sys.executable, "-c", PROGRAM, str(bundle), str(records), str(tmp_path / "spark")]
    stages: list[str] = []
    with subprocess.Popen(command, env=own, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            stages.append(line.strip())
            if stages[-1] == "deciding":  # the comparisons are with the executors, and are asked for again
                executors = [each for each in psutil.Process(process.pid).children(True) if _is_executor(each)]
                assert len(executors) == 2
                executors[0].kill()
    assert process.returncode == 0
    assert stages.count("deciding") == 1
    with keys_of_the_suite():
        match_tables(
            load_bundle(bundle, secret(VERIFY_KEY)),
            input_files({"left": str(records)}),
            tmp_path / "one",
            MatchOptions(),
        )
    for name in ("pairs", "clusters", "review", "quarantine"):
        own_table, other = (read_table(str(tmp_path / run / name)) for run in ("spark", "one"))
        pd.testing.assert_frame_equal(own_table, other, check_exact=True)
    assert len(own_table) == 0  # nothing of the register is in quarantine
    reviews = read_table(str(tmp_path / "spark" / "review"))
    assert (reviews["codes"] != "").all()


def _is_executor(process):
    return process.name() == "java" and any(EXECUTOR in word for word in process.cmdline())
