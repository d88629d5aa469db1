"""The tables of a complete run, read again, and the records that a user names in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from matchwright.errors import MatchingError
from matchwright.matching.frequencies import Mask
from matchwright.matching.paths import Link
from matchwright.operations.match_tables.complete_run import CompleteRun
from matchwright.operations.match_tables.outputs import CLUSTERS, COMPARED, FREQUENCIES, PAIRS
from matchwright.operations.match_tables.register import QUARANTINE

SCORE_DECIMALS = 6
SOURCES = ("left", "right")


@dataclass(frozen=True)
class RunTables:
    """The tables of a run."""

    run: CompleteRun

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of ``summary.json``."""
        return self.run.summary()

    @cached_property
    def clusters(self) -> pd.DataFrame:
        """cluster_id, cluster_size and weakest_link of every record, by its key. Rising keys number the records."""
        return self.run.table(CLUSTERS).set_index("record_key").sort_index()

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Matches and reviews."""
        return self.run.table(PAIRS)

    @cached_property
    def quarantine(self) -> pd.DataFrame:
        """The records that were not matched."""
        return self.run.table(QUARANTINE)

    def number_of(self, key: str) -> int:
        """The number of a record in :meth:`compared_with`."""
        return int(np.asarray(self.clusters.index.get_indexer(pd.Index([key])))[0])

    def keys_of(self, numbers: Any) -> Any:
        """The keys of records by number."""
        return self.clusters.index.to_numpy(dtype=object)[numbers]

    def compared_with(self, records: Iterable[int]) -> pd.DataFrame:
        """The compared pairs that have one of these records, with ``score`` as it was decided.

        Raises:
            MatchingError: the file cannot be read.
        """
        chosen = sorted(records)
        frame = self.run.rows(COMPARED, [[("left", "in", chosen)], [("right", "in", chosen)]])
        return frame.assign(score=frame["score"].astype(np.float64).round(SCORE_DECIMALS))

    @cached_property
    def frequencies(self) -> Mask:
        """Whether the corpus knows how frequent each value is, shape (records, counted fields).

        Raises:
            MatchingError: the file cannot be read.
        """
        found = self.run.rows(FREQUENCIES)
        # a file without columns, of a spec that compares texts alone, has no rows
        return np.asarray(found.to_numpy(dtype=bool).reshape(len(self.clusters), len(found.columns)))

    def members(self, key: str) -> list[str]:
        """The records of the cluster of a record, rising."""
        same = self.clusters["cluster_id"] == self.clusters.at[key, "cluster_id"]
        return [str(member) for member in self.clusters.index[same]]

    def pairs_of(self, *keys: str) -> pd.DataFrame:
        """Matches and reviews that have one of these records."""
        return self.pairs[self.pairs["left_key"].isin(keys) | self.pairs["right_key"].isin(keys)]

    def links(self, key: str) -> list[Link]:
        """The joined pairs that hold the cluster of a record together."""
        joined = self.pairs_of(*self.members(key))
        joined = joined[joined["joined"]]
        columns = (joined["left_key"], joined["right_key"], joined["score"])
        return [(str(left), str(right), float(score)) for left, right, score in zip(*columns, strict=True)]

    def key_of(self, given: str) -> str:
        """The key of the record that a user names, by its key or by its id alone.

        Raises:
            MatchingError: there is no such record, both tables have one with this id, or it is in quarantine.
        """
        if given in self.clusters.index:
            return given
        possible = [f"{source}:{given}" for source in SOURCES]
        found = [key for key in possible if key in self.clusters.index]
        if len(found) == 1:
            return found[0]
        if found:
            raise MatchingError(f"Both tables have a record {given}.", f"name {' or '.join(found)}")
        out = self.quarantine[self.quarantine["record_key"].isin([given, *possible])]
        if len(out):
            why = "; ".join(dict.fromkeys(str(reasons) for reasons in out["reasons"]))
            raise MatchingError(
                f"{out['record_key'].iloc[0]} is in quarantine, so it was not matched: {why}.",
                "correct the row in its table, then match again in a new folder",
            )
        tables = " and ".join(f"{table.source}:ID for {table.name}" for table in self.run.identity.inputs)
        raise MatchingError(f"The run has no record {given}.", f"write a key as {tables}, with the id of the row")
