"""Facts about each labelled pair, which the expectations on pairs are checked on."""

import pandas as pd

from matchwright.core.records import PAIR_KEYS


def pair_facts(pairs: pd.DataFrame, known: "pd.Series[str]", quarantined: "pd.Series[str]") -> pd.DataFrame:
    """One row of facts per pair, without any value of a record.

    Args:
        pairs: left_key, right_key, label (missing if it is neither yes nor no).
        known: the keys of all records, quarantined ones included.
        quarantined: the keys of the quarantined records.

    Returns:
        records_exist, records_clean, records_differ, label_known, label_agrees, first (bool),
        and contradictions (1 in the first row of each pair whose labels contradict each other).
    """
    left, right, label = pairs["left_key"], pairs["right_key"], pairs["label"]
    labels_of_pair = pairs.groupby(PAIR_KEYS, dropna=False)["label"].transform("nunique")
    seen = pairs.duplicated(PAIR_KEYS)
    contradicts = labels_of_pair > 1
    return pd.DataFrame(
        {
            "records_exist": left.isin(known) & right.isin(known),
            "records_clean": ~(left.isin(quarantined) | right.isin(quarantined)),
            "records_differ": (left != right) | left.isna(),
            "label_known": label.notna(),
            "label_agrees": ~contradicts,
            # the first row with a label: an earlier row without one does not count
            "first": ~pairs[label.notna()].duplicated(PAIR_KEYS).reindex(pairs.index, fill_value=False),
            "contradictions": (contradicts & ~seen).astype("int64"),
        },
        index=pairs.index,
    ).astype({"label_known": bool, "first": bool})
