"""Counter-examples: pairs that agree in everything but who or what they are about.

Blocking seldom proposes two members of one household, and benchmark data may have none, so a scorer
would learn that an address alone makes a match. The spec's ``identity`` fields say that it does not.
"""

import numpy as np
import pandas as pd

from matchwright.core.spec import MatchSpec


def counter_examples(right: pd.DataFrame, spec: MatchSpec, seed: int) -> tuple[pd.DataFrame, list[int]]:
    """Right records of true pairs with the identity fields of another record.

    Args:
        right: record features of the right side of true pairs, one row per pair.
        spec: its ``identity`` names the fields, ``model.counter_examples`` the share of pairs.
        seed: of the choice.

    Returns:
        The changed records, and the rows of ``right`` they were made from: paired with the left
        records of those rows they are pairs that do not match. None where a field would still agree.
    """
    generator = np.random.default_rng(seed)
    count = int(len(right) * spec.model.counter_examples) if spec.identity else 0
    rows = np.sort(generator.permutation(len(right))[:count])
    donors = generator.permutation(len(right))[:count]
    columns = [name for name in right.columns if name.partition("__")[0] in spec.identity]
    made = right.iloc[rows].reset_index(drop=True)
    lent = right.iloc[donors].reset_index(drop=True)
    fields = list(spec.identity)
    differs = (made[fields].ne(lent[fields]) & made[fields].notna() & lent[fields].notna()).all(axis=1).to_numpy()
    made[columns] = lent[columns]
    return made[differs].reset_index(drop=True), rows[differs].tolist()
