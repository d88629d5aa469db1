"""Example requests, made of a snapshot's own test pairs: unchanged, or with an upstream fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.records import PAIR_KEYS, mistyped
from matchwright.core.records.frames import read_frame
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.operations.snapshot import Snapshot
from matchwright.operations.training_artifacts import SCORED

LOST_SHARE, MISTYPED_SHARE = 0.6, 0.3


@dataclass(frozen=True)
class Fault:
    """What is wrong with shifted traffic: one field is lost, and another one is mistyped."""

    lost: str
    mistyped: str


def example_pairs(snapshot: Path, evaluation: Path, spec: MatchSpec, count: int, seed: int) -> list[dict[str, Any]]:
    """``count`` pairs of the test split (or all, if fewer), in the endpoint's format and in a seeded random order."""
    scored = read_frame(evaluation / SCORED)
    records = Snapshot.read(snapshot).frame("records")
    chosen = scored.iloc[np.random.default_rng(seed).permutation(len(scored))[:count]]
    sides = [_values(rows_of(records, chosen[key]), spec) for key in PAIR_KEYS]
    return [{"left": left, "right": right} for left, right in zip(*sides, strict=True)]


def fault_of(spec: MatchSpec) -> Fault:
    """A fault that changes decisions: a date or a code goes missing, a name or text is mistyped."""
    kinds = {name: field.kind for name, field in spec.compared.items()}
    lost = next((n for n, kind in kinds.items() if kind in ("date", "id_code")), next(iter(kinds)))
    spoiled = next((n for n, kind in kinds.items() if kind in ("name", "text") and n != lost), lost)
    return Fault(lost, spoiled)


def shifted(pairs: list[dict[str, Any]], fault: Fault, seed: int) -> list[dict[str, Any]]:
    """The same pairs with the fault in a share of their right records."""
    generator = np.random.default_rng(seed)
    result = []
    for pair in pairs:
        right = dict(pair["right"])
        lost, typo = generator.random(2)
        if lost < LOST_SHARE:
            right[fault.lost] = None
        value = right.get(fault.mistyped)
        if typo < MISTYPED_SHARE and isinstance(value, str) and len(value) > 3:
            right[fault.mistyped] = mistyped(value)
        result.append({"left": pair["left"], "right": right})
    return result


def requests(pairs: list[dict[str, Any]], size: int) -> Iterator[dict[str, Any]]:
    """Payloads of at most ``size`` pairs each."""
    for start in range(0, len(pairs), size):
        yield {"pairs": pairs[start : start + size]}


def _values(records: pd.DataFrame, spec: MatchSpec) -> list[dict[str, Any]]:
    plain = records[list(spec.compared)].astype(object)
    rows = plain.where(plain.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]
