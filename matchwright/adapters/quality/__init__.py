"""Data quality: expectations from the match spec, run by Great Expectations, told in plain data and one page."""

from matchwright.adapters.quality.outcome import BatchResult, judge
from matchwright.adapters.quality.report import render_report
from matchwright.adapters.quality.result import Check, QualityResult

__all__ = ["BatchResult", "Check", "QualityResult", "judge", "render_report"]
