"""How the network is fitted: fixed values, the same for every spec."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Values of one fit.

    ``batch`` counts pairs over all processes. ``patience`` is the number of epochs without a lower validation log
    loss after which the fit stops; None fits all ``epochs``. The learning rates are those of the pair head, of the
    embeddings and of the readings of single cosines.
    """

    epochs: int
    batch: int
    head_rate: float
    patience: int | None = None
    weight_decay: float = 0.0
    embedding_rate: float = 0.0
    reading_rate: float = 0.0


EMBEDDINGS = Plan(epochs=8, batch=256, head_rate=0.006, embedding_rate=0.02, reading_rate=0.05)
"""Embeddings and head together. The head is then fitted anew, on cosines of pairs that did not shape them."""

PAIR_SCORE = Plan(epochs=120, batch=256, head_rate=0.004, patience=15, weight_decay=1e-4)
"""The head alone, over comparisons among which the learned cosines are."""

ALONE = 2.0
"""Weight of the log loss by each cosine alone, beside the network's: it keeps a cosine a measure of likeness."""

PENALTY = 0.1
"""Weight of the embeddings' squared departure from inverse document frequencies, per training pair."""
