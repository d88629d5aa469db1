"""The result of a data-quality run: counts and shares, never a value of a record."""

from typing import Literal

from matchwright.frozen import Frozen

Outcome = Literal["passed", "quarantined", "stopped"]


class Check(Frozen):
    """One expectation and what was observed.

    ``observed``, ``at_least`` and ``at_most`` are in ``unit``: a share of the rows that pass, or a count. A check
    without limits never stops a batch. A check that ``quarantines`` removes its failing rows from the batch.
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
        """The table, source and field of the check, such as ``records left, surname``."""
        return f"{' '.join(filter(None, (self.table, self.source)))}, {self.field}"

    @property
    def allowed(self) -> str:
        """The limit in words. Empty if there is none."""
        limits = (("at least", self.at_least), ("at most", self.at_most))
        return ", ".join(f"{words} {figure(limit, self.unit)}" for words, limit in limits if limit is not None)


class Presence(Frozen):
    """The share of a source's rows in which a field has a value."""

    source: str
    field: str
    share: float


class Labels(Frozen):
    """The number of pairs by label, after quarantine."""

    positive: int
    negative: int


class TableCount(Frozen):
    """The number of rows of an input table, and how many of them are quarantined."""

    rows: int
    quarantined: int


class QualityResult(Frozen):
    """The result of validating one batch."""

    spec_name: str
    batch: str
    passed: bool
    checks: tuple[Check, ...]
    presence: tuple[Presence, ...]
    labels: Labels
    tables: dict[str, TableCount]

    @property
    def stopped_by(self) -> tuple[Check, ...]:
        """The checks whose limits the batch does not hold."""
        return tuple(check for check in self.checks if check.outcome == "stopped")


def figure(value: float | None, unit: str) -> str:
    """A count with thousands separated, or a share with six digits, so that it is not rounded to its limit."""
    if value is None:
        return "nothing to observe"
    return f"{value:.6g}" if unit == "share" else f"{value:,.0f}"
