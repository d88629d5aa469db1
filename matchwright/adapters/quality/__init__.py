"""Data quality: expectations from the match spec, run by Great Expectations. The result is plain data and one page."""

from matchwright.adapters.quality.outcome import BatchResult, validate_batch, validate_records
from matchwright.adapters.quality.report import render_report
from matchwright.adapters.quality.result import QualityResult

__all__ = ["BatchResult", "QualityResult", "render_report", "validate_batch", "validate_records"]
