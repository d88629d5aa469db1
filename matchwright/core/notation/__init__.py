"""Notations: how a column writes its numbers, dates and empty cells. They are read strictly, or not at all."""

from typing import Literal

Decimal = Literal["point", "comma"]
"""The mark before the decimals of a number: ``1,299.50`` or ``1.299,50``."""

Order = Literal["day_first", "month_first", "year_first", "mixed"]
"""The order of a date in digits whose year does not stand first with four digits.

``mixed`` is for a column in which some dates have the day first and some the month.
"""
