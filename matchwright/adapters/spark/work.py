"""What executors do: functions over rows of Spark tables, each around the same functions of the core as everywhere.

The decision model is sent as bytes and read once in each Python process of an executor. No function keeps a record or a
comparison beyond its task.
"""

import hashlib
import json
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from matchwright.adapters.spark.payload import Array, packed, unpacked, unpacked_frame
from matchwright.core.compare.competing import fit_of
from matchwright.core.compare.competing_scores import SCORED_NAMES
from matchwright.core.compare.frames import framed
from matchwright.core.compare.names import context_names
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.neighbours import pair_evidence
from matchwright.core.models.neighbours.links import PREDICTED_FROM
from matchwright.core.models.register_limits import within_register
from matchwright.core.records.columns import columns_of, take
from matchwright.core.records.numbered import OF_ONE_RECORD, NumberedColumns
from matchwright.matching.engine import KeptReasons
from matchwright.matching.features import candidates_compete
from matchwright.matching.frequencies import of_pairs

COMPARED = "unit long, comparisons binary, fit binary, evidence binary"
"""The table of compared pairs: a unit's comparisons, their fit, and what neighbours read of the pairs."""
RESULT = "unit long, result binary"

CONTEXT, BY_SCORE, ROWS, SCORES, ADDED = "context", "by_score", "rows", "scores", "added"
"""The arrays that the driver sends for a unit: what competing candidates say, and which pairs are asked for."""

Arrays = dict[str, Array]
OfUnit = Callable[[pd.DataFrame, Arrays, Arrays], bytes]
"""From the comparisons of a unit's pairs, what neighbours read of them, and the driver's arrays, to a result."""

_models: dict[str, DecisionModel] = {}


@dataclass(frozen=True)
class SentModel:
    """The decision model of a run, as executors get it."""

    content: bytes
    digest: str

    @classmethod
    def of(cls, model: DecisionModel) -> "SentModel":
        """The model as bytes. It comes from a bundle that this process has verified."""
        content = pickle.dumps(model)
        return cls(content, hashlib.sha256(content).hexdigest())

    def read(self) -> DecisionModel:
        """The model, read once in a process."""
        if self.digest not in _models:
            _models.clear()
            _models[self.digest] = pickle.loads(self.content)  # noqa: S301 - made by the driver of this run
        return _models[self.digest]


def comparing(sent: SentModel, with_evidence: bool) -> Callable[[pa.Table, pa.Table], pa.Table]:
    """Compares the pairs of a task: from its units and the records of its ranges to :data:`COMPARED`."""

    def of_task(units: pa.Table, chunks: pa.Table) -> pa.Table:
        model = sent.read()
        ends = {row["unit"]: unpacked(row["pairs"]) for row in units.select(["unit", "pairs"]).to_pylist()}
        every = np.unique(np.concatenate([side for pair in ends.values() for side in pair.values()]))
        positions, features, frequencies = _records(chunks, every)
        columns = NumberedColumns.of(columns_of(features), plain=OF_ONE_RECORD)
        found: dict[str, list[Any]] = {name: [] for name in ("unit", "comparisons", "fit", "evidence")}
        for unit in sorted(ends):
            left, right = (np.searchsorted(positions, ends[unit][side]) for side in ("left", "right"))
            one, other = take(columns, left), take(columns, right)
            compared = model.compare(one, other, of_register=of_pairs(frequencies, left, right))
            values = compared.to_numpy()
            competes = candidates_compete(model)
            # where candidates compete, comparisons are kept in single precision on one machine too
            kept = values.astype(np.float32) if competes else values
            fit = {"fit": fit_of(compared, model.spec)} if competes else {}
            read = {"evidence": pair_evidence(one, other, compared, model.spec, model.corpus)} if with_evidence else {}
            row = unit, packed(values=kept), packed(**fit), packed(**read)
            for column, value in zip(found.values(), row, strict=True):
                column.append(value)
        return pa.table({name: pa.array(v, pa.int64() if name == "unit" else pa.binary()) for name, v in found.items()})

    return of_task


