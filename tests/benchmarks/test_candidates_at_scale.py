"""Synthetic registers of any size, and the candidate benchmark on small registers."""

import io

import pandas as pd
from rich.console import Console

from benchmarks.candidates.at_scale import FIELDS, measure, registers


def test_both_registers_hold_the_same_persons_with_errors():
    made = registers(400, 150)
    left, right = made.head(400), made.tail(150).reset_index(drop=True)
    assert len(made) == 550
    assert list(right["record_key"].head(2)) == ["right:00000000", "right:00000001"]
    same = left.head(150)[list(FIELDS)] == right[list(FIELDS)]
    assert 0.7 < same.to_numpy().mean() < 0.9
    assert 0.01 < made[list(FIELDS)].isna().to_numpy().mean() < 0.06


def test_the_same_seed_gives_the_same_registers():
    pd.testing.assert_frame_equal(registers(50, 20), registers(50, 20))


def test_our_method_finds_as_many_true_pairs_as_the_peer_if_no_limit_is_reached():
    console = Console(file=io.StringIO(), width=140)
    measure(300, 100, console)
    printed = console.file.getvalue()
    lines = [line for line in printed.splitlines() if "GB" not in line]  # a line with 0.9 GB is about memory
    rows = [line for line in lines if "0.9" in line or "1.0000" in line]
    shares = [row.split("(")[0].split()[-1] for row in rows]
    assert len(shares) == 3
    assert shares[1] == shares[2]
    assert "peak memory" in printed
