"""Data quality: expectations from the match spec, run by Great Expectations. The result is plain data and one page."""

from matchwright.adapters.quality.outcome import BatchResult, validate_batch, validate_records
from matchwright.adapters.quality.parts import PartFacts, PartsResult, facts_of, validate_parts
from matchwright.adapters.quality.report import render_report
from matchwright.adapters.quality.result import QualityResult

__all__ = [
    "BatchResult",
    "PartFacts",
    "PartsResult",
    "QualityResult",
    "facts_of",
    "render_report",
    "validate_batch",
    "validate_parts",
    "validate_records",
]
