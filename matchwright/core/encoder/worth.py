"""Does the encoder earn its place? It stays only where the pairs show that it helps."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.compare.names import ENCODER_COSINE
from matchwright.core.evaluate.bootstrap import Array, Estimate
from matchwright.core.evaluate.paired import log_losses, mean_over_queries
from matchwright.core.evaluate.wilson import wilson_interval
from matchwright.core.lesson import Lesson, learn
from matchwright.core.spec.model import ModelSpec

TRIES = 3
"""Scorers trained each way: with one, the luck of a seed could pass for the encoder's."""


@dataclass(frozen=True)
class EncoderWorth:
    """The verdict; ``log_loss_change`` is with the encoder less without, so that below 0 it helps.

    ``true_pairs_alone`` is the share of the true pairs that no other candidate method proposes.
    """

    kept: bool
    log_loss_change: Estimate
    true_pairs_alone: Estimate
    alone: int
    true_pairs: int
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        alone = {**self.true_pairs_alone.as_dict(), "pairs": self.alone, "of": self.true_pairs}
        return {
            "kept": self.kept,
            "log_loss_change": self.log_loss_change.as_dict(),
            "true_pairs_alone": alone,
            "reason": self.reason,
        }


def encoder_worth(taught: Lesson, validation: Lesson, alone: int, true_pairs: int, spec: ModelSpec) -> EncoderWorth:
    """Judge the encoder by what it does for the scorer and for the candidates.

    The scorer is trained with and without the encoder's comparison on the same pairs; the change of log loss
    on the judged validation pairs has a paired bootstrap interval over left records. Either that interval
    lies below 0, or Wilson's interval of the share of true pairs that only the encoder proposes lies above 0.

    Args:
        taught: the training pairs, with ``record__encoder_cosine`` among their comparisons.
        validation: the pairs that early stopping looks at; those that augmentation made do not judge.
        alone: true pairs that only the encoder proposes, of records that taught it nothing.
        true_pairs: all true pairs of those records.
        spec: the scorer's section of the match spec.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    judged = validation.judged()
    seeds = [spec.model_copy(update={"seed": spec.seed + number}) for number in range(TRIES)]
    bare_taught, bare_validation = taught.without(ENCODER_COSINE), validation.without(ENCODER_COSINE)
    with_it = np.mean([_losses(taught, validation, judged, seeded) for seeded in seeds], axis=0)
    without = np.mean([_losses(bare_taught, bare_validation, judged, seeded) for seeded in seeds], axis=0)
    change = mean_over_queries(with_it - without, judged.left_keys, spec.seed)
    lower, upper = wilson_interval(alone, true_pairs)
    # of none the bound is 0, but for a rounding error
    share = Estimate(alone / true_pairs if true_pairs else float("nan"), float(lower) if alone else 0.0, float(upper))
    found = share.lower > 0
    helps = bool(change.upper < 0)
    loss = f"log loss {change.value:+.5f} ({change.lower:+.5f} to {change.upper:+.5f}) on {len(judged.labels)} pairs"
    reason = _reason(helps, found, loss, f"{alone} of {true_pairs} true pairs proposed by it alone")
    return EncoderWorth(helps or found, change, share, alone, true_pairs, reason)


def _losses(taught: Lesson, validation: Lesson, judged: Lesson, spec: ModelSpec) -> Array:
    return log_losses(learn(taught, validation, spec).scorer.margin(judged.comparisons), judged.labels)


def _reason(helps: bool, found: bool, loss: str, proposed: str) -> str:
    if helps and found:
        return f"kept: it lowers the loss beyond noise and finds pairs: {loss}; {proposed}"
    if helps:
        return f"kept: it lowers the loss beyond noise: {loss}; {proposed}"
    if found:
        return f"kept: it finds true pairs that nothing else proposes: {proposed}; {loss}"
    return f"dropped: it neither lowers the loss beyond noise nor finds pairs: {loss}; {proposed}"
