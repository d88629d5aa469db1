"""How the pairs of a register are divided into tasks.

Records are divided into ranges of their positions. The pairs with their records in the same two ranges are a cell. So a
task needs the records of two ranges and no others, however the pairs of a record are spread. A large cell is several
tasks. The pairs of a task are compared in units, which are rows of the Spark tables.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.matching.scored_pairs import Positions, Rows

RANGE = 50_000
"""Records of a range. A task holds the features of two of them."""
PER_TASK = 250_000
"""Pairs of a task. It holds the comparisons of them all."""
PER_UNIT = 20_000
"""Pairs of a unit. Its comparisons are one value of a Spark table, of a few megabytes."""

Whole = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Cells:
    """Pairs in the order of their tasks.

    - ``order``: the numbers of the pairs by unit, and rising in each task, shape (pairs,).
    - ``starts``: where each unit begins in ``order``, and the number of pairs at the end, shape (units + 1,).
    - ``tasks``: the task of each unit, rising, shape (units,).
    - ``ranges``: the two ranges of each task, shape (tasks, 2).
    """

    order: Rows
    starts: Whole
    tasks: Whole
    ranges: Whole

    @classmethod
    def of(cls, left: Positions, right: Positions, per_unit: int = PER_UNIT) -> "Cells":
        """The cells of pairs by position."""
        ends = np.stack([left // RANGE, right // RANGE]).astype(np.int64)
        width = int(ends.max(initial=0)) + 1
        cell = ends[0] * width + ends[1]
        order = np.argsort(cell, kind="stable")
        cells, first = np.unique(cell[order], return_index=True)
        starts: list[int] = []
        tasks: list[int] = []
        ranges: list[tuple[int, int]] = []
        for number, begin, end in zip(cells, first, np.append(first, len(order))[1:], strict=True):
            for task in range(begin, end, PER_TASK):
                units = range(task, min(task + PER_TASK, end), per_unit)
                starts += list(units)
                tasks += [len(ranges)] * len(units)
                ranges.append((number // width, number % width))
        found = [np.array(each, dtype=np.int64) for each in ([*starts, len(order)], tasks)]
        return cls(order, found[0], found[1], np.array(ranges, dtype=np.int64).reshape(-1, 2))

    def rows(self, unit: int) -> Rows:
        """The numbers of the pairs of a unit, rising."""
        return self.order[self.starts[unit] : self.starts[unit + 1]]

    def __len__(self) -> int:
        return len(self.tasks)

    def whole(self, parts: dict[int, Any]) -> Any:
        """The arrays of all units as one, in the order of the pairs."""
        together = np.concatenate([parts[unit] for unit in range(len(self))])
        found = np.empty_like(together)
        found[self.order] = together
        return found

    def chosen(self, rows: Rows) -> "dict[int, tuple[Rows, Rows]]":
        """For each unit that has some of ``rows``: the places of these in ``rows``, and in the unit."""
        place = np.empty(len(self.order), dtype=np.int64)
        place[self.order] = np.arange(len(self.order))
        at = place[rows]
        unit = np.searchsorted(self.starts, at, side="right") - 1
        by_unit = np.argsort(unit, kind="stable")
        parts = np.split(by_unit, np.flatnonzero(np.diff(unit[by_unit])) + 1) if len(rows) else []
        units = [int(unit[some[0]]) for some in parts]
        return {one: (some, at[some] - self.starts[one]) for one, some in zip(units, parts, strict=True)}
