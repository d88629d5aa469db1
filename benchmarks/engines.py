"""The two engines of ``matchwright match`` on one register of persons.

    python -m benchmarks.engines [--records 100000] [--workers 2] [--master local[2]] [--bundle FOLDER --home FOLDER]

The register is made up as ``matchwright synth`` does. The model is trained on another one, of 20,000 records, or is a
bundle that is there already, with the home that has its key. Each engine runs in a process of its own: DuckDB with so
many workers, and Spark on a cluster of so many cores. Wall time includes starting Spark. Processor time and memory are
of all processes of a run: the driver, Java and the Python workers. Memory is the largest sum of what they hold alone
and their part of what they share. At the end the tables of both are compared, to the last bit of the scores.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.peers.environment import PeerError
from benchmarks.whole_tables import ours
from matchwright.adapters.lake.delta import read_table
from matchwright.errors import MatchwrightError
from matchwright.operations.synthetic_register import RECORDS, make_register
from matchwright.synthesis import load_options

SEED, EVERY = 2, 0.5
COLUMNS = ("engine", "pairs", "wall", "CPU", "peak GB", "driver GB", "pairs a second", "stages, in seconds")
CLI = "from matchwright.cli import main; main()"
TABLES = ("pairs", "clusters", "review", "quarantine")


@dataclass(frozen=True)
class Whole:
    """What a run takes: wall and processor seconds, and gigabytes of all its processes and of the first one."""

    wall: float
    processor: float
    gigabytes: float
    driver: float


def main(arguments: list[str] | None = None) -> None:
    """Print the table. Exits with code 2 and one line if an engine cannot be used."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--training", type=int, default=ours.TRAINING, help="records of the register for training")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--master", default="", help="the default has as many cores as there are workers")
    parser.add_argument("--bundle", type=Path, default=None)
    parser.add_argument("--home", type=Path, default=None)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="matchwright-") as scratch:
        try:
            measure(options, Path(scratch), Console(width=200))
        except MatchwrightError as error:
            print(" ".join(str(error).split()), file=sys.stderr)
            raise SystemExit(2) from None


def measure(options: argparse.Namespace, folder: Path, console: Console) -> None:
    """Match the register with each engine, and print what it took and whether the results are equal."""
    bundle, home = options.bundle, options.home
    if bundle is None:
        model = ours.trained(folder / "model", options.training)
        bundle, home = model.bundle, model.folder / "home"
    records = (
        make_register(folder / "register", load_options("usual"), options.records, SEED).folder / RECORDS[False][0]
    )
    master = options.master or f"local[{options.workers}]"
    engines = {"duckdb": ["--workers", str(options.workers)], "spark": ["--engine", "spark", "--master", master]}
    table, runs = Table(*COLUMNS, title=f"{options.records:,} persons, deduplicated"), {}
    for name, own in engines.items():
        runs[name] = folder / name
        command = [sys.executable, "-c", CLI, "match", "--bundle", str(bundle), "--out", str(runs[name])]
        command += ["--records", str(records), "--tables", "none", "--restate-prior", "--join-from", "0.5", *own]
        taken = run(command, {**os.environ, "MATCHWRIGHT_HOME": str(home), "OMP_NUM_THREADS": "1"})
        table.add_row(name, *row(taken, json.loads((runs[name] / "summary.json").read_text())))
    console.print(table)
    console.print(f"The tables are {'equal' if equal(runs['duckdb'], runs['spark']) else 'DIFFERENT'}.")


def row(taken: Whole, summary: dict[str, Any]) -> list[str]:
    """The cells of :data:`COLUMNS` after the first one."""
    pairs = summary["funnel"]["compared_pairs"]
    stages = ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in summary["seconds"].items() if seconds >= 0.5)
    return [
        f"{pairs:,}",
        f"{taken.wall:,.0f} s",
        f"{taken.processor:,.0f} s",
        f"{taken.gigabytes:.1f}",
        f"{taken.driver:.1f}",
        f"{pairs / taken.wall:,.0f}",
        stages,
    ]


def equal(one: Path, other: Path) -> bool:
    """Whether two runs have the same tables and the same scores of all pairs that they compared."""
    tables = [(read_table(str(one / name)), read_table(str(other / name))) for name in TABLES]
    compared = [pd.read_parquet(run / "compared.parquet") for run in (one, other)]
    return all(first.equals(second) for first, second in [*tables, (compared[0], compared[1])])


def run(command: list[str], variables: dict[str, str]) -> Whole:
    """Run a process to its end, and look at all its processes twice a second.

    Raises:
        PeerError: it failed. It has printed why.
    """
    begun, processor, peak, driver = time.monotonic(), dict[int, float](), 0.0, 0.0
    with psutil.Popen(command, env=variables, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            held = []
            for each in [process, *_children(process)]:
                try:
                    used = each.cpu_times()
                    processor[each.pid] = used.user + used.system
                    held.append(each.memory_full_info().pss)
                except psutil.Error:  # it has ended in the meantime
                    continue
            peak, driver = max(peak, sum(held)), max(driver, held[0] if held else 0.0)
            time.sleep(EVERY)
    if process.returncode:
        raise PeerError(
            f"{' '.join(command[:4])} ended with code {process.returncode}.", "look at what it printed above"
        )
    return Whole(time.monotonic() - begun, sum(processor.values()), peak / 1e9, driver / 1e9)


def _children(process: Any) -> list[Any]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


if __name__ == "__main__":
    main()
