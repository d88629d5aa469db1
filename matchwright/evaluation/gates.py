"""Gates: the limits that a version's figures must keep before it may be released."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from matchwright.core.spec.deciding import Gates
from matchwright.evaluation.behaviours import Behaviour
from matchwright.evaluation.bootstrap import Estimate
from matchwright.evaluation.paired import Change
from matchwright.evaluation.slices import SliceResult
from matchwright.frozen import Frozen

ROUNDING = 1e-12
"""A value that is beyond its limit by no more than this keeps it: the difference comes from rounding."""


Result = Literal["passed", "failed", "not shown"]


class Gate(Frozen):
    """One gate and its result.

    ``value`` is NaN where nothing could be measured. ``lower`` is the lower bound of the value's 95 % interval, for
    gates on few pairs: a value may keep its limit by chance. With ``too_few`` pairs the value is not judged.
    """

    name: str
    value: float
    must_be: Literal["at least", "at most"]
    limit: float
    lower: float | None = None
    too_few: bool = False

    @property
    def margin(self) -> float:
        """The distance of the value from the limit, negative beyond it."""
        return self.value - self.limit if self.must_be == "at least" else self.limit - self.value

    @property
    def result(self) -> Result:
        """``not shown`` where the value keeps the limit, or is not judged, but too few pairs show it."""
        if self.too_few:
            return "not shown"
        if not self.margin >= -ROUNDING:
            return "failed"
        return "passed" if self.lower is None or self.lower >= self.limit - ROUNDING else "not shown"

    @property
    def passed(self) -> bool:
        """Whether the gate does not stop a release. A value that is NaN never passes."""
        return self.result != "failed"


def check_gates(
    gates: Gates,
    metrics: Mapping[str, Estimate],
    slices: Sequence[SliceResult],
    behaviours: Sequence[Behaviour],
    f1_change: Change | None,
    few_labels: bool = False,
    constraints_shown: bool | None = None,
    alone: Mapping[str, Estimate] | None = None,
) -> list[Gate]:
    """Check every gate of the spec on the test split.

    Args:
        gates: the limits.
        metrics: of the test split, with competing candidates where the spec compares with them.
        slices: of the test split.
        behaviours: results of the behavioural tests.
        f1_change: F1 of the challenger less F1 of the champion; None without a champion. It fails by its value, and
            is shown only by its interval.
        few_labels: few pairs are labelled, so a value may pass by luck. The gates on how right decisions are then use
            the bound of the 95 % interval, not the value. The gate on the review share still uses the value.
        constraints_shown: whether the spec's precision constraints are shown to hold; None if it has none.
        alone: metrics of the same pairs without competing candidates, as in a request for one pair. None if the spec
            does not compare with competing candidates.
    """

    def shown(name: str, bound: Literal["lower", "upper"], found: Mapping[str, Estimate] = metrics) -> float:
        return float(getattr(found[name], bound if few_labels else "value"))

    lower, upper = (f" ({side} bound: few labels)" if few_labels else "" for side in ("lower", "upper"))
    at_least = {
        f"F1{lower}": (shown("f1", "lower"), gates.f1_min),
        f"precision of match{lower}": (shown("precision", "lower"), gates.match_precision_min),
        f"recall{lower}": (shown("recall", "lower"), gates.recall_min),
        f"pairs completeness{lower}": (shown("pairs_completeness", "lower"), gates.pairs_completeness_min),
    }
    at_most = {
        f"log loss{upper}": (shown("log_loss", "upper"), gates.log_loss_max),
        "review share": (metrics["review_share"].value, gates.review_share_max),
    }
    if alone is not None:
        at_least[f"F1, pairs alone{lower}"] = (shown("f1", "lower", alone), gates.pairs_alone_f1_min)
        precision = shown("precision", "lower", alone)
        at_least[f"precision of match, pairs alone{lower}"] = (precision, gates.match_precision_min)
    for behaviour in behaviours:
        # every golden pair must hold
        limit = 1.0 if behaviour.name.startswith("golden") else gates.behaviour_pass_min
        at_least[behaviour.name] = (behaviour.share, limit)
    if constraints_shown is not None:
        at_least["precision constraints shown on calibration pairs"] = (float(constraints_shown), 1.0)
    return [
        *(Gate(name=name, value=value, must_be="at least", limit=limit) for name, (value, limit) in at_least.items()),
        *([_champion_gate(f1_change, -gates.champion_f1_loss_max)] if f1_change is not None else []),
        *(_slice_gate(piece, gates.slice_f1_min) for piece in slices),
        *(Gate(name=name, value=value, must_be="at most", limit=limit) for name, (value, limit) in at_most.items()),
    ]


def _champion_gate(change: Change, limit: float) -> Gate:
    name = "F1 against the champion"
    return Gate(name=name, value=change.value, must_be="at least", limit=limit, lower=change.lower)


def _slice_gate(piece: SliceResult, limit: float) -> Gate:
    """The gate on the F1 of one slice. It fails by its value, and is shown only by its interval."""
    name = f"F1 where {piece.name}"
    if piece.status != "measured":
        return Gate(name=name, value=math.nan, must_be="at least", limit=limit, too_few=True)
    f1 = piece.metrics["f1"]
    return Gate(name=name, value=f1.value, must_be="at least", limit=limit, lower=f1.lower)
