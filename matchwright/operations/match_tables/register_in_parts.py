"""The register of a run whose records are read, validated and prepared elsewhere: by the executors of an engine.

This process gets of each record its key, numbers that say which of its values are equal, and which quality rules it
breaks.
"""

import pickle
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.quality import PartFacts, facts_of, validate_parts
from matchwright.adapters.tables.parts import TablePart, read_part
from matchwright.core.bundle import Bundle
from matchwright.core.candidates import RecordTable
from matchwright.core.candidates.blocks import blocks_of, pair_counts
from matchwright.core.compare.information import counted_fields
from matchwright.core.records import record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.features import feature_schema
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, Fault, MatchwrightError
from matchwright.matching.coded import KEY_BYTES, Codes, coded_table, codes_of, held_by_corpus, known_by_codes
from matchwright.matching.engine import PartRecords
from matchwright.matching.frequencies import Mask
from matchwright.operations.conforming import conformed_records
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.outputs import CLUSTER_ID
from matchwright.operations.match_tables.register import Register, keep_quality
from matchwright.operations.match_tables.run_folder import RunFolder

FREQUENCIES = "frequencies"
"""The name of the frequencies in the working folder."""
ROWS = 50_000
"""Rows of a part of a table that is in memory."""


@dataclass(frozen=True)
class InputPart:
    """A part of a table: a file, or rows of a table that is in memory."""

    source: str
    name: str
    file: TablePart | None
    rows: pd.DataFrame | None


@dataclass(frozen=True)
class PreparedPart:
    """What this process gets of a part: the facts for validation, which values the corpus holds, or an error."""

    facts: PartFacts | None = None
    held: Mask | None = None
    error: MatchwrightError | None = None


def register_in_parts(
    run: RunFolder, bundle: Bundle, inputs: Sequence[MatchInput], one_table: bool, records: PartRecords
) -> Register:
    """As :func:`~matchwright.operations.match_tables.register.register_of`, with records that stay with an engine.

    Raises:
        DataError: tables do not fit the spec (all faults are listed).
        QualityError: the tables do not hold the limits of the spec. The report is written.
    """
    spec, corpus = bundle.model.spec, bundle.model.corpus
    added = "" if run.identity.options["tables"] == "none" else CLUSTER_ID
    parts = list(_parts(inputs))
    prepare = partial(prepared_part, spec=spec, corpus=corpus, added=added)
    found: list[PreparedPart] = [
        pickle.loads(each)  # noqa: S301 - made by an executor of this run
        for each in records.prepare([pickle.dumps(part) for part in parts], prepare)
    ]
    facts, held = _facts_of(found, parts, spec)
    outcome = validate_parts(facts, spec, run.identity.bundle[:12])
    keep_quality(run, spec, outcome.result, outcome.quarantine)
    keys = np.concatenate([one.keys for one in facts])
    kept = np.flatnonzero(outcome.kept)
    rows = kept[np.argsort(keys[kept], kind="stable")]
    positions = np.full(len(keys), -1, dtype=np.int32)
    positions[rows] = np.arange(len(rows))
    planned = _Planned(records, keys[rows], rows, one_table, spec)
    fields = counted_fields(spec)
    frequencies = known_by_codes({name: planned.codes[name] for name in fields}, held[rows], fields, corpus)
    run.working.write(FREQUENCIES, frequencies)
    records.place(positions, frequencies)
    return Register(planned.table(), outcome.result)


