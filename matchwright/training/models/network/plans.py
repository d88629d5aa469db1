"""The fixed parameters of fitting the network, the same for every spec."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Parameters of one fit.

    ``batch`` counts pairs over all processes. The fit stops after ``patience`` epochs without a lower validation log
    loss; with None it takes all ``epochs``. ``head_rate``, ``embedding_rate`` and ``reading_rate`` are the learning
    rates of the pair head, of the embeddings, and of the parameters that turn one cosine into log-odds.
    """

    epochs: int
    batch: int
    head_rate: float
    patience: int | None = None
    weight_decay: float = 0.0
    embedding_rate: float = 0.0
    reading_rate: float = 0.0


EMBEDDINGS = Plan(epochs=8, batch=256, head_rate=0.006, embedding_rate=0.02, reading_rate=0.05)
"""Embeddings and head together. The head is fitted again later, on cross-fitted cosines."""

PAIR_SCORE = Plan(epochs=120, batch=256, head_rate=0.004, patience=15, weight_decay=1e-4)
"""The head alone, on comparisons that include the learned cosines."""

ALONE = 2.0
"""Weight of the log loss of each cosine alone. It makes sure that a cosine still measures similarity."""

PENALTY = 0.1
"""Weight of the embeddings' squared departure from inverse document frequencies, per training pair."""
