"""The XGBoost scorer: from comparisons to log-odds, with exact additive contributions.

Neutral values hold the trees to common sense together with the monotone constraints, see
:mod:`matchwright.core.models.neutral`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.models.neutral import with_neutral
from matchwright.core.models.scorer import Array, Explanation, matrix_of
from matchwright.core.models.tree_contributions import contribution_tables
from matchwright.core.models.tree_tables import margins
from matchwright.errors import DAMAGED, BundleError
from matchwright.threads import COMPUTE_THREADS


@dataclass(frozen=True)
class XGBoostScorer:
    """A boosted-tree model over named comparisons; ``booster`` is an ``xgboost.Booster``.

    ``neutral`` has a value for each comparison, or NaN for one that may stay missing. If it is empty, all may.
    """

    booster: Any
    names: tuple[str, ...]
    neutral: tuple[float, ...] = ()

    def log_odds(self, comparisons: pd.DataFrame) -> Array:
        """Log-odds of a match, shape (pairs,), before calibration."""
        return margins(self.booster, self.matrix(comparisons)).astype(np.float64)

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the log-odds, shape (pairs, comparisons), and the base value.

        Exact tree SHAP values: Lundberg et al. (2020), From local explanations to global understanding.
        """
        return self._contributions(self.matrix(comparisons))

    def explain(self, comparisons: pd.DataFrame) -> Explanation:
        """Log-odds, contributions and base value."""
        values = self.matrix(comparisons)
        return Explanation(margins(self.booster, values).astype(np.float64), *self._contributions(values))

    def _contributions(self, values: "np.ndarray[Any, np.dtype[np.float32]]") -> tuple[Array, float]:
        tables = contribution_tables(self.booster)
        return _by_booster(self.booster, values) if tables is None else (tables.contributions(values), tables.base)

    def matrix(self, comparisons: pd.DataFrame) -> "np.ndarray[Any, np.dtype[np.float32]]":
        """The comparisons as the trees read them, shape (pairs, comparisons)."""
        return with_neutral(matrix_of(comparisons, self.names), self.neutral, self.names)

    def save(self, path: Path) -> None:
        """Write ``scorer.ubj``, with the names of the comparisons."""
        path.write_bytes(bytes(self.booster.save_raw("ubj")))

    @classmethod
    def load(cls, path: Path) -> "XGBoostScorer":
        """Read what :meth:`save` wrote. The scorer uses one thread.

        Raises:
            BundleError: the file is not a scorer with named comparisons.
        """
        import xgboost

        booster = xgboost.Booster({"nthread": COMPUTE_THREADS})
        try:
            booster.load_model(bytearray(path.read_bytes()))
        except xgboost.core.XGBoostError as error:
            raise BundleError("The scorer cannot be read.", DAMAGED) from error
        names = booster.attr("comparisons")
        if not names:
            raise BundleError("The scorer does not name its comparisons.", "train it with matchwright")
        neutral = booster.attr("neutral")
        return cls(booster, tuple(names.split(",")), tuple(map(float, neutral.split(","))) if neutral else ())


def _by_booster(booster: Any, values: "np.ndarray[Any, np.dtype[np.float32]]") -> tuple[Array, float]:
    """The contributions of trees that are too deep for tables, and the base value."""
    import xgboost

    data = xgboost.DMatrix(values, missing=np.nan, nthread=COMPUTE_THREADS)
    found = booster.predict(data, pred_contribs=True, validate_features=False)
    found = np.asarray(found, dtype=np.float64).reshape(len(values), -1)
    return found[:, : booster.num_features()], float(found[0, -1]) if len(values) else 0.0
