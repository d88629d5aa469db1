"""Labels of candidates, and the labelled pairs that blocking missed."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from matchwright.core.candidates import CandidatePairs, RecordTable
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
    known = _labelled_pairs(pairs, record_keys)
    labelled_pairs = known.pairs
    rest = 0 if labels == "complete" else UNKNOWN
    labelled = candidates.merge(labelled_pairs, how="left", on=PAIR_KEYS, validate="one_to_one")
    labelled["label"] = labelled["label"].fillna(rest).astype(np.int8)
    missed = labelled_pairs[found(candidates, labelled_pairs)["proposed_by"].isna().to_numpy()].reset_index(drop=True)
    return LabelledCandidates(labelled, missed, labelled_pairs, known.contradicting, known.without_record)


@dataclass(frozen=True)
class LabelledPositions:
    """The labels of candidates by position, and the labelled pairs.

    ``label`` (1, 0, -1 unknown) is that of each candidate, shape (pairs,). ``rows`` is the number of the candidate that
    each of ``labelled_pairs`` is, -1 where it is none. The rest is as in :class:`LabelledCandidates`.
    """

    label: "np.ndarray[Any, np.dtype[np.int8]]"
    labelled_pairs: pd.DataFrame
    rows: "np.ndarray[Any, np.dtype[np.intp]]"
    contradicting: int
    without_record: int

    @property
    def missed(self) -> pd.DataFrame:
        """The labelled pairs that are no candidates."""
        return self.labelled_pairs[self.rows < 0].reset_index(drop=True)


def label_positions(
    candidates: CandidatePairs,
    table: RecordTable,
    pairs: pd.DataFrame,
    labels: Literal["complete", "partial", "none"],
) -> LabelledPositions:
    """As :func:`label_candidates`, for candidates by their position in a table: a tenth of the memory."""
    known = _labelled_pairs(pairs, pd.Series(table.keys))
    rows = candidates.rows_of(*positions_of(known.pairs, table))
    rest = 0 if labels == "complete" else UNKNOWN
    label = np.full(len(candidates), rest, dtype=np.int8)
    there = rows >= 0
    label[rows[there]] = known.pairs["label"].to_numpy()[there]
    return LabelledPositions(label, known.pairs, rows, known.contradicting, known.without_record)


def positions_of(pairs: pd.DataFrame, table: RecordTable) -> tuple[Any, Any]:
    """The positions of the left and the right record of each pair."""
    index = pd.Index(table.keys)
    return index.get_indexer(pairs["left_key"]), index.get_indexer(pairs["right_key"])


class _Known(NamedTuple):
    pairs: pd.DataFrame
    contradicting: int
    without_record: int


def _labelled_pairs(pairs: pd.DataFrame, record_keys: "pd.Series[Any]") -> _Known:
    """The pairs whose label is used: left_key, right_key and label, sorted by keys."""
    known = canonical_pairs(pairs.loc[pairs["label"].notna(), [*PAIR_KEYS, "label"]])
    present = known["left_key"].isin(record_keys) & known["right_key"].isin(record_keys)
    labelled_pairs = known[present].astype({"label": np.int8}).drop_duplicates()
    twice = labelled_pairs.duplicated(PAIR_KEYS, keep=False)
    contradicting = int(labelled_pairs[twice].drop_duplicates(PAIR_KEYS).shape[0])
    labelled_pairs = labelled_pairs[~twice].sort_values(PAIR_KEYS, ignore_index=True)
    return _Known(labelled_pairs, contradicting, int((~present).sum()))
