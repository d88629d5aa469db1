"""Training the encoder contrastively with PyTorch; the only place in core that needs it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matchwright.core.encoder.model import Encoder, ngram_vectorizer, record_texts
from matchwright.core.spec.model import EncoderSpec
from matchwright.errors import TrainingError

FEWEST_PAIRS = 16


@dataclass(frozen=True)
class TrainedEncoder:
    """The encoder, its mean loss per epoch and the device it was trained on."""

    encoder: Encoder
    losses: tuple[float, ...]
    device: str


def train_encoder(
    left: pd.DataFrame,
    right: pd.DataFrame,
    spec: EncoderSpec,
    seed: int,
    progress: Callable[[int, float], None] | None = None,
) -> TrainedEncoder:
    """Learn n-gram vectors that bring matching records together and others apart.

    Symmetric InfoNCE over in-batch negatives (van den Oord et al., 2018; Radford et al., 2021).
    Deterministic on the CPU for a given seed; runs on a GPU where there is one.

    Args:
        left: record features of matching pairs, one row per pair.
        right: the records they match.
        spec: the encoder's section of the match spec.
        seed: of the initial weights and the order of batches.
        progress: called with the epoch (from 1) and its mean loss.

    Raises:
        TrainingError: fewer than 16 matching pairs.
    """
    import torch
    from torch.nn.functional import cross_entropy, normalize

    if len(left) < FEWEST_PAIRS:
        raise TrainingError(
            f"The encoder has {len(left)} matching pairs to learn from; it needs {FEWEST_PAIRS}.",
            "label more matches, or leave out the spec's encoder section",
        )
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    vectorizer = ngram_vectorizer(spec)
    sides = [vectorizer.transform(record_texts(side, spec)) for side in (left, right)]
    weights = torch.randn(spec.buckets, spec.dimension) / spec.dimension**0.5
    weights = weights.to(device).requires_grad_()
    optimiser = torch.optim.Adam([weights], lr=spec.learning_rate)
    order_of = np.random.default_rng(seed)

    def embed(matrix: object, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> "torch.Tensor":
        chosen = matrix[rows].tocsr()  # type: ignore[index]
        return normalize(
            torch.nn.functional.embedding_bag(
                torch.from_numpy(chosen.indices.astype(np.int64)).to(device),
                weights,
                torch.from_numpy(chosen.indptr[:-1].astype(np.int64)).to(device),
                mode="sum",
                per_sample_weights=torch.from_numpy(chosen.data).to(device),
            ),
            dim=1,
        )

    losses = []
    for epoch in range(1, spec.epochs + 1):
        order = order_of.permutation(len(left))
        total = 0.0
        for start in range(0, len(order), spec.batch_size):
            rows = order[start : start + spec.batch_size]
            if len(rows) < 2:  # one pair alone has nothing to be told apart from
                continue
            logits = embed(sides[0], rows) @ embed(sides[1], rows).T / spec.temperature
            target = torch.arange(len(rows), device=device)
            loss = (cross_entropy(logits, target) + cross_entropy(logits.T, target)) / 2
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += float(loss.detach()) * len(rows)
        losses.append(total / len(order))
        if progress is not None:
            progress(epoch, losses[-1])
    # rounding makes the file the same on machines whose last bits differ
    final = np.round(weights.detach().cpu().numpy(), 5).astype(np.float32)
    return TrainedEncoder(Encoder(spec, final), tuple(losses), device)
