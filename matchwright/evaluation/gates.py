"""Gates: what a version must show before it may be released, and by how much it does."""

from collections.abc import Mapping, Sequence
from typing import Literal

from matchwright.core.spec.deciding import Gates
from matchwright.evaluation.behaviours import Behaviour
from matchwright.evaluation.bootstrap import Estimate
from matchwright.evaluation.slices import SliceResult
from matchwright.frozen import Frozen


class Gate(Frozen):
    """One gate and its result; ``margin`` is how far inside the limit the value lies (negative: outside)."""

    name: str
    value: float
    must_be: Literal["at least", "at most"]
    limit: float

    @property
    def margin(self) -> float:
        return self.value - self.limit if self.must_be == "at least" else self.limit - self.value

    @property
    def passed(self) -> bool:
        """A value that is not a number passes nothing."""
        return self.margin >= 0


def judge(
    gates: Gates,
    metrics: Mapping[str, Estimate],
    slices: Sequence[SliceResult],
    behaviours: Sequence[Behaviour],
    f1_change: float | None,
    few_labels: bool = False,
    constraints_shown: bool | None = None,
) -> list[Gate]:
    """Every gate of the spec on the test split's figures.

    Args:
        gates: the limits.
        metrics: of the test split.
        slices: of the test split.
        behaviours: what was tried.
        f1_change: challenger less champion, if there is one.
        few_labels: so few pairs judge that a value beyond its limit may be luck: what says how right the decisions
            are must lie beyond it with the whole of its 95 % interval. The share for review is work, and no such claim.
        constraints_shown: whether the precision constraints that the spec asks for are shown; None where it asks for none.
    """

    def shown(name: str, bound: Literal["lower", "upper"]) -> float:
        return float(getattr(metrics[name], bound if few_labels else "value"))

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
    for piece in slices:
        if piece.verdict == "judged":
            # on a slice's few pairs the value alone is chance: it fails where even its interval lies below
            at_least[f"F1 where {piece.name} (upper bound)"] = (piece.metrics["f1"].upper, gates.slice_f1_min)
    for behaviour in behaviours:
        # a golden pair is one the spec says must hold: there is no share of them that would do
        limit = 1.0 if behaviour.name.startswith("golden") else gates.behaviour_pass_min
        at_least[behaviour.name] = (behaviour.share, limit)
    if f1_change is not None:
        at_least["F1 against the champion"] = (f1_change, -gates.champion_f1_loss_max)
    if constraints_shown is not None:
        at_least["precision constraints shown on calibration pairs"] = (float(constraints_shown), 1.0)
    return [
        *(Gate(name=name, value=value, must_be="at least", limit=limit) for name, (value, limit) in at_least.items()),
        *(Gate(name=name, value=value, must_be="at most", limit=limit) for name, (value, limit) in at_most.items()),
    ]
