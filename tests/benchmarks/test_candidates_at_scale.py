"""Synthetic registers for measuring candidates at any size, and the measurement itself on a small one."""

import io

import pandas as pd
from rich.console import Console

from benchmarks.candidates_at_scale import measure
from benchmarks.synthetic_register import FIELDS, synthetic_registers


def test_right_records_are_left_ones_with_faults():
    made = synthetic_registers(400, 150)
    left, right = made.features.head(400), made.features.tail(150).reset_index(drop=True)
    assert (made.left, made.right) == (400, 150)
    assert list(right["record_key"].head(2)) == ["right:00000000", "right:00000001"]
    same = left.head(150)[list(FIELDS)] == right[list(FIELDS)]
    assert 0.7 < same.to_numpy().mean() < 0.9
    assert 0.02 < right[list(FIELDS)].isna().to_numpy().mean() < 0.08


def test_the_same_seed_gives_the_same_registers():
    pd.testing.assert_frame_equal(synthetic_registers(50, 20).features, synthetic_registers(50, 20).features)


def test_ours_stands_beside_the_peer_and_finds_as_much_where_no_bound_is_needed():
    console = Console(file=io.StringIO(), width=140)
    measure(300, 100, console)
    printed = console.file.getvalue()
    lines = [line for line in printed.splitlines() if "GB" not in line]  # memory may be 0.9 GB
    rows = [line for line in lines if "0.9" in line or "1.0000" in line]
    shares = [row.split("(")[0].split()[-1] for row in rows]
    assert len(shares) == 3
    assert shares[1] == shares[2]
    assert "peak memory" in printed
