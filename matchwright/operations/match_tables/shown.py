"""What a run shows of its tables and pairs, by key: in its summary and in its report."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.lake.delta import read_table
from matchwright.core.candidates import RecordTable
from matchwright.core.records import PAIR_KEYS
from matchwright.operations.match_tables.register import QUARANTINE
from matchwright.operations.match_tables.run_folder import RunFolder

PAIRS_SHOWN = 20


def table_counts(run: RunFolder, table: RecordTable) -> list[dict[str, Any]]:
    """The rows of each table of a run, and those of them in quarantine."""
    quarantined = read_table(str(run.folder / QUARANTINE))["source"].value_counts()
    sources = np.array([key.partition(":")[0] for key in table.keys], dtype=object)
    found = []
    for given in run.identity.inputs:
        out = int(quarantined.get(given.source, 0))
        rows = int((sources == given.source).sum()) + out
        found.append({"source": given.source, "name": given.name, "rows": rows, "quarantined": out})
    return found


def not_joined_pairs(pairs: pd.DataFrame) -> list[dict[str, Any]]:
    """The matches with the highest scores among those that did not join their records."""
    chosen = pairs[pairs["not_joined_because"] != ""]
    ordered = chosen.sort_values(["score", *PAIR_KEYS], ascending=[False, True, True]).head(PAIRS_SHOWN)
    return _rows(ordered, "score", "not_joined_because")


def review_pairs(review: pd.DataFrame) -> list[dict[str, Any]]:
    """The pairs that a person should decide first."""
    return _rows(review.head(PAIRS_SHOWN), "score", "expected_cost")


def _rows(pairs: pd.DataFrame, *columns: str) -> list[dict[str, Any]]:
    chosen = pairs[[*PAIR_KEYS, *columns]].to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in chosen]
