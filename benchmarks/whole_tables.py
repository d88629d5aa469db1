"""Whole tables: a register of persons that is deduplicated, from the file to pairs and clusters.

    python -m benchmarks.whole_tables [--records 100000] [--workers 2]

The register is made up as ``matchwright synth`` does. The model is trained on another one, of 20,000 records, with a
drafted spec. Then ``matchwright match`` runs in a process of its own: reading, validation, both stages, neighbours,
reasons for reviews, tables and the report.

F1 is over all true pairs of the register: by pairs at a score of one half and at the best threshold (which nobody knows
who has no labels), by the pairs of the clusters, and by B-cubed of the clusters.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

import matchwright
from matchwright.adapters.lake.delta import read_table
from matchwright.core.spec import MatchSpec, parse_spec
from matchwright.drafting import infer_spec
from matchwright.evaluation.cluster_metrics import b_cubed, pairwise
from matchwright.operations.synthetic_register import ID, RECORDS, TRUTH, make_register
from matchwright.synthesis import load_options

TRAINING, TRAINING_SEED, SEED = 20_000, 1, 2
SHOWN = 2_000
"""True pairs that the draft sees."""


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--training", type=int, default=TRAINING, help="records of the register for training")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    title = f"{options.records:,} persons, deduplicated"
    columns = ("F1 at 1/2", "F1 at best", "clusters", "B-cubed", "pairs", "wall", "CPU", "CPU s per million", "peak GB")
    table = Table("method", *columns, title=title)
    with tempfile.TemporaryDirectory(prefix="matchwright-") as scratch:
        folder = Path(scratch)
        bundle = trained(folder, options.training)
        register = make_register(folder / "register", load_options("usual"), options.records, SEED).folder
        truth = pd.read_parquet(register / TRUTH).set_index(ID)["entity"]
        table.add_row("matchwright match", *matched(folder, bundle, register, truth, options.workers))
    Console(width=150).print(table)


def trained(folder: Path, records: int) -> Path:
    """A bundle that was trained on a register of its own."""
    made = make_register(folder / "training", load_options("usual"), records, TRAINING_SEED).folder
    table, pairs = pd.read_parquet(made / RECORDS[False][0]), pd.read_parquet(made / "pairs.parquet")
    shown = pairs.sample(min(SHOWN, len(pairs)), random_state=0).assign(label=1)
    spec: MatchSpec = parse_spec(infer_spec(table, None, shown, "register"))
    spec = spec.model_copy(update={"labels": "complete"})
    return matchwright.train(spec, table, pairs=pairs, home=folder / "home").bundle.folder


def matched(folder: Path, bundle: Path, register: Path, truth: "pd.Series[int]", workers: int) -> list[str]:
    """The figures of ``matchwright match``, which runs in a process of its own."""
    out = folder / "matched"
    command = [str(Path(sys.executable).with_name("matchwright")), "match", "--bundle", str(bundle), "--out", str(out)]
    command += ["--records", str(register / RECORDS[False][0]), "--tables", "none", "--restate-prior"]
    command += ["--join-from", "0.5", "--workers", str(workers)]
    wall, used = run(command, {"MATCHWRIGHT_HOME": str(folder / "home"), "OMP_NUM_THREADS": "1"})
    summary = json.loads((out / "summary.json").read_text())
    pairs, clusters = read_table(str(out / "pairs")), read_table(str(out / "clusters"))
    keys = [pairs[key].str.removeprefix("left:") for key in ("left_key", "right_key")]
    found = by_score(truth, *keys, pairs["score"])
    entity = truth.loc[clusters["record_key"].str.removeprefix("left:")].to_numpy()
    of = clusters["cluster_id"].to_numpy(dtype=str)
    compared = summary["funnel"]["compared_pairs"]
    cpu = used.ru_utime + used.ru_stime
    figures = [*found, pairwise(entity, of).f1, b_cubed(entity, of).f1]
    rest = [
        f"{compared:,}",
        f"{wall:,.0f} s",
        f"{cpu:,.0f} s",
        f"{cpu / compared * 1e6:,.1f}",
        gigabytes(used.ru_maxrss),
    ]
    return [*(f"{figure:.2%}" for figure in figures), *rest]


def by_score(
    truth: "pd.Series[int]", left: "pd.Series[str]", right: "pd.Series[str]", scores: "pd.Series[float]"
) -> tuple[float, float]:
    """F1 at a score of one half, and at the best threshold. A true pair that is not given counts as missed."""
    sizes = truth.value_counts().to_numpy()
    true = int((sizes * (sizes - 1) // 2).sum())
    right_ones = truth.loc[left].to_numpy() == truth.loc[right].to_numpy()
    order = np.argsort(-scores.to_numpy(), kind="stable")
    found = np.cumsum(right_ones[order])
    f1 = 2 * found / (np.arange(1, len(order) + 1) + true)
    at_half = int((scores >= 0.5).sum())
    return float(f1[at_half - 1]) if at_half else 0.0, float(f1.max(initial=0.0))


def run(command: list[str], variables: dict[str, str]) -> tuple[float, Any]:
    """The wall time of a process, and what it and its children used."""
    begun = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, **variables})
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.monotonic() - begun, used


def gigabytes(kilobytes: float) -> str:
    """The peak memory of the largest process."""
    return f"{kilobytes / 1024**2:.1f}"


if __name__ == "__main__":
    main()
