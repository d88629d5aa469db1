"""Deduplicating a table without a model, a configuration or labels: what a first command finds.

    python -m benchmarks.zero_configuration [--data FOLDER] [--records 100000]

The register is made up as ``matchwright synth`` does. With --data or $MATCHWRIGHT_DATA, every set of that folder with a
records.parquet that has a column ``entity`` is deduplicated in its place. Each method gets a CSV file with all columns
but the entity, and nothing else: no spec, no types, no words for an empty cell. So telephone numbers and e-mail
addresses are evidence if a method takes them for it. Each runs in a process of its own. GoldenMatch has a virtual
environment of its own, which needs an index of Python packages.

Precision, recall and F1 are of the pairs of records in one cluster, B-cubed is the mean over records. A method may
refuse a table for which it finds no good configuration; it prints why.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import FOLDER_VARIABLE, read_table
from benchmarks.peers.environment import PeerError, clean_variables, environment
from benchmarks.peers.process import Taken, run
from benchmarks.registers import NothingToMeasureError
from benchmarks.whole_tables.ours import clusters_of
from matchwright.errors import MatchwrightError
from matchwright.evaluation.cluster_metrics import b_cubed, pairwise
from matchwright.operations.synthetic_register import ID, RECORDS, TRUTH, make_register
from matchwright.synthesis import load_options

GOLDENMATCH = Path(__file__).parent / "peers" / "goldenmatch_tables"
SEED = 2
COLUMNS = ("precision", "recall", "F1", "B-cubed", "wall", "CPU", "peak GB")

REFUSED = "refused"
HINT = "name a folder that has folders with a records.parquet, which has a column entity"

Found = tuple["pd.Series[str] | None", Taken]
"""The cluster of each record, by record id, and what finding it took. None where the method refuses the table."""


def main(arguments: list[str] | None = None) -> None:
    """Print the table. Exits with code 2 and one line where a method cannot be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get(FOLDER_VARIABLE) or None)
    parser.add_argument("--records", type=int, default=100_000)
    options = parser.parse_args(arguments)
    table = Table("register", "method", *COLUMNS, title="Without a model, a configuration or labels")
    try:
        for name, records in registers(Path(options.data) if options.data else None, options.records):
            for method, deduplicate in METHODS.items():
                with tempfile.TemporaryDirectory(prefix="matchwright-") as scratch:
                    table.add_row(name, method, *figures(records, deduplicate, Path(scratch)))
        if not table.row_count:
            raise NothingToMeasureError(f"{options.data} has no register.", HINT)
    except MatchwrightError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        raise SystemExit(2) from None
    Console(width=140).print(table)


def registers(folder: Path | None, records: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """The name and the records of each register: the id in the first column, and the column ``entity``."""
    if folder is not None:
        for path in sorted(folder.glob("*/records.parquet")):
            if "entity" in (table := read_table(path)):
                yield path.parent.name, table
        return
    with tempfile.TemporaryDirectory(prefix="matchwright-") as scratch:
        made = make_register(Path(scratch) / "register", load_options("usual"), records, SEED).folder
        table, truth = pd.read_parquet(made / RECORDS[False][0]), pd.read_parquet(made / TRUTH)
    yield f"{records:,} made-up persons", table.assign(entity=truth.set_index(ID)["entity"].loc[table[ID]].to_numpy())


def figures(records: pd.DataFrame, deduplicate: Callable[[Path, Path], Found], folder: Path) -> list[str]:
    """The cells of :data:`COLUMNS` for a method.

    Raises:
        PeerError: it failed, or gave clusters of other records.
    """
    file = folder / "records.csv"
    records.drop(columns="entity").to_csv(file, index=False)
    clusters, taken = deduplicate(file, folder)
    work = [f"{taken.wall:,.0f} s", f"{taken.processor:,.0f} s", f"{taken.gigabytes:.1f}"]
    if clusters is None:
        return [REFUSED, "", "", "", *work]
    ids = records.iloc[:, 0].astype(str)
    if missing := int((~ids.isin(clusters.index)).sum()):
        raise PeerError(f"{missing:,} records are in no cluster.", "look at what the method printed above")
    entities, of = records["entity"].to_numpy(), clusters.loc[ids].to_numpy(dtype=str)
    shares = (*pairwise(entities, of), b_cubed(entities, of).f1)
    return [*(f"{share:.2%}" for share in shares), *work]


def by_goldenmatch(file: Path, folder: Path) -> Found:
    """The clusters of GoldenMatch with zero configuration."""
    out = folder / "clusters.json"
    taken = run(
        [str(environment(GOLDENMATCH)), str(GOLDENMATCH / "deduplicate.py"), str(file), str(out)], clean_variables()
    )
    if (clusters := json.loads(out.read_text())) is None:
        return None, taken
    ids = pd.read_csv(file, usecols=[0], dtype=str).iloc[:, 0]
    return pd.Series(clusters, index=ids.to_numpy()).astype(str), taken


def by_matchwright(file: Path, folder: Path) -> Found:
    """The clusters of ``matchwright match FILE``, which has no model."""
    out = folder / "matched"
    command = [str(Path(sys.executable).with_name("matchwright")), "match", str(file), "--out", str(out)]
    taken = run(command, {**os.environ, "MATCHWRIGHT_HOME": str(folder / "home"), "OMP_NUM_THREADS": "1"})
    return clusters_of(out), taken


METHODS: dict[str, Callable[[Path, Path], Found]] = {"matchwright match": by_matchwright, "GoldenMatch": by_goldenmatch}


if __name__ == "__main__":
    main()
