"""Compared pairs on Spark: their comparisons stay with the executors, and passes over them give results per pair."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from matchwright.adapters.spark.cells import Cells
from matchwright.adapters.spark.divided import divided
from matchwright.adapters.spark.payload import Array, packed
from matchwright.adapters.spark.work import COMPARED, RESULT, ROWS, SentModel, comparing
from matchwright.matching.scored_pairs import Positions, Rows

UNITS_AT_ONCE = 4
"""Units, or chunks of records, in one batch between Spark and Python. Each has a few megabytes."""

BROADCAST = 16_000_000
"""Bytes of the driver's arrays that every executor may get as a whole. More go to where their units are joined."""

OfUnits = Callable[[Any], Any]


@dataclass(frozen=True)
class ComparedPairs:
    """Pairs of records, compared.

    The Spark table is kept on the executors' disks. If an executor is lost, its units are compared again.
    """

    session: Any
    cells: Cells
    frame: Any
    slots: int

    @classmethod
    def of(
        cls, session: Any, records: Any, left: Positions, right: Positions, sent: SentModel, evidence: bool, cores: int
    ) -> "ComparedPairs":
        """Plan the comparing of pairs. They are compared when a result is asked for.

        Args:
            session: of Spark.
            records: a table of :data:`~matchwright.adapters.spark.records.PLACED`.
            left: the position of each left record, shape (pairs,).
            right: the position of each right record.
            sent: the decision model.
            evidence: whether neighbours read evidence of the pairs.
            cores: of the cluster.
        """
        from pyspark import StorageLevel

        cells = Cells.of(left, right)
        units = range(len(cells))
        ends = [packed(left=left[rows], right=right[rows]) for rows in map(cells.rows, units)]
        pairs = _table(session, task=cells.tasks.tolist(), unit=list(units), pairs=ends)
        tasks, ranges = [], []
        for task, (one, other) in enumerate(cells.ranges.tolist()):
            for each in sorted({one, other}):
                tasks.append(task)
                ranges.append(each)
        needed = _table(session, task=tasks, range=ranges)
        chunks = records.join(needed.hint("broadcast"), "range").drop("range")
        slots = max(min(2 * len(cells.ranges), 8 * cores), cores)
        by_task = (each.repartition(slots, "task").groupBy("task") for each in (pairs, chunks))
        compared = next(by_task).cogroup(next(by_task)).applyInArrow(comparing(sent, evidence), COMPARED)
        return cls(session, cells, compared.persist(StorageLevel.DISK_ONLY), slots)

    def fit(self) -> dict[int, bytes]:
        """The fit of each unit's pairs."""
        return self._collected(self.frame.select("unit", self.frame["fit"].alias("result")))

    def each(self, of_units: OfUnits, **arrays: Array) -> dict[int, bytes]:
        """A result for each unit.

        Args:
            of_units: of :mod:`~matchwright.adapters.spark.work`.
            arrays: what it gets of each pair, each of shape (pairs, ...).
        """
        asked = {
            unit: packed(**{name: values[self.cells.rows(unit)] for name, values in arrays.items()})
            for unit in range(len(self.cells))
        }
        return self._asked(of_units, asked)

    def some(self, of_units: OfUnits, rows: Rows, **arrays: Array) -> list[tuple[Rows, bytes]]:
        """A result for each unit that has some of ``rows``, with the places of its pairs in ``rows``.

        Args:
            of_units: of :mod:`~matchwright.adapters.spark.work`.
            rows: numbers of pairs.
            arrays: what it gets of each of them, each of shape (rows, ...).
        """
        chosen = self.cells.chosen(rows)
        asked = {
            unit: packed(**{ROWS: at}, **{name: values[places] for name, values in arrays.items()})
            for unit, (places, at) in chosen.items()
        }
        found = self._asked(of_units, asked)
        return [(places, found[unit]) for unit, (places, _) in chosen.items()]

    def forget(self) -> None:
        """Let the executors remove the comparisons."""
        self.frame.unpersist()

    def _asked(self, of_units: OfUnits, asked: dict[int, bytes]) -> dict[int, bytes]:
        small = sum(map(len, asked.values())) <= BROADCAST
        # what is broadcast moves no comparisons
        sent = _table(self.session, unit=list(asked), asked=list(asked.values()))
        sent = sent.hint("broadcast" if small else "shuffle_hash")
        return self._collected(self.frame.join(sent, "unit").mapInArrow(of_units, RESULT))

    def _collected(self, frame: Any) -> dict[int, bytes]:
        with divided(self.session, UNITS_AT_ONCE, self.slots):
            table = frame.toArrow()
        return dict(zip(table["unit"].to_pylist(), table["result"].to_pylist(), strict=True))


def _table(session: Any, **columns: list[Any]) -> Any:
    kinds = {name: pa.binary() if name in ("pairs", "asked") else pa.int64() for name in columns}
    return session.createDataFrame(pa.table({name: pa.array(v, kinds[name]) for name, v in columns.items()}))
