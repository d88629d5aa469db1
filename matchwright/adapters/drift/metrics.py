"""Our additions to Evidently: two drift methods and two metrics. It imports Evidently, so import it late.

The method for each column:

- Numeric comparisons and the score: Wasserstein distance. It says how far values moved, in standard deviations. Unlike
  a p-value, it does not depend on the number of rows. The population stability index would depend on its bins, and
  does not see a shift of 0.3 standard deviations.
- Band: the largest change of a share, in the unit of the spec's limit. Evidently's ``TVD`` is not a distance but a
  p-value.

Evidently's own Wasserstein method divides by the reference's standard deviation, or by 0.001 if that is smaller. A
comparison that is 1 in almost every reference pair would raise an alarm for a tiny change. Our minimum is higher.
"""

from typing import Any

import pandas as pd
from evidently.core.metric_types import (
    CountCalculation,
    CountMetric,
    SingleValueCalculation,
    SingleValueMetric,
)
from evidently.legacy.calculations.stattests import StatTest, register_stattest
from evidently.legacy.core import ColumnType
from evidently.metrics import CategoryCount, ValueDrift
from scipy.stats import wasserstein_distance

from matchwright.adapters.drift.columns import BAND, BAND_METHOD, DISTANCE
from matchwright.monitoring.figures import distance_unit


def _floored(reference: pd.Series, current: pd.Series, _: ColumnType, threshold: float) -> tuple[float, bool]:
    distance = wasserstein_distance(reference, current) / distance_unit(reference.to_numpy())
    return float(distance), bool(distance >= threshold)


def _largest_change(reference: pd.Series, current: pd.Series, _: ColumnType, threshold: float) -> tuple[float, bool]:
    shares = reference.value_counts(normalize=True), current.value_counts(normalize=True)
    change = float(shares[0].sub(shares[1], fill_value=0.0).abs().max())
    return change, change >= threshold


register_stattest(
    StatTest(
        name=BAND_METHOD,
        display_name="Largest change of a share",
        allowed_feature_types=[ColumnType.Categorical],
        default_threshold=0.1,
    ),
    _largest_change,
)
register_stattest(
    StatTest(
        name=DISTANCE,
        display_name="Wasserstein distance (in standard deviations, floored)",
        allowed_feature_types=[ColumnType.Numerical],
        default_threshold=0.2,
    ),
    _floored,
)


class MovedComparisons(CountMetric):  # type: ignore[misc]
    """Comparisons whose distance is beyond the limit, and also beyond what a window of this size shows by chance."""

    limit: float


class MovedComparisonsCalculation(CountCalculation[MovedComparisons]):  # type: ignore[misc]
    """Counts them from the distances in the report. The additional data hold the noise."""

    def calculate(self, context: Any, current_data: Any, reference_data: Any) -> Any:
        noise = context.additional_data["noise"].as_dataframe()
        moved = 0
        for column, chance in zip(noise["column"], noise["noise"], strict=True):
            drift = ValueDrift(column=column, method=DISTANCE, threshold=self.metric.limit)
            distance = context.calculate_metric(drift.to_calculation()).value
            moved += distance >= self.metric.limit and distance > chance
        return self.result(int(moved), moved / len(noise) if len(noise) else 0.0)

    def display_name(self) -> str:
        return "Comparisons that moved"

    def share_display_name(self) -> str:
        return "Share of comparisons that moved"


class ReviewLoad(SingleValueMetric):  # type: ignore[misc]
    """Clerical reviews per 1,000 decisions."""


class ReviewLoadCalculation(SingleValueCalculation[ReviewLoad]):  # type: ignore[misc]
    """Computes it from the share of the review band in the report."""

    def calculate(self, context: Any, current_data: Any, reference_data: Any) -> Any:
        reviews = CategoryCount(column=BAND, category="review").to_calculation()
        current = context.calculate_metric(reviews).get_share().value
        reference = context.get_reference_metric_result(reviews.id).get_share().value
        return self.result(1000 * float(current)), self.result(1000 * float(reference))

    def display_name(self) -> str:
        return "Reviews per 1,000 decisions"
