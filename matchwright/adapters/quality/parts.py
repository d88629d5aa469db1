"""Validating records that are in parts: each part gives facts, and the facts of all parts give the result.

The facts hold record keys, counts and row numbers, and no other value. So parts can be looked at where they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.quality.outcome import RECORDS, quarantine_table, quarantined_share, reasons_of
from matchwright.adapters.quality.result import Check, Labels, Presence, QualityResult, TableCount
from matchwright.adapters.quality.run import Observed, observed, run_expectations
from matchwright.adapters.quality.suite import Expected, record_expectations
from matchwright.adapters.quality.unreadable import unreadable_check, without_flags
from matchwright.core.records import unreadable_column
from matchwright.core.spec import MatchSpec

Rows = np.ndarray[Any, np.dtype[np.int64]]
Keys = np.ndarray[Any, np.dtype[np.object_]]

_UNIQUE, _ROWS = "expect_column_values_to_be_unique", "expect_table_row_count_to_be_between"
_NOT_NULL = "expect_column_values_to_not_be_null"


@dataclass(frozen=True)
class PartFacts:
    """What validating needs of some records of one source.

    - ``keys``: the record keys, None where the id is missing, shape (records,).
    - ``present``: how many records have a value, by field.
    - ``failed``: the rows that fail each expectation, in the order of the expectations.
    - ``unreadable``: the rows with a value that cannot be read, by field.
    """

    source: str
    keys: Keys
    present: dict[str, int]
    failed: tuple[Rows, ...]
    unreadable: dict[str, Rows]


@dataclass(frozen=True)
class PartsResult:
    """The result, the quarantined rows, and whether each row is left, in the order of the parts."""

    result: QualityResult
    quarantine: pd.DataFrame
    kept: "np.ndarray[Any, np.dtype[np.bool_]]"


def facts_of(records: pd.DataFrame, spec: MatchSpec, source: str) -> PartFacts:
    """The facts of conformed records of one source, with their flags of unreadable values.

    Raises:
        SpecError: an expectation does not suit its field.
        QualityError: an expectation could not be computed.
    """
    records = records.reset_index(drop=True)
    found = run_expectations(without_flags(records, spec), record_expectations(spec), RECORDS, source)
    flags = {name: unreadable_column(name) for name in spec.fields}
    return PartFacts(
        source=source,
        keys=records["record_key"].to_numpy(dtype=object),
        present={name: int(records[name].notna().sum()) for name in spec.fields},
        failed=tuple(one.failed for one in found),
        unreadable={
            name: np.flatnonzero(records[flag].to_numpy(dtype=bool)) for name, flag in flags.items() if flag in records
        },
    )


def validate_parts(parts: Sequence[PartFacts], spec: MatchSpec, batch: str) -> PartsResult:
    """As :func:`~matchwright.adapters.quality.outcome.validate_records`, from the facts of all parts.

    Raises:
        SpecError: an expectation does not suit its field.
    """
    keys = np.concatenate([part.keys for part in parts])
    first = np.cumsum([0, *(len(part.keys) for part in parts)])
    sources = np.repeat([part.source for part in parts], np.diff(first))
    checks: list[Check] = []
    reasons = pd.Series("", index=range(len(keys)), dtype=object)
    presence: list[Presence] = []
    for source in sorted(set(sources)):
        chosen = [(part, start) for part, start in zip(parts, first, strict=False) if part.source == source]
        rows = np.flatnonzero(sources == source)
        found = list(_of_source(chosen, keys, rows, spec, source))
        checks += [one.check for one in found]
        own = reasons_of(found, np.arange(len(keys)), len(keys))
        reasons = reasons.where(own == "", own)
        presence += [
            Presence(source=source, field=name, share=_present(chosen, name) / len(rows)) for name in spec.fields
        ]
    bad = (reasons != "").to_numpy(dtype=bool)
    checks.append(quarantined_share(int(bad.sum()), len(keys), spec))
    result = QualityResult(
        spec_name=spec.name,
        batch=batch,
        passed=all(check.outcome != "stopped" for check in checks),
        checks=tuple(checks),
        presence=tuple(presence),
        labels=Labels(positive=0, negative=0),
        tables={
            RECORDS: TableCount(rows=len(keys), quarantined=int(bad.sum())),
            "pairs": TableCount(rows=0, quarantined=0),
        },
    )
    return PartsResult(result, _quarantine(keys, sources, reasons, bad, batch), ~bad)


def _of_source(
    parts: Sequence[tuple[PartFacts, int]], keys: Keys, rows: Rows, spec: MatchSpec, source: str
) -> Iterator[Observed]:
    for number, one in enumerate(record_expectations(spec)):
        failed = np.concatenate([part.failed[number] + start for part, start in parts])
        if one.type == _UNIQUE:
            ids = pd.Series(keys[rows], dtype=object)
            failed = rows[(ids.duplicated(keep=False) & ids.notna()).to_numpy()]
        yield observed(one, *_result(one, parts, keys, rows, failed), RECORDS, source)
    for name in spec.fields:
        unreadable = [part.unreadable[name] + start for part, start in parts if name in part.unreadable]
        if unreadable and len(at := np.concatenate(unreadable)):
            yield unreadable_check(name, at, _present(parts, name), spec, RECORDS, source)


def _result(
    one: Expected, parts: Sequence[tuple[PartFacts, int]], keys: Keys, rows: Rows, failed: Rows
) -> tuple[dict[str, Any], bool]:
    """The result of an expectation over all parts, in the words of Great Expectations, and whether it is fulfilled."""
    if one.type == _ROWS:
        return {"observed_value": len(rows)}, len(rows) >= one.arguments["min_value"]
    column = one.arguments["column"]
    present = int(pd.notna(keys[rows]).sum()) if column == "record_id" else _present(parts, column)
    missing = 0 if one.type == _NOT_NULL else len(rows) - present
    counts = {"element_count": len(rows), "missing_count": missing, "unexpected_count": len(failed)}
    passing = (len(rows) - missing - len(failed)) / max(len(rows) - missing, 1)
    return {**counts, "unexpected_index_list": failed.tolist()}, passing >= one.arguments.get("mostly", 1)


def _present(parts: Sequence[tuple[PartFacts, int]], field: str) -> int:
    return sum(part.present[field] for part, _ in parts)


def _quarantine(keys: Keys, sources: Any, reasons: "pd.Series[str]", bad: Any, batch: str) -> pd.DataFrame:
    ids = [None if key is None else key.partition(":")[2] for key in keys[bad]]
    columns = {"record_key": keys[bad], "source": sources[bad].astype(object), "record_id": ids}
    records = pd.DataFrame(columns, index=np.flatnonzero(bad), dtype=object)
    # as one machine has them: by key, and equal ones in the order of the tables
    ordered = records.sort_values("record_key", kind="stable")
    no_pairs = pd.DataFrame({"left_key": [], "right_key": []}, dtype=object)
    return quarantine_table(ordered, reasons, no_pairs, pd.Series([], dtype=object), batch)
