"""What a run writes: Delta tables, the input tables with a cluster, and the summary's figures."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from matchwright.adapters.lake.delta import frame_digest, write_table
from matchwright.core.candidates import RecordTable
from matchwright.core.records.conform import id_text, per_distinct, record_key
from matchwright.files import PRIVATE, replacing
from matchwright.matching.clusters import Clusters
from matchwright.matching.frequencies import Mask
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.options import TableFormat

PAIRS, CLUSTERS, REVIEW = "pairs", "clusters", "review"
COMPARED = "compared.parquet"
FREQUENCIES = "frequencies.parquet"
CLUSTER_ID = "cluster_id"


def clusters_table(table: RecordTable, clusters: Clusters) -> pd.DataFrame:
    """record_key, cluster_id (the key of its smallest record), cluster_size and weakest_link of every record.

    A record alone is a cluster of one, without a weakest link.
    """
    return pd.DataFrame(
        {
            "record_key": table.keys,
            CLUSTER_ID: table.keys[clusters.labels],
            "cluster_size": clusters.sizes,
            "weakest_link": clusters.weakest,
        }
    )


def write_lake_table(folder: Path, name: str, frame: pd.DataFrame, bundle: str, run: str) -> None:
    """Write a Delta table with the digest of the bundle and the run in each row."""
    signed = frame.assign(bundle=pd.Series(bundle, index=frame.index, dtype=object))
    signed = signed.assign(run=pd.Series(run, index=frame.index, dtype=object))
    write_table(str(folder / name), signed, frame_digest(signed))


def write_compared(folder: Path, compared: Iterator[pd.DataFrame]) -> None:
    """Write all compared pairs as a compact file; see :func:`~matchwright.matching.compared.compared_pairs`."""
    tables = (pa.Table.from_pandas(frame, preserve_index=False) for frame in compared)
    first = next(tables)
    with replacing(folder / COMPARED) as file, ParquetWriter(file, first.schema, compression="zstd") as writer:
        for table in chain([first], tables):
            writer.write_table(table)


def write_frequencies(folder: Path, frequencies: Mask, fields: Sequence[str]) -> None:
    """Write whether the corpus knows how frequent each value is: a column per counted field, a row per record.

    Records are in the order of their keys. See :func:`~matchwright.matching.frequencies.known_frequencies`.
    """
    with replacing(folder / FREQUENCIES) as file:
        pd.DataFrame(np.asarray(frequencies), columns=list(fields)).to_parquet(file, index=False, compression="zstd")


def write_with_clusters(
    folder: Path, inputs: Sequence[MatchInput], record_id: str, clusters: pd.DataFrame, form: TableFormat
) -> list[Path]:
    """Write each input table with its rows in their order and a column ``cluster_id``.

    It is empty for a row in quarantine. The files hold the values of the input, so only their owner may read them.
    """
    cluster_of = clusters.set_index("record_key")[CLUSTER_ID]
    written = []
    for given in inputs if form != "none" else ():
        rows = given.read()
        ids = per_distinct(rows[record_id], id_text)
        keys = [None if value is None else record_key(given.table.source, value) for value in ids]
        rows[CLUSTER_ID] = cluster_of.reindex(keys).to_numpy(dtype=object)
        path = folder / f"{given.table.source}_with_clusters.{form}"
        with replacing(path, PRIVATE) as file:
            if form == "parquet":
                rows.to_parquet(file, index=False)
            else:
                rows.to_csv(file, index=False, encoding="utf-8")
        written.append(path)
    return written
