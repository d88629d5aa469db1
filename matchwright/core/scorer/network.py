"""The PyTorch pair scorer: a small network over comparisons, monotone by construction, exported as ONNX.

It sees comparisons only, for a decision has to be replayable from the comparisons that its log keeps. What is
learned of values enters through them: ``title__learned_cosine`` is the cosine of two titles' representations,
which :mod:`matchwright.core.representations.train` learns end to end with such a network.
"""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.names import constraints
from matchwright.core.scorer.graph import OnnxScorer, background_row, wrap_onnx
from matchwright.core.scorer.network_graph import Weights, network_graph
from matchwright.core.scorer.protocol import Labels, Progress, TrainedScorer, demand_both_classes, matrix_of
from matchwright.core.spec.model import ModelSpec
from matchwright.errors import TrainingError

HIDDEN = (32, 16)
EPOCHS, PATIENCE = 120, 15
BATCH, LEARNING_RATE, WEIGHT_DECAY = 256, 0.004, 1e-4
FARTHEST = 5.0
"""Standard deviations from the mean beyond which a value counts no further."""

DECIMALS = 6
TOLERANCE = 1e-5


def train_torch_scorer(
    comparisons: pd.DataFrame,
    labels: Labels,
    validation: pd.DataFrame,
    validation_labels: Labels,
    spec: ModelSpec,
    progress: Progress | None = None,
) -> TrainedScorer:
    """Train the network on the CPU, stopped early on validation log loss; the same seed gives the same bytes.

    Two hidden layers, after Runje and Shankaranarayana (2023), Constrained Monotonic Neural Networks: weights
    from a comparison onwards are never negative, its sign turned where more means less alike, and half of each
    layer's units bend one way, half the other. A missing comparison has a learned value and a flag of its own,
    whose weight is free; missing flags among the comparisons are free too.

    Raises:
        TrainingError: fewer than ten pairs of a class, or the exported graph does not score as the network does.
    """
    import torch

    demand_both_classes(labels)
    names = tuple(map(str, comparisons.columns))
    taught, checked = matrix_of(comparisons, names), matrix_of(validation, names)
    target = np.asarray(labels, dtype=np.float32)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums come out the same on every machine
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(spec.seed)
            network = MonotoneNetwork(taught, target, constraints(list(names)))
            answers = np.asarray(validation_labels, dtype=np.float32)
            losses = network.fit(taught, target, checked, answers, spec.seed, progress)
            weights = network.weights()
            expected = network.scored(weights, checked)
    finally:
        torch.set_num_threads(threads)
    scorer = wrap_onnx(
        network_graph(weights, FARTHEST), names, "log_odds", background_row(comparisons), takes_missing=True
    )
    _demand_equal(scorer, validation, expected)
    return TrainedScorer(scorer, *losses)


