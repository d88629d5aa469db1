"""Make a synthetic register in a folder: its records, the truth about them, and how it was made."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from matchwright.adapters.tables.parquet_writer import write_parquet
from matchwright.errors import Fault, SynthesisError
from matchwright.files import replacing_folder
from matchwright.synthesis import FIELDS, Options, Register, plan_register, record_values

DESCRIPTION, TRUTH, PAIRS = "synthesis.json", "truth.parquet", "pairs.parquet"
RECORDS = {False: ("records.parquet",), True: ("records_left.parquet", "records_right.parquet")}
"""The files of records, of one table and of two."""
ID = "rec_id"
ROW_GROUP = 50_000
"""Records that are made and written at a time."""


@dataclass(frozen=True)
class Made:
    """What was made: the folder, and its counts by name."""

    folder: Path
    counts: dict[str, int]


def make_register(
    folder: Path, options: Options, records: int, seed: int, two_tables: bool = False, force: bool = False
) -> Made:
    """Write a register, whole or not at all.

    Args:
        folder: where. It must not exist, unless ``force`` is given.
        options: the rates.
        records: how many records, of both tables together.
        seed: the same seed, options and versions give the same bytes.
        two_tables: make two tables that overlap.
        force: replace a register that was made before. Any other folder is left alone.

    Raises:
        SynthesisError: the folder exists.
    """
    _check_folder(folder, force)
    register = plan_register(options, records, seed, two_tables)
    with replacing_folder(folder) as draft:
        counts = {}
        for name, right in zip(RECORDS[two_tables], (False, True), strict=False):
            columns = {name: "string" for name in (ID, *FIELDS)}
            counts[Path(name).stem] = write_parquet(
                draft / name, columns, _records(register, options, seed, register.side(right))
            )
        places = register.places()
        counts["entities"] = int(register.entity[-1]) + 1
        counts["households"] = int(np.count_nonzero(np.diff(register.household.astype(np.int64)))) + 1
        columns = {**({"table": "string"} if two_tables else {}), ID: "string", "entity": "int64", "household": "int64"}
        write_parquet(draft / TRUTH, columns, _truth(register, places))
        columns = {"left_id": "string", "right_id": "string"}
        counts["pairs"] = write_parquet(draft / PAIRS, columns, _pairs(register, places))
        description = _description(options, records, seed, two_tables, counts)
        (draft / DESCRIPTION).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    return Made(folder, counts)


def _check_folder(folder: Path, force: bool) -> None:
    if not folder.exists():
        return
    if not force:
        hint = "name another folder, or give --force to replace a register that was made before"
        raise SynthesisError("The register was not made.", [Fault(str(folder), "exists already", hint)])
    if not (folder / DESCRIPTION).is_file():
        hint = f"name another folder: only one with a {DESCRIPTION} is replaced"
        raise SynthesisError("The register was not made.", [Fault(str(folder), "holds no synthetic register", hint)])


def _records(register: Register, options: Options, seed: int, side: Any) -> Iterator[dict[str, Any]]:
    for begin in range(0, len(side), ROW_GROUP):
        rows = side[begin : begin + ROW_GROUP]
        ids = _ids(register, rows, np.arange(begin, begin + len(rows)))
        yield {ID: ids, **record_values(register, options, seed, rows)}


def _truth(register: Register, places: Any) -> Iterator[dict[str, Any]]:
    """The truth about each record, in the order of the files of records."""
    for right in (False, True):
        side = register.side(right)
        for begin in range(0, len(side), ROW_GROUP):
            rows = side[begin : begin + ROW_GROUP]
            yield {
                "table": np.full(len(rows), "right" if right else "left", dtype=object),
                ID: _ids(register, rows, places[rows]),
                "entity": register.entity[rows],
                "household": register.household[rows],
            }


def _pairs(register: Register, places: Any) -> Iterator[dict[str, Any]]:
    for left, right in register.pairs():
        for begin in range(0, len(left), ROW_GROUP):
            one, other = left[begin : begin + ROW_GROUP], right[begin : begin + ROW_GROUP]
            yield {
                "left_id": _ids(register, one, places[one]),
                "right_id": _ids(register, other, places[other]),
            }


def _ids(register: Register, rows: Any, places: Any) -> Any:
    letters = np.where(register.right[rows], "b", "a" if register.two_tables else "r").tolist()
    return np.array(
        [f"{letter}{place:08d}" for letter, place in zip(letters, places.tolist(), strict=True)], dtype=object
    )


def _description(
    options: Options, records: int, seed: int, two_tables: bool, counts: dict[str, int]
) -> dict[str, object]:
    """How the register was made. The versions are those of what its bytes depend on."""
    return {
        "seed": seed,
        "records": records,
        "two_tables": two_tables,
        "options": options.model_dump(mode="json"),
        "counts": counts,
        "versions": {name: version(name) for name in ("matchwright", "faker", "nicknames", "numpy", "pyarrow")},
    }
