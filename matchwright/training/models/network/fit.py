"""Fitting the network: the same code for each of its parts, in one process or several."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as log_loss

from matchwright.core.models.network.module import MatchingNetwork, TextBatch
from matchwright.core.models.scorer import Progress
from matchwright.training.models.network.plans import ALONE, PENALTY, Plan
from matchwright.training.models.network.processes import Processes, this_process
from matchwright.training.models.network.texts import PairTexts, Rows

Matrix = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Pairs:
    """Labelled pairs: comparisons, shape (pairs, comparisons), ``target`` (1 for a match, else 0), shape (pairs,).

    ``texts`` are those of each embedding of the network, by field.
    """

    comparisons: Matrix
    target: Matrix
    texts: dict[str, PairTexts] = field(default_factory=dict)

    def batch(self, rows: Rows, device: torch.device) -> tuple[Tensor, dict[str, TextBatch], Tensor]:
        """Comparisons, texts and targets of some of the pairs."""
        values, target = (torch.from_numpy(part[rows]).to(device) for part in (self.comparisons, self.target))
        return values, {name: texts.batch(rows, device) for name, texts in self.texts.items()}, target


@dataclass(frozen=True)
class Losses:
    """Mean log loss per epoch on the training pairs, and on the validation pairs if they stop the fit."""

    training: tuple[float, ...]
    validation: tuple[float, ...]


def fit_network(
    network: MatchingNetwork,
    pairs: Pairs,
    rows: Rows,
    plan: Plan,
    seed: int,
    validation: Pairs | None = None,
    progress: Progress | None = None,
) -> Losses:
    """Fit a network in place, by AdamW on the log loss of batches.

    Under ``torchrun`` every process calls this with the same arguments. Each process computes its part of every batch,
    and all make the same step. So the result is that of one process, except for rounding.

    Args:
        network: changed in place and moved to the CPU. If the plan has patience, the best epoch's parameters are kept.
        pairs: with texts for every embedding of the network.
        rows: the pairs to fit on.
        plan: epochs, learning rates and when to stop.
        seed: of the order of the pairs.
        validation: the pairs that choose the best epoch, for a plan with patience.
        progress: called with the epoch (from 1) and its validation log loss.
    """
    here = this_process()
    joined = here.joined(network)
    optimiser = torch.optim.AdamW(_groups(network, plan), weight_decay=plan.weight_decay)
    order = np.random.default_rng(seed)
    trained: list[float] = []
    validated: list[float] = []
    best: dict[str, Any] = {}
    for epoch in range(1, plan.epochs + 1):
        total = 0.0
        shuffled = rows[order.permutation(len(rows))]
        for start in range(0, len(shuffled), plan.batch):
            whole = shuffled[start : start + plan.batch]
            values, texts, target = pairs.batch(here.share(whole), here.device)
            odds, cosines, alone = joined(values, texts)
            loss = log_loss(odds, target, reduction="sum") / len(whole)
            own = _alone_loss(cosines, alone, target) / len(whole)
            held = PENALTY * sum(module.departure() for module in network.by_field.values()) / len(rows)
            optimiser.zero_grad()
            # processes average their gradients, so the loss of each part is multiplied by their number
            (here.count * (loss + ALONE * own) + held).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += float(loss.detach()) * len(whole)
        trained.append(here.total(total) / len(rows))
        if plan.patience is None or validation is None:
            continue
        loss_now = _validation_loss(network, validation, here)
        if not validated or loss_now < min(validated):
            best = deepcopy(network.state_dict())
        validated.append(loss_now)
        if progress is not None:
            progress(epoch, validated[-1])
        if epoch - int(np.argmin(validated)) > plan.patience:
            break
    if best:
        network.load_state_dict(best)
    network.cpu()
    return Losses(tuple(trained), tuple(validated))


def _groups(network: MatchingNetwork, plan: Plan) -> list[dict[str, Any]]:
    modules = network.by_field.values()
    groups = [
        {"params": list(network.head.parameters()), "lr": plan.head_rate},
        {"params": [part for one in modules for part in (one.importance, one.table)], "lr": plan.embedding_rate},
        {"params": [one.reading for one in modules], "lr": plan.reading_rate},
    ]
    return [group for group in groups if group["params"]]


def _alone_loss(cosines: Tensor, alone: Tensor, target: Tensor) -> Tensor:
    """The log loss of each cosine alone, summed over the pairs that have it."""
    there = ~torch.isnan(cosines)
    return log_loss(alone, target[:, None].expand_as(alone), weight=there.float(), reduction="sum")


def _validation_loss(network: MatchingNetwork, pairs: Pairs, here: Processes) -> float:
    """The mean log loss. Each process computes its part."""
    rows = here.share(np.arange(len(pairs.target)))
    values, texts, target = pairs.batch(rows, here.device)
    with torch.no_grad():
        odds, _, _ = network(values, texts)
        return here.total(float(log_loss(odds, target, reduction="sum"))) / len(pairs.target)
