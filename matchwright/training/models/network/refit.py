"""Fitting the whole network on the labelled pairs of a finished training: first embeddings, then the pair score."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from matchwright.core.compare.names import comparison_names, disagreement_limits, learned_cosine
from matchwright.core.models.network import Embeddings
from matchwright.core.models.scorer import TrainedScorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import columns_of
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.training.models.network.embeddings import fit_embeddings
from matchwright.training.models.network.scorer import fit_scorer
from matchwright.training.models.scorer_data import ScorerData

FITTED_ON, STOPPED_ON = "train", "validate"


@dataclass(frozen=True)
class FittedNetwork:
    """The pair score and its embeddings; ``embeddings`` is None if a class had too few pairs."""

    embeddings: Embeddings | None
    trained: TrainedScorer


def fit_on_pairs(
    records: pd.DataFrame, pairs: pd.DataFrame, comparisons: pd.DataFrame, spec: MatchSpec
) -> FittedNetwork:
    """Fit embeddings and pair score on the pairs of part ``train``, stopped early on those of part ``validate``.

    Args:
        records: record features with a column ``record_key``.
        pairs: left_key, right_key, label (1 or 0) and part.
        comparisons: of the pairs, row by row; learned cosines among them are replaced.
        spec: the match spec.

    Raises:
        TrainingError: fewer than ten pairs of a class.
    """
    left, right = (rows_of(records, pairs[side]) for side in PAIR_KEYS)
    labels = pairs["label"].to_numpy()
    train, held = ((pairs["part"] == part).to_numpy() for part in (FITTED_ON, STOPPED_ON))
    compared = comparisons[[name for name in comparison_names(spec) if name in comparisons]].reset_index(drop=True)
    own = columns_of(left[train]), columns_of(right[train])
    fitted = fit_embeddings(*own, compared[train], labels[train], left.loc[train, "record_key"], spec)
    if fitted is not None:
        cosines = zip(fitted.whole.fields, fitted.whole.cosines(columns_of(left), columns_of(right), spec), strict=True)
        learned = pd.DataFrame({learned_cosine(name): values for name, values in cosines})
        learned[train] = pd.DataFrame(fitted.compare(*own, np.arange(train.sum()), spec)).set_axis(learned.index[train])
        compared = compared.join(learned)
        compared = compared[[name for name in comparison_names(spec, fitted.whole.fields) if name in compared]]
    limits = disagreement_limits(spec)
    data = ScorerData(compared[train], labels[train], compared[held], labels[held], limits)
    trained = fit_scorer(data, spec.model)
    return FittedNetwork(fitted.whole if fitted else None, trained)
