"""What there is to say about each labelled pair, before anything is expected of it."""

import pandas as pd

from matchwright.core.records import PAIR_KEYS


def pair_facts(pairs: pd.DataFrame, known: "pd.Series[str]", quarantined: "pd.Series[str]") -> pd.DataFrame:
    """One row per pair, truth values only.

    Args:
        pairs: left_key, right_key, label (missing where it is neither yes nor no).
        known: the keys of all records, quarantined ones included.
        quarantined: the keys of the quarantined records.

    Returns:
        records_exist, records_clean, records_differ, label_known, label_agrees, first (bool),
        and contradictions (1 at the first row of each pair whose labels contradict).
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
            # a row whose label is lost must not stand in the way of one that has it
            "first": ~pairs[label.notna()].duplicated(PAIR_KEYS).reindex(pairs.index, fill_value=False),
            "contradictions": (contradicts & ~seen).astype("int64"),
        },
        index=pairs.index,
    ).astype({"label_known": bool, "first": bool})
