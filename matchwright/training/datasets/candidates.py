"""The candidates of training: those of the candidates step, and those that a fitted embedding adds."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates import propose_without_budget
from matchwright.core.candidates.budget import within_budget
from matchwright.core.compare import compare
from matchwright.core.models.network import Embeddings
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.evaluation.candidates.labels import label_candidates
from matchwright.evaluation.candidates.report import found_and_cut
from matchwright.training.datasets.register_pairs import RegisterPairs
from matchwright.training.datasets.split import assign_pairs
from matchwright.training.models.network.embeddings import fit_record_embeddings


@dataclass(frozen=True)
class TrainingCandidates:
    """Every candidate, and a report on them.

    The report is None if no embedding proposed candidates. It counts only true pairs of records that the embedding was
    not fitted on; see :func:`~matchwright.evaluation.candidates.report.found_and_cut`.
    """

    candidates: RegisterPairs
    report: dict[str, Any] | None = None


def training_candidates(
    frame: pd.DataFrame,
    proposed: RegisterPairs,
    labelled: pd.DataFrame,
    parts: "pd.Series[str]",
    spec: MatchSpec,
    corpus: Corpus,
) -> TrainingCandidates:
    """The candidates to train on: those of the candidates step, or with those by an embedding.

    If the spec asks for candidates by embedding, an embedding is fitted on the training part's pairs, and all methods
    propose again within one budget.

    Args:
        frame: record features of all records.
        proposed: every candidate of the candidates step, with its label.
        labelled: the labelled pairs.
        parts: the part of every record.
        spec: the match spec.
        corpus: the corpus statistics.
    """
    embeddings = _embeddings(frame, proposed, parts, spec, corpus) if spec.candidates.embedding_top_k else None
    if embeddings is None:
        return TrainingCandidates(proposed)
    everything = propose_without_budget(frame, spec, partial(embeddings.record_vectors, spec=spec))
    made = within_budget(everything, spec.candidates.max_candidates_per_record)
    labels = label_candidates(made, labelled, frame["record_key"], spec.labels)
    candidates = RegisterPairs.of(frame, labels.candidates[[*PAIR_KEYS, "label"]])
    true, _ = assign_pairs(labelled[labelled["label"] == 1], parts)
    others = true.loc[true["part"] != "train", PAIR_KEYS].drop_duplicates()
    return TrainingCandidates(candidates, found_and_cut(everything, made, others, spec.candidates))


def _embeddings(
    frame: pd.DataFrame, proposed: RegisterPairs, parts: "pd.Series[str]", spec: MatchSpec, corpus: Corpus
) -> Embeddings | None:
    """Embeddings fitted on the training part's labelled candidates; None where there are too few of them."""
    known = np.flatnonzero(proposed.label >= 0)
    pairs, _ = assign_pairs(proposed.pair_keys(known).assign(label=proposed.label[known]), parts)
    pairs = pairs[pairs["part"] == "train"].sort_values(PAIR_KEYS, ignore_index=True)
    left, right = (columns_of(rows_of(frame, pairs[side])) for side in PAIR_KEYS)
    return fit_record_embeddings(left, right, compare(left, right, spec, corpus), pairs["label"].to_numpy(), spec)
