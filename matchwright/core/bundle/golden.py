"""Golden pairs: the synthetic pairs of the spec and small variations of them, with the decisions they must get."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from matchwright.core.decide.decision import Decision, DecisionModel
from matchwright.core.records import conform_values, mistyped, record_features
from matchwright.core.spec import MatchSpec
from matchwright.frozen import Frozen

Value = str | float | None
TOLERANCE = 2e-6
"""Scores have six decimals. The last decimal may differ by one between machines."""


class GoldenDecision(Frozen):
    """A pair with the exact score, band and reason codes that it must get."""

    name: str
    left: dict[str, Value]
    right: dict[str, Value]
    score: float
    band: str
    codes: tuple[str, ...]


def golden_decisions(model: DecisionModel) -> list[GoldenDecision]:
    """Decide the spec's golden pairs, also with each field missing or mistyped on one side."""
    named = list(_variations(model.spec))
    decisions = decide_values(model, [left for _, left, _ in named], [right for _, _, right in named])
    return [
        GoldenDecision(
            name=name,
            left=left,
            right=right,
            score=decision.score,
            band=decision.band,
            codes=tuple(reason.code for reason in decision.reasons),
        )
        for (name, left, right), decision in zip(named, decisions, strict=True)
    ]


def replay(model: DecisionModel, golden: Sequence[GoldenDecision]) -> list[str]:
    """The golden pairs that ``model`` does not reproduce, each with what differs."""
    decisions = decide_values(model, [dict(pair.left) for pair in golden], [dict(pair.right) for pair in golden])
    faults = []
    for pair, decision in zip(golden, decisions, strict=True):
        codes = tuple(reason.code for reason in decision.reasons)
        differing = [
            what
            for what, differs in (
                ("score", abs(decision.score - pair.score) > TOLERANCE),
                ("band", decision.band != pair.band),
                ("reasons", codes != pair.codes),
            )
            if differs
        ]
        if differing:
            faults.append(f"{pair.name}: {', '.join(differing)}")
    return faults


def decide_values(
    model: DecisionModel, left: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]]
) -> list[Decision]:
    """Decide row-aligned pairs given as field values, in the same way as a request."""
    return model.decide(value_features(model, left, "left"), value_features(model, right, "right"))


def value_features(model: DecisionModel, values: Sequence[Mapping[str, Any]], source: str) -> pd.DataFrame:
    """Record features of records given as field values."""
    return record_features(conform_values(values, model.spec, source), model.spec, model.corpus)


def _variations(spec: MatchSpec) -> Any:
    for pair in spec.golden:
        left, right = dict(pair.left), dict(pair.right)
        yield pair.name, left, right
        if spec.sources.alike:
            yield f"{pair.name}, sides swapped", right, left
        for field in spec.compared:
            value = right.get(field)
            if value is None:
                continue
            yield f"{pair.name}, {field} missing", left, {**right, field: None}
            if isinstance(value, str) and len(value) > 3:
                yield f"{pair.name}, {field} mistyped", left, {**right, field: mistyped(value)}
