"""Candidates that training proposes within each part of the records."""

import pandas as pd

from matchwright.core.candidates import propose_candidates
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec
from matchwright.evaluation.candidates.labels import label_candidates


def propose_in_parts(
    frame: pd.DataFrame, parts: "pd.Series[str]", labelled: pd.DataFrame, spec: MatchSpec
) -> pd.DataFrame:
    """The candidates of each part by itself, as if its records were the whole tables.

    For complete labels. A candidate between two parts cannot be used. Without others in its place, a part would
    hold far fewer wrong pairs than the model meets when it serves.

    Returns:
        left_key, right_key and label (1 or 0) of every candidate.
    """
    part_of = frame["record_key"].map(parts)
    tables = [frame[(part_of == part).to_numpy()].reset_index(drop=True) for part in sorted(set(parts))]
    made = pd.concat([propose_candidates(table, spec) for table in tables], ignore_index=True)
    return label_candidates(made, labelled, frame["record_key"], spec.labels).candidates[[*PAIR_KEYS, "label"]]
