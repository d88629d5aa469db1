"""What the benchmark of the engines measures of a run, and how it compares two."""

import os
import sys

import pandas as pd
import pytest

from benchmarks.engines import TABLES, equal, row, run
from benchmarks.peers.environment import PeerError
from matchwright.adapters.lake.delta import frame_digest, write_table

HOLDS = 80_000_000
PROGRAM = f"""
import subprocess, sys, time
begun = time.process_time()
child = subprocess.Popen([sys.executable, "-c", "held = bytearray({HOLDS}); import time; time.sleep(3)"])
while time.process_time() - begun < 1:
    pass
child.wait()
"""


def test_work_and_memory_of_all_processes_are_counted():
    taken = run([sys.executable, "-c", PROGRAM], dict(os.environ))
    assert taken.wall > 3
    assert taken.processor > 0.9
    assert taken.gigabytes > HOLDS / 1e9
    assert taken.driver < HOLDS / 1e9


def test_a_run_that_fails_is_an_error():
    with pytest.raises(PeerError, match="ended with code 3"):
        run([sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ))


def test_pairs_a_second_are_of_the_whole_run():
    taken = run([sys.executable, "-c", "pass"], dict(os.environ))
    cells = row(taken, {"funnel": {"compared_pairs": 10**9}, "seconds": {"writing": 0.1, "comparing": 7.4}})
    assert cells[0] == "1,000,000,000"
    assert float(cells[-2].replace(",", "")) == pytest.approx(10**9 / taken.wall, rel=1e-6)
    assert cells[-1] == "comparing 7"


def test_two_runs_are_equal_only_to_the_last_bit(tmp_path):
    for name, score in (("one", 0.25), ("same", 0.25), ("other", 0.25000000000000006)):
        frame = pd.DataFrame({"left_key": ["left:1"], "score": [score]})
        for table in TABLES:
            write_table(str(tmp_path / name / table), frame, frame_digest(frame))
        frame.to_parquet(tmp_path / name / "compared.parquet")
    assert equal(tmp_path / "one", tmp_path / "same")
    assert not equal(tmp_path / "one", tmp_path / "other")
