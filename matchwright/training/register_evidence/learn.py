"""Learning register evidence from the labelled pairs, outside the test part."""

import logging
from typing import Any, Protocol

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.decide.prior import WITH_MATCHES
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.models.network import Embeddings
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.scorer import Scorer
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.register_evidence.fit import Probability, fit_register_evidence
from matchwright.training.register_evidence.register import Rows

TEST_PART = "test"

_log = logging.getLogger(__name__)


class LearnedTexts(Protocol):
    """Has the words and embeddings that a scorer reads, as prepared pairs and a comparer of pairs do."""

    @property
    def words(self) -> LearnedWords | None:
        """Learned words; None where there are none."""

    @property
    def embeddings(self) -> Embeddings | None:
        """Embeddings; None where there are none."""


def learn_register_evidence(
    frame: pd.DataFrame,
    labelled: pd.DataFrame,
    parts: "pd.Series[str]",
    texts: LearnedTexts,
    scorer: Scorer,
    spec: MatchSpec,
    corpus: Corpus,
) -> RegisterEvidence | None:
    """Fit register evidence. None if too few matches are known.

    Args:
        frame: record features of all records.
        labelled: left_key, right_key and label.
        parts: the part of every record.
        texts: has the words and embeddings that the scorer reads.
        scorer: of pairs alone. It says which unlabelled pairs match, where the labels are partial.
        spec: the match spec.
        corpus: the corpus statistics.
    """
    inside = (frame["record_key"].map(parts) != TEST_PART).to_numpy()
    matches = labelled[labelled["label"] == 1]
    by_scorer = None if spec.labels == "complete" else _matches_by(scorer, frame, texts, spec, corpus)
    found = fit_register_evidence(frame, matches, inside, spec, corpus, by_scorer)
    if found is None:
        _log.warning("no register evidence: it is learned %s", WITH_MATCHES)
    return found


def _matches_by(
    scorer: Scorer, frame: pd.DataFrame, texts: LearnedTexts, spec: MatchSpec, corpus: Corpus
) -> Probability:
    """1 where the scorer finds a match more likely than not, by all that is known of the two records; else 0.

    Its small probabilities are not used: millions of pairs have them, and they would add up to matches that are none.
    """

    def probability(left: Rows, right: Rows) -> "np.ndarray[Any, np.dtype[np.float64]]":
        one, other = (columns_of(frame.iloc[rows].reset_index(drop=True)) for rows in (left, right))
        compared = compare(one, other, spec, corpus, texts.words, texts.embeddings)
        return (scorer.log_odds(compared) > 0).astype(np.float64)

    return probability
