"""The records of a register on Spark: read, prepared and kept by the executors, in chunks of rows.

The driver gets what validation needs of them, hashes of values, and no value.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from matchwright.adapters.spark import cells
from matchwright.adapters.spark.divided import divided
from matchwright.adapters.spark.payload import Array, packed, packed_frame, unpacked, unpacked_frame
from matchwright.matching.coded import hashes_of
from matchwright.matching.engine import Hashes, Prepare
from matchwright.matching.frequencies import Mask
from matchwright.matching.scored_pairs import Positions

CHUNK = 5_000
"""Rows of a chunk, which is one row of a Spark table."""
CHUNKS_OF_PART = 2**32
"""A chunk's number is that of its part times this, plus its place in the part. So numbers rise with the rows."""
AT_ONCE = 4
"""Parts or chunks in one batch between Spark and Python. Each may have some megabytes."""
BROADCAST = 16_000_000
"""Bytes of positions that every executor may get as a whole."""

PREPARED = "chunk long, rows long, facts binary, features binary"
PLACED = "range long, positions binary, features binary, frequencies binary"
RESULT = "chunk long, result binary"

Batches = Iterator[pa.RecordBatch]


class SparkRecords:
    """See :class:`~matchwright.matching.engine.PartRecords`.

    The Spark tables are kept on the executors' disks. If an executor is lost, its parts are read and prepared again.
    """

    def __init__(self, session: Any, cores: int) -> None:
        self._session, self._cores = session, cores
        self._prepared: Any = None
        self._rows: dict[int, int] = {}
        self._placed: Any = None

    @property
    def placed(self) -> Any:
        """A Spark table of :data:`PLACED`: the features of records by ranges of their positions."""
        return self._placed

    def prepare(self, parts: Sequence[bytes], prepare: Prepare) -> list[bytes]:
        """Prepare each part on an executor, and give its facts."""
        from pyspark import StorageLevel

        given = pa.table({"part": pa.array(range(len(parts)), pa.int64()), "content": pa.array(parts, pa.binary())})
        frame = self._session.createDataFrame(given).repartition(min(len(parts), 8 * self._cores), "part")
        self._prepared = frame.mapInArrow(_preparing(prepare, CHUNK), PREPARED).persist(StorageLevel.DISK_ONLY)
        with divided(self._session, AT_ONCE):
            found = self._prepared.select("chunk", "rows", "facts").toArrow().sort_by("chunk")
        self._rows = dict(zip(found["chunk"].to_pylist(), found["rows"].to_pylist(), strict=True))
        facts = zip(self._rows, found["facts"].to_pylist(), strict=True)
        return [content for chunk, content in facts if chunk % CHUNKS_OF_PART == 0]

    def hashes(self, names: Sequence[str], key: bytes) -> dict[str, Hashes]:
        """The hashes of some features of all rows, in the order of the parts."""
        with divided(self._session, AT_ONCE):
            table = self._prepared.mapInArrow(_hashing(tuple(names), key), RESULT).toArrow().sort_by("chunk")
        chunks = [unpacked(content) for content in table["result"].to_pylist()]
        return {name: np.concatenate([chunk[f"feature_{at}"] for chunk in chunks]) for at, name in enumerate(names)}

    def place(self, positions: Positions, frequencies: Mask) -> None:
        """Say which records of the register the rows are."""
        from pyspark import StorageLevel

        asked, start = [], 0
        for rows in self._rows.values():
            own = positions[start : start + rows]
            # a row in no register reads the last record, and is left out
            asked.append(packed(positions=own, known=frequencies[own]))
            start += rows
        columns = {"chunk": pa.array(self._rows, pa.int64()), "asked": pa.array(asked, pa.binary())}
        sent = self._session.createDataFrame(pa.table(columns))
        sent = sent.hint("broadcast" if sum(map(len, asked)) <= BROADCAST else "shuffle_hash")
        joined = self._prepared.select("chunk", "features").join(sent, "chunk")
        # Spark plans what is kept when it is told to keep it
        with divided(self._session, AT_ONCE, min(len(asked), 8 * self._cores)):
            self._placed = joined.mapInArrow(_placing(cells.RANGE), PLACED).persist(StorageLevel.DISK_ONLY)

    def forget(self) -> None:
        """Let the executors remove the records."""
        for kept in (self._placed, self._prepared):
            if kept is not None:
                kept.unpersist()


def _preparing(prepare: Prepare, size: int) -> Any:
    def of_batches(batches: Batches) -> Batches:
        for row in _rows_of(batches):
            facts, features = prepare(row["content"])
            # a part without rows has a chunk too, which has its facts
            for place, start in enumerate(range(0, max(len(features), 1), size)):
                some = features.iloc[start : start + size]
                chunk = row["part"] * CHUNKS_OF_PART + place
                values = [chunk, len(some), b"" if place else facts, packed_frame(some)]
                yield _batch(PREPARED, values)

    return of_batches


def _hashing(names: Sequence[str], key: bytes) -> Any:
    def of_batches(batches: Batches) -> Batches:
        for row in _rows_of(batches):
            features = unpacked_frame(row["features"])
            if not row["rows"]:
                found = {f"feature_{at}": np.zeros((0, 2), dtype=np.uint64) for at in range(len(names))}
            else:
                found = {f"feature_{at}": hashes_of(features[name], key) for at, name in enumerate(names)}
            yield _batch(RESULT, [row["chunk"], packed(**found)])

    return of_batches


def _placing(size: int) -> Any:
    def of_batches(batches: Batches) -> Batches:
        for row in _rows_of(batches):
            features, asked = unpacked_frame(row["features"]), unpacked(row["asked"])
            positions: Array = asked["positions"]
            rows = np.flatnonzero(positions >= 0)
            rows = rows[np.argsort(positions[rows])]
            ranges = positions[rows] // size
            for own in np.split(rows, np.flatnonzero(np.diff(ranges)) + 1):
                if len(own):
                    number = int(positions[own[0]] // size)
                    some = packed_frame(features.iloc[own]), packed(known=asked["known"][own])
                    yield _batch(PLACED, [number, packed(positions=positions[own]), *some])

    return of_batches


def _rows_of(batches: Batches) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()


def _batch(schema: str, values: Sequence[Any]) -> pa.RecordBatch:
    """A batch with one row, in the columns of a schema as Spark writes it."""
    kinds = {"long": pa.int64(), "binary": pa.binary()}
    columns = [column.split() for column in schema.split(", ")]
    arrays = [pa.array([value], kinds[kind]) for value, (_, kind) in zip(values, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[name for name, _ in columns])
