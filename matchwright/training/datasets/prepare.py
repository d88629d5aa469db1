"""Preparing the pairs for training: candidates of each part, their comparisons, and augmentation."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.names import context_names, learned_cosine
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.models.network import Embeddings
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.candidate_sets import with_context, with_context_in_place
from matchwright.training.datasets.comparisons import UNRELATED, MadePairs, PairComparer
from matchwright.training.datasets.labelled_pairs import LabelledPairs
from matchwright.training.datasets.parts import CALIBRATION_PART, VALIDATION_PART
from matchwright.training.datasets.register_pairs import READ_AT_ONCE, RegisterPairs
from matchwright.training.datasets.split import assign_candidates, missed_pairs


@dataclass(frozen=True)
class Prepared:
    """Labelled candidates (left_key, right_key, label, part), their comparisons row by row, and datasets of them.

    ``missed`` are the true pairs within a part that are not candidates. ``dropped`` counts labelled candidates that no
    part may use (see :func:`~matchwright.training.datasets.split.assign_candidates`), and ``made`` the training pairs
    from augmentation. ``missing_field_pairs`` are calibration pairs with missing fields or without context: their
    comparisons, ``label`` and ``left_key``. ``words`` and ``embeddings`` were learned from the training pairs.
    ``network_datasets`` are the training and validation pairs with the comparisons that only a network reads; None
    where the scorer reads the same comparisons. ``without_match`` are training pairs that do not match, compared with
    their candidates as if no match were among these. A share of them is in ``training`` too.
    """

    labelled_candidates: pd.DataFrame
    comparisons: pd.DataFrame
    missed: pd.DataFrame
    dropped: int
    made: int
    training: LabelledPairs
    validation: LabelledPairs
    missing_field_pairs: pd.DataFrame
    words: LearnedWords | None
    embeddings: Embeddings | None
    network_datasets: tuple[LabelledPairs, LabelledPairs] | None
    without_match: LabelledPairs


def prepare(
    frame: pd.DataFrame,
    proposed: pd.DataFrame | RegisterPairs,
    labelled: pd.DataFrame,
    parts: "pd.Series[str]",
    spec: MatchSpec,
    corpus: Corpus,
    sampled: "pd.Series[bool] | None" = None,
) -> Prepared:
    """Compare every labelled candidate, and augment the pairs.

    Args:
        frame: record features of all records.
        proposed: every candidate, with its label (-1: not labelled).
        labelled: the labelled pairs.
        parts: the part of every record.
        spec: the match spec.
        corpus: the corpus statistics.
        sampled: whether each record is in the sample, by record key. Only candidates whose query record is, are
            compared. None for all.
    """
    pairs = RegisterPairs.of(frame, proposed)
    assigned, dropped = labelled_with_part(pairs, parts, sampled)
    prepared = prepare_assigned(frame, pairs, assigned, spec, corpus)
    if sampled is not None:
        labelled = labelled[labelled["left_key"].map(sampled).eq(True).to_numpy()]
    return replace(prepared, missed=missed_pairs(labelled, assigned, parts), dropped=dropped)


def labelled_with_part(
    pairs: RegisterPairs, parts: "pd.Series[str]", sampled: "pd.Series[bool] | None" = None
) -> tuple[pd.DataFrame, int]:
    """The labelled candidates with their part; see :func:`~matchwright.training.datasets.split.assign_candidates`.

    Few are looked at together, so that memory grows only with those that are found.
    """
    wanted = pairs.label >= 0
    if sampled is not None:
        inside = pd.Series(pairs.keys).map(sampled).to_numpy(dtype=bool)
        wanted &= inside[pairs.left] | inside[pairs.right]
    rows, found, dropped = np.flatnonzero(wanted), [], 0
    for start in range(0, max(len(rows), 1), READ_AT_ONCE):
        part = rows[start : start + READ_AT_ONCE]
        assigned, gone = assign_candidates(pairs.pair_keys(part).assign(label=pairs.label[part]), parts, sampled)
        found.append(assigned)
        dropped += gone
    return pd.concat(found, ignore_index=True), dropped


def prepare_assigned(
    frame: pd.DataFrame,
    proposed: pd.DataFrame | RegisterPairs,
    labelled_candidates: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
) -> Prepared:
    """:func:`prepare` for labelled candidates whose ``part`` is known, without anything about the other pairs."""
    proposed = RegisterPairs.of(frame, proposed)
    labelled_candidates = labelled_candidates.sort_values(PAIR_KEYS, ignore_index=True)
    left, right = rows_of(frame, labelled_candidates["left_key"]), rows_of(frame, labelled_candidates["right_key"])
    keys, labels = labelled_candidates["left_key"].to_numpy(dtype=object), labelled_candidates["label"].to_numpy()
    train, validation, calibration = (
        (labelled_candidates["part"] == part).to_numpy() for part in ("train", VALIDATION_PART, CALIBRATION_PART)
    )
    comparer = PairComparer.fitted_on(left[train], right[train], labels[train], spec, corpus)
    comparisons = comparer.compare(left, right, np.where(train, np.cumsum(train) - 1, UNRELATED))
    comparisons = with_context(comparisons, labelled_candidates, proposed, frame, spec, corpus)
    pairs = MadePairs(comparer, left, right, comparisons, labels)

    def sparse_pairs(inside: "np.ndarray[Any, np.dtype[np.bool_]]") -> pd.DataFrame:
        made, rows = pairs.with_little_evidence(inside)
        return made.assign(label=labels[rows], left_key=keys[rows], origin=-1)

    made = pairs.for_training(train)
    origins = np.where(made.alone, -1, made.rows)
    extra = made.comparisons.assign(label=made.labels, left_key=keys[made.rows], origin=origins)
    if context_names(spec):
        # somebody else at the same address is among candidates too, and may be the best one. Pairs that agree in an
        # individual field are left out: where such a pair is the best candidate, it mostly is a match with an error
        unlike = made.unlike
        replaced = labelled_candidates.iloc[made.rows[unlike]]
        placed = with_context_in_place(made.comparisons[unlike], replaced, proposed, frame, spec, corpus)
        extra = pd.concat([extra.assign(origin=np.where(unlike, -1, origins)), extra[unlike].assign(**placed)])
    training = LabelledPairs.of(labelled_candidates[train], comparisons[train], extra)
    without_match = _without_match(training, labelled_candidates, proposed, frame, spec, corpus)
    if context_names(spec):
        drawn = without_match.sample(spec.model.context_free_augmentation, spec.model.seed)
        training = LabelledPairs.joined([training, drawn])
    validated = LabelledPairs.of(labelled_candidates[validation], comparisons[validation], sparse_pairs(validation))
    embeddings = comparer.embeddings
    network_datasets = None
    foreign: list[str] = []
    if embeddings is not None and not spec.model.reads_embeddings:
        network_datasets, foreign = (training, validated), list(map(learned_cosine, embeddings.fields))
    return Prepared(
        labelled_candidates=labelled_candidates,
        comparisons=comparisons.drop(columns=foreign),
        missed=labelled_candidates.iloc[:0],
        dropped=0,
        made=len(extra),
        training=training.without(*foreign),
        validation=validated.without(*foreign),
        missing_field_pairs=sparse_pairs(calibration).drop(columns=[*foreign, "origin"]),
        words=comparer.words,
        embeddings=embeddings if network_datasets is None else None,
        network_datasets=network_datasets,
        without_match=without_match.without(*foreign),
    )


def _without_match(
    training: LabelledPairs,
    labelled_candidates: pd.DataFrame,
    proposed: RegisterPairs,
    frame: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
) -> LabelledPairs:
    """Training pairs that do not match, with their context as if no match were among the candidates.

    In labelled data nearly every record has its match. A scorer that sees nothing else learns that the best candidate
    is one. In use, the match of a query is often not in the register.
    """
    originals = training.originals()
    others = originals.take(originals.labels == 0)
    pairs = labelled_candidates.iloc[others.origins]
    matches = labelled_candidates.loc[labelled_candidates["label"] == 1, PAIR_KEYS]
    comparisons = with_context(others.comparisons, pairs, proposed, frame, spec, corpus, without=matches)
    return replace(others, comparisons=comparisons, made=np.ones(len(pairs), dtype=bool))
