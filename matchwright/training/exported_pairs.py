"""The training and validation pairs as one table, for training a scorer with another tool."""

import pandas as pd

from matchwright.training.datasets.labelled_pairs import LabelledPairs
from matchwright.training.datasets.parts import VALIDATION_PART

BESIDE_COMPARISONS = ("label", "part", "made")


def exported_pairs(training: LabelledPairs, validation: LabelledPairs, seed: int) -> pd.DataFrame:
    """One row per pair: comparisons (NaN: missing), ``label``, ``part`` and ``made`` (by augmentation).

    No record key is in it. The rows are shuffled, because their order follows the keys.
    """
    tables = [
        pairs.comparisons.assign(label=pairs.labels, part=part, made=pairs.made)
        for part, pairs in (("train", training), (VALIDATION_PART, validation))
    ]
    return pd.concat(tables, ignore_index=True).sample(frac=1, random_state=seed)
