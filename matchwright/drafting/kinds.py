"""The kind of a column, from its values, and from its name where the values leave a choice."""

from matchwright.core.spec import FieldKind
from matchwright.drafting.hints import IDENTIFIERS
from matchwright.drafting.profile import Profile

Guess = tuple[FieldKind, str]
"""A kind and the reason for it."""

MOSTLY = 0.9
_OFTEN_ENOUGH = 0.6
"""With this share of numbers, a column of prices has numbers. The others are written in another notation."""

_FEW_CODES, _WITH_DIGITS = 12, 0.5
"""A column of so few codes, mostly without digits, says of what sort a thing is and not which one."""

_PHRASE = 2.2
"""With at least this number of words on average, values are compared by words, not by spelling."""


def guess_kind(hint: str, column: Profile) -> Guess:
    """The kind of a column, from the hint of its name and the form of its values."""
    for guess in (_by_form(hint, column), _by_hint(hint, column)):
        if guess:
            return guess
    return _by_measure(column)


def few_values(column: Profile) -> bool:
    """Whether the column has few distinct values, each used often."""
    often = column.rows * column.present / max(column.distinct, 1)
    return often >= 3 and (column.distinct <= 60 or column.distinct_share < 0.05)


def _by_form(hint: str, column: Profile) -> Guess | None:
    """Kinds that follow from the form of the values, whatever the column's name."""
    if column.email >= MOSTLY:
        return "id_code", "e-mail addresses"
    if column.url >= MOSTLY:
        return "text", "web addresses"
    if column.geo >= MOSTLY:
        return "geo", "latitude and longitude"
    if (hint in ("birth", "death", "date", "bookkeeping") and column.date >= 0.5) or column.date >= MOSTLY:
        return "date", f"{column.date:.0%} are calendar dates"
    if column.month >= MOSTLY:
        return "category", "months without a day: equal or different"
    if column.duration >= MOSTLY:
        return "number", "durations, read as seconds"
    if column.phone >= MOSTLY and (hint == "phone" or (not hint and column.number < MOSTLY)):
        return "id_code", "looks like telephone numbers"
    if column.number >= MOSTLY or (hint == "price" and column.number >= _OFTEN_ENOUGH):
        return _numeric(hint, column)
    return None


def _numeric(hint: str, column: Profile) -> Guess:
    if hint in ("price", "quantity") or column.decimal >= 0.1 or (not hint and column.amount >= MOSTLY):
        return "number", "numbers whose distance matters"
    if column.year >= MOSTLY or hint == "year":
        return "category", "years: equal or different, however near"
    if hint == "street_number":
        return "category", "small numbers: equal or different"
    if hint in ("phone", "postcode", "national_id", "code", "truth") or (
        hint in IDENTIFIERS and not few_values(column)
    ):
        return "id_code", "digits that identify something"
    if column.length >= 4 and column.same_length >= 0.6:
        return "id_code", "numbers of one length"
    if few_values(column):
        return "category", "few values"
    if column.length >= 5 and column.distinct_share >= 0.5:
        return "id_code", "long numbers, most of them used once"
    return "number", "whole numbers"


def _by_hint(hint: str, column: Profile) -> Guess | None:
    """Kinds that follow from the column's name, if the values do not contradict it."""
    if hint in ("given_name", "further_name", "relative", "surname") and column.words < 3:
        return "name", "its name"
    if hint == "address" or (hint != "prose" and column.street >= 0.4 and column.with_digit >= 0.2):
        return "address", "its name" if hint == "address" else "house numbers and words for streets"
    if hint in IDENTIFIERS and few_values(column) and column.words < _PHRASE:
        return "category", "few values"
    if hint == "code" and few_values(column) and column.distinct <= _FEW_CODES and column.with_digit < _WITH_DIGITS:
        return "category", "few values"
    if (
        hint in ("postcode", "code", "phone", "national_id", "network", *IDENTIFIERS)
        and column.words < 2
        and column.length <= 40
    ):
        return "id_code", "its name and short values"
    if hint == "postcode" and column.words < 3 and column.length <= 12 and column.with_digit >= 0.5:
        return "id_code", "its name and short values"
    if hint == "street_number":
        return "category", "its name"
    if hint in ("region", "gender") and column.words < 3:
        return "category", "its name"
    if hint == "city" and column.words < 3:
        return ("category", "few values") if few_values(column) else ("name", "its name")
    if hint in ("category", "company") and column.words < _PHRASE:
        return "category", "its name"
    if hint == "full_name" and column.words < 4:
        return "name", "its name"
    if hint in ("title", "prose", "authors"):
        return "text", "its name"
    return None


def _by_measure(column: Profile) -> Guess:
    if few_values(column) and column.words < 3:
        return "category", "few values"
    if column.words < 1.3 and column.with_digit >= 0.6 and column.length <= 40:
        return "id_code", "single words with digits"
    if column.short_code >= MOSTLY:
        return "id_code", "two short groups with digits, as in postcodes"
    if column.words < 1.6 and column.alphabetic >= MOSTLY:
        return "name", "one or two words without digits"
    return "text", f"{column.words:.0f} words per value" if column.words >= 1.5 else "words of any form"
