"""The fields that a draft names for telling persons apart: among all persons, and among the members of a household."""

from collections.abc import Sequence

from matchwright.drafting.fields import DraftField

_IDENTITY_HINTS = ("given_name", "further_name", "surname", "full_name", "birth", "death")
_HOME_HINTS = frozenset({"address", "street_number", "postcode", "city"})
"""Hints of columns that the members of a household share. Those of relatives are shared by brothers and sisters."""
_THING_HINTS = frozenset({"price", "authors", "company"})
"""Hints of columns of things, such as papers or companies. A person named there may be replaced by another one."""
_MOSTLY_YEARS = 0.5


def identity_fields(compared: Sequence[DraftField], of_persons: bool) -> list[str]:
    """The fields that tell persons of one address apart. In doubt the names and dates that were not understood."""
    known = [field.name for field in compared if field.hint in _IDENTITY_HINTS]
    doubtful = [f.name for f in compared if f.kind in ("name", "date") and f.hint in ("", "name")]
    return known or (doubtful if of_persons else [])


def individual_fields(compared: Sequence[DraftField]) -> list[str]:
    """The fields that the members of one household do not share: a given name and a date of birth, or one of both.

    Each of them must tell persons apart alone. So a middle name, a nickname, a father's name, an age or the day of a
    birth is none of them. A full name stands for a given name, and a year of birth for a date of birth. There is none
    where no column is understood, and none for things, which may have another contact person next year.
    """
    given = next((field for field in compared if field.hint == "given_name"), None)
    full = next((field for field in compared if field.hint == "full_name"), None)
    births = [field for field in compared if field.hint == "birth" and (field.kind == "date" or _is_year(field))]
    birth = min(births, key=_is_year, default=None)
    name = given or (full if birth is not None else None)
    if birth is not None and (name is not None or birth.kind == "date"):
        return [field.name for field in (name, birth) if field is not None]
    hints = {field.hint for field in compared}
    lives_somewhere = bool(hints & _HOME_HINTS) and not hints & _THING_HINTS
    return [given.name] if given is not None and lives_somewhere else []


def _is_year(field: DraftField) -> bool:
    return field.kind != "date" and field.profile.year >= _MOSTLY_YEARS
