"""Fitting the second stage on the labelled pairs, each with its competing candidates."""

import logging
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from matchwright.core.compare.competing import SIDES, without_context
from matchwright.core.compare.competing_scores import with_scores
from matchwright.core.compare.names import disagreement_limits
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.register_limits import within_limits
from matchwright.core.models.scorer import Scorer, TrainedScorer
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.among_candidates import scores_among
from matchwright.training.datasets.labelled_pairs import LabelledPairs, learn
from matchwright.training.datasets.prepare import Prepared
from matchwright.training.datasets.register_pairs import RegisterPairs
from matchwright.training.second_stage.candidates import (
    FOLDS,
    ScoredAlone,
    ScoredCandidates,
    fold_of,
    held_out_scores,
    score_candidates,
)
from matchwright.training.second_stage.little_known import queries_with_little_known
from matchwright.training.second_stage.standing_in import scores_standing_in

FEWEST = 50
"""With fewer training pairs of a class there is no second stage, because a fold would have too few."""

FEWEST_IN_FOLDS = 20
"""The fewest pairs of a class outside any one fold."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SecondStage:
    """The scorer of two stages, and the comparisons of the labelled candidates with those that the second one reads.

    ``alone`` is what the first stage says of the candidates around them.
    """

    scorer: TrainedScorer
    comparisons: pd.DataFrame
    alone: ScoredAlone


def fit_second_stage(
    first: Scorer,
    prepared: Prepared,
    proposed: pd.DataFrame | RegisterPairs,
    frame: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
    register: RegisterEvidence | None = None,
) -> SecondStage | None:
    """Fit the second stage. None where too few pairs are labelled.

    A training pair and its competing candidates are scored by scorers that saw no pair of their left record: a scorer
    is too certain of the pairs that it was trained on. This is stacked generalization: Wolpert (1992).

    Args:
        first: the first stage, trained on ``prepared``.
        prepared: the labelled candidates, with their comparisons, and the training pairs.
        proposed: every candidate, labelled or not.
        frame: record features of all records.
        spec: the match spec.
        corpus: the corpus statistics.
        register: limits the first stage's scores; None if there is none.
    """
    training, validation, seed = prepared.training, prepared.validation, spec.model.seed
    originals = training.originals()
    if not _enough(originals, seed):
        return None
    fold, limits = fold_of(training.left_keys, seed), disagreement_limits(spec)
    scorers = [
        learn(training.take(fold != number), validation, spec.model, limits=limits).scorer for number in range(FOLDS)
    ]
    scored = score_candidates(first, scorers, prepared, proposed, frame, spec, corpus, register)
    _log.info("second stage: %d candidates scored", len(scored.left))
    trained = (prepared.labelled_candidates["part"] == "train").to_numpy()
    ends = scored.left, scored.right, spec.sources.alike
    scores = scores_among(scored.served, *ends, scored.rows)
    scores[trained] = scores_among(scored.held_out, *ends, scored.rows[trained]).to_numpy()
    comparisons = with_scores(prepared.comparisons, scores)
    own = originals.origins
    dataset = replace(
        originals, comparisons=with_scores(originals.comparisons, scores.iloc[own].reset_index(drop=True))
    )
    placed = _standing_in(training, scored, scorers, spec)
    parts = [dataset, placed, *_one_side(dataset, spec), *_one_side(placed, spec)]
    parts.append(_without_match(prepared, scored, scorers, spec))
    if spec.labels == "complete":  # else nobody knows who is a stranger
        parts.append(queries_with_little_known(prepared, scorers, frame, spec, corpus, register))
    valid = validation.originals()
    valid = replace(
        valid, comparisons=with_scores(valid.comparisons, scores.iloc[valid.origins].reset_index(drop=True))
    )
    learned = learn(LabelledPairs.joined(parts), valid, spec.model, limits=limits)
    return SecondStage(replace(learned, scorer=TwoStageScorer(first, learned.scorer)), comparisons, scored.alone)


def _enough(originals: LabelledPairs, seed: int) -> bool:
    """Whether there are enough pairs of each class, also where all pairs of a fold are left out."""
    fold = fold_of(originals.left_keys, seed)
    for label in (0, 1):
        of_class = originals.labels == label
        in_others = [int((of_class & (fold != number)).sum()) for number in range(FOLDS)]
        if int(of_class.sum()) < FEWEST or min(in_others) < FEWEST_IN_FOLDS:
            return False
    return True


def _standing_in(
    training: LabelledPairs, scored: ScoredCandidates, scorers: list[Scorer], spec: MatchSpec
) -> LabelledPairs:
    """The augmented pairs, each in the place of the candidate that it was made from."""
    made = training.take(training.made & (training.origins >= 0))
    rows = scored.rows[made.origins]
    new = held_out_scores(made, scorers, spec.model.seed)
    scores = scores_standing_in(scored.left, scored.right, scored.held_out, rows, new, spec.sources.alike)
    return replace(made, comparisons=with_scores(made.comparisons, scores))


def _without_match(
    prepared: Prepared, scored: ScoredCandidates, scorers: list[Scorer], spec: MatchSpec
) -> LabelledPairs:
    """A share of the pairs that do not match, as if no match were among their candidates."""
    others, seed = prepared.without_match, spec.model.seed
    log_odds = scored.held_out.copy()
    rows = scored.rows[others.origins]
    log_odds[rows] = within_limits(held_out_scores(others, scorers, seed), scored.limits[rows])
    matches = scored.rows[(prepared.labelled_candidates["label"] == 1).to_numpy()]
    kept = np.ones(len(log_odds), dtype=bool)
    kept[matches] = False
    place = np.cumsum(kept) - 1
    found = scores_among(log_odds[kept], scored.left[kept], scored.right[kept], spec.sources.alike, place[rows])
    changed = replace(others, comparisons=with_scores(others.comparisons, found))
    return changed.sample(spec.model.context_free_augmentation, seed)


def _one_side(dataset: LabelledPairs, spec: MatchSpec) -> list[LabelledPairs]:
    """A share of the pairs with the candidates of one record alone, as where the candidates of a query are ranked.

    With alike sources one known side fills both columns, so there is nothing to leave out.
    """
    if spec.sources.alike:
        return []
    generator = np.random.default_rng(spec.model.seed)
    count = int(len(dataset.labels) * spec.model.context_free_augmentation)
    rows = generator.permutation(len(dataset.labels))[:count]
    side = generator.integers(len(SIDES), size=count)
    found = []
    for number, gone in enumerate(SIDES):
        chosen = dataset.take(rows[side == number])
        comparisons = without_context(chosen.comparisons, np.arange(len(chosen.labels)), (gone,))
        found.append(replace(chosen, comparisons=comparisons))
    return found
