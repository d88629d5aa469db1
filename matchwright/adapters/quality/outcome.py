"""Validate a batch: find the rows to quarantine, with reasons, and decide whether the others may be used."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.quality.pairs import pair_facts
from matchwright.adapters.quality.result import Check, Labels, Presence, QualityResult, TableCount
from matchwright.adapters.quality.run import Observed, run_expectations
from matchwright.adapters.quality.suite import ALL_FIELDS, label_expectations, pair_expectations, record_expectations
from matchwright.adapters.quality.unreadable import unreadable_checks, without_flags
from matchwright.core.spec import MatchSpec

RECORDS, PAIRS = "records", "pairs"


@dataclass(frozen=True)
class BatchResult:
    """The result, the rows that are left, and the quarantined rows.

    ``quarantine`` has the columns record_key, source, record_id, table, reasons and batch. The record_key of a pair is
    its two keys joined by ``|``.
    """

    result: QualityResult
    records: pd.DataFrame
    pairs: pd.DataFrame
    quarantine: pd.DataFrame


def validate_batch(records: pd.DataFrame, pairs: pd.DataFrame, spec: MatchSpec, batch: str) -> BatchResult:
    """Check a batch of conformed records and pairs against the spec's quality expectations.

    ``records`` may have flags of unreadable values (see :func:`matchwright.core.records.unreadable`).
    ``batch`` is the digest that identifies the batch in the quarantine table.

    Raises:
        SpecError: an expectation does not suit its field.
        QualityError: an expectation could not be computed.
    """
    records, pairs = records.reset_index(drop=True), pairs.reset_index(drop=True)
    checks, record_reasons = _check_records(records, spec)
    bad_records = record_reasons != ""

    facts = pair_facts(pairs, records["record_key"].dropna(), records.loc[bad_records, "record_key"].dropna())
    observed = run_expectations(facts, pair_expectations(spec), PAIRS)
    pair_reasons = reasons_of(observed, np.arange(len(pairs)), len(pairs))
    checks += [one.check for one in observed]
    bad_pairs = pair_reasons != ""
    clean_pairs = pairs[~bad_pairs].astype({"label": "int8"}).reset_index(drop=True)
    checks += [one.check for one in run_expectations(clean_pairs, label_expectations(spec), PAIRS)]

    result = _result(records, bad_records, pairs, bad_pairs, clean_pairs, checks, spec, batch)
    quarantine = quarantine_table(records[bad_records], record_reasons, pairs[bad_pairs], pair_reasons, batch)
    return BatchResult(result, _clean(records, bad_records, spec), clean_pairs, quarantine)


def validate_records(records: pd.DataFrame, spec: MatchSpec, batch: str) -> BatchResult:
    """As :func:`validate_batch`, for records that are matched: there are no labelled pairs.

    Raises:
        SpecError: an expectation does not suit its field.
        QualityError: an expectation could not be computed.
    """
    records = records.reset_index(drop=True)
    checks, reasons = _check_records(records, spec)
    bad = reasons != ""
    none = pd.DataFrame({"left_key": [], "right_key": [], "label": []}, dtype=object)
    result = _result(records, bad, none, pd.Series([], dtype=bool), none, checks, spec, batch)
    quarantine = quarantine_table(records[bad], reasons, none, pd.Series([], dtype=object), batch)
    return BatchResult(result, _clean(records, bad, spec), none, quarantine)


def _result(
    records: pd.DataFrame,
    bad_records: "pd.Series[Any]",
    pairs: pd.DataFrame,
    bad_pairs: "pd.Series[Any]",
    clean_pairs: pd.DataFrame,
    checks: list[Check],
    spec: MatchSpec,
    batch: str,
) -> QualityResult:
    return QualityResult(
        spec_name=spec.name,
        batch=batch,
        passed=all(check.outcome != "stopped" for check in checks),
        checks=tuple(checks),
        presence=tuple(_presence(records, spec)),
        labels=Labels(positive=int((clean_pairs["label"] == 1).sum()), negative=int((clean_pairs["label"] == 0).sum())),
        tables={
            RECORDS: TableCount(rows=len(records), quarantined=int(bad_records.sum())),
            PAIRS: TableCount(rows=len(pairs), quarantined=int(bad_pairs.sum())),
        },
    )


def _clean(records: pd.DataFrame, bad: "pd.Series[Any]", spec: MatchSpec) -> pd.DataFrame:
    return without_flags(records[~bad], spec).reset_index(drop=True)


def _check_records(records: pd.DataFrame, spec: MatchSpec) -> "tuple[list[Check], pd.Series[str]]":
    expected = record_expectations(spec)
    checks: list[Check] = []
    reasons = pd.Series("", index=records.index, dtype=object)
    for source, part in records.groupby("source", sort=True):
        observed = run_expectations(without_flags(part, spec), expected, RECORDS, str(source))
        observed += unreadable_checks(part, spec, RECORDS, str(source))
        checks += [one.check for one in observed]
        own = reasons_of(observed, part.index.to_numpy(), len(records))
        reasons = reasons.where(own == "", own)
    checks.append(quarantined_share(int((reasons != "").sum()), len(records), spec))
    return checks, reasons


def reasons_of(
    observed: Iterable[Observed], rows: "np.ndarray[tuple[int], np.dtype[np.int64]]", length: int
) -> "pd.Series[str]":
    """For each row of the whole table, the expectations that it fails, separated by commas."""
    failed: dict[int, list[str]] = defaultdict(list)
    for one in observed:
        if one.check.quarantines:
            for row in rows[one.failed]:
                failed[row].append(f"{one.check.field} {one.check.what}")
    reasons = np.full(length, "", dtype=object)
    for row, found in failed.items():
        reasons[row] = ", ".join(found)
    return pd.Series(reasons)


def quarantined_share(quarantined: int, rows: int, spec: MatchSpec) -> Check:
    """The check of how many records are in quarantine."""
    share = quarantined / rows
    limit = spec.quality.max_quarantined_share
    return Check(
        table=RECORDS,
        source="",
        field=ALL_FIELDS,
        what="share of rows quarantined",
        unit="share",
        observed=share,
        at_most=limit,
        outcome="stopped" if share > limit else "passed",
    )


def _presence(records: pd.DataFrame, spec: MatchSpec) -> Iterable[Presence]:
    for source, part in records.groupby("source", sort=True):
        for name in spec.fields:
            yield Presence(source=str(source), field=name, share=float(part[name].notna().mean()))


def quarantine_table(
    records: pd.DataFrame,
    record_reasons: "pd.Series[str]",
    pairs: pd.DataFrame,
    pair_reasons: "pd.Series[str]",
    batch: str,
) -> pd.DataFrame:
    """The rows in quarantine; see :class:`BatchResult`. Both ``reasons`` have the index of all rows."""
    of_records = {
        "record_key": records["record_key"],
        "source": records["source"],
        "record_id": records["record_id"],
        "table": RECORDS,
        "reasons": record_reasons[records.index],
    }
    of_pairs = {
        "record_key": pairs["left_key"].fillna("") + "|" + pairs["right_key"].fillna(""),
        "source": None,
        "record_id": None,
        "table": PAIRS,
        "reasons": pair_reasons[pairs.index].astype(object),
    }
    parts = [
        pd.DataFrame(of_records, index=records.index, dtype=object),
        pd.DataFrame(of_pairs, index=pairs.index, dtype=object),
    ]
    return pd.concat(parts, ignore_index=True).assign(batch=batch)
