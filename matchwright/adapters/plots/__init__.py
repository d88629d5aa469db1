"""Plots: each function gets numbers and writes one small PNG. Only this package imports matplotlib and shap.

No plot gets a value or an id of a record, so plots need no more protection than metrics.
"""

from matchwright.adapters.plots.candidates import plot_candidate_recall
from matchwright.adapters.plots.contributions import plot_importance, plot_waterfall
from matchwright.adapters.plots.costs import plot_review_load
from matchwright.adapters.plots.scores import plot_precision_recall, plot_reliability, plot_scores
from matchwright.adapters.plots.slices import plot_slices
from matchwright.adapters.plots.training import plot_training

__all__ = [
    "plot_candidate_recall",
    "plot_importance",
    "plot_precision_recall",
    "plot_reliability",
    "plot_review_load",
    "plot_scores",
    "plot_slices",
    "plot_training",
    "plot_waterfall",
]
