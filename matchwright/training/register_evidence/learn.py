"""Learning register evidence from the labelled pairs, outside the test part."""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.scorer import Scorer
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
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
) -> RegisterEvidence | None:
    """Fit register evidence. None if too few matches are known.

    Args:
        frame: record features of all records.
        labelled: left_key, right_key and label.
        parts: the part of every record.
        prepared: has the words and embeddings that the scorer reads.
        scorer: of pairs alone. It says which unlabelled pairs match, where the labels are partial.
        spec: the match spec.
        corpus: the corpus statistics.
    """
    inside = (frame["record_key"].map(parts) != TEST_PART).to_numpy()
    matches = labelled[labelled["label"] == 1]
    by_scorer = None if spec.labels == "complete" else _matches_by(scorer, frame, prepared, spec, corpus)
    return fit_register_evidence(frame, matches, inside, spec, corpus, by_scorer)


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
