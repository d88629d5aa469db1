"""Learning register evidence after the scorer: from the labelled pairs, outside the test part."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.compare.competing_scores import SCORED_NAMES, competing_scores_within
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.scorer import Scorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import LEAST, LIMIT
from matchwright.training.datasets.prepare import Prepared
from matchwright.training.register_evidence.fit import Probability, fit_register_evidence
from matchwright.training.register_evidence.register import Rows
from matchwright.training.second_stage.candidates import BATCH, ScoredCandidates

TRAINING_PART, TEST_PART = "train", "test"


def learn_register_evidence(
    frame: pd.DataFrame,
    labelled: pd.DataFrame,
    parts: "pd.Series[str]",
    prepared: Prepared,
    scorer: Scorer,
    spec: MatchSpec,
    corpus: Corpus,
    scored: ScoredCandidates | None = None,
) -> tuple[RegisterEvidence | None, pd.DataFrame]:
    """Fit register evidence, and set the limits of every labelled candidate.

    Candidates share within these limits, so the comparisons with competing candidates by their scores
    are computed again, except for pairs of the training part.

    Args:
        frame: record features of all records.
        labelled: left_key, right_key and label.
        parts: the part of every record.
        prepared: the labelled candidates with their comparisons.
        scorer: says which unlabelled pairs match, where the labels are partial.
        spec: the match spec.
        corpus: the corpus statistics.
        scored: the first stage's scores of all candidates that compete with the labelled ones, where there are two
            stages.

    Returns:
        None, if too few matches are known, and the comparisons of the labelled candidates, with their limits.
    """
    inside = (frame["record_key"].map(parts) != TEST_PART).to_numpy()
    matches = labelled[labelled["label"] == 1]
    by_scorer = None if spec.labels == "complete" else _matches_by(scorer, frame, prepared, spec, corpus)
    register = fit_register_evidence(frame, matches, inside, spec, corpus, by_scorer)
    if register is None:
        return None, prepared.comparisons
    pairs = prepared.labelled_candidates
    left, right = (columns_of(rows_of(frame, pairs[key])) for key in ("left_key", "right_key"))
    limits = register.limits(left, right, prepared.comparisons, spec, corpus)
    comparisons = prepared.comparisons.assign(**{LIMIT: limits[:, 0], LEAST: limits[:, 1]})
    if scored is not None:
        judged = (pairs["part"] != TRAINING_PART).to_numpy()
        competing = _competing(scored, register, frame, prepared, spec, corpus)
        comparisons.loc[judged, list(SCORED_NAMES)] = competing.iloc[scored.rows[judged]].to_numpy()
    return register, comparisons


def _competing(
    scored: ScoredCandidates,
    register: RegisterEvidence,
    frame: pd.DataFrame,
    prepared: Prepared,
    spec: MatchSpec,
    corpus: Corpus,
) -> pd.DataFrame:
    """All candidates compared with each other by their scores within the limits of the register."""
    most = np.empty(len(scored.pairs), dtype=np.float32)
    for start in range(0, len(most), BATCH):
        rows = slice(start, start + BATCH)
        left, right = (columns_of(rows_of(frame, scored.pairs[key].iloc[rows])) for key in PAIR_KEYS)
        compared = compare(left, right, spec, corpus, prepared.words, prepared.embeddings)
        most[rows] = register.limits(left, right, compared, spec, corpus)[:, 0]
    left_keys, right_keys = (scored.pairs[key].to_numpy(object) for key in PAIR_KEYS)
    return competing_scores_within(scored.served, most, left_keys, right_keys, spec.sources.alike)


def _matches_by(
    scorer: Scorer, frame: pd.DataFrame, prepared: Prepared, spec: MatchSpec, corpus: Corpus
) -> Probability:
    """1 where the scorer finds a match more likely than not, by all that is known of the two records; else 0.

    Its small probabilities are not used: millions of pairs have them, and they would add up to matches that are none.
    """

    def probability(left: Rows, right: Rows) -> "np.ndarray[Any, np.dtype[np.float64]]":
        one, other = (columns_of(frame.iloc[rows].reset_index(drop=True)) for rows in (left, right))
        compared = compare(one, other, spec, corpus, prepared.words, prepared.embeddings)
        return (scorer.log_odds(compared) > 0).astype(np.float64)

    return probability
