"""Labels of candidates, and the labelled pairs that blocking missed."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from matchwright.core.candidates.pairs import canonical_pairs
from matchwright.core.records import PAIR_KEYS
from matchwright.evaluation.candidates.quality import found

UNKNOWN = -1


@dataclass(frozen=True)
class LabelledCandidates:
    """``candidates`` with a column ``label`` (int8: 1, 0, -1 unknown), and the labelled pairs.

    ``labelled_pairs`` are all pairs whose label is used. ``missed`` are those of them that are not candidates; both
    have left_key, right_key and label. ``contradicting`` counts pairs with both labels; they count as unknown.
    ``without_record`` counts labelled pairs with a record that is absent.
    """

    candidates: pd.DataFrame
    missed: pd.DataFrame
    labelled_pairs: pd.DataFrame
    contradicting: int
    without_record: int

    @property
    def true_pairs(self) -> pd.DataFrame:
        """The labelled pairs that match."""
        return self.labelled_pairs[self.labelled_pairs["label"] == 1]


def label_candidates(
    candidates: pd.DataFrame,
    pairs: pd.DataFrame,
    record_keys: "pd.Series[Any]",
    labels: Literal["complete", "partial", "none"],
) -> LabelledCandidates:
    """Label candidates from the labelled pairs.

    With ``complete`` labels, a candidate that is not labelled as a match is a non-match. With ``partial`` labels, an
    unlabelled candidate is unknown.
    """
    known = canonical_pairs(pairs.loc[pairs["label"].notna(), [*PAIR_KEYS, "label"]])
    present = known["left_key"].isin(record_keys) & known["right_key"].isin(record_keys)
    labelled_pairs = known[present].astype({"label": np.int8}).drop_duplicates()
    twice = labelled_pairs.duplicated(PAIR_KEYS, keep=False)
    contradicting = int(labelled_pairs[twice].drop_duplicates(PAIR_KEYS).shape[0])
    labelled_pairs = labelled_pairs[~twice].sort_values(PAIR_KEYS, ignore_index=True)
    rest = 0 if labels == "complete" else UNKNOWN
    labelled = candidates.merge(labelled_pairs, how="left", on=PAIR_KEYS, validate="one_to_one")
    labelled["label"] = labelled["label"].fillna(rest).astype(np.int8)
    missed = labelled_pairs[found(candidates, labelled_pairs)["proposed_by"].isna().to_numpy()].reset_index(drop=True)
    return LabelledCandidates(labelled, missed, labelled_pairs, contradicting, int((~present).sum()))
