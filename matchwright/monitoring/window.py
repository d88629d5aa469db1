"""Reading a window of the decision log: one bundle's decisions for one spec, and the faults of the log."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.decide.bands import SCORE_DECIMALS
from matchwright.core.decide.prior import restated
from matchwright.errors import DataError, Fault
from matchwright.monitoring.arrived_labels import labels_by_decision
from matchwright.monitoring.figures import IntegrityFault
from matchwright.monitoring.period import Period, parse_moment

KEYS = frozenset(
    {"decision_id", "time", "name", "bundle", "mode", "kind", "pair", "score", "band", "reasons", "comparisons", "hint"}
    | {"prior_shift", "unreadable"}
)
"""The keys that a line of the decision log may have. Any other key could hold personal data."""
FULL_MODE = "full"
_UNKNOWN_RECORD = "record_unknown"
_KNOWN_MODES = ("features_unavailable",)
_BANDS = ("match", "review", "no_match")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,60}")
_PSEUDONYM = re.compile(r"[0-9a-f]{32,64}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class DecisionWindow:
    """Decisions of one bundle: comparison columns, ``score``, ``band``, ``label`` (NaN if unknown) and their ids.

    Where serving abstained because features were not available, score and comparisons are NaN and the band is
    ``review``. Where it was asked about a record that does not exist, nothing was decided: such a line is no row, and
    a fault counts it. ``other_bundles`` counts the decisions of other bundles for this spec in the period, by digest.
    ``other_labels`` counts labels of decisions that are not in the window. ``restated`` counts decisions for another
    register than the bundle's. Their scores are those of the bundle's register, so that they compare with its
    reference; their bands are as decided.
    """

    frame: pd.DataFrame
    ids: list[str]
    since: datetime | None
    until: datetime | None
    faults: tuple[IntegrityFault, ...]
    torn_lines: int
    other_bundles: dict[str, int]
    other_labels: int
    restated: int = 0


@dataclass
class _Reading:
    comparisons: list[str]
    lines: int = 0
    torn: int = 0
    unreadable: int = 0
    ids: dict[str, None] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    repeated: int = 0
    others: Counter[str] = field(default_factory=Counter)
    rows: list[list[float]] = field(default_factory=list)
    bands: list[str] = field(default_factory=list)
    restated: int = 0
    since: datetime | None = None
    until: datetime | None = None
    flaws: Counter[str] = field(default_factory=Counter)
    names: dict[str, dict[str, None]] = field(default_factory=dict)

    def flaw(self, code: str, names: Iterable[str] = ()) -> None:
        self.flaws[code] += 1
        self.names.setdefault(code, {}).update(dict.fromkeys(map(_safe_name, names)))


def read_window(
    folder: Path,
    spec_name: str,
    bundle: str,
    comparisons: list[str],
    period: Period,
    labels: pd.DataFrame | None = None,
    *,
    may_be_absent: bool = False,
) -> DecisionWindow:
    """Read the decisions of ``bundle`` for ``spec_name`` in a period, from a log folder or one of its files.

    An incomplete last line of a file is left out and counted. Of a faulty line only names of keys are kept, never
    values. A log that ``may_be_absent`` is read as empty where it does not exist: nothing was decided yet.

    Raises:
        DataError: there is no such folder or file, or the labels lack a column or hold other values than 1 and 0.
    """
    if not folder.exists() and not may_be_absent:
        fault = Fault("decisions", "no such folder or file", "check that it is mounted, or name another one")
        raise DataError("There is no decision log.", [fault])
    reading = _Reading(comparisons)
    for file in _files(folder, period):
        for line in _lines(file, reading):
            _take(line, reading, spec_name, bundle, period)
    columns = {name: [row[index] for row in reading.rows] for index, name in enumerate([*comparisons, "score"])}
    frame = pd.DataFrame(columns, dtype="float64").assign(band=pd.Series(reading.bands, dtype="object"), label=np.nan)
    ids, faults, other_labels = list(reading.ids), _faults(reading), 0
    if labels is not None:
        known, contradicting = labels_by_decision(labels)
        frame["label"] = pd.Series(ids, dtype="object").map(known).astype("float64")
        other_labels = len(known) - int(frame["label"].notna().sum())
        if contradicting:
            faults += (IntegrityFault(code="contradicting_labels", count=contradicting, of=contradicting + len(known)),)
    others = dict(reading.others.most_common())
    return DecisionWindow(
        frame, ids, reading.since, reading.until, faults, reading.torn, others, other_labels, reading.restated
    )


def _files(folder: Path, period: Period) -> list[Path]:
    if folder.is_file():
        return [folder]
    return sorted(
        path
        for path in folder.rglob("*.jsonl")
        if not _DAY.fullmatch(path.parent.name) or period.may_hold_day(path.parent.name)
    )


def _lines(file: Path, reading: _Reading) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        for line in lines:
            if not line.strip():
                continue
            reading.lines += 1
            try:
                document = json.loads(line)
            except ValueError:
                document = None
            if isinstance(document, dict):
                yield document
            elif not line.endswith(b"\n"):
                reading.torn += 1
            else:
                reading.unreadable += 1


def _take(line: dict[str, Any], reading: _Reading, spec_name: str, bundle: str, period: Period) -> None:
    try:
        moment, identity = parse_moment("time", line["time"]), str(line["decision_id"])
        name, digest, comparisons = line["name"], line["bundle"], dict(line["comparisons"])
        band, score = line["band"], line["score"]
    except (DataError, KeyError, TypeError, ValueError):
        reading.unreadable += 1
        return
    if name != spec_name or not period.holds(moment):
        return
    if extra := line.keys() - KEYS:
        reading.flaw("unexpected_keys", sorted(extra))
    if digest != bundle:
        reading.others[_safe_digest(digest)] += 1
        return
    if identity in reading.ids or identity in reading.unknown:
        reading.repeated += 1
        return
    if unknown := comparisons.keys() - set(reading.comparisons):
        reading.flaw("unknown_comparisons", sorted(unknown))
    if lacking := set(reading.comparisons) - comparisons.keys():
        reading.flaw("missing_comparisons", sorted(lacking))
    if no_numbers := [key for key, value in comparisons.items() if value is not None and _number(value) is None]:
        reading.flaw("values_not_numbers", sorted(no_numbers))
    shift = _number(line.get("prior_shift"))
    if line.get("prior_shift") is not None and shift is None:
        reading.flaw("values_not_numbers", ["prior_shift"])
    if line.get("pair") is not None and not _PSEUDONYM.fullmatch(str(line["pair"])):
        reading.flaw("pair_not_pseudonym")
    mode = line.get("mode")
    if score is None and mode == _UNKNOWN_RECORD:
        reading.unknown.add(identity)
        reading.flaw("unknown_records")
        return
    abstained = score is None and mode != FULL_MODE
    if mode != FULL_MODE:
        reading.flaw("degraded", [mode if mode in _KNOWN_MODES else "unknown mode"])
    if band not in _BANDS:
        reading.flaw("unknown_band")
        return
    if not abstained and (_number(score) is None or not 0 <= score <= 1):
        reading.flaw("score_out_of_range")
        return
    if shift is not None:
        reading.restated += 1
        score = None if score is None else _own_score(score, shift)
    values = [*(_number(comparisons.get(key)) for key in reading.comparisons), _number(score)]
    reading.ids[identity] = None
    reading.rows.append([np.nan if value is None else value for value in values])
    reading.bands.append(band)
    reading.since = min(reading.since or moment, moment)
    reading.until = max(reading.until or moment, moment)


def _faults(reading: _Reading) -> tuple[IntegrityFault, ...]:
    decided = len(reading.rows) + reading.flaws["unknown_band"] + reading.flaws["score_out_of_range"]
    asked = decided + len(reading.unknown)
    counted = {
        "unreadable_lines": (reading.unreadable, reading.lines),
        "repeated_decisions": (reading.repeated, asked),
    }
    # only the keys are also checked in the lines of other bundles
    checked = {"unexpected_keys": asked + sum(reading.others.values()), "unknown_records": asked}
    faults = [
        IntegrityFault(
            code=code, count=count, of=max(checked.get(code, decided), count), names=tuple(reading.names[code])
        )
        for code, count in reading.flaws.items()
    ]
    faults += [IntegrityFault(code=code, count=n, of=max(of, n)) for code, (n, of) in counted.items() if n]
    return tuple(faults)


def _own_score(score: float, shift: float) -> float:
    """The score in the bundle's own register."""
    return round(float(restated(np.array(score), -shift)), SCORE_DECIMALS)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer beyond what a float holds
        return None
    return number if np.isfinite(number) else None


def _safe_name(name: str) -> str:
    """A key that may be quoted. A key that does not look like a name could be a personal value."""
    return name if _NAME.fullmatch(name) or name == "unknown mode" else "(not a name)"


def _safe_digest(digest: Any) -> str:
    return digest[:12] if isinstance(digest, str) and re.fullmatch(r"[0-9a-f]{12,64}", digest) else "(not a digest)"
