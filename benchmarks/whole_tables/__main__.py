"""Whole tables: a register of persons that is deduplicated, from the file to pairs and clusters.

    python -m benchmarks.whole_tables [--records 100000] [--workers 2] [--peers]

The register is made up as ``matchwright synth`` does. The model is trained on another one, of 20,000 records, with a
drafted spec. Then ``matchwright match`` runs in a process of its own: reading, validation, both stages, neighbours,
reasons for reviews, tables and the report.

With ``--peers`` Splink 5 deduplicates the same table on DuckDB, with as many threads, in a process and a virtual
environment of its own. It needs an index of Python packages. Its settings are in ``benchmarks/peers/splink_persons``:

- *documented*: the comparisons of Splink's example on FEBRL 4.
- *tuned*: comparisons that a person wrote for this kind of register, until nothing more helped.
- *fast*: the same with fewer rules, and with fewer pairs for training.

With ``--peers`` a second model has the rules of *fast* and no TF-IDF.

Both see the same columns, without telephone, e-mail address and national id. Splink trains on the table itself, without
labels, and its time includes that. Matchwright's model was trained before, with labels. What that took is printed.

F1 is over all true pairs of the register: by pairs at a score of one half and at the best threshold (which nobody knows
who has no labels), by the pairs of the clusters, and by B-cubed of the clusters.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.peers.environment import PeerError
from benchmarks.whole_tables import ours, splink
from benchmarks.whole_tables.figures import COLUMNS
from matchwright.errors import MatchwrightError
from matchwright.operations.synthetic_register import ID, RECORDS, TRUTH, make_register
from matchwright.synthesis import load_options

SEED = 2


def main(arguments: list[str] | None = None) -> None:
    """Print the table. Exits with code 2 and one line where a peer cannot be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--training", type=int, default=ours.TRAINING, help="records of the register for training")
    parser.add_argument(
        "--most-records", type=int, help="records whose candidates training compares (split.most_records)"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--peers", action="store_true", help="Splink too")
    options = parser.parse_args(arguments)
    console = Console(width=200)
    with tempfile.TemporaryDirectory(prefix="matchwright-") as scratch:
        try:
            measure(options, Path(scratch), console)
        except MatchwrightError as error:
            print(" ".join(str(error).split()), file=sys.stderr)
            raise SystemExit(2) from None


def measure(options: argparse.Namespace, folder: Path, console: Console) -> None:
    """Deduplicate the register by each method, and print the table."""
    table = Table("method", *COLUMNS, title=f"{options.records:,} persons, deduplicated")
    ways = {"matchwright match": False, "matchwright match, Splink's fast rules": True}
    models = {
        name: ours.trained(
            folder / f"model-{number}", options.training, equality_rules=rules, most_records=options.most_records
        )
        for number, (name, rules) in enumerate(ways.items())
        if options.peers or not rules
    }
    register = make_register(folder / "register", load_options("usual"), options.records, SEED).folder
    records = register / RECORDS[False][0]
    truth = pd.read_parquet(register / TRUTH).set_index(ID)["entity"]
    first = None
    for name, model in models.items():
        measured = ours.deduplicated(model, records, truth, options.workers)
        first = first or measured
        table.add_row(name, *measured.row(first))
    spec = next(iter(models.values())).spec
    failed = []
    for setting in splink.SETTINGS if options.peers else ():
        try:
            peer = splink.deduplicated(folder, setting, spec, records, truth, options.workers)
        except PeerError as error:  # the figures of the others took long
            failed.append(error)
            table.add_row(f"Splink 5, {setting}", "failed")
        else:
            table.add_row(f"Splink 5, {setting}", *peer.row(first))
    console.print(table)
    for name, model in models.items():
        console.print(
            f"The model of {name}: {model.taken.wall:,.0f} s, {model.taken.processor:,.0f} s of processor time, "
            f"{model.taken.gigabytes:.1f} GB, for a draft and a training on {options.training:,} other records."
        )
    if failed:
        raise failed[0]


if __name__ == "__main__":
    main()
