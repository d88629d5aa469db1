"""The average of boosted models as one model.

Models that differ in their seed alone make different errors. The mean of their log-odds has smaller ones, and its
reasons depend less on the seed. It is bagging without resampling of pairs: Breiman (1996), Bagging predictors.
"""

import json
from collections.abc import Sequence
from typing import Any

LEAF = -1
"""The child of a node that has none."""


def averaged(boosters: Sequence[Any]) -> Any:
    """One ``xgboost.Booster`` whose log-odds are the mean of those of the boosters.

    It has all their trees, with smaller leaves. So its exact contributions are the means of theirs too.

    Args:
        boosters: trained on the same comparisons and labels, so that they have the same base score.
    """
    import xgboost

    documents = [json.loads(bytes(booster.save_raw("json"))) for booster in boosters]
    whole = documents[0]
    trees = [tree for document in documents for tree in document["learner"]["gradient_booster"]["model"]["trees"]]
    for number, tree in enumerate(trees):
        tree["id"] = number
        for node, child in enumerate(tree["left_children"]):
            tree["base_weights"][node] /= len(boosters)
            if child == LEAF:  # the value of a leaf is where another node has its threshold
                tree["split_conditions"][node] /= len(boosters)
    model = whole["learner"]["gradient_booster"]["model"]
    model["trees"], model["tree_info"] = trees, [0] * len(trees)
    model["iteration_indptr"] = list(range(len(trees) + 1))
    model["gbtree_model_param"]["num_trees"] = str(len(trees))
    booster = xgboost.Booster()
    booster.load_model(bytearray(json.dumps(whole).encode()))
    return booster
