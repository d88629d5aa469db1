"""The values that a kind of scorer is trained with: the spec's where it has them, and the network's own."""

from typing import Any, Literal

from matchwright.core.spec.learning import ModelSpec

Kind = Literal["xgboost", "torch", "few_labels", "fellegi_sunter", "imported"]

OF_TREES = frozenset(
    {"trees", "depth", "learning_rate", "min_child_weight", "early_stopping", "subsample", "columns_per_tree"}
)
"""Keys of the spec's section that boosted trees alone read."""


def parameters_of(kind: Kind, spec: ModelSpec) -> dict[str, Any]:
    """What training this kind under this section goes by: for a list of runs, so names to plain values.

    Args:
        kind: that was trained, which is not the spec's where labels are few or none.
        spec: the scorer's section of the match spec.
    """
    values = {**spec.model_dump(mode="json"), "scorer": kind}
    if kind in ("xgboost", "few_labels"):
        return {**values, "embeddings": kind == "xgboost" and spec.reads_embeddings}
    if kind in ("fellegi_sunter", "imported"):
        return {name: value for name, value in values.items() if name in ("scorer", "seed")}
    from matchwright.core.models.network.sizes import HIDDEN
    from matchwright.training.network.plans import PAIR_SCORE

    return {
        **{name: value for name, value in values.items() if name not in OF_TREES},
        "embeddings": spec.reads_embeddings,
        "hidden_units": HIDDEN,
        "epochs": PAIR_SCORE.epochs,
        "patience": PAIR_SCORE.patience,
        "batch_size": PAIR_SCORE.batch,
        "learning_rate": PAIR_SCORE.head_rate,
        "weight_decay": PAIR_SCORE.weight_decay,
    }
