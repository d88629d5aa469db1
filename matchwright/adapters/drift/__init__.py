"""Evidently computes the drift report, keeps the runs in a workspace and shows them on a dashboard."""

from matchwright.adapters.drift.page import drift_page
from matchwright.adapters.drift.report import Measured, measure
from matchwright.adapters.drift.workspace import RunAddress, RunIdentity, save_run

__all__ = ["Measured", "RunAddress", "RunIdentity", "drift_page", "measure", "save_run"]
