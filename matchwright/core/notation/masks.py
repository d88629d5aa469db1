"""The form of a value without its content: a pattern that may be shown where the value may not."""

import re
import unicodedata

from matchwright.core.notation import Order
from matchwright.core.notation.dates import read_date, without_time
from matchwright.core.notation.month_names import month_of

_PARTS: dict[Order, str] = {"day_first": "dm", "month_first": "md", "year_first": "md"}
_ZERO = re.compile(r"(?<!\d)0(?=[.,]\d)")
_IDEOGRAPHS = ("年", "月", "日")
_RUNS = re.compile(r"\d+|[^\W\d_]+")


def number_mask(text: str) -> str:
    """A number with 9 for every digit and ``a`` for every letter. A 0 alone before decimals stays."""
    masked = ("9" if c.isdigit() else "a" if c.isalpha() else c for c in _ZERO.sub("\0", text))
    return "".join(masked).replace("\0", "0")


def date_mask(text: str, order: Order) -> str:
    """A date as a pattern such as ``dd/mm/yyyy``, with ``mmm`` for the name of a month and ``a`` for other letters."""
    if order == "mixed":
        order = "month_first" if read_date(text, "day_first") is None else "day_first"
    plain = unicodedata.normalize("NFKC", text).strip()
    day = without_time(plain)
    if re.fullmatch(r"\d{8}", day):
        return _compact_mask(day, order) + (" and a time" if day != plain else "")
    runs = _RUNS.findall(day)
    named = any(month_of(run) for run in runs)
    digits = [run for run in runs if run.isdigit()]
    year = next((index for index, run in enumerate(digits) if len(run) == 4), None)
    if year is None:
        year = 0 if order == "year_first" else len(digits) - 1
    rest = iter("d" if named else "md" if year == 0 else _PARTS[order])
    letters = iter(["y" if index == year else next(rest, "d") for index in range(len(digits))])

    def masked(run: re.Match[str]) -> str:
        if run[0].isdigit():
            return next(letters) * len(run[0])
        if run[0] in _IDEOGRAPHS:
            return run[0]
        return "mmm" if month_of(run[0]) else "a" * len(run[0])

    return _RUNS.sub(masked, day) + (" and a time" if day != plain else "")


def _compact_mask(digits: str, order: Order) -> str:
    """The form of eight digits. The year stands last only where they are read that way."""
    read = read_date(digits, order)
    if read in (None, digits):
        return "yyyymmdd"
    return "ddmmyyyy" if order == "day_first" else "mmddyyyy"