class MonotoneNetwork:
    """Raw parameters in training; :meth:`weights` has them as they act, rounded."""

    def __init__(self, values: Any, target: Any, directions: list[int]) -> None:
        import torch

        width = values.shape[1]
        with np.errstate(all="ignore"):
            filled = np.ma.masked_invalid(values.astype(np.float64))
            mean, spread = filled.mean(axis=0).filled(0.0), filled.std(axis=0).filled(1.0)
        sign = np.where(np.array(directions) < 0, -1.0, 1.0)
        self.mean = torch.tensor(mean, dtype=torch.float32).round(decimals=DECIMALS)
        scale = sign / np.where(spread < 1e-3, 1.0, spread)
        self.scale = torch.tensor(scale, dtype=torch.float32).round(decimals=DECIMALS)
        self.bound = torch.tensor([direction != 0 for direction in directions])[:, None]
        first, second = HIDDEN
        share = target.mean().clip(1e-4, 1 - 1e-4)
        self.raw = {
            "missing": torch.zeros(width),
            "flags": torch.zeros(width, first),
            "first": _small(width, first),
            "second": _small(first, second),
            "third": _small(second, 1),
            "first_bias": torch.empty(first).uniform_(-1, 1),
            "second_bias": torch.empty(second).uniform_(-1, 1),
            "third_bias": torch.tensor([float(np.log(share / (1 - share)))]),
        }
        for parameter in self.raw.values():
            parameter.requires_grad_()

    def acting(self) -> "dict[str, Any]":
        """The parameters as they act: never negative where the network must not fall."""
        import torch

        softplus = torch.nn.functional.softplus
        acting = dict(self.raw)
        free = self.raw["first"] - float(np.log(np.expm1(1 / len(self.mean))))  # starts around zero
        acting["first"] = torch.where(self.bound, softplus(self.raw["first"]), free)
        acting |= {name: softplus(self.raw[name]) for name in ("second", "third")}
        return {**acting, "mean": self.mean, "scale": self.scale}

    def weights(self) -> Weights:
        """The parameters as they act; rounding makes the file the same on machines whose last bits differ."""
        acting = {name: value.detach().numpy().astype(np.float64) for name, value in self.acting().items()}
        return {name: np.round(value, DECIMALS).astype(np.float32) for name, value in acting.items()}

    def scored(self, weights: Weights, values: Any) -> Any:
        """Log-odds by PyTorch under the given weights."""
        import torch

        with torch.no_grad():
            tensors = {name: torch.from_numpy(value) for name, value in weights.items()}
            return forward(tensors, torch.from_numpy(values)).numpy()

    def fit(
        self, values: Any, target: Any, checked: Any, answers: Any, seed: int, progress: Progress | None
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Descend until the validation log loss has not fallen for ``PATIENCE`` epochs; keep the best epoch's."""
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits as log_loss

        x, y, held, truth = map(torch.from_numpy, (values, target, checked, answers))
        optimiser = torch.optim.AdamW(list(self.raw.values()), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        order_of = np.random.default_rng(seed)
        trained: list[float] = []
        validated: list[float] = []
        best: dict[str, Any] = {}
        for epoch in range(1, EPOCHS + 1):
            total = 0.0
            for rows in torch.split(torch.from_numpy(order_of.permutation(len(x))), BATCH):
                loss = log_loss(forward(self.acting(), x[rows]), y[rows])
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                total += float(loss.detach()) * len(rows)
            with torch.no_grad():
                judged = float(log_loss(forward(self.acting(), held), truth))
            if not validated or judged < min(validated):
                best = {name: value.detach().clone() for name, value in self.raw.items()}
            trained.append(total / len(x))
            validated.append(judged)
            if progress is not None:
                progress(epoch, judged)
            if epoch - int(np.argmin(validated)) > PATIENCE:
                break
        self.raw = best
        return tuple(trained), tuple(validated)


def _small(rows: int, columns: int) -> Any:
    """Raw weights that act as about one over the number of inputs."""
    import torch

    return torch.randn(rows, columns) * 0.5 + float(np.log(np.expm1(1 / rows)))


def forward(weights: "dict[str, Any]", values: Any) -> Any:
    """Log-odds, shape (pairs,), of comparisons (pairs, comparisons), under :meth:`MonotoneNetwork.acting` weights."""
    import torch

    absent = torch.isnan(values)
    standard = ((torch.nan_to_num(values) - weights["mean"]) * weights["scale"]).clamp(-FARTHEST, FARTHEST)
    shown = torch.where(absent, weights["missing"], standard)
    hidden = shown @ weights["first"] + absent.float() @ weights["flags"] + weights["first_bias"]
    hidden = _bend(hidden) @ weights["second"] + weights["second_bias"]
    return (_bend(hidden) @ weights["third"] + weights["third_bias"]).squeeze(1)


def _bend(hidden: Any) -> Any:
    """Half of the units convex, half concave; all of them rise."""
    import torch

    convex, concave = hidden.chunk(2, dim=1)
    return torch.cat([torch.nn.functional.elu(convex), -torch.nn.functional.elu(-concave)], dim=1)


def _demand_equal(scorer: OnnxScorer, pairs: pd.DataFrame, expected: Any) -> None:
    if not np.allclose(scorer.margin(pairs), expected, rtol=TOLERANCE, atol=TOLERANCE):
        raise TrainingError(
            "The exported graph does not score as the network that was trained.", "use the locked onnx and onnxruntime"
        )
