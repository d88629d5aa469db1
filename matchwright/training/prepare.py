"""The pairs that the scorer learns from: candidates of each part, their comparisons, and pairs made from them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.names import learned_cosine
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.models.network import Embeddings
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.training.candidate_sets import beside_rivals
from matchwright.training.comparisons import UNRELATED, MadePairs, PairComparer
from matchwright.training.dataset import Lesson
from matchwright.training.parts import CALIBRATION_PART, VALIDATION_PART
from matchwright.training.split import assign_pairs


@dataclass(frozen=True)
class Prepared:
    """Judged candidates (left_key, right_key, label, part) with their comparisons row by row, and lessons of them.

    ``missed`` are the true pairs within a part that are no candidates, ``dropped`` the number of judged candidates
    between two parts, ``made`` that of training pairs that augmentation made; ``poor`` are the calibration pairs
    with fields blanked or without context: comparisons, ``label`` and ``left_key``.
    ``words`` and ``embeddings`` are what was learned from the training pairs; ``beside`` are the lessons, training
    pairs and validation pairs, with the comparisons that a challenger alone reads, None where it reads the same.
    """

    judged: pd.DataFrame
    comparisons: pd.DataFrame
    missed: pd.DataFrame
    dropped: int
    made: int
    taught: Lesson
    validation: Lesson
    poor: pd.DataFrame
    words: LearnedWords | None
    embeddings: Embeddings | None
    beside: tuple[Lesson, Lesson] | None


def prepare(
    frame: pd.DataFrame,
    proposed: pd.DataFrame,
    labelled: pd.DataFrame,
    parts: "pd.Series[str]",
    spec: MatchSpec,
    corpus: Corpus,
) -> Prepared:
    """Compare every judged candidate, and make what the data has too few of.

    Args:
        frame: record features of all records.
        proposed: left_key, right_key and label (-1: nobody judged it) of every candidate.
        labelled: the labelled pairs.
        parts: the part of every record.
        spec: the match spec.
        corpus: the corpus statistics.
    """
    judged, dropped = assign_pairs(proposed[proposed["label"] >= 0], parts)
    judged = judged.sort_values(PAIR_KEYS, ignore_index=True)
    left, right = rows_of(frame, judged["left_key"]), rows_of(frame, judged["right_key"])
    keys, labels = judged["left_key"].to_numpy(dtype=object), judged["label"].to_numpy()
    train, validation, calibration = (
        (judged["part"] == part).to_numpy() for part in ("train", VALIDATION_PART, CALIBRATION_PART)
    )
    comparer = PairComparer.taught_by(left[train], right[train], labels[train], spec, corpus)
    comparisons = comparer.compare(left, right, np.where(train, np.cumsum(train) - 1, UNRELATED))
    comparisons = beside_rivals(comparisons, judged, proposed, frame, spec, corpus)
    pairs = MadePairs(comparer, left, right, comparisons, labels)

    def poor(inside: "np.ndarray[Any, np.dtype[np.bool_]]") -> pd.DataFrame:
        made, rows = pairs.with_little_evidence(inside)
        return made.assign(label=labels[rows], left_key=keys[rows])

    extra, extra_labels, rows = pairs.that_teach(train)
    extra = extra.assign(label=extra_labels, left_key=keys[rows])
    taught = Lesson.of(judged[train], comparisons[train], extra)
    validated = Lesson.of(judged[validation], comparisons[validation], poor(validation))
    embeddings = comparer.embeddings
    beside = None
    foreign: list[str] = []
    if embeddings is not None and not spec.model.reads_embeddings:
        beside, foreign = (taught, validated), list(map(learned_cosine, embeddings.fields))
    return Prepared(
        judged=judged,
        comparisons=comparisons.drop(columns=foreign),
        missed=_missed(labelled, judged, parts),
        dropped=dropped,
        made=len(extra),
        taught=taught.without(*foreign),
        validation=validated.without(*foreign),
        poor=poor(calibration).drop(columns=foreign),
        words=comparer.words,
        embeddings=embeddings if beside is None else None,
        beside=beside,
    )


def _missed(labelled: pd.DataFrame, judged: pd.DataFrame, parts: "pd.Series[str]") -> pd.DataFrame:
    inside, _ = assign_pairs(labelled[labelled["label"] == 1], parts)
    against = inside.merge(judged[PAIR_KEYS], how="left", on=PAIR_KEYS, indicator=True)
    return against[against["_merge"] == "left_only"].drop(columns="_merge").reset_index(drop=True)
