"""What an explanation is made of: clusters, pairs and reasons. They hold keys, scores and names, and no value."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from matchwright.core.spec import Band
from matchwright.matching.deciding import ASSIGNED_ELSEWHERE, CUT
from matchwright.matching.paths import Link, weakest_link
from matchwright.operations.match_tables.explain.run_tables import RunTables


@dataclass(frozen=True)
class ClusterOfRecord:
    """The cluster of a record: its name, its records, and its weakest link (None for a record alone)."""

    key: str
    cluster: str
    members: tuple[str, ...]
    weakest: Link | None

    def lines(self) -> Iterator[str]:
        """The cluster in words."""
        if self.weakest is None:
            yield f"{self.key} is alone: it joined no other record."
            return
        size, weakest = f"{len(self.members):,} records", link_text(self.weakest)
        yield f"{self.key} is in cluster {self.cluster} of {size}; its weakest link is {weakest}."


@dataclass(frozen=True)
class ScoredPair:
    """A pair of a run with its decision."""

    left: str
    right: str
    score: float
    band: Band
    joined: bool
    not_joined_because: str = ""

    def line(self) -> str:
        """The pair in words."""
        why = {
            ASSIGNED_ELSEWHERE: ", not joined: a record has a better match",
            CUT: ", not joined: the other pairs speak against it",
        }.get(self.not_joined_because, "")
        return f"{self.left}, {self.right}: {self.score:.6f}{', joined' if self.joined else why}"


@dataclass(frozen=True)
class ExplainedReason:
    """A reason: its code, and its text if the bundle was at hand."""

    code: str
    text: str = ""

    def line(self) -> str:
        """The reason in words."""
        return f"{self.code}: {self.text}" if self.text else self.code


def link_text(link: Link) -> str:
    """A link in words."""
    return f"{link[0]} - {link[1]} ({link[2]:.6f})"


def cluster_of(tables: RunTables, key: str) -> ClusterOfRecord:
    """The cluster of a record."""
    weakest = weakest_link(tables.links(key))
    return ClusterOfRecord(key, str(tables.clusters.at[key, "cluster_id"]), tuple(tables.members(key)), weakest)


def kept_pair(row: dict[Any, Any]) -> ScoredPair:
    """A match or a review, from its row in the table of pairs."""
    names = ("left_key", "right_key", "score", "band", "joined", "not_joined_because")
    return ScoredPair(*(row[name] for name in names))


def compared_pair(tables: RunTables, compared: pd.DataFrame) -> ScoredPair:
    """A pair that is compared and not kept among the matches and reviews."""
    row = compared.iloc[0]
    left, right = tables.keys_of([row["left"], row["right"]])
    return ScoredPair(left, right, float(row["score"]), row["band"], joined=False)
