"""The sections about learning: the split and the models."""

from typing import Annotated, Literal

from pydantic import Field

from matchwright.frozen import Frozen, Share

Challenger = Literal["torch", "ranker"]
"""Kinds of model that training may compare with the scorer."""


class SplitSpec(Frozen):
    """The share of the entities in each part. No record is in two parts.

    ``most_records`` is about how many records have their candidates compared. Of a larger register these are the
    records of some of its entities, and their candidates are still those of the whole register.
    """

    train: Share = 0.6
    calibrate: Share = 0.2
    test: Share = 0.2
    most_records: Annotated[int, Field(ge=100)] = 100_000


class ModelSpec(Frozen):
    """The scorer: boosted trees or a PyTorch network. In both, more agreement never lowers a score.

    ``trees`` to ``early_stopping`` are settings of XGBoost. The network has fixed sizes. With few labels the trees are
    used. ``average_of`` models are trained with other seeds, and their log-odds are averaged. ``subsample`` and
    ``columns_per_tree`` are the shares of the pairs and of the comparisons for each tree.

    ``embeddings`` says whether embeddings of text and names are fitted and compared. If it is not given, they are
    fitted where the network is the scorer.

    Three keys repeat training pairs in another form. ``missing_field_augmentation`` is the share of pairs repeated
    with missing fields. ``counter_examples`` is the share of true pairs repeated with the identity fields of another
    record. ``context_free_augmentation`` is the share of pairs repeated without their competing candidates.

    ``neighbours`` says whether the other records near a pair are learned from, where one table is deduplicated. Only
    batch use knows them.

    ``challengers`` are trained on the same comparisons and compared with the scorer.
    """

    scorer: Literal["xgboost", "torch"] = "xgboost"
    trees: Annotated[int, Field(ge=1, le=5000)] = 150
    depth: Annotated[int, Field(ge=1, le=12)] = 3
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.15
    min_child_weight: Annotated[float, Field(ge=0)] = 2.0
    early_stopping: Annotated[int, Field(ge=1)] = 20
    average_of: Annotated[int, Field(ge=1, le=20)] = 1
    subsample: Annotated[float, Field(gt=0, le=1)] = 0.8
    columns_per_tree: Annotated[float, Field(gt=0, le=1)] = 0.5
    missing_field_augmentation: Share = 0.4
    counter_examples: Share = 0.3
    context_free_augmentation: Share = 0.5
    second_stage: bool = True
    neighbours: bool = True
    seed: int = 20
    embeddings: bool | None = None
    challengers: tuple[Challenger, ...] = ()

    @property
    def reads_embeddings(self) -> bool:
        """Whether the scorer reads cosines of embeddings. Then the bundle holds the embeddings."""
        return self.scorer == "torch" if self.embeddings is None else self.embeddings

    @property
    def fits_embeddings(self) -> bool:
        """Whether training fits embeddings, for the scorer or only for a challenger."""
        return self.reads_embeddings or (self.embeddings is None and "torch" in self.challengers)
