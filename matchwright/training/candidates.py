"""The candidates that training proposes: within each part of the records, and by a fitted embedding."""

from dataclasses import dataclass
from functools import partial
from typing import Any

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
from matchwright.training.network.embeddings import fit_record_embeddings
from matchwright.training.split import assign_pairs


@dataclass(frozen=True)
class TrainingCandidates:
    """Every candidate (left_key, right_key, label: -1 where unknown), and what they find and cost.

    The report is there where an embedding proposed some of them. It counts the true pairs of records that the
    embedding was not fitted on; see :func:`~matchwright.evaluation.candidates.report.found_and_cut`.
    """

    candidates: pd.DataFrame
    report: dict[str, Any] | None = None


def training_candidates(
    frame: pd.DataFrame,
    proposed: pd.DataFrame,
    labelled: pd.DataFrame,
    parts: "pd.Series[str]",
    spec: MatchSpec,
    corpus: Corpus,
) -> TrainingCandidates:
    """The candidates to train on: those of the candidates step, unless there is a reason to propose anew.

    With complete labels each part gets its own candidates, as if its records were the whole tables. A candidate
    between two parts cannot be used, and without others in its place a part would hold far fewer wrong pairs than the
    model meets when it serves. Where the spec asks for the nearest by embedding, an embedding is fitted on the
    training part's pairs, and all methods propose again within one budget.

    Args:
        frame: record features of all records.
        proposed: every candidate of the candidates step, with its label.
        labelled: the labelled pairs.
        parts: the part of every record.
        spec: the match spec.
        corpus: the corpus statistics.
    """
    embeddings = _embeddings(frame, proposed, parts, spec, corpus) if spec.candidates.embedding_top_k else None
    if embeddings is None and spec.labels != "complete":
        return TrainingCandidates(proposed)
    embed = partial(embeddings.record_vectors, spec=spec) if embeddings else None
    tables = [frame]
    if spec.labels == "complete":
        part_of = frame["record_key"].map(parts)
        tables = [frame[(part_of == part).to_numpy()].reset_index(drop=True) for part in sorted(set(parts))]
    everything = pd.concat([propose_without_budget(table, spec, embed) for table in tables], ignore_index=True)
    made = within_budget(everything, spec.candidates.max_candidates_per_record)
    labels = label_candidates(made, labelled, frame["record_key"], spec.labels)
    candidates = labels.candidates[[*PAIR_KEYS, "label"]]
    if embeddings is None:
        return TrainingCandidates(candidates)
    true, _ = assign_pairs(labelled[labelled["label"] == 1], parts)
    others = true.loc[true["part"] != "train", PAIR_KEYS].drop_duplicates()
    return TrainingCandidates(candidates, found_and_cut(everything, made, others, spec.candidates))


def _embeddings(
    frame: pd.DataFrame, proposed: pd.DataFrame, parts: "pd.Series[str]", spec: MatchSpec, corpus: Corpus
) -> Embeddings | None:
    """Embeddings fitted on the training part's labelled candidates; None where there are too few of them."""
    pairs, _ = assign_pairs(proposed[proposed["label"] >= 0], parts)
    pairs = pairs[pairs["part"] == "train"].sort_values(PAIR_KEYS, ignore_index=True)
    left, right = (columns_of(rows_of(frame, pairs[side])) for side in PAIR_KEYS)
    return fit_record_embeddings(left, right, compare(left, right, spec, corpus), pairs["label"].to_numpy(), spec)
