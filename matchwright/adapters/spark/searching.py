"""Searches for similar records on Spark: by texts, and by an embedding.

A search needs an index of all records. So one executor gets the features that it reads, and makes and asks the index.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from matchwright.adapters.spark.divided import divided
from matchwright.adapters.spark.payload import packed, packed_frame, unpacked, unpacked_frame
from matchwright.core.candidates import Bounded, RecordTable
from matchwright.core.candidates.by_embedding import Embed, propose_by_embedding
from matchwright.core.candidates.table import Proposal
from matchwright.core.candidates.tfidf import Progress, propose_by_tfidf, quiet
from matchwright.core.spec.blocking import TfidfTopK

AT_ONCE = 4
"""Chunks of records in one batch between Spark and Python."""
FEATURES, FOUND = "all long, features binary", "name string, pairs binary, bounded string"


def tfidf_on_executor(session: Any, placed: Any, table: RecordTable, spec: TfidfTopK, progress: Progress) -> Proposal:
    """The pairs of :func:`~matchwright.core.candidates.tfidf.propose_by_tfidf`."""
    progress(0, len(table.left))

    def search(records: RecordTable) -> Proposal:
        return propose_by_tfidf(records, spec, quiet)

    found = _searched(session, placed, table.one_table, tuple(spec.fields), search)
    progress(len(table.left), len(table.left))
    return found


def embedding_on_executor(session: Any, placed: Any, table: RecordTable, embed: Embed, top_k: int) -> Proposal:
    """The pairs of :func:`~matchwright.core.candidates.by_embedding.propose_by_embedding`."""

    def search(records: RecordTable) -> Proposal:
        return propose_by_embedding(records, embed, top_k)

    return _searched(session, placed, table.one_table, (), search)


def _searched(
    session: Any, placed: Any, one_table: bool, names: Sequence[str], search: Callable[[RecordTable], Proposal]
) -> Proposal:
    """What a search finds in all records, of which it reads some features; no names are all of them."""

    def selected(batches: Any) -> Any:
        for batch in batches:
            for row in batch.to_pylist():
                features = unpacked_frame(row["features"])
                some = features[["record_key", *names]] if names else features
                arrays = [pa.array([0], pa.int64()), pa.array([packed_frame(some)], pa.binary())]
                yield pa.RecordBatch.from_arrays(arrays, names=["all", "features"])

    def found(chunks: pa.Table) -> pa.Table:
        frames = [unpacked_frame(content) for content in chunks["features"].to_pylist()]
        # in the order of keys, which is that of positions
        proposal = search(RecordTable.of(pd.concat(frames, ignore_index=True), one_table=one_table))
        pairs = packed(left=proposal.left, right=proposal.right, rank=np.asarray(proposal.rank))
        bounded = json.dumps(None if proposal.bounded is None else asdict(proposal.bounded))
        return pa.table({"name": [proposal.name], "pairs": pa.array([pairs], pa.binary()), "bounded": [bounded]})

    with divided(session, AT_ONCE):
        chunks = placed.select("features").mapInArrow(selected, FEATURES)
        row = chunks.groupBy("all").applyInArrow(found, FOUND).toArrow().to_pylist()[0]
    bounded = json.loads(row["bounded"])
    return Proposal(row["name"], **unpacked(row["pairs"]), bounded=None if bounded is None else Bounded(**bounded))
