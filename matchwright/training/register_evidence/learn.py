"""Learning register evidence after the scorer: from the labelled pairs, outside the test part."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.scorer import Scorer
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import LEAST, LIMIT
from matchwright.training.datasets.prepare import Prepared
from matchwright.training.register_evidence.fit import Probability, fit_register_evidence
from matchwright.training.register_evidence.register import Rows

TEST_PART = "test"


def learn_register_evidence(
    frame: pd.DataFrame,
    labelled: pd.DataFrame,
    parts: "pd.Series[str]",
    prepared: Prepared,
    scorer: Scorer,
    spec: MatchSpec,
    corpus: Corpus,
) -> tuple[RegisterEvidence | None, pd.DataFrame]:
    """Fit register evidence, and set the limits of every labelled candidate.

    Args:
        frame: record features of all records.
        labelled: left_key, right_key and label.
        parts: the part of every record.
        prepared: the labelled candidates with their comparisons.
        scorer: says which unlabelled pairs match, where the labels are partial.
        spec: the match spec.
        corpus: the corpus statistics.

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
    return register, prepared.comparisons.assign(**{LIMIT: limits[:, 0], LEAST: limits[:, 1]})


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
