"""Ingest: conform the input tables to the match spec and write them to the lake as a snapshot."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePath

import pandas as pd

from matchwright.adapters.example_data.febrl import FEBRL4, febrl4
from matchwright.adapters.lake.delta import frame_digest, write_table
from matchwright.adapters.tables.read import read_input_table, row_lines
from matchwright.core.spec import MatchSpec, spec_digest
from matchwright.errors import DataError, Fault
from matchwright.labelling.pair_table import conform_pairs, no_pairs
from matchwright.operations.conforming import conformed_records, together
from matchwright.operations.inputs import INPUTS, PAIRS, RECORDS, RECORDS_RIGHT, faults_of_inputs, reads_example_data
from matchwright.operations.snapshot import Snapshot
from matchwright.settings import Settings

_Conformed = tuple[dict[str, pd.DataFrame], list[Fault]]


def ingest(
    *,
    settings: Settings,
    spec: MatchSpec,
    records: str = "",
    records_right: str = "",
    pairs: str = "",
    snapshot: Path,
) -> Snapshot:
    """Read the input tables, enforce the spec's schema, write Delta tables and the snapshot file.

    The arguments name CSV or Parquet files or Delta tables. Without any, ``local`` reads the example data FEBRL 4.
    With ``labels: none`` there are no pairs. ``records`` and ``pairs`` without ``records_right`` mean
    deduplication: one table, whose records all get the source ``left``. The same input again writes nothing
    new. If a run was killed between two tables, the next run completes it. A number or date that cannot be read is
    missing; where there is such a value, the records also have a column of flags for validation.

    Raises:
        DataError: the inputs do not fit. The faults of all inputs are listed together.
        LakeError: the lake cannot be written.
    """
    files = {name: uri for name, uri in zip(INPUTS, (records, records_right, pairs), strict=True) if uri}
    example = reads_example_data(files, settings.environment)
    conformed, faults = _conform_example(spec) if example else _conform_files(files, spec)
    faults += faults_of_inputs(files, spec, settings.environment)
    if faults:
        raise DataError(_headline(spec, example, len(faults)), faults)
    sides = [conformed[name] for name in (RECORDS, RECORDS_RIGHT) if name in conformed]
    frames = {
        RECORDS: together(sides),
        PAIRS: no_pairs() if spec.labels == "none" else conformed[PAIRS],
    }
    lake = f"{settings.lake_uri.rstrip('/')}/{spec.name}"
    tables = {name: write_table(f"{lake}/{name}", frame, frame_digest(frame)) for name, frame in frames.items()}
    result = Snapshot(spec_name=spec.name, spec_digest=spec_digest(spec), tables=tables, origin=_origin(files))
    result.write(snapshot)
    return result


def _conform_files(files: Mapping[str, str], spec: MatchSpec) -> _Conformed:
    def reader(uri: str) -> Callable[[], pd.DataFrame]:
        return lambda: read_input_table(uri)

    return _conform_all({name: reader(uri) for name, uri in files.items()}, spec, files.get(PAIRS))


def _conform_example(spec: MatchSpec) -> _Conformed:
    def reader(frame: pd.DataFrame) -> Callable[[], pd.DataFrame]:
        return lambda: frame

    return _conform_all({name: reader(frame) for name, frame in zip(INPUTS, febrl4(), strict=True)}, spec)


def _conform_all(
    readers: Mapping[str, Callable[[], pd.DataFrame]], spec: MatchSpec, pairs: str | None = None
) -> _Conformed:
    """The conformed inputs, and the faults of those that do not conform. ``pairs`` is the file of the pairs."""
    conformed: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for name, read in readers.items():
        try:
            if name == PAIRS:
                lines = None if pairs is None else partial(row_lines, pairs)
                conformed[name] = conform_pairs(read(), spec, RECORDS_RIGHT not in readers, lines)
            else:
                conformed[name] = conformed_records(read(), spec, "left" if name == RECORDS else "right")
        except DataError as error:
            faults += [Fault(".".join(filter(None, (name, f.path))), f.problem, f.hint) for f in error.faults]
    return conformed, faults


def _headline(spec: MatchSpec, example: bool, count: int) -> str:
    what = f"The example data {FEBRL4} do" if example else "The input tables do"
    hint = " (name your own files with records, records_right and pairs)" if example else ""
    return f"{what} not fit spec '{spec.name}', {count} fault(s){hint}:"


def _origin(files: Mapping[str, str]) -> str:
    return "files " + ", ".join(PurePath(uri).name for uri in files.values()) if files else FEBRL4
