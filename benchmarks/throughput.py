"""Comparisons per second: ``compare()`` and a plain loop that calls rapidfuzz pair by pair, in the same run.

    python -m benchmarks.throughput                      persons: FEBRL 4; products: synthetic offers
    python -m benchmarks.throughput --data FOLDER        products: tableA.parquet and tableB.parquet
    python -m benchmarks.throughput --profile            and where compare() spends its time

Both get the same record features of the same candidates, and make the same comparisons: every value of the loop is
checked against compare()'s. They take turns, each on one processor. The times are processor times.
"""

import argparse
import cProfile
import pstats
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.peers.pair_by_pair import PairByPair
from benchmarks.problems.labelled import SPECS
from matchwright.adapters.example_data.febrl import febrl4
from matchwright.core.candidates import propose_candidates
from matchwright.core.compare import compare, comparison_names
from matchwright.core.records import conform, normal_forms, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec, load_spec

GOAL = 3.0
TURNS = 5
OFFERS = 2_500
AGREEMENT = 2e-5
"""compare() rounds to five decimals and holds 32-bit numbers."""


@dataclass(frozen=True)
class Workload:
    """Row-aligned record features of a spec's candidates."""

    name: str
    spec: MatchSpec
    corpus: Corpus
    left: pd.DataFrame
    right: pd.DataFrame

    @classmethod
    def of(cls, name: str, spec: MatchSpec, tables: dict[str, pd.DataFrame], most: int) -> "Workload":
        """All candidates of two tables, or a random sample of ``most`` of them."""
        records = pd.concat([conform(table, spec, side) for side, table in tables.items()], ignore_index=True)
        corpus = Corpus.fit(normal_forms(records, spec), spec)
        features = record_features(records, spec, corpus).set_index("record_key", drop=False)
        pairs = propose_candidates(features.reset_index(drop=True), spec)
        if len(pairs) > most:
            pairs = pairs.sample(most, random_state=1).sort_index()
        sides = (features.loc[pairs[f"{side}_key"]].reset_index(drop=True) for side in ("left", "right"))
        return cls(name, spec, corpus, *sides)


def main() -> None:
    """Print one table, and profiles if asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder with tableA.parquet and tableB.parquet of products")
    parser.add_argument("--pairs", type=int, default=50_000, help="candidates compared at most")
    parser.add_argument("--profile", action="store_true", help="show the 25 functions that take compare() longest")
    arguments = parser.parse_args()
    shown = Table(title=f"Comparisons per second (goal: {GOAL:g} times the loop)", title_justify="left")
    for column in ("spec", "pairs", "per pair", "compare()", "loop", "times as fast", "slowest to fastest turn"):
        shown.add_column(column, justify="left" if column == "spec" else "right")
    profiles = []
    for workload in workloads(arguments.data, arguments.pairs):
        shown.add_row(*measured(workload))
        if arguments.profile:
            profiles.append((workload.name, profile_of(workload)))
    Console(width=120).print(shown)
    for name, statistics in profiles:
        print(f"\ncompare() of {name}")
        statistics.sort_stats("tottime").print_stats(25)


def workloads(data: Path | None, most: int) -> Iterator[Workload]:
    """Persons, then products."""
    left, right, _ = febrl4()
    yield Workload.of("persons, FEBRL 4", load_spec(SPECS / "persons.yaml"), {"left": left, "right": right}, most)
    products = load_spec(SPECS / "products.yaml")
    if data is None:
        yield Workload.of("products, synthetic", products, offers(OFFERS), most)
    else:
        tables = {
            side: pd.read_parquet(data / f"table{name}.parquet") for side, name in (("left", "A"), ("right", "B"))
        }
        yield Workload.of(f"products, {data.name}", products, tables, most)


def measured(workload: Workload) -> list[str]:
    """One row of the table: the median and the range over alternating turns."""
    left, right, spec, corpus = workload.left, workload.right, workload.spec, workload.corpus
    loop = PairByPair(spec, corpus, comparison_names(spec), left, right)
    agree(compare(left, right, spec, corpus), loop())
    seconds = np.array(
        [[timed(lambda: compare(left, right, spec, corpus)), timed(loop)] for _ in range(TURNS)]
    )  # (turns, 2)
    comparisons = len(left) * len(loop.names)
    ours, theirs = comparisons / np.median(seconds, axis=0)
    ratio = seconds[:, 1] / seconds[:, 0]
    return [
        workload.name,
        f"{len(left):,}",
        f"{len(loop.names)}",
        f"{ours:,.0f}",
        f"{theirs:,.0f}",
        f"{np.median(ratio):.1f}",
        f"{ratio.min():.1f} to {ratio.max():.1f}",
    ]


def timed(function: Callable[[], Any]) -> float:
    """Seconds of processor time that one call takes, so that other load does not count."""
    start = time.process_time()
    function()
    return time.process_time() - start


def agree(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Fail unless every comparison of every pair is the same."""
    for name in theirs:
        one, other = ours[name].to_numpy(dtype=np.float64), theirs[name].to_numpy(dtype=np.float64)
        differs = ~np.isclose(one, other, rtol=1e-5, atol=AGREEMENT, equal_nan=True)
        if differs.any():
            raise SystemExit(f"{name} differs in {differs.sum()} of {len(one)} pairs: the loop does something else")


def profile_of(workload: Workload) -> pstats.Stats:
    """Where one call of compare() spends its time."""
    profiler = cProfile.Profile()
    profiler.runcall(compare, workload.left, workload.right, workload.spec, workload.corpus)
    return pstats.Stats(profiler)


def offers(count: int, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Two shops' offers of the same synthetic products, in different words, with codes and prices."""
    generator = np.random.default_rng(seed)
    brands = ["acme", "zenith", "orbit", "nimbus", "vertex", "quanta", "lumen", "forge", "atlas", "cobalt"]
    kinds = ["toaster", "headphones", "monitor", "keyboard", "projector", "drill", "router", "printer", "kettle"]
    words = [f"{first}{second}" for first in ("pro", "ultra", "mini", "neo", "max") for second in ("line", "tec", "x")]
    words += ["black", "white", "compact", "wireless", "digital", "steel", "portable", "classic", "with", "for", "and"]
    shop, catalogue = [], []
    for number in range(count):
        brand, kind = str(generator.choice(brands)), str(generator.choice(kinds))
        code = f"{brand[:2]}{generator.integers(1000, 9999)}{chr(97 + generator.integers(26))}"
        described = [str(word) for word in generator.choice(words, 7, replace=False)]
        price = round(float(generator.lognormal(4, 1)), 2)
        size = f"{generator.integers(1, 99)}{generator.choice(['gb', 'inch', 'w', 'cm'])}"
        model = code if generator.random() < 0.7 else None
        shop.append([f"s{number}", f"{brand} {kind} {code} {size} {' '.join(described)}", brand, model, price, kind])
        other = [brand, kind, *generator.permutation(described)[:5], size]
        if generator.random() < 0.6:
            other.insert(2, f"{code[:2]}-{code[2:]}".upper())
        model = code.upper() if generator.random() < 0.5 else None
        nearby = round(price * float(generator.normal(1, 0.05)), 2)
        catalogue.append([f"c{number}", " ".join(other), brand if number % 10 else None, model, nearby, f"{kind}s"])
    columns = ["id", "title", "brand", "modelno", "price", "category"]
    return {side: pd.DataFrame(rows, columns=columns) for side, rows in (("left", shop), ("right", catalogue))}


if __name__ == "__main__":
    main()
