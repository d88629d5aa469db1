"""The parameters that a kind of scorer is trained with: the spec's, and the network's fixed ones."""

from typing import Any, Literal

from matchwright.core.spec.learning import ModelSpec

Kind = Literal["xgboost", "torch", "few_labels", "fellegi_sunter", "imported"]

OF_TREES = frozenset(
    {"trees", "depth", "learning_rate", "min_child_weight", "early_stopping", "subsample", "columns_per_tree"}
    | {"average_of"}
)
"""Keys of the spec's section that only boosted trees read."""


def parameters_of(kind: Kind, spec: ModelSpec) -> dict[str, Any]:
    """The parameters of a training by name, as shown in the list of runs.

    Args:
        kind: the trained kind. With few labels or none it is not the spec's.
        spec: the scorer's section of the match spec.
    """
    values = {**spec.model_dump(mode="json"), "scorer": kind}
    if kind in ("xgboost", "few_labels"):
        return {**values, "embeddings": kind == "xgboost" and spec.reads_embeddings}
    if kind in ("fellegi_sunter", "imported"):
        return {name: value for name, value in values.items() if name in ("scorer", "seed")}
    from matchwright.core.models.network.sizes import HIDDEN
    from matchwright.training.models.network.plans import PAIR_SCORE

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
