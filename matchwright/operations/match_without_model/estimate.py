"""What is known of the precision of suggestions without labels, as numbers and as sentences."""

from pathlib import Path

from matchwright.evaluation.wilson import wilson_interval
from matchwright.files import write_whole
from matchwright.frozen import Frozen

LABELS = 50
"""So many answers are a short hour's work."""

NOTHING_JOINED = "So none of them joins records. Their scores are no probabilities: they only rank the pairs."


class Share(Frozen):
    """The estimated share of matches among the pairs from a score on: the middle, and what single fields say."""

    score: float
    middle: float
    low: float
    high: float


class Estimate(Frozen):
    """The precision of the suggestions, and of those that join records, in a sample of the candidates.

    - ``suggested`` and ``joined``: None where no field says enough to check the scores.
    - ``believed``: the fields whose middle is believed.
    - ``silent``: fields that the scorer does not read, and in which neither the likeliest suggestions agree often, nor
      the pairs just below them.
    - ``shared``: those in which both often agree.
    - ``left_out``: whether the believed fields are columns that the scorer does not read.
    - ``join_from``: the score from which pairs join records; None where too little checks the scores to join any.
    """

    join_from: float | None = None
    suggested: Share | None = None
    joined: Share | None = None
    believed: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    left_out: bool = False

    def save(self, path: Path) -> None:
        """Write ``estimate.json``."""
        write_whole(path, self.model_dump_json(indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> "Estimate":
        """Read what :meth:`save` wrote."""
        return cls.model_validate_json(path.read_text(encoding="utf-8"))


def estimate_sentences(estimate: Estimate) -> list[str]:
    """The estimate in words: what it is, what it rests on, and how far it may be off."""
    if estimate.suggested is None:
        found = ["How many of them are right is not known: too few fields tell. Only labels do."]
        if estimate.silent:
            found.append(
                f"{_hardly(estimate.silent)}, and not often. That speaks against them: it may be that none is right."
            )
        if estimate.shared:
            found.append(f"{_hardly(estimate.shared)}: both often do. That says nothing for or against them.")
        return [*found, NOTHING_JOINED]
    found = [f"About {estimate.suggested.middle:.0%} of them are likely to be right{_range(estimate.suggested)}."]
    if estimate.joined is not None:
        found.append(
            f"Clusters join those with a score of {estimate.join_from:g} or more: about "
            f"{estimate.joined.middle:.0%} right{_range(estimate.joined)}."
        )
    named = ", ".join(estimate.believed)
    why = "which the scorer does not read" if estimate.left_out else "each left out of the score in turn"
    found.append(f"This is no measurement. It rests on how often they agree in {named}, {why}.")
    return found


def worth_sentence(estimate: Estimate) -> str:
    """What fifty labels would buy: the interval of a precision that is measured on them."""
    share = 0.5 if estimate.suggested is None else estimate.suggested.middle
    right = round(share * LABELS)
    low, high = (float(end) for end in wilson_interval(right, LABELS))
    if estimate.suggested is None:
        return (
            f"{LABELS} labels of suggestions drawn at random would measure it: with {right} right, "
            f"{low:.0%} to {high:.0%} (95% interval)."
        )
    return (
        f"{LABELS} labels of suggestions drawn at random would replace it by a measurement: with {right} right, "
        f"{low:.0%} to {high:.0%} (95% interval)."
    )


def _hardly(fields: tuple[str, ...]) -> str:
    """What was measured of fields that say too little."""
    return (
        f"In {', '.join(fields)}, which the scorer does not read, the likeliest of them agree hardly more often than "
        "the pairs just below them"
    )


def _range(share: Share) -> str:
    low, high = f"{share.low:.0%}", f"{share.high:.0%}"
    return "" if low == high else f" (single fields say {low} to {high})"