def scoring_first(sent: SentModel) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The first stage's log-odds of each pair as if it were alone, as ``first``."""

    def of_unit(compared: pd.DataFrame, _: Arrays, __: Arrays) -> bytes:
        found = sent.read().scorer.first.log_odds(compared)  # type: ignore[attr-defined]
        return packed(first=within_register(found, compared))

    return _each(sent, of_unit)


def scoring(sent: SentModel) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The scores, and where evidence was read, the pairs that neighbours look at and those that are predicted."""

    def of_unit(compared: pd.DataFrame, read: Arrays, _: Arrays) -> bytes:
        model = sent.read()
        found = model.scores(compared)
        if "evidence" not in read:
            return packed(scores=found.scores)
        assert model.neighbours is not None  # evidence is read for them
        rows = np.flatnonzero(model.neighbours.considered(found.scores, found.unlimited, read["evidence"]))
        return packed(
            scores=found.scores,
            considered=rows,
            unlimited=found.unlimited[rows],
            evidence=read["evidence"][rows],
            predicted=np.flatnonzero(found.log_odds >= PREDICTED_FROM),
        )

    return _each(sent, of_unit)


def scoring_further(sent: SentModel) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The scores of pairs alone, without the limit too, and what neighbours read of them."""

    def of_unit(compared: pd.DataFrame, read: Arrays, _: Arrays) -> bytes:
        found = sent.read().scores(compared)
        return packed(scores=found.scores, unlimited=found.unlimited, evidence=read["evidence"])

    return _each(sent, of_unit)


def banding(sent: SentModel) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The bands of the pairs that are asked for, as ``bands``."""

    def of_unit(compared: pd.DataFrame, _: Arrays, asked: Arrays) -> bytes:
        return packed(bands=sent.read().band(asked[SCORES], compared).astype(np.str_))

    return _each(sent, of_unit)


def giving_reasons(sent: SentModel, top: int) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The reasons and hints of the pairs that are asked for, as JSON."""

    def of_unit(compared: pd.DataFrame, _: Arrays, asked: Arrays) -> bytes:
        added = asked[ADDED]
        return json.dumps(KeptReasons.of(sent.read().decided(compared, top, added if added.any() else None))).encode()

    return _each(sent, of_unit)


def _each(sent: SentModel, of_unit: OfUnit) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def of_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for row in batch.to_pylist():
                asked = unpacked(row["asked"])
                read = unpacked(row["evidence"])
                result = of_unit(_with_context(sent.read(), unpacked(row["comparisons"])["values"], asked), read, asked)
                columns = [pa.array([row["unit"]], pa.int64()), pa.array([result], pa.binary())]
                yield pa.RecordBatch.from_arrays(columns, names=["unit", "result"])

    return of_batches


def _with_context(model: DecisionModel, values: Array, asked: Arrays) -> pd.DataFrame:
    names = model.comparison_names
    if ROWS in asked:
        values = values[asked[ROWS]]
    for kind, columns in ((CONTEXT, context_names(model.spec)), (BY_SCORE, SCORED_NAMES)):
        if kind in asked:
            values[:, [names.index(name) for name in columns]] = asked[kind]
    return framed(values, names)


def _records(chunks: pa.Table, wanted: Array) -> tuple[Array, pd.DataFrame, Array]:
    """The wanted records of some chunks: their positions, rising, features and known frequencies."""
    found: list[Array] = []
    frames: list[pd.DataFrame] = []
    known: list[Array] = []
    for row in chunks.to_pylist():
        positions = unpacked(row["positions"])["positions"]
        at = np.flatnonzero(np.isin(positions, wanted, assume_unique=True))
        if len(at):
            found.append(positions[at])
            frames.append(unpacked_frame(row["features"]).iloc[at])
            known.append(unpacked(row["frequencies"])["known"][at])
    every = np.concatenate(found)
    order = np.argsort(every)
    features = pd.concat(frames, ignore_index=True).iloc[order].reset_index(drop=True)
    return every[order], features, np.concatenate(known)[order]
