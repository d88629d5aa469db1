"""The period that a window of decisions covers."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from matchwright.errors import DataError, Fault

_SPAN = re.compile(r"(\d+)\s*([hd])")


@dataclass(frozen=True)
class Period:
    """From ``since`` (inclusive) to ``until`` (exclusive), UTC; None means without a limit.

    ``fixed_start`` is False where ``since`` is None or is counted back from now.
    """

    since: datetime | None = None
    until: datetime | None = None
    fixed_start: bool = False

    @classmethod
    def parse(cls, since: str, until: str, now: datetime | None = None) -> "Period":
        """Read ISO dates or times, in UTC unless they name a zone. ``since`` may be a span back: ``24h``, ``7d``.

        Raises:
            DataError: a time cannot be read, or since is not before until.
        """
        end = parse_moment("until", until) if until else None
        if span := _SPAN.fullmatch(since.strip()):
            hours = int(span[1]) * (24 if span[2] == "d" else 1)
            back = _counted_back(end or now or datetime.now(UTC), hours)
            return cls(back, end, fixed_start=end is not None)
        start = parse_moment("since", since) if since else None
        if start and end and start >= end:
            raise DataError("The window is empty.", [Fault("since", "is not before until", "swap the two")])
        return cls(start, end, fixed_start=start is not None)

    def holds(self, moment: datetime) -> bool:
        """Whether the period contains a moment."""
        return not ((self.since and moment < self.since) or (self.until and moment >= self.until))

    def may_hold_day(self, day: str) -> bool:
        """Whether a day's folder can hold a moment of the period, with a day's margin: writers change folders late."""
        low = self.since is None or day >= (self.since - timedelta(days=2)).date().isoformat()
        return low and (self.until is None or day <= (self.until + timedelta(days=1)).date().isoformat())


def parse_moment(path: str, text: object) -> datetime:
    """A time in UTC. Without a zone, the text is read as UTC.

    Raises:
        DataError: the text is not an ISO date or time.
    """
    try:
        moment = datetime.fromisoformat(str(text))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        hint = "give an ISO date or time such as 2026-01-31 or 2026-01-31T06:00, or a span such as 24h or 7d"
        raise DataError("A time cannot be read.", [Fault(path, "is not a time", hint)]) from None


def _counted_back(end: datetime, hours: int) -> datetime:
    try:
        start = end - timedelta(hours=hours)
    except OverflowError:
        fault = Fault("since", "counts back beyond the calendar", "give a shorter span")
        raise DataError("The window is too long.", [fault]) from None
    if start == end:
        raise DataError("The window is empty.", [Fault("since", "is a span of nothing", "give one such as 24h or 7d")])
    return start
