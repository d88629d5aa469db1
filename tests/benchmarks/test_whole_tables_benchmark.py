"""The benchmark of whole tables: its own figures, and how it ends without a peer."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import benchmarks.whole_tables.__main__ as benchmark
from benchmarks import zero_configuration
from benchmarks.peers.environment import PeerError
from benchmarks.peers.process import Taken
from benchmarks.whole_tables import ours, splink
from benchmarks.whole_tables.figures import COLUMNS, by_score, measured

TRUTH = pd.Series({"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 3})


def test_f1_counts_the_true_pairs_that_were_not_found():
    """Four pairs are true. At one half two of three are right, and at the best threshold both of two."""
    pairs = [("a", "b", 0.9), ("d", "e", 0.8), ("a", "f", 0.6), ("b", "c", 0.4)]
    left, right, scores = (pd.Series(column) for column in zip(*pairs, strict=True))
    at_half, best = by_score(TRUTH, left, right, scores)
    assert at_half == pytest.approx(2 * 2 / (3 + 4))
    assert best == pytest.approx(2 * 3 / (4 + 4))


def test_without_pairs_nothing_is_found():
    nothing = pd.Series([], dtype=object)
    assert by_score(TRUTH, nothing, nothing, pd.Series([], dtype=float)) == (0.0, 0.0)


def test_a_row_has_the_processor_time_of_a_million_pairs_and_the_wall_time_beside_ours():
    pairs = pd.DataFrame({"left_id": ["a", "d"], "right_id": ["b", "e"], "score": [0.9, 0.8]})
    clusters = pd.Series({"a": "a", "b": "a", "c": "c", "d": "d", "e": "d", "f": "f"})
    taken = Taken(wall=10, processor=15, gigabytes=0.5)
    found = measured(TRUTH, pairs, clusters, compared=500_000, taken=taken, span=8)
    ours = replace(found, taken=Taken(wall=40, processor=60, gigabytes=1), span=16)
    row = dict(zip(COLUMNS, found.row(ours), strict=True))
    assert row["F1 at 1/2"] == row["F1 of clusters"] == "66.67%"
    assert row["CPU s per million"] == "30.0"
    assert row["wall, to ours"] == "0.25"
    assert (row["table to clusters"], row["to ours"]) == ("8 s", "0.50")


def test_a_peer_that_fails_ends_the_benchmark_with_code_2_and_one_line(monkeypatch, capsys):
    def fail(*_, **__):
        raise PeerError("The packages were not installed.", "look at what pip printed above")

    monkeypatch.setattr(ours, "trained", fail)
    with pytest.raises(SystemExit) as ended:
        benchmark.main(["--peers"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == "The packages were not installed. Hint: look at what pip printed above\n"


@pytest.mark.parametrize("peer", [splink.PEER, zero_configuration.GOLDENMATCH], ids=lambda folder: folder.name)
def test_every_package_of_a_peer_is_pinned(peer: Path):
    lines = (peer / "requirements.txt").read_text().splitlines()
    assert len(lines) > 5
    assert all(re.fullmatch(r"[A-Za-z_-]+==\d[\w.]*", line) for line in lines)
