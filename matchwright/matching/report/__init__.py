"""The report of a run: one page that loads nothing, and holds figures and record keys but no value of a record."""

from matchwright.matching.report.page import render_report

__all__ = ["render_report"]