def prepared_part(content: bytes, *, spec: MatchSpec, corpus: Corpus, added: str) -> tuple[bytes, pd.DataFrame]:
    """Read, conform and look at a part, and make its record features; see :data:`~matchwright.matching.engine.Prepare`.

    An error is part of what comes back: raised, its message would be in the log of an executor.
    """
    part: InputPart = pickle.loads(content)  # noqa: S301 - made by the driver of this run
    try:
        rows = part.rows if part.file is None else read_part(part.file)
        assert rows is not None  # a part without a file has rows
        if rows.empty:
            return pickle.dumps(PreparedPart()), pd.DataFrame({"record_key": []})
        if added in rows.columns:
            hint = "rename it, or leave the tables with clusters out: --tables none"
            raise DataError("A table does not fit.", [Fault(added, "is a column that the run would add", hint)])
        records = conformed_records(rows, spec, part.source)
        facts = facts_of(records, spec, part.source)
    except MatchwrightError as error:
        return pickle.dumps(PreparedPart(error=error)), pd.DataFrame({"record_key": []})
    features = record_features(records, spec, corpus)
    held = held_by_corpus(features, counted_fields(spec), corpus)
    return pickle.dumps(PreparedPart(facts, held)), features


class _Planned:
    """The features of a register as numbers, and no more of them than its rules need."""

    def __init__(self, records: PartRecords, keys: Any, rows: Any, one_table: bool, spec: MatchSpec) -> None:
        """The keys of the records by position, and the row of each among those of all parts."""
        self._records, self._keys, self._rows = records, keys, rows
        self._one_table, self._spec = one_table, spec
        self._key = secrets.token_bytes(KEY_BYTES)
        features = {feature for rule in spec.candidates.rules for feature in rule}
        self.codes = self._codes(sorted(features | set(counted_fields(spec))))

    def table(self) -> RecordTable:
        """The records. If a rule makes too many pairs, they have all features, by which it may be narrowed."""
        table = coded_table(self._keys, self._in_order(), self._one_table, self._spec)
        most = self._spec.candidates.max_pairs_per_rule
        rules = self._spec.candidates.rules
        if all(pair_counts(blocks_of(table.features, rule), table).sum() <= most for rule in rules):
            return table
        self.codes |= self._codes([name for name in feature_schema(self._spec) if name not in self.codes])
        return coded_table(self._keys, self._in_order(), self._one_table, self._spec)

    def _in_order(self) -> dict[str, Codes]:
        return {name: self.codes[name] for name in feature_schema(self._spec) if name in self.codes}

    def _codes(self, names: Sequence[str]) -> dict[str, Codes]:
        hashes = self._records.hashes(names, self._key)
        return {name: codes_of(hashes.pop(name)[self._rows]) for name in names}


def _parts(inputs: Sequence[MatchInput]) -> Iterator[InputPart]:
    for given in inputs:
        source, name = given.table.source, given.table.name
        if given.parts is not None:
            yield from (InputPart(source, name, file, None) for file in given.parts())
            continue
        rows = given.read()
        for start in range(0, len(rows), ROWS):
            yield InputPart(source, name, None, rows.iloc[start : start + ROWS].reset_index(drop=True))


def _facts_of(
    found: Sequence[PreparedPart], parts: Sequence[InputPart], spec: MatchSpec
) -> tuple[list[PartFacts], Mask]:
    """The facts of all parts.

    Raises:
        DataError: tables do not fit the spec. All faults are listed, each once.
        MatchwrightError: a part could not be looked at.
    """
    faults: dict[Fault, None] = {}
    for one, part in zip(found, parts, strict=True):
        if isinstance(one.error, DataError):
            faults |= {
                Fault(": ".join(filter(None, (part.name, f.path))), f.problem, f.hint): None for f in one.error.faults
            }
        elif one.error is not None:
            raise one.error
    for name in dict.fromkeys(part.name for part in parts):
        of_table = [one for one, part in zip(found, parts, strict=True) if part.name == name]
        if not faults and not any(one.facts is not None and len(one.facts.keys) for one in of_table):
            faults[Fault(name, "has no rows", "give a table with at least one row below its header")] = None
    if faults:
        every = list(faults)
        raise DataError(f"The tables do not fit spec '{spec.name}' of the bundle, {len(every)} fault(s):", every)
    known = [(one.facts, one.held) for one in found if one.facts is not None and one.held is not None]
    return [facts for facts, _ in known], np.concatenate([held for _, held in known])
