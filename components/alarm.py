"""Fail the pipeline after a drift alarm."""

from components.base import component


@component
def alarm(verdict: str) -> None:
    """Fail with ``verdict`` unless it is empty."""
    from components.context import reported
    from matchwright.errors import DriftAlarm

    with reported():
        if verdict:
            raise DriftAlarm(verdict.strip(), "read the report of step monitor")
