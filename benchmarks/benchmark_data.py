"""Benchmark sets in DeepMatcher's layout: two tables of records, and labelled pairs in three parts.

A folder has train, valid and test.parquet, each with the columns ``label``, ``left_*`` and ``right_*``. Most sets also
have ``lid`` and ``rid``, the ids of records in tableA.parquet and tableB.parquet. Without tables, the records are taken
from the sides of the pairs; equal sides are one record.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from matchwright.errors import DataError, Fault

PARTS: tuple[Literal["train", "valid", "test"], ...] = ("train", "valid", "test")
FOLDER_VARIABLE = "MATCHWRIGHT_DATA"
ID = "id"


@dataclass(frozen=True)
class BenchmarkSet:
    """One set: two tables with the column ``id`` (text), and pairs: left_id, right_id, label (0 or 1), part."""

    name: str
    left: pd.DataFrame
    right: pd.DataFrame
    pairs: pd.DataFrame

    def part(self, name: str) -> pd.DataFrame:
        """The pairs of ``train``, ``valid`` or ``test``, as published."""
        return self.pairs[self.pairs["part"] == name].reset_index(drop=True)


def is_set(folder: Path) -> bool:
    """Whether a folder has this layout."""
    return all((folder / f"{part}.parquet").is_file() for part in PARTS)


def find_sets(folder: Path | None = None) -> list[Path]:
    """The sets in a folder, sorted by name, or the folder itself if it is a set.

    Without a folder, that of $MATCHWRIGHT_DATA is used. Without that there are no sets.
    """
    named = folder or (Path(os.environ[FOLDER_VARIABLE]) if os.environ.get(FOLDER_VARIABLE) else None)
    if named is None:
        return []
    return [named] if is_set(named) else sorted(child for child in named.glob("*") if is_set(child))


def read_set(folder: Path) -> BenchmarkSet:
    """Read one set. Without tables, the records are taken from the pairs. A pair in several parts stays in the last.

    Raises:
        DataError: a file cannot be read, or a column is missing.
    """
    parts = {part: read_table(folder / f"{part}.parquet") for part in PARTS}
    faults = [fault for part, table in parts.items() for fault in _part_faults(part, table)]
    if faults:
        raise DataError("This is no benchmark set.", faults)
    labelled = pd.concat([table.assign(part=part) for part, table in parts.items()], ignore_index=True)
    left, left_ids = _side(labelled, "left", "lid", folder / "tableA.parquet")
    right, right_ids = _side(labelled, "right", "rid", folder / "tableB.parquet")
    pairs = pd.DataFrame(
        {
            "left_id": left_ids,
            "right_id": right_ids,
            "label": labelled["label"].astype("int8"),
            "part": labelled["part"],
        }
    )
    faults = [
        Fault(file, f"{count} pairs have a record that it lacks", "each lid and rid is an id of its table")
        for file, table, ids in (("tableA.parquet", left, left_ids), ("tableB.parquet", right, right_ids))
        if (count := int((~ids.isin(table[ID])).sum()))
    ]
    if faults:
        raise DataError("This is no benchmark set.", faults)
    # what is tested is neither trained on nor used to choose the threshold
    pairs = pairs.drop_duplicates(["left_id", "right_id"], keep="last", ignore_index=True)
    return BenchmarkSet(folder.name, left, right, pairs)


def _part_faults(part: str, table: pd.DataFrame) -> list[Fault]:
    file = f"{part}.parquet"
    absent = [] if "label" in table.columns else ["label"]
    absent += [f"{side}*" for side in ("left_", "right_") if not any(str(name).startswith(side) for name in table)]
    if absent:
        hint = "a part has label, and the columns of both records as left_* and right_*"
        return [Fault(file, f"no column {', '.join(absent)}", hint)]
    if not table["label"].isin([0, 1]).all():
        return [Fault(file, "label has other values than 0 and 1")]
    return [] if table["label"].nunique() == 2 else [Fault(file, "has not both matches and other pairs")]


def _side(labelled: pd.DataFrame, side: str, key: str, table: Path) -> tuple[pd.DataFrame, "pd.Series[str]"]:
    """The records of one side, and the id of each pair's record."""
    prefix = f"{side}_"
    columns = [str(column) for column in labelled.columns if str(column).startswith(prefix)]
    values = labelled[columns].rename(columns=lambda name: name.removeprefix(prefix))
    if key in labelled.columns:
        ids = labelled[key].astype(str)
    else:
        ids = pd.Series([f"{side}-{n}" for n in values.groupby(list(values), dropna=False, sort=False).ngroup()])
    if table.is_file():
        records = read_table(table)
        if ID not in records.columns:
            raise DataError("This is no benchmark set.", [Fault(table.name, f"no column {ID}")])
        return records.assign(**{ID: records[ID].astype(str)}), ids
    return values.assign(**{ID: ids}).drop_duplicates(ID, ignore_index=True), ids


def read_table(path: Path) -> pd.DataFrame:
    """A Parquet file.

    Raises:
        DataError: it cannot be read.
    """
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors
        raise DataError("A benchmark set cannot be read.", [Fault(path.name, str(error))]) from error
