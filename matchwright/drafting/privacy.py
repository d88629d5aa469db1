"""The PII class of a column; in doubt the stricter one."""

from collections.abc import Mapping

from matchwright.core.spec import FieldKind, PiiClass
from matchwright.drafting.hints import PERSON_HINTS, plain_name
from matchwright.drafting.kinds import MOSTLY, few_values
from matchwright.drafting.profile import Profile

Guess = tuple[PiiClass, str]
"""A class and the reason for it."""

NAMES_SAY_SO = "column names say so"
NOTHING_UNDERSTOOD = "no column name is understood"
_DIRECT_HINTS = {
    "email": "an e-mail address identifies alone",
    "phone": "a telephone number identifies alone",
    "national_id": "an official or account number identifies alone",
    "person_id": "a person's number in a register identifies alone",
    "customer_id": "a customer's number in a register may identify a person alone",
    "network": "a login or network address identifies alone",
}
_BARE_DATES = frozenset({"date", "datum", "dato", "data", "fecha", "tarih"})
"""Names that do not say whose date it is."""
_NO_PHONES = frozenset({"code", "price", "quantity", "postcode", "street_number", "year", "date"})
"""Hints of columns whose values may look like telephone numbers, such as the postcodes 1234-567 of Portugal."""
_QUASI_HINTS = {
    "given_name": "a person's name",
    "further_name": "a person's name",
    "relative": "a person's name",
    "surname": "a person's name",
    "full_name": "a person's name",
    "authors": "persons' names",
    "birth": "a date of birth",
    "death": "a date of death",
    "gender": "describes a person",
    "address": "an address",
    "street_number": "part of an address",
    "postcode": "part of an address",
    "city": "part of an address",
    "geo": "a place",
}


def guess_pii(hint: str, kind: FieldKind, column: Profile, of_persons: bool) -> Guess:
    """The class of a column. ``of_persons`` says that some columns of the table are about persons."""
    if column.email >= 0.3:
        return "direct", _DIRECT_HINTS["email"]
    if hint in _DIRECT_HINTS:
        return "direct", _DIRECT_HINTS[hint]
    if (
        column.phone >= 0.5
        and column.date < 0.5
        and not few_values(column)
        and column.length >= 8
        and hint not in _NO_PHONES
    ):
        return "direct", "looks like telephone numbers"
    if of_persons and kind == "id_code" and hint != "postcode" and column.length >= 6 and column.distinct_share >= 0.4:
        return "direct", "a long code that few records share may identify a person"
    if of_persons and hint == "identifier" and not few_values(column):
        return "direct", "a number that few records share may identify a person"
    if hint in _QUASI_HINTS:
        return "quasi", _QUASI_HINTS[hint]
    if kind in ("name", "address", "geo"):
        return "quasi", "may be a person's name" if kind == "name" else "a place"
    if of_persons:
        return "quasi", "the table is about persons"
    if hint == "name" and column.alphabetic >= 0.5:
        return "quasi", "a name, maybe a person's"
    return "none", "nothing personal seen"


def why_about_persons(hints: Mapping[str, str], profiles: Mapping[str, Profile]) -> str:
    """Why a table counts as one about persons; empty if it does not. In doubt it does.

    Args:
        hints: the hint of each column's name.
        profiles: the profile of each column.
    """
    if PERSON_HINTS & set(hints.values()):
        return NAMES_SAY_SO
    unknown = [column for column, hint in hints.items() if not hint]
    if len(unknown) == len(hints):
        return NOTHING_UNDERSTOOD
    names = [column for column, hint in hints.items() if hint in ("", "name") and _like_names(profiles[column])]
    dates = [column for column in hints if column in unknown or plain_name(column) in _BARE_DATES]
    if names and any(profiles[column].date >= MOSTLY for column in dates):
        return "dates stand beside what may be names"
    if set(names) & set(unknown) and 2 * len(unknown) >= len(hints):
        return "most column names are not understood, and one may hold names"
    return ""


def _like_names(column: Profile) -> bool:
    return column.alphabetic >= MOSTLY and column.words < 3 and column.email == 0 and not few_values(column)
