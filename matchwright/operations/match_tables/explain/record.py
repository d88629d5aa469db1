"""What a record was matched with."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matchwright.operations.match_tables.complete_run import run_in
from matchwright.operations.match_tables.explain.parts import (
    ClusterOfRecord,
    ScoredPair,
    cluster_of,
    compared_pair,
    kept_pair,
)
from matchwright.operations.match_tables.explain.run_tables import RunTables

SHOWN = 20
"""At most so many keys or pairs are listed."""


@dataclass(frozen=True)
class ExplainedRecord:
    """What a record was matched with: its cluster, its matches and reviews, and how many pairs were compared."""

    cluster: ClusterOfRecord
    pairs: tuple[ScoredPair, ...]
    compared: int
    nearest: ScoredPair | None

    def lines(self) -> Iterator[str]:
        """The explanation for a terminal."""
        yield from self.cluster.lines()
        if len(self.cluster.members) > 1:
            yield f"  Its records: {_some(self.cluster.members)}"
        for band, name in (("match", "Matches"), ("review", "For people")):
            pairs = [pair for pair in self.pairs if pair.band == band]
            yield f"  {name}: {len(pairs):,}"
            yield from (f"    {pair.line()}" for pair in pairs[:SHOWN])
            if len(pairs) > SHOWN:
                yield f"    and {len(pairs) - SHOWN:,} more, in the table pairs"
        yield f"  It was compared with {self.compared:,} records."
        if self.nearest is not None:
            yield f"  The nearest that is no match: {self.nearest.line()}"


def explain_record(folder: Path | str, given: str) -> ExplainedRecord:
    """What a record was matched with.

    Args:
        folder: of the run, or its prefix in an object store.
        given: the key of the record, or its id alone.

    Raises:
        MatchingError: there is no complete run in the folder, or the run has no such record.
    """
    tables = RunTables(run_in(folder))
    key = tables.key_of(given)
    pairs = tables.pairs_of(key).sort_values(["score", "left_key", "right_key"], ascending=[False, True, True])
    compared = tables.compared_with([tables.number_of(key)])
    rejected = compared[compared["band"] == "no_match"]
    nearest = None
    if len(rejected):
        nearest = compared_pair(tables, rejected.loc[[rejected["score"].idxmax()]])
    return ExplainedRecord(
        cluster=cluster_of(tables, key),
        pairs=tuple(kept_pair(row) for row in pairs.to_dict("records")),
        compared=len(compared),
        nearest=nearest,
    )


def _some(keys: tuple[str, ...]) -> str:
    more = f" and {len(keys) - SHOWN:,} more" if len(keys) > SHOWN else ""
    return ", ".join(keys[:SHOWN]) + more
