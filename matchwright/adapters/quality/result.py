"""What a data-quality run found: plain data, counts and shares only, never a value of a record."""

from typing import Literal

from matchwright.frozen import Frozen

Outcome = Literal["passed", "quarantined", "stopped"]


class Check(Frozen):
    """One expectation and what was observed.

    ``observed``, ``at_least`` and ``at_most`` are in ``unit``: a share of rows that hold it, or a
    count. A check without limits never stops a batch; one that ``quarantines`` takes its
    failing rows out of it.
    """

    table: str
    source: str
    field: str
    what: str
    unit: Literal["share", "count"]
    observed: float | None
    at_least: float | None = None
    at_most: float | None = None
    quarantines: bool = False
    failed_rows: int = 0
    outcome: Outcome

    @property
    def subject(self) -> str:
        """Where the check looks: ``records left, surname``."""
        return f"{' '.join(filter(None, (self.table, self.source)))}, {self.field}"

    @property
    def allowed(self) -> str:
        """The limit in words; empty where there is none."""
        limits = (("at least", self.at_least), ("at most", self.at_most))
        return ", ".join(f"{words} {figure(limit, self.unit)}" for words, limit in limits if limit is not None)


class Presence(Frozen):
    """The share of a source's rows in which a field has a value."""

    source: str
    field: str
    share: float


class Labels(Frozen):
    """Pairs by label, after quarantine."""

    positive: int
    negative: int


class TableCount(Frozen):
    """Rows of a table as they came, and how many of them are quarantined."""

    rows: int
    quarantined: int


class QualityResult(Frozen):
    """The verdict on one batch."""

    spec_name: str
    batch: str
    passed: bool
    checks: tuple[Check, ...]
    presence: tuple[Presence, ...]
    labels: Labels
    tables: dict[str, TableCount]

    @property
    def stopped_by(self) -> tuple[Check, ...]:
        """The checks beyond their limits."""
        return tuple(check for check in self.checks if check.outcome == "stopped")


def figure(value: float | None, unit: str) -> str:
    """A share with six digits, so that it never rounds onto its limit, or a count with thousands separated."""
    if value is None:
        return "nothing to observe"
    return f"{value:.6g}" if unit == "share" else f"{value:,.0f}"
