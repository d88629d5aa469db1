"""The dashboard of a project in the Evidently UI: figures over time, the most important first."""

from typing import Any

from matchwright.adapters.drift.columns import BAND, BAND_METHOD, BANDS, DRIFT_TAG, PERFORMANCE_TAG, SCORE
from matchwright.core.spec import MatchSpec
from matchwright.monitoring.figures import counts_missing

_TAB = "Decisions over time"


def dashboard(spec: MatchSpec, columns: list[str]) -> Any:
    """The dashboard of a project whose runs compare these columns."""
    from evidently.sdk.models import DashboardModel, DashboardTabModel, PanelMetric
    from evidently.sdk.panels import bar_plot_panel, counter_panel, line_plot_panel, text_panel

    def drift(metric: str, legend: str, **labels: str) -> Any:
        return PanelMetric(metric=metric, legend=legend, tags=[DRIFT_TAG], metric_labels=labels)

    def quality(metric: str) -> Any:
        return PanelMetric(metric=metric, legend=metric.removesuffix("Score"), tags=[PERFORMANCE_TAG])

    limits = spec.monitoring
    moved = drift("MovedComparisons", "share of comparisons that moved", value_type="share")
    reviews = drift("ReviewLoad", "reviews per 1,000")
    shares = [drift("CategoryCount", band, column=BAND, categories=f"['{band}']", value_type="share") for band in BANDS]
    comparisons = [column for column in columns if not counts_missing(column)]
    panels = [
        text_panel(
            title=f"{spec.name}: decisions against the bundle's reference",
            description=f"Limits: comparisons {limits.comparison_distance:g} and score {limits.score_distance:g} "
            f"standard deviations, bands {limits.band_share_change:g}, missing {limits.missing_share_change:g}, "
            f"F1 {limits.f1_loss:g}. The verdict of each window is in its run's name.",
        ),
        counter_panel(title="Decisions sampled in the last window", values=[drift("RowCount", "decisions")]),
        bar_plot_panel(title="Band shares", values=shares, size="half", stacked=True),
        line_plot_panel(
            title="Score", size="half",
            values=[drift("MeanValue", "mean score", column=SCORE), drift("ValueDrift", "distance", column=SCORE)],
        ),
        # not a counter: Evidently's counter shows 0 as "no value"
        line_plot_panel(title="Reviews per 1,000 decisions", values=[reviews], size="half"),
        line_plot_panel(
            title="Largest change of a band's share", size="half",
            values=[drift("ValueDrift", "change", column=BAND, method=BAND_METHOD)],
        ),
        line_plot_panel(title="Share of comparisons that moved", values=[moved]),
        line_plot_panel(
            title="Distance per comparison, in standard deviations",
            values=[drift("ValueDrift", column, column=column) for column in comparisons],
        ),
        line_plot_panel(
            title="Missing share per comparison",
            values=[drift("MissingValueCount", c, column=c, value_type="share") for c in comparisons],
        ),
        line_plot_panel(
            title="Quality where labels have arrived",
            values=[quality("F1Score"), quality("Precision"), quality("Recall")],
        ),
    ]  # fmt: skip
    return DashboardModel(tabs=[DashboardTabModel(title=_TAB, panels=[p.id for p in panels])], panels=panels)
